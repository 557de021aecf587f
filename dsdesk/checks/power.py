"""Power: what supplies must carry, all day and for a tenth of a millisecond, and what the numbers leave out."""

from collections.abc import Iterator

from dsdesk.base.message import N_, Message
from dsdesk.base.source import Unknown
from dsdesk.base.units import Quantity, Unit
from dsdesk.build.power import is_server_supply
from dsdesk.checks.finding import Finding, Fix, Severity, not_published, unchecked
from dsdesk.checks.fixes import advice, as_fix, candidates, first_that_clears, limit_power, replace_line
from dsdesk.checks.node import Node
from dsdesk.checks.registry import machine_check
from dsdesk.hardware.parts import Psu
from dsdesk.hardware.vocabulary import Efficiency
from dsdesk.project.assumptions import Assumptions
from dsdesk.project.edits import Edit, change_site
from dsdesk.sizing.electricity import LOW_LINE_V, Margin, atx_2, atx_3, least_rating_w

LIMITS = tuple(range(600, 140, -25))  # board power limits that a fix tries, highest first [W]
_SERVER = Margin(sustained=1.0, peak=float("inf"))


def margins(psu: Psu | None, assumed: Assumptions) -> tuple[Margin, Margin]:
    """(strictest, mildest) margin that may apply to a supply: they differ where its ATX version is not published."""
    if psu is None or is_server_supply(psu):
        return _SERVER, _SERVER
    if psu.atx_version.startswith("3"):
        return atx_3(assumed), atx_3(assumed)
    if psu.atx_version.startswith("2"):
        return atx_2(assumed), atx_2(assumed)
    return atx_2(assumed), atx_3(assumed)


def rating(psu: Psu) -> float:
    """Rated power for sorting [W]; 0 where it is not published."""
    return psu.rated_w or 0.0


def _watts(value: float) -> Quantity:
    return Quantity(value, Unit.WATT)


def _subject(node: Node) -> tuple[int, ...]:
    return (node.psu[0].no,) if node.psu else ()


def _supply_name(node: Node) -> str:
    return node.psu[1].full_name if node.psu else node.platform.full_name if node.platform else ""


@machine_check("power.E001")
def supply_carries_the_load(node: Node) -> Iterator[Finding]:
    """The power supply carries full load and the excursions of the cards.

    Reason: a card draws a multiple of its rating for up to a millisecond; a supply that trips there restarts the
        machine under load, and one that runs at its limit all day ages and has no room for its own tolerance.
    Remedy: a larger supply, or a limit on the board power of the cards.
    Source: Intel ATX12VO design guide 613768, table 3-4 (ATX 3.x: 200 % for 100 us). The shares 0.85 (ATX 3.x), 0.70
        and 1.3 (ATX 2.x), and k = 2.0 for a card without a measurement, 1.25 for every further card, are assumptions.
    """
    budget, psu = node.power, node.psu[1] if node.psu else None
    if not budget.supplies or _sized_by_its_maker(node):
        return
    if budget.supply_w is None:
        yield not_published(Message(N_("the rating at this mains voltage")), _supply_name(node), _subject(node))
        return
    strict, mild = margins(psu, node.assumed)
    if least_rating_w(budget.known_w, budget.peak_w, mild) > budget.supply_w:
        yield _overloaded(node, budget.supply_w, mild)
    elif isinstance(budget.sustained_w, Unknown):
        yield unchecked(budget.sustained_w.because, _subject(node))
    elif least_rating_w(budget.known_w, budget.peak_w, strict) > budget.supply_w and psu is not None:
        yield not_published(Message(N_("the ATX version")), psu.full_name, _subject(node))


def _sized_by_its_maker(node: Node) -> bool:
    platform = node.platform
    return platform is not None and platform.base_power_w is None and platform.max_power_w is not None


def _overloaded(node: Node, supply_w: float, margin: Margin) -> Finding:
    budget = node.power
    fixes: tuple[Fix, ...] = ()
    if node.psu is not None:
        line = node.psu[0]
        least = least_rating_w(budget.known_w, budget.peak_w, atx_3(node.assumed)) / line.quantity
        larger = candidates(node.context, Psu, lambda psu: rating(psu) >= least, rating)
        fixes += replace_line(node, "power.E001", line, larger)
    fixes += limit_power(node, "power.E001", LIMITS)
    if budget.known_w / margin.sustained > supply_w:
        text = N_("The parts draw {need}; a supply of {supply} should carry {share} all day")
        need, share = budget.known_w, margin.sustained * supply_w
    else:
        text = N_("Excursions of the cards reach {need}; a supply of {supply} rides out {share}")
        need, share = budget.peak_w, margin.peak * supply_w
    return Finding(
        severity=Severity.ERROR,
        message=Message(text, need=_watts(need), supply=_watts(supply_w), share=_watts(share)),
        subject=_subject(node),
        fixes=fixes or advice(Message(N_("Spread the cards over two machines, each with its own supply"))),
        assumption=margin is not _SERVER,
    )


