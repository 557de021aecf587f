"""Old files open: one small function a format version, each turning the raw JSON of version N into N + 1."""

from collections.abc import Callable
from typing import Any

from dsdesk.project.project import FORMAT_VERSION

Raw = dict[str, Any]

UPGRADES: dict[int, Callable[[Raw], Raw]] = {
    1: lambda raw: raw,  # 2 adds the assumptions of the site, which have defaults
}


def upgrade(raw: Raw, version: int) -> Raw:
    """`raw` in the format of today, `version` being its own."""
    for step in range(version, FORMAT_VERSION):
        raw = {**UPGRADES[step](raw), "format_version": step + 1}
    return raw
