"""Own measurements as a file: to keep, to carry to another machine, to send to whoever asks for the numbers."""

import json
from collections.abc import Iterable
from dataclasses import asdict, fields
from pathlib import Path

from dsdesk.base.errors import FileError
from dsdesk.base.message import N_, Message
from dsdesk.measured.measurement import Measurement

FORMAT = "dsdesk measurements"
VERSION = 1
_TYPES = {field.name: field.type for field in fields(Measurement)}


def as_text(measurements: Iterable[Measurement]) -> str:
    """The text of such a file."""
    held = {"format": FORMAT, "version": VERSION, "measurements": [asdict(one) for one in measurements]}
    return json.dumps(held, ensure_ascii=False, indent=1) + "\n"


def write(measurements: Iterable[Measurement], path: Path) -> None:
    """Write measurements to `path`, all of them or nothing.

    Raises:
        FileError: it cannot be written.
    """
    from dsdesk.project.file import write_atomically

    write_atomically(path, as_text(measurements).encode())


def is_export(held: object) -> bool:
    """Whether a parsed JSON file is one of these."""
    return isinstance(held, dict) and held.get("format") == FORMAT


def measurement_of(facts: object) -> Measurement | None:
    """A measurement from the fields that it was written with; None where they are damaged."""
    if not isinstance(facts, dict):
        return None
    known = {name: value for name, value in facts.items() if name in _TYPES}
    try:
        found = Measurement(**known)
        numbers = (found.input_tokens, found.output_tokens, found.concurrency, found.value)
        sound = all(isinstance(getattr(found, name), str) for name in _TEXTS) and found.gpu_count >= 1
        return found if sound and all(float(one) >= 0 for one in numbers) and found.value > 0 else None
    except (TypeError, ValueError):
        return None


_TEXTS = tuple(name for name, kind in _TYPES.items() if kind is str or kind == "str")


def check_version(held: dict[str, object], name: str) -> None:
    """Refuse a file of a newer dsdesk.

    Raises:
        FileError: it is one.
    """
    if held.get("version") != VERSION:
        raise FileError(
            Message(
                N_("{file} was written by a newer dsdesk (version {version})."),
                file=name,
                version=str(held.get("version")),
            )
        )
