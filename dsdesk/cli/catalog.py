"""`dsdesk catalog`: the parts database itself."""

import argparse

from dsdesk.cli.command import OK, Command, Session
from dsdesk.cli.common import add_json


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=["info"], help="info: what the catalogue holds and how completely")
    add_json(parser)


def _run(session: Session) -> int:
    session.give(session.store.info())
    return OK


COMMAND = Command(name="catalog", summary="the parts database itself", add_arguments=_add_arguments, run=_run)
