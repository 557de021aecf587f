"""Purchase advice of the guide (G16), each with its standing: what the guide says, and whether anybody else does."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from dsdesk.base.message import Message
from dsdesk.base.money import Money
from dsdesk.build.catalog import Catalog
from dsdesk.cost.lines import PricedLine
from dsdesk.hardware.parts import Accelerator
from dsdesk.hardware.vocabulary import Segment
from dsdesk.project.project import CostAssumptions, QuoteTerms

_SEASON = (Decimal("0.15"), Decimal("0.20"))
_SERVICE_MONTHS = 36


class Standing(StrEnum):
    """How far a piece of advice can be trusted."""

    GUIDE_ONLY = "guide_only"  # the guide says it, no other source was found
    ARITHMETIC = "arithmetic"  # follows from the numbers of this project


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One piece of advice.

    Attributes:
        code: stable name.
        text: what to consider, with amounts of this project.
        standing: see Standing.
        standing_text: the same in words.
    """

    code: str
    text: Message
    standing: Standing
    standing_text: Message


_GUIDE = Message("the guide says so; no other source was found")
_COMPUTED = Message("follows from the figures of this project")


def purchase_advice(
    lines: tuple[PricedLine, ...], total: Money, cost: CostAssumptions, terms: QuoteTerms, catalog: Catalog
) -> tuple[Advice, ...]:
    """Season, resale, service and trade-in (G16), and what the price list itself suggests."""
    found = (*_season(total, cost), *_resale(lines, catalog), *_terms(terms), *_prices(lines))
    return tuple(found)


def _guide(code: str, text: Message) -> Advice:
    return Advice(code=code, text=text, standing=Standing.GUIDE_ONLY, standing_text=_GUIDE)


def _season(total: Money, cost: CostAssumptions) -> Iterator[Advice]:
    said = Message(
        "Buying between April and September is said to be 15 % to 20 % cheaper than in the first quarter. Ask for "
        "offers in both seasons if the date is free."
    )
    if not total.amount:
        yield _guide("season", said)
        return
    low, high = ((total * share).rounded() for share in _SEASON)
    yield _guide(
        "season", Message("{advice} Of this total it would be {low} to {high}.", advice=said, low=low, high=high)
    )
    if cost.season_discount:
        saved = (total * Decimal(str(cost.season_discount))).rounded()
        yield Advice(
            code="season-assumed",
            text=Message("With the season discount assumed here the total would fall by {saved}.", saved=saved),
            standing=Standing.ARITHMETIC,
            standing_text=_COMPUTED,
        )


def _resale(lines: tuple[PricedLine, ...], catalog: Catalog) -> Iterator[Advice]:
    cards = [part for line in lines if isinstance(part := catalog.part(line.part_id), Accelerator)]
    if any(card.segment is Segment.CONSUMER for card in cards):
        yield _guide(
            "resale-consumer",
            Message("Consumer cards are said to keep about 45 % of their price after two years; edit the share."),
        )
    if any(card.segment is Segment.DATACENTER for card in cards):
        yield _guide(
            "resale-enterprise",
            Message(
                "Data-centre accelerators are said to resell at up to 30 % above their price while in warranty. "
                "It is not counted here; enter a share of your own if you have an offer."
            ),
        )


def _terms(terms: QuoteTerms) -> Iterator[Advice]:
    if terms.warranty_months < _SERVICE_MONTHS or not terms.warranty_on_site:
        yield _guide("service", Message("Ask for three years of on-site service when buying several machines."))
    if not terms.trade_in:
        yield _guide("trade-in", Message("Ask whether the supplier takes old cards in part payment (trade-in)."))


def _prices(lines: tuple[PricedLine, ...]) -> Iterator[Advice]:
    launch = tuple(dict.fromkeys(line.name for line in lines if line.basis == "launch"))
    if launch:
        yield Advice(
            code="launch-prices",
            text=Message(
                "These are counted at their price on the day of release, which is no price of today: {parts}.",
                parts=launch,
            ),
            standing=Standing.ARITHMETIC,
            standing_text=_COMPUTED,
        )
