"""`dsdesk catalog`: the parts database itself: what it holds, updates, imports, exports, backups."""

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path

from dsdesk.base.message import N_, Message
from dsdesk.catalog.importers.imported import Imported
from dsdesk.cli.catalog_updates import add_update_actions
from dsdesk.cli.command import OK, Command, Session
from dsdesk.cli.common import add_json

Action = Callable[[Session], int]


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(metavar="ACTION", required=True)

    def add(name: str, action: Action, meaning: str) -> argparse.ArgumentParser:
        verb: argparse.ArgumentParser = actions.add_parser(name, help=meaning, description=meaning)
        verb.set_defaults(action=action)
        add_json(verb)
        return verb

    add("info", _info, "what the catalogue holds and how completely")
    verb = add("import", _import, "parts and prices of a file into your own layer")
    verb.add_argument("format", help="prices, buildcores, devicetypes or backup")
    verb.add_argument("path", type=Path, help="file or folder")
    verb.add_argument("--look", action="store_true", help="tell what would be imported and keep nothing")
    verb = add("export", _export, "everything as a *.json or *.xlsx file, or as a folder of CSV files")
    verb.add_argument("path", type=Path, help="file or folder to write")
    verb = add("backup", _backup, "your own parts, prices and models in one file")
    verb.add_argument("path", type=Path, help="file to write")
    verb.add_argument("--force", action="store_true", help="replace a file that exists")
    verb = add("restore", _restore, "put a backup back into your own layer")
    verb.add_argument("path", type=Path, help="file that `backup` wrote")
    add_update_actions(add)


def _info(session: Session) -> int:
    session.give(session.store.info())
    return OK


def _import(session: Session) -> int:
    from dsdesk.catalog.importers.formats import read_as

    arguments = session.arguments
    found = read_as(arguments.format, arguments.path, session.store, date.today())
    if not arguments.look:
        found.keep(session.store)
    return _tell(session, found)


def _restore(session: Session) -> int:
    from dsdesk.catalog.importers.backup import read_backup

    found = read_backup(session.arguments.path)
    found.keep(session.store)
    return _tell(session, found)


def _tell(session: Session, found: Imported) -> int:
    if session.arguments.json:
        counted = {"parts": len(found.parts), "prices": len(found.prices), "models": len(found.models)}
        session.give({**counted, "problems": found.problems})
        return OK
    session.say(
        Message(
            N_("{parts} parts, {prices} prices, {models} models; {problems} rows left out."),
            parts=len(found.parts),
            prices=len(found.prices),
            models=len(found.models),
            problems=len(found.problems),
        )
    )
    for problem in found.problems:
        session.say(f"{problem.where}: {session.text(problem.message)}")
    return OK


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
