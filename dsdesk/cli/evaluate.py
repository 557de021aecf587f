"""`dsdesk evaluate`: everything that follows from a project."""

import argparse
from dataclasses import fields

from dsdesk.cli.check import finding_row
from dsdesk.cli.command import ANSWER_IS_NO, OK, Command, Session
from dsdesk.cli.common import add_json
from dsdesk.cli.memory import answer
from dsdesk.cli.project_argument import add_project, evaluated
from dsdesk.evaluate import Evaluation, NextModel
from dsdesk.llm.architecture import Llm
from dsdesk.sizing.results import MemoryNeed


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_project(parser)
    add_json(parser)


def shown(evaluation: Evaluation) -> dict[str, object]:
    """An Evaluation with the keys of the contract."""
    found: dict[str, object] = {}
    for field in fields(evaluation):
        value = getattr(evaluation, field.name)
        if isinstance(value, MemoryNeed):
            value = answer(value)
        elif isinstance(value, Llm):
            value = {"id": value.id, "name": value.name}
        elif isinstance(value, NextModel):
            value = {"id": value.llm.id, "need": answer(value.need)}
        elif field.name == "findings":
            value = [finding_row(finding) for finding in evaluation.findings]
        found[field.name] = value
    return found


def _run(session: Session) -> int:
    evaluation = evaluated(session)
    session.give(shown(evaluation))
    return ANSWER_IS_NO if evaluation.fits is False else OK


COMMAND = Command(
    name="evaluate", summary="everything that follows from a project", add_arguments=_add_arguments, run=_run
)
