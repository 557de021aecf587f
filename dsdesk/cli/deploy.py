"""`dsdesk deploy`: launch files and operator's notes."""

import argparse
from pathlib import Path

from dsdesk.base.errors import FileError, reason_of
from dsdesk.base.message import N_, Message
from dsdesk.cli.command import OK, Command, Session
from dsdesk.cli.project_argument import add_project, evaluated
from dsdesk.deploy import launch_plan
from dsdesk.project.file import write_atomically


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_project(parser)
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder to write to")


def _run(session: Session) -> int:
    plan = launch_plan(evaluated(session))
    folder: Path = session.arguments.output
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(
            Message(N_("{path} cannot be made a folder: {reason}."), path=str(folder), reason=reason_of(error))
        ) from error
    for name, text in plan.files:
        write_atomically(folder / name, text.encode())
        session.say(str(folder / name))
    return OK


COMMAND = Command(name="deploy", summary="write launch files and notes", add_arguments=_add_arguments, run=_run)
