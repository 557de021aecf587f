"""The two tables of the Offers page: the offers themselves, and every line in all of them."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QColor, QIcon

from dsdesk.base.message import Message
from dsdesk.base.money import Money
from dsdesk.quote.comparison import as_asked, letter
from dsdesk.quote.offer import Offer, OfferLine
from dsdesk.ui.icons import icon
from dsdesk.ui.itemmodels.table import Column
from dsdesk.ui.pages.offers_state import Received
from dsdesk.ui.theme import SPACE, status_colour
from dsdesk.ui.words import _, say


@dataclass(frozen=True, slots=True)
class OfferRow:
    """One offer. `problems` counts what is wrong with it, lines included."""

    index: int
    offer: Offer
    net: Money | None
    alike: Money | None
    lead_days: int | None
    is_cheapest: bool
    problems: int


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line in all offers; `ours` is our own estimate."""

    key: str
    name: Message | str
    quantity: int
    ours: Money | None
    nets: tuple[Money | None, ...]
    lines: tuple[OfferLine | None, ...]
    lowest: int | None
    awarded: int | None


def offer_rows(shown: Received) -> tuple[OfferRow, ...]:
    """A row an offer."""
    comparison = shown.comparison
    return tuple(
        OfferRow(
            index=index,
            offer=offer,
            net=comparison.nets[index],
            alike=comparison.alike[index],
            lead_days=comparison.lead_days[index],
            is_cheapest=index == comparison.cheapest,
            problems=len(offer.problems) + sum(len(line.problems) for line in offer.lines),
        )
        for index, offer in enumerate(comparison.offers)
    )


def line_rows(shown: Received) -> tuple[LineRow, ...]:
    """A row a line or service."""
    comparison = shown.comparison
    estimates = {f"L{line.no}": line.price.net for line in shown.request.lines}
    awarded = {one.key: one.offer for one in shown.awarding.lines}
    rows = []
    for row in comparison.rows:
        lines = tuple(offer.line(row.key) for offer in comparison.offers)
        quantity = next((line.quantity for line in lines if line is not None), 1)
        rows.append(
            LineRow(
                key=row.key,
                name=row.name,
                quantity=quantity,
                ours=estimates.get(row.key),
                nets=row.nets,
                lines=lines,
                lowest=row.lowest,
                awarded=awarded.get(row.key),
            )
        )
    return tuple(rows)


def amount(money: Money | None) -> str:
    """Digits alone: the currency stands in the heading."""
    return "–" if money is None else f"{money.rounded().amount:,}"


def _value(money: Money | None) -> float | None:
    return None if money is None else float(money.amount)


def offer_columns(currency: str) -> tuple[Column[OfferRow], ...]:
    """Columns of the offers."""
    return (
        Column(title="", text=lambda row: letter(row.index)),
        Column(
            title=_("Supplier"),
            text=lambda row: row.offer.supplier,
            tip=lambda row: row.offer.source,
            stretches=True,
        ),
        Column(
            title=_("Net, {currency}", currency=currency),
            text=lambda row: amount(row.net) + (" *" if row.offer.missing else ""),
            sort=lambda row: _value(row.net),
            is_number=True,
            tip=lambda row: _("Without the lines that have no price.") if row.offer.missing else None,
        ),
        Column(
            title=_("Gross at one rate"),
            text=lambda row: amount(row.alike) + (" *" if row.offer.missing else ""),
            sort=lambda row: _value(row.alike),
            is_number=True,
            icon=lambda row: icon("good", status_colour("good")) if row.is_cheapest else None,
            tip=lambda row: _("The lowest complete offer of what was asked for.") if row.is_cheapest else None,
        ),
        Column(
            title=_("Days"),
            text=lambda row: "–" if row.lead_days is None else str(row.lead_days),
            sort=lambda row: row.lead_days,
            is_number=True,
            tip=lambda _row: _("The longest lead time of all lines."),
        ),
        Column(
            title=_("State"),
            text=_state,
            tip=_state,
            share=0.24,
            colour=lambda row: status_colour("warning" if row.problems or row.offer.missing else "good"),
        ),
    )


def _state(row: OfferRow) -> str:
    said = []
    if row.offer.missing:
        said.append(_("{count} without a price", count=row.offer.missing))
    if row.problems:
        said.append(_("{count} to look at", count=row.problems))
    return ", ".join(said) or _("complete")


def line_columns(shown: Received) -> tuple[Column[LineRow], ...]:
    """Columns of the lines: what was asked, our estimate, then every offer."""
    return (
        Column(title=_("No."), text=lambda row: row.key, sort=lambda row: _place(row.key)),
        Column(title=_("Part or service"), text=lambda row: say(row.name), tip=lambda row: say(row.name),
               stretches=True, least=24 * SPACE),
        Column(title=_("Qty"), text=lambda row: str(row.quantity), sort=lambda row: row.quantity, is_number=True),
        Column(title=_("Our estimate"), text=lambda row: amount(row.ours), sort=lambda row: _value(row.ours),
               is_number=True),
        *(_offer_column(index) for index in range(len(shown.comparison.offers))),
    )  # fmt: skip


def _place(key: str) -> float:
    """Lines, then services, then options."""
    return "LSO".index(key[0]) * 1e6 + int(key[1:])


def _offer_column(index: int) -> Column[LineRow]:
    return Column(
        title=letter(index),
        text=lambda row: _cell(row, index),
        sort=lambda row: _value(row.nets[index]),
        is_number=True,
        icon=_when(lambda row: row.awarded == index, "good"),
        colour=lambda row: _colour(row, index),
        tip=lambda row: _tip(row, index),
    )


def _when(is_so: Callable[[LineRow], bool], drawing: str) -> Callable[[LineRow], QIcon | None]:
    return lambda row: icon(drawing, status_colour("good")) if is_so(row) else None


def _cell(row: LineRow, index: int) -> str:
    line = row.lines[index]
    mark = "≠ " if line is not None and not as_asked(line) else "↓ " if row.lowest == index else ""
    return mark + amount(row.nets[index])


def _colour(row: LineRow, index: int) -> QColor | None:
    line = row.lines[index]
    if line is not None and line.problems:
        return status_colour("warning")
    return status_colour("good") if row.lowest == index else None


def _tip(row: LineRow, index: int) -> str | None:
    line = row.lines[index]
    if line is None:
        return None
    said = [say(problem) for problem in line.problems]
    if line.offered:
        said.append(_("Offered instead: {offered}", offered=line.offered))
    if row.lowest == index:
        said.append(_("The lowest for what was asked."))
    if row.awarded == index:
        said.append(_("Awarded."))
    return "\n".join(said) or None
