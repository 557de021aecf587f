"""What tools of another machine wrote down, as a Snapshot: the kind of each text is told from its content."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from dsdesk.base.message import N_, Message
from dsdesk.detect.formats.capture import Capture
from dsdesk.detect.formats.registry import FORMATS
from dsdesk.detect.linux_tree import read_tree
from dsdesk.detect.merge import Reading, merge
from dsdesk.detect.opened import Opened, captures_in, decoded
from dsdesk.detect.snapshot import Snapshot
from dsdesk.detect.symptoms import with_findings

_MOST_NAMED = 4


def read_captures(paths: Sequence[Path]) -> Snapshot:
    """The machine that files, folders or archives at `paths` describe; what cannot be read is named in its warnings.

    Raises:
        FileError: a path does not exist.
    """
    opened = Opened(paths)
    readings = [Reading(tree.name, read_tree(tree)) for tree in opened.trees]
    readings += [Reading(name, facts) for name, facts in opened.machines]
    return _machine(opened.captures, readings, opened.remarks)


def read_text(text: str, name: str) -> Snapshot:
    """The machine that a pasted text describes.

    Args:
        text: one capture, or several below one another.
        name: what to call it in messages.
    """
    plain = decoded(text.encode("utf-8", errors="replace")) or ""
    return _machine(list(captures_in(name, plain)), [], [])


def _machine(captures: list[Capture], readings: list[Reading], remarks: list[Message]) -> Snapshot:
    warnings = list(remarks)
    unknown: list[str] = []
    ranked: list[tuple[int, Reading]] = [(-1, reading) for reading in readings]
    for capture in captures:
        found = _readings(capture)
        ranked += found
        warnings += capture.remarks
        is_known = found or any(form.recognises(capture) for form in FORMATS)
        if not is_known and capture.text.strip() and not _is_probe_note(capture):
            unknown.append(capture.name)
    warnings += _about_unknown(unknown)
    ranked.sort(key=lambda one: one[0])
    machine = merge([reading for _, reading in ranked])
    return with_findings(replace(machine, warnings=(*warnings, *machine.warnings)))


def _about_unknown(names: list[str]) -> list[Message]:
    if len(names) <= _MOST_NAMED:
        text = N_("{name} is no capture that dsdesk knows; nothing was read from it.")
        return [Message(text, name=name) for name in names]
    text = N_("{count} files are no captures that dsdesk knows; nothing was read from them, such as {names}.")
    return [Message(text, count=len(names), names=tuple(names[:_MOST_NAMED]))]


def _is_probe_note(capture: Capture) -> bool:
    """Sections of a probe's bundle in which a tool was not there or answered in one line."""
    return ": " in capture.name and capture.text.strip().count("\n") < 3  # noqa: PLR2004 - an error message


def _readings(capture: Capture) -> list[tuple[int, Reading]]:
    """What every format that recognises the text reads from it; a bundle holds several."""
    found = []
    for rank, form in enumerate(FORMATS):
        if form.recognises(capture):
            facts = form.read(capture)
            if facts != Snapshot():
                found.append((rank, Reading(f"{capture.name} ({form.title})", facts)))
    return found
