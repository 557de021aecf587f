"""`dsdesk parts`: search the parts database."""

import argparse
from dataclasses import fields

from dsdesk.base.message import N_, Message
from dsdesk.cli.command import OK, Command, Session
from dsdesk.cli.common import add_json
from dsdesk.hardware.parts import Part
from dsdesk.hardware.vocabulary import PartKind

_COMMON = {field.name for field in fields(Part)}


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", nargs="?", default="", help="words to search for, Chinese or English")
    parser.add_argument("--kind", choices=[kind.value for kind in PartKind], help="only this kind")
    parser.add_argument("--limit", type=int, default=100_000, help="at most so many")
    add_json(parser)


def _row(part: Part, session: Session) -> dict[str, object]:
    return {
        "id": part.id,
        "kind": part.kind,
        "manufacturer": part.manufacturer,
        "name": part.name,
        "mpn": part.mpn,
        "shelf": part.shelf,
        "specs": {field.name: getattr(part, field.name) for field in fields(part) if field.name not in _COMMON},
        "prices": session.catalog.prices(part.id),
        "sources": part.sources,
        "unverified": part.unverified,
    }


def _run(session: Session) -> int:
    arguments = session.arguments
    kind = PartKind(arguments.kind) if arguments.kind else None
    parts = session.store.search(arguments.text, kind, arguments.limit)
    if arguments.json:
        session.give([_row(part, session) for part in parts])
        return OK
    for part in parts:
        session.say(f"{part.id:44} {part.kind.value:12} {part.full_name}")
    if not parts:
        session.warn(Message(N_("No part of the catalogue has these words.")))
    return OK


COMMAND = Command(name="parts", summary="search the parts database", add_arguments=_add_arguments, run=_run)
