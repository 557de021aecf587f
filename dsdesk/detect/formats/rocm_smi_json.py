"""`rocm-smi --json` with any of its --show options, and Hygon's `hy-smi --json`, which copies it."""

import re
from collections.abc import Mapping
from typing import Any

from dsdesk.detect.formats.capture import Capture, Format
from dsdesk.detect.formats.rocm_fields import rocm_gpu
from dsdesk.detect.formats.words import said
from dsdesk.detect.snapshot import Snapshot

_CARD = re.compile(r"card(\d+)")


def _recognises(capture: Capture) -> bool:
    return '"card' in capture.text and bool(_cards(capture.json))


def _cards(value: object) -> dict[int, Mapping[str, Any]]:
    if not isinstance(value, dict):
        return {}
    return {
        int(found[1]): facts
        for key, facts in value.items()
        if (found := _CARD.fullmatch(key)) and isinstance(facts, dict)
    }


def _read(capture: Capture) -> Snapshot:
    value = capture.json
    system = value.get("system") if isinstance(value, dict) else None
    driver = said(system.get("Driver version")) if isinstance(system, dict) else ""
    return Snapshot(
        gpus=tuple(
            rocm_gpu(index, {key.lower(): fact for key, fact in facts.items()}, driver)
            for index, facts in sorted(_cards(value).items())
        )
    )


FORMAT = Format(key="rocm-smi-json", title="rocm-smi --json", recognises=_recognises, read=_read)
