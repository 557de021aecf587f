"""`dsdesk detect`: what this machine has, or what captures of another one say."""

import argparse

from dsdesk.cli.command import OK, Command, Session
from dsdesk.cli.common import add_json


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_json(parser)


def _run(session: Session) -> int:
    from dsdesk.detect import detect
    from dsdesk.detect.matching import matched

    snapshot = matched(detect(), session.catalog)
    if session.arguments.json:
        session.give(snapshot)
        return OK
    for sentence in snapshot.summary():
        session.say(sentence)
    return OK


COMMAND = Command(name="detect", summary="what this machine has", add_arguments=_add_arguments, run=_run)