@machine_check("power.W002")
def supply_has_headroom(node: Node) -> Iterator[Finding]:
    """The power supply leaves the headroom that the project asks for.

    Reason: the next model or card needs power too (the guide asks for 15 to 20 % of hardware in reserve).
    Remedy: the next size of supply, or less headroom in the project.
    Source: Assumption: the headroom of the project, 20 % unless it was changed.
    """
    budget, headroom = node.power, node.context.configuration.headroom
    if node.psu is None or budget.supply_w is None:
        return
    line, psu = node.psu
    needed = budget.known_w / (1 - headroom)
    overloaded = least_rating_w(budget.known_w, budget.peak_w, margins(psu, node.assumed)[1]) > budget.supply_w
    if overloaded or needed <= budget.supply_w:
        return
    larger = candidates(node.context, Psu, lambda psu: rating(psu) * line.quantity >= needed, rating)
    yield Finding(
        severity=Severity.WARNING,
        message=Message(
            N_("With {share} headroom the parts need {need}, and the supply gives {supply}"),
            share=Quantity(headroom, Unit.PERCENT),
            need=_watts(needed),
            supply=_watts(budget.supply_w),
        ),
        subject=_subject(node),
        fixes=replace_line(node, "power.W002", line, larger, term="long"),
    )


@machine_check("power.E003")
def low_line_is_allowed(node: Node) -> Iterator[Finding]:
    """The supplies of a server may be run at this mains voltage at all.

    Reason: large server supplies have no rating at 100 to 127 V, and others lose up to half of theirs.
    Remedy: a circuit of 200 V or more.
    Source: docs.nvidia.com, DGX B200 (200 to 240 V only); Supermicro power supplies (2000 W at 220 V, 1000 W at 120 V).
    """
    site = node.context.site
    low_line_w = node.psu[1].low_line_w if node.psu else node.platform.psu_low_line_w if node.platform else None
    if low_line_w != 0 or site.mains_v >= LOW_LINE_V:
        return
    high = _high_line(site.country)
    yield Finding(
        severity=Severity.ERROR,
        message=Message(
            N_("The supplies of {part} may not be run at {volt}; they need 200 V or more"),
            part=_supply_name(node),
            volt=Quantity(site.mains_v, Unit.VOLT),
        ),
        fixes=as_fix(first_that_clears(node.context, "power.E003", node.index, (high,)), "long"),
    )


def _high_line(country: str) -> Edit:
    volt = 208.0 if country in {"US", "CA"} else 200.0 if country == "JP" else 230.0
    return change_site(Message(N_("Run it on a circuit of {volt}"), volt=Quantity(volt, Unit.VOLT)), mains_v=volt)


@machine_check("power.N004")
def redundancy_of_supplies(node: Node) -> Iterator[Finding]:
    """A server goes on when one supply fails.

    Reason: with N+1 the load must fit on the supplies that are left: two of 1600 W in 1+1 carry 1600 W, not 3200.
    Remedy: more supplies, or less load.
    Source: PSU redundancy as vendors count it (docs.nvidia.com, DGX B200: 5+1 supplies of 3.3 kW for 14.3 kW).
    """
    budget = node.power
    if node.platform is None or not budget.supplies or budget.supply_w is None:
        return
    text = N_("None of {count} supplies may fail at full load; together they give {supply}")
    if budget.redundant:
        text = N_("{redundant} of {count} supplies may fail; the others give {supply}")
    message = Message(text, redundant=budget.redundant, count=budget.supplies, supply=_watts(budget.supply_w))
    yield Finding(severity=Severity.NOTE, message=message)


@machine_check("power.N005")
def efficiency_at_the_real_load(node: Node) -> Iterator[Finding]:
    """What the efficiency class means at this load and mains voltage.

    Reason: 80 PLUS Platinum is 94 % at half load on 230 V only; elsewhere it is 89 to 92 %, and the wall pays the rest.
    Remedy: a supply that runs near half load, or a better class.
    Source: 80 PLUS levels as printed at tomshardware.com/reviews/80-plus-psu-efficiency; linear between its points.
    """
    budget, level = node.power, _level(node)
    if not budget.supplies or isinstance(budget.sustained_w, Unknown) or not budget.supply_w:
        return
    if budget.efficiency is None or level is None or isinstance(budget.wall_w, Unknown):
        yield not_published(Message(N_("the 80 PLUS class")), _supply_name(node), _subject(node))
        return
    text = N_("At {load} a supply of class {level} is at least {efficiency} efficient; the wall gives {wall}")
    yield Finding(
        severity=Severity.NOTE,
        message=Message(
            text,
            load=_watts(budget.sustained_w),
            level=f"80 PLUS {level.capitalize()}",
            efficiency=Quantity(budget.efficiency, Unit.PERCENT),
            wall=_watts(budget.wall_w),
        ),
        subject=_subject(node),
    )


def _level(node: Node) -> Efficiency | None:
    return node.psu[1].efficiency if node.psu else node.platform.psu_efficiency if node.platform else None


@machine_check("power.N006")
def draws_that_are_assumed(node: Node) -> Iterator[Finding]:
    """Which small draws are assumed because their makers publish none.

    Reason: a sum is as good as its terms; the user should see which ones were estimated.
    Remedy: enter the figure in a part of your own.
    Source: Assumption: 40 W for a board, 3 W for a fan, 10 W for a drive, 25 W for a network card; memory as
        crucial.com, "How Much Power Does Memory Use?", tells to plan (5 W a module).
    """
    if node.power.assumed:
        yield Finding(severity=Severity.NOTE, message=Message(N_("Assumed draws: {draws}"), draws=node.power.assumed))
