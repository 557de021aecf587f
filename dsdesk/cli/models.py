"""`dsdesk models`: the library of language models."""

import argparse

from dsdesk.base.units import Quantity, Unit
from dsdesk.cli.command import OK, Command, Session
from dsdesk.cli.common import add_json
from dsdesk.llm.architecture import Llm


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", nargs="?", default="", help="only models whose id contains this")
    add_json(parser)


def _row(llm: Llm) -> dict[str, object]:
    architecture = llm.architecture
    known = not architecture.unknown
    return {
        "id": llm.id,
        "name": llm.name,
        "family": llm.family,
        "parameters": llm.parameters_published or (architecture.parameters if known else None),
        "parameters_computed": architecture.parameters if known else None,
        "active_parameters": llm.active_parameters_published or (architecture.active_parameters if known else None),
        "context": architecture.max_context_tokens,
        "native_precision": llm.native_precision,
        "licence": llm.licence,
        "released": llm.released,
        "tiers": llm.tiers,
        "unknown": architecture.unknown,
        "sources": llm.sources,
    }


def _run(session: Session) -> int:
    wanted = session.arguments.text.lower()
    rows = [_row(llm) for llm in session.catalog.llms() if wanted in llm.id.lower()]
    if session.arguments.json:
        session.give(rows)
        return OK
    for row in rows:
        parameters = row["parameters"]
        size = Quantity(parameters, Unit.PARAMETERS).text() if isinstance(parameters, int) else "?"
        session.say(f"{row['id']:56} {size:>9}  {row['native_precision']}")
    return OK


COMMAND = Command(name="models", summary="list the language models", add_arguments=_add_arguments, run=_run)
