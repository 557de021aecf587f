"""Claims about money (G5, G8, G16, G20)."""

from dsdesk.base.message import Message
from dsdesk.base.money import Money
from dsdesk.base.source import Unknown
from dsdesk.claims.claim import Figure, Judgement, Verdict
from dsdesk.claims.registry import Bench, judge, near, undecided
from dsdesk.cost.lines import choose_price
from dsdesk.hardware.prices import Condition, Price

_CARD = "nvidia-rtx-4090"
_CURRENCY = "CNY"
_FOUR_CARDS_CNY = 12_000.0
_SCHEME_1_CNY = 28_000.0


def _price(bench: Bench, condition: Condition) -> Price | None:
    points = tuple(price for price in bench.catalog.prices(_CARD) if price.condition is condition)
    return choose_price(points, "used", 4)


@judge("g5-price", Message("Four second-hand RTX 4090 cost about 12,000 yuan."))
def four_cards(bench: Bench) -> Judgement:
    """Four times the used price of the catalogue."""
    price = _price(bench, Condition.USED)
    if price is None:
        return undecided(Unknown(Message("no used price is in the catalogue")))
    money = bench.evaluation.cost.exchange.convert(price.money, _CURRENCY)
    if money is None:
        return undecided(Unknown(Message("no exchange rate from {found} to CNY is given", found=price.money.currency)))
    ours = Figure(float(money.amount) * 4, _CURRENCY)
    if near(ours, _FOUR_CARDS_CNY, tolerance=0.2):
        return Judgement(ours=ours, verdict=Verdict.AGREES, reason=Message("The catalogue's used price agrees."))
    reason = Message(
        "The catalogue's used price is {one} for one card ({day}). No Chinese price with a source was found.",
        one=price.money,
        day=price.on.isoformat() if price.on else "?",
    )
    return Judgement(ours=ours, verdict=Verdict.WRONG, reason=reason)


@judge("g8-price", Message("Scheme 1 costs 28,000 yuan with case and supply."))
def scheme_1_price(bench: Bench) -> Judgement:
    """Total of scheme 1 with tax, from the price list."""
    report = bench.scheme_1.cost
    total = bench.evaluation.cost.exchange.convert(report.total, _CURRENCY)
    if total is None or not report.priced:
        return undecided(Unknown(Message("no line of the scheme has a price")))
    ours = Figure(float(total.amount), _CURRENCY)
    reason = Message(
        "{priced} of {lines} lines have a price in the catalogue, dated and mostly from US sellers; with tax they "
        "come to {total}. Ask for offers.",
        priced=report.priced,
        lines=len(report.lines),
        total=total,
    )
    # Missing lines can only add to the sum, so a sum above the claim is an answer and one below it is none.
    if report.complete and near(ours, _SCHEME_1_CNY, tolerance=0.1):
        return Judgement(ours=ours, verdict=Verdict.AGREES, reason=reason)
    return Judgement(ours=ours, verdict=Verdict.DEPENDS, reason=reason)


@judge("g16-season", Message("Prices in the second and third quarter are 15 % to 20 % lower than in the first."))
def season(_bench: Bench) -> Judgement:
    """Nothing to compute: no series of prices with a source."""
    reason = Message(
        "No source was found, and prices of accelerators have moved more with supply than with the season."
    )
    return Judgement(verdict=Verdict.UNPROVEN, reason=reason)


@judge("g16-residual", Message("Consumer cards are worth about 45 % after two years."))
def residual(bench: Bench) -> Judgement:
    """Later price over price at release of the RTX 4090, from the price list."""
    launch, later = _price(bench, Condition.LAUNCH), _price(bench, Condition.USED) or _price(bench, Condition.NEW)
    if launch is None or later is None or launch.money.currency != later.money.currency:
        return undecided(Unknown(Message("the price list has no two prices of one card to compare")))
    share = later.money.amount / launch.money.amount
    ours = Figure(float(share) * 100, "%")
    reason = Message(
        "The share is an assumption that you can change. For the RTX 4090 the price list shows the contrary: {later} "
        "asked on {day}, {launch} at release.",
        later=later.money,
        day=later.on.isoformat() if later.on else "?",
        launch=launch.money,
    )
    return Judgement(ours=ours, verdict=Verdict.UNPROVEN, reason=reason)


@judge("g16-enterprise", Message("Enterprise GPUs in warranty resell for up to 30 % more."))
def enterprise_resale(_bench: Bench) -> Judgement:
    """Nothing to compute."""
    reason = Message("No source was found. It is not counted unless you enter a share of your own.")
    return Judgement(verdict=Verdict.UNPROVEN, reason=reason)


@judge("g20-cost", Message("Running scheme 2 locally lowered yearly cost by 42 %."))
def saving(bench: Bench) -> Judgement:
    """The open project against a hosted API, where both are known."""
    report = bench.evaluation.cost
    if isinstance(report.hosted, Unknown) or not report.years:
        reason = Message("One unnamed firm; nothing says what was compared. The cost page compares your own case.")
        return Judgement(verdict=Verdict.UNPROVEN, reason=reason)
    paid = report.hosted.by_year[-1][1]
    own = report.years[-1].net
    ours = Figure(_saved(own, paid), "%")
    reason = Message(
        "One unnamed firm; nothing says what was compared. For the open project {years} years cost {own} against "
        "{api} for the same tokens from a hosted API.",
        years=len(report.years),
        own=own,
        api=paid,
    )
    return Judgement(ours=ours, verdict=Verdict.UNPROVEN, reason=reason)


def _saved(own: Money, api: Money) -> float:
    return float((1 - own.amount / api.amount) * 100) if api.amount else 0.0
