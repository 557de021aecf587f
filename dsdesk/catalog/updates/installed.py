"""Which facts are in use: those that came with the program, or a newer accepted bundle. Quick, for every start."""

import tomllib
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

from dsdesk.base import assets, paths
from dsdesk.base.errors import CatalogError, FileError
from dsdesk.base.message import N_, Message
from dsdesk.catalog.updates.manifest import rank
from dsdesk.catalog.updates.trust import Accepted, Trust, read_trust, write_trust


def facts_in_use(notices: list[Message]) -> Path:
    """The folder of the facts in use; adds to `notices` what the user should know."""
    shipped = assets.factory_db()
    if not _anything_accepted():
        return shipped
    try:
        active = read_trust().active
    except FileError as error:
        notices.append(error.message)
        return shipped
    if not active.folder or not _is_newer(active.version, shipped):
        return shipped
    folder = paths.data() / "updates" / active.folder
    if not (folder / "version.toml").is_file():
        notices.append(Message(N_("The accepted catalogue {version} is gone; the program's own is used."),
                               version=active.version))  # fmt: skip
        return shipped
    if active.good_until and date.today() > date.fromisoformat(active.good_until):
        notices.append(
            Message(
                N_("The catalogue {version} was good until {until}; ask for a newer bundle."),
                version=active.version,
                until=active.good_until,
            )
        )
    return folder


def _anything_accepted() -> bool:
    try:
        return (paths.data() / "updates" / "state.json").exists()
    except OSError:
        return False  # told where the user's own database is looked for


def shipped_version() -> str:
    """The version of the facts that came with the program."""
    return _version_of(assets.factory_db())


def _version_of(folder: Path) -> str:
    try:
        return str(tomllib.loads((folder / "version.toml").read_text(encoding="utf-8"))["version"])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError) as error:
        raise CatalogError(Message("{file} cannot be read: {error}", file="version.toml", error=str(error))) from error


def _is_newer(version: str, shipped: Path) -> bool:
    with suppress(ValueError, CatalogError):
        return rank(version) > rank(_version_of(shipped))
    return False


def undo() -> Accepted:
    """Go back to the facts before the last update; gives what is in use now. The highest version stays remembered.

    Raises:
        CatalogError: nothing was accepted.
    """
    trust: Trust = read_trust()
    if not trust.previous:
        raise CatalogError(Message(N_("No update was accepted, so there is none to take back.")))
    before = trust.previous[-1]
    write_trust(replace(trust, active=before, previous=trust.previous[:-1]))
    return before
