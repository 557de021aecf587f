"""`dsdesk catalog`: the parts database itself: what it holds, updates, imports, exports, backups."""

import argparse
from collections.abc import Callable
from pathlib import Path

from dsdesk.base.message import N_, Message
from dsdesk.catalog.contents import KindCount
from dsdesk.cli.catalog_imports import add_import_actions
from dsdesk.cli.catalog_updates import add_update_actions
from dsdesk.cli.command import OK, Command, Session
from dsdesk.cli.common import add_json
from dsdesk.hardware.field_words import field_word

Action = Callable[[Session], int]


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(metavar="ACTION", required=True)

    def add(name: str, action: Action, meaning: str) -> argparse.ArgumentParser:
        verb: argparse.ArgumentParser = actions.add_parser(name, help=meaning, description=meaning)
        verb.set_defaults(action=action)
        add_json(verb)
        return verb

    add("info", _info, "what the catalogue holds and how completely")
    add_import_actions(add)
    verb = add("export", _export, "everything as a *.json or *.xlsx file, or as a folder of CSV files")
    verb.add_argument("path", type=Path, help="file or folder to write")
    verb = add("backup", _backup, "your own parts, prices and models in one file")
    verb.add_argument("path", type=Path, help="file to write")
    verb.add_argument("--force", action="store_true", help="replace a file that exists")
    add_update_actions(add)


def _info(session: Session) -> int:
    contents = session.store.info()
    if session.arguments.json:
        session.give(contents)
        return OK
    session.say(
        Message(
            N_("Catalogue {version}: {parts} parts, {own} your own; {prices} prices from {first} to {last}, "
               "{mine} your own; {models} models"),
            version=contents.version, parts=contents.parts, own=contents.own_parts, prices=contents.prices,
            first=contents.prices_from, last=contents.prices_to, mine=contents.own_prices, models=contents.models,
        )
    )  # fmt: skip
    for count in contents.kinds:
        _tell_kind(session, count)
    for line in contents.attributions:
        session.say(line)
    for notice in contents.notices:
        session.say(notice)
    return OK


def _tell_kind(session: Session, count: KindCount) -> None:
    from dsdesk.quote.names import KIND

    session.say("")
    session.say(
        Message(
            N_("{kind}: {buildable} buildable, {listed} listed, {own} your own"),
            kind=KIND[count.kind], buildable=count.buildable, listed=count.listed, own=count.own,
        )
    )  # fmt: skip
    if count.fields:
        rates = ", ".join(f"{session.text(field_word(name))} {share:.0%}" for name, share in count.fields)
        session.say(Message(N_("  fields that checks read, filled: {rates}"), rates=rates))
    if count.assumed:
        numbers = ", ".join(f"{session.text(field_word(name))} {number}" for name, number in count.assumed)
        session.say(Message(N_("  assumed on the buildable shelf: {numbers}"), numbers=numbers))


def _export(session: Session) -> int:
    from dsdesk.catalog.export import export

    export(session.store, session.arguments.path)
    return OK


def _backup(session: Session) -> int:
    from dsdesk.base.errors import InputError
    from dsdesk.catalog.importers.backup import write_backup

    path = session.arguments.path
    if path.exists() and not session.arguments.force:
        raise InputError(Message(N_("{path} exists already. Add --force to replace it."), path=str(path)))
    write_backup(session.store, path)
    return OK


def _run(session: Session) -> int:
    action: Action = session.arguments.action
    return action(session)


COMMAND = Command(name="catalog", summary="the parts database itself", add_arguments=_add_arguments, run=_run)
