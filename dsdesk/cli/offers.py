"""`dsdesk offers`: offers that came back, read, added up again, compared, awarded and turned into memo and orders."""

import argparse
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from dsdesk.base.errors import InputError, reason_of
from dsdesk.base.message import N_, Message
from dsdesk.cli.command import OK, Command, Session
from dsdesk.cli.common import add_json
from dsdesk.cli.project_argument import add_project, evaluated
from dsdesk.project.offers import Award, ReceivedOffer

if TYPE_CHECKING:
    from dsdesk.evaluate import Evaluation
    from dsdesk.quote.awarding import Awarding
    from dsdesk.quote.comparison import Comparison
    from dsdesk.quote.request import QuotationRequest


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_project(parser)
    parser.add_argument("offers", type=Path, nargs="*", help="returned PDF, XLSX or UBL files, beside those kept in it")
    parser.add_argument("--lowest", action="store_true", help="award every line to its lowest offer")
    parser.add_argument(
        "--award", action="append", default=[], metavar="LINE=FILE", help="award a line, such as L3=a.pdf"
    )
    parser.add_argument("--memo", type=Path, metavar="PDF", help="write the award memo")
    parser.add_argument("--orders", type=Path, metavar="DIR", help="write a purchase order for each supplier")
    parser.add_argument("--date", default="", help="ISO date of memo and orders; left blank without it")
    parser.add_argument(
        "--trust",
        type=Path,
        action="append",
        default=[],
        metavar="CERT",
        help="keep a certificate as trusted (.pem, .crt)",
    )
    parser.add_argument("--force", action="store_true", help="replace files that exist")
    add_json(parser)


def _run(session: Session) -> int:
    from dsdesk.quote.awarding import awarding
    from dsdesk.quote.comparison import compare_offers
    from dsdesk.quote.compose import compose
    from dsdesk.quote.offer import offer_of
    from dsdesk.quote.request import Purpose
    from dsdesk.quote.returned import receive
    from dsdesk.quote.signers import trust

    arguments = session.arguments
    _check_day(arguments.date)
    for path in arguments.trust:
        names = trust(path)
        session.warn(Message(N_("Signatures are trusted that these vouch for: {names}"), names="; ".join(names)))
    evaluation = evaluated(session)
    request = compose(evaluation, session.catalog, Purpose.REQUEST)
    files = tuple(receive(path) for path in arguments.offers)
    received = tuple({one.sha256: one for one in (*evaluation.project.offers, *files)}.values())
    if not received:
        raise InputError(Message(N_("There is no offer: name the files that suppliers returned.")))
    compared = compare_offers(request, tuple(offer_of(one, request) for one in received), evaluation.cost.exchange)
    given = _awards(session, evaluation, compared, received)
    found = awarding(compared, given, partial=evaluation.project.quote.partial_award)
    _write(session, evaluation, request, compared, found)
    if arguments.json:
        session.give({**{one.name: getattr(compared, one.name) for one in fields(compared)}, "awarding": found})
    else:
        _tell(session, compared, found)
    return OK


def _check_day(text: str) -> None:
    try:
        date.fromisoformat(text or "2000-01-01")
    except ValueError as error:
        raise InputError(Message(N_("“{text}” is not a date: write it like 2026-12-31."), text=text)) from error


def _awards(
    session: Session, evaluation: "Evaluation", compared: "Comparison", received: tuple[ReceivedOffer, ...]
) -> tuple[Award, ...]:
    """Awards of the project, over them those of --lowest, over those the ones named one by one."""
    from dsdesk.quote.awarding import lowest_by_line

    given = {one.key: one for one in evaluation.project.awards}
    if session.arguments.lowest:
        given |= {one.key: one for one in lowest_by_line(compared)}
    named: dict[str, list[str]] = {}
    for one in received:
        named.setdefault(one.source, []).append(one.sha256)
    keys = {row.key for row in compared.rows}
    for text in session.arguments.award:
        key, _, file = text.partition("=")
        found = named.get(Path(file).name, [])
        if key not in keys or not found:
            raise InputError(Message(N_("{text} names no line and offer; write it like L3=offer.pdf."), text=text))
        if len(found) > 1:
            raise InputError(
                Message(N_("{text} may mean several offers: give their files different names."), text=text)
            )
        given[key] = Award(key=key, offer=found[0])
    return tuple(given.values())


def _write(
    session: Session, evaluation: "Evaluation", request: "QuotationRequest", compared: "Comparison", found: "Awarding"
) -> None:
    """Memo and orders, where they were asked for."""
    from dsdesk.project.file import write_atomically

    arguments, terms = session.arguments, evaluation.project.quote
    made: dict[Path, bytes] = {}
    if arguments.memo is not None:
        from dsdesk.quote.award_export import memo_pdf, outcomes
        from dsdesk.quote.layout_award import Memo

        seen = outcomes(evaluation, session.catalog, found)
        memo = Memo(request=request, comparison=compared, awarding=found, outcomes=seen)
        made[arguments.memo] = memo_pdf(memo, terms=terms, day=arguments.date)
    if arguments.orders is not None:
        from dsdesk.quote.award_export import order_number, order_pdf

        for position, order in enumerate(found.orders, 1):
            number = order_number(request, position)
            path = arguments.orders / f"{number or f'PO{position}'}.pdf"
            made[path] = order_pdf(request, order, number=number, terms=terms, day=arguments.date)
    for path in made:
        if path.exists() and not arguments.force:
            raise InputError(Message(N_("{path} exists already. Add --force to replace it."), path=str(path)))
    if arguments.orders is not None and found.orders:
        _make_folder(arguments.orders)
    for path, content in made.items():
        write_atomically(path, content)


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        text = N_("{path} cannot be written: {reason}.")
        raise InputError(Message(text, path=str(path), reason=reason_of(error))) from error


def _tell(session: Session, compared: "Comparison", found: "Awarding") -> None:
    awarded = {one.key: one.offer for one in found.lines}
    for row in compared.rows:
        amounts = "  ".join(
            f"{'*' if awarded.get(row.key) == index else ' '}{net.text() if net else '-':>18}"
            for index, net in enumerate(row.nets)
        )
        session.say(f"{row.key:5} {session.text(row.name)[:40]:40} {amounts}")
    totals = "  ".join(f"{total.text() if total else '-':>19}" for total in compared.totals)
    session.say(f"{'':46} {totals}")
    for note in (*compared.notes, *found.notes):
        session.say(note)
    for offer in compared.offers:
        for problem in (*offer.problems, *offer.notes):
            session.say(Message("{supplier}: {what}", supplier=offer.supplier, what=problem))
        for line in offer.lines:
            for problem in line.problems:
                session.say(Message("{supplier}, {line}: {what}", supplier=offer.supplier, line=line.key, what=problem))


COMMAND = Command(
    name="offers", summary="compare and award offers that came back", add_arguments=_add_arguments, run=_run
)
