"""`dsdesk detect`: what this machine has, or what captures of another one say."""

import argparse
from dataclasses import fields
from pathlib import Path

from dsdesk.base.errors import FileError
from dsdesk.base.jsonable import Json, jsonable
from dsdesk.base.message import N_, Message
from dsdesk.cli.command import OK, Command, Session
from dsdesk.cli.common import add_json
from dsdesk.detect.snapshot import Snapshot


def add_from(parser: argparse.ArgumentParser) -> None:
    """--from: captures of another machine instead of this one."""
    parser.add_argument(
        "--from",
        dest="captures",
        type=Path,
        action="extend",
        nargs="+",
        default=[],
        metavar="PATH",
        help="captures, folders or archives of another machine; all are merged into one machine",
    )


def snapshot_of(session: Session) -> Snapshot:
    """This machine, or the one whose captures were named, with the catalogue's ids.

    Raises:
        FileError: a path does not exist, or nothing at all could be read from them.
    """
    from dsdesk.detect import detect
    from dsdesk.detect.captures import read_captures
    from dsdesk.detect.matching import matched

    paths: list[Path] = session.arguments.captures
    if not paths:
        return matched(detect(), session.catalog)
    snapshot = read_captures(paths)
    if not snapshot.sources:
        names = tuple(path.name for path in paths)
        text = N_("Nothing in {names} could be read as a capture of a machine. {because}")
        because = snapshot.warnings[0] if snapshot.warnings else ""
        raise FileError(Message(text, names=names, because=because))
    return matched(snapshot, session.catalog)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_from(parser)
    parser.add_argument("--record", type=Path, metavar="CSV", help="record load, heat, power and memory into a table")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long to record (default 60)")
    parser.add_argument("--save-probe", type=Path, metavar="FOLDER", help="write the probe for another machine there")
    add_json(parser)


def _known(value: Json) -> Json:
    """`value` with null for a name or an id that is not known, however deep it lies."""
    if isinstance(value, dict):
        return {key: None if one == "" and key in ("name", "part_id") else _known(one) for key, one in value.items()}
    return [_known(one) for one in value] if isinstance(value, list) else value


def _run(session: Session) -> int:
    arguments = session.arguments
    if arguments.record is not None:
        from dsdesk.cli.recorded import record

        return record(session, arguments.record, arguments.seconds)
    if arguments.save_probe is not None:
        from dsdesk.detect.probe import save_probe

        for name in save_probe(arguments.save_probe):
            session.say(str(arguments.save_probe / name))
        return OK
    snapshot = snapshot_of(session)
    if arguments.json:
        facts = {field.name: getattr(snapshot, field.name) for field in fields(snapshot)}
        session.give(_known(jsonable({**facts, "summary": snapshot.summary()}, session.language)))
        return OK
    for sentence in snapshot.summary():
        session.say(sentence)
    return OK


COMMAND = Command(
    name="detect",
    summary="what this machine has, or the one whose captures are given",
    add_arguments=_add_arguments,
    run=_run,
)
