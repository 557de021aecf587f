"""`dsdesk offers`: offers that came back, read, added up again and compared."""

import argparse
from pathlib import Path

from dsdesk.cli.command import OK, Command, Session
from dsdesk.cli.common import add_json
from dsdesk.cli.project_argument import add_project, evaluated


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_project(parser)
    parser.add_argument("offers", type=Path, nargs="+", help="returned PDF, XLSX or UBL files")
    add_json(parser)


def _run(session: Session) -> int:
    from dsdesk.quote.comparison import compare_offers
    from dsdesk.quote.compose import compose
    from dsdesk.quote.request import Purpose
    from dsdesk.quote.returned import read_offer

    evaluation = evaluated(session)
    request = compose(evaluation, session.catalog, Purpose.REQUEST)
    offers = tuple(read_offer(path, request) for path in session.arguments.offers)
    compared = compare_offers(request, offers, evaluation.cost.exchange)
    if session.arguments.json:
        session.give(compared)
        return OK
    for row in compared.rows:
        amounts = "  ".join(f"{net.text() if net else '-':>18}" for net in row.nets)
        session.say(f"{row.key:5} {session.text(row.name)[:40]:40} {amounts}")
    totals = "  ".join(f"{total.text() if total else '-':>18}" for total in compared.totals)
    session.say(f"{'':46} {totals}")
    for note in compared.notes:
        session.say(note)
    return OK


COMMAND = Command(name="offers", summary="compare offers that came back", add_arguments=_add_arguments, run=_run)
