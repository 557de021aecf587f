"""Why there is no machine: a smallest set of demands that cannot be met together, and the smallest change of each.

The set is found by leaving out one demand after another: what can be left out without an answer appearing does not
belong to the conflict. Such a set is irreducible: give way in any one of its demands and there is an answer.

Source: deletion filter, J. W. Chinneck, "Feasibility and Infeasibility in Optimization", 2008, chapter 6.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from dsdesk.base.message import N_, Message
from dsdesk.base.units import Quantity, Unit
from dsdesk.build.catalog import Catalog
from dsdesk.design.market import Market
from dsdesk.design.ways import WAYS, Freed, other_ways
from dsdesk.design.wish import FORM_NAMES, BuildWish, Form, NoAnswer, Progress, Way
from dsdesk.llm.architecture import Llm
from dsdesk.project.project import Workload


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """One demand of a wish.

    Attributes:
        key: what it is about, see `Way.demand`.
        text: as it was made.
        relaxed: the wish without it.
    """

    key: str
    text: Message
    relaxed: Callable[[BuildWish], BuildWish]


def no_answer(
    wish: BuildWish, llm: Llm, catalog: Catalog, market: Market, progress: Progress | None = None
) -> NoAnswer:
    """The explanation for a wish that has no answer.

    Raises:
        Stopped: `progress` gave False.
    """
    every = tuple(demands_of(wish, catalog))
    freed = Freed(wish=wish, llm=llm, catalog=catalog, progress=progress)
    others = other_ways(freed)
    if not _is_possible(freed, every, ()):
        text = N_("No machine of the buildable shelf holds {model} as {precision}, whatever it may cost")
        because = Message(text, model=llm.name, precision=wish.project.configuration.precision)
        return _said(wish, market, because, (), others)
    core = _irreducible(freed, every)
    ways = tuple(_way(freed, demand) for demand in core)
    text = N_("No machine of the buildable shelf meets these demands together: {demands}")
    if len(core) == 1:
        text = N_("No machine of the buildable shelf meets this demand: {demands}")
    because = Message(text, demands=tuple(demand.text for demand in core))
    return _said(wish, market, because, ways, others)


def _said(
    wish: BuildWish, market: Market, because: Message, conflict: tuple[Way, ...], others: tuple[Way, ...]
) -> NoAnswer:
    return NoAnswer(
        wish=wish,
        because=because,
        conflict=conflict,
        others=others,
        parts=market.weighed,
        left_out=market.left_out,
    )


def demands_of(wish: BuildWish, catalog: Catalog) -> Iterator[Demand]:
    """Everything that a wish demands, what people would rather give way in first."""
    for part_id in wish.pinned:
        text = Message(N_("{part} must be in it"), part=_name(part_id, catalog))
        yield Demand(key=f"pinned:{part_id}", text=text, relaxed=_without("pinned", part_id))
    for part_id in dict.fromkeys(line.part_id for line in wish.kept):
        part = catalog.part(part_id)
        if part is not None and part.kind not in wish.settled:
            text = Message(N_("{part} must be in it"), part=part.full_name)
            yield Demand(key=f"kept:{part_id}", text=text, relaxed=_not_kept(part_id))
    for part_id in wish.banned:
        text = Message(N_("{part} must not be in it"), part=_name(part_id, catalog))
        yield Demand(key=f"banned:{part_id}", text=text, relaxed=_without("banned", part_id))
    if wish.count is not None:
        text = Message(N_("{count} accelerators"), count=wish.count)
        yield Demand(key="count", text=text, relaxed=lambda one: replace(one, count=None))
    if wish.accelerator_id:
        text = Message(N_("it runs on {part}"), part=_name(wish.accelerator_id, catalog))
        yield Demand(key="accelerator", text=text, relaxed=lambda one: replace(one, accelerator_id=""))
    if wish.form is not Form.ANY:
        text = Message(N_("form: {form}"), form=FORM_NAMES[wish.form])
        yield Demand(key="form", text=text, relaxed=lambda one: replace(one, form=Form.ANY))
    yield _circuit(wish)
    yield from _speeds(wish.project.configuration.workload)
    if wish.budget is not None:
        text = Message(N_("a budget of {money}"), money=wish.budget)
        yield Demand(key="budget", text=text, relaxed=_no_budget)


def _circuit(wish: BuildWish) -> Demand:
    site = wish.project.site
    text = Message(
        N_("{circuits} × {volt} × {ampere} at the site"),
        circuits=site.circuits,
        volt=Quantity(site.mains_v, Unit.VOLT),
        ampere=Quantity(site.circuit_a, Unit.AMPERE),
    )
    return Demand(key="circuit", text=text, relaxed=lambda one: replace(one, any_circuit=True))


def _speeds(workload: Workload) -> Iterator[Demand]:
    if workload.requests_per_day is not None:
        text = Message(N_("{count} requests a day"), count=workload.requests_per_day)
        yield Demand(key="requests", text=text, relaxed=_no_speed("requests_per_day"))
    if workload.ttft_s_max is not None:
        text = Message(N_("the first token within {time}"), time=Quantity(workload.ttft_s_max, Unit.SECOND))
        yield Demand(key="ttft", text=text, relaxed=_no_speed("ttft_s_max"))
    if workload.decode_tok_s_min is not None:
        text = Message(N_("{speed} for each user"), speed=Quantity(workload.decode_tok_s_min, Unit.TOK_S))
        yield Demand(key="speed", text=text, relaxed=_no_speed("decode_tok_s_min"))


def _name(part_id: str, catalog: Catalog) -> str:
    part = catalog.part(part_id)
    return part.full_name if part else part_id


def _without(field: str, part_id: str) -> Callable[[BuildWish], BuildWish]:
    def relaxed(wish: BuildWish) -> BuildWish:
        kept = tuple(one for one in getattr(wish, field) if one != part_id)
        return replace(wish, pinned=kept) if field == "pinned" else replace(wish, banned=kept)

    return relaxed


def _not_kept(part_id: str) -> Callable[[BuildWish], BuildWish]:
    return lambda wish: replace(wish, kept=tuple(line for line in wish.kept if line.part_id != part_id))


def _no_speed(field: str) -> Callable[[BuildWish], BuildWish]:
    def relaxed(wish: BuildWish) -> BuildWish:
        configuration = wish.project.configuration
        workload = replace(configuration.workload, **{field: None})  # type: ignore[arg-type]
        project = wish.project.with_configuration(replace(configuration, workload=workload))
        return replace(wish, project=project)

    return relaxed


def _no_budget(wish: BuildWish) -> BuildWish:
    return replace(wish, project=replace(wish.project, cost=replace(wish.project.cost, budget=None)))


def _relaxed(wish: BuildWish, demands: tuple[Demand, ...]) -> BuildWish:
    for demand in demands:
        wish = demand.relaxed(wish)
    return wish


def _is_possible(freed: Freed, every: tuple[Demand, ...], kept: tuple[Demand, ...]) -> bool:
    """Whether there is a list when only some of the demands are kept."""
    dropped = tuple(demand for demand in every if demand not in kept)
    return freed.is_possible(_relaxed(freed.wish, dropped))


def _irreducible(freed: Freed, every: tuple[Demand, ...]) -> tuple[Demand, ...]:
    core = every
    for demand in every:
        fewer = tuple(one for one in core if one is not demand)
        if not _is_possible(freed, every, fewer):
            core = fewer
    return core


def _way(freed: Freed, demand: Demand) -> Way:
    """The smallest change of one demand that leaves an answer while all others are kept."""
    kind, _, part_id = demand.key.partition(":")
    change = WAYS[kind](freed, demand.relaxed(freed.wish), part_id)
    if change is None:
        return Way(demand=kind, text=demand.text, change=None, why_none=_why_none(kind))
    return Way(demand=kind, text=demand.text, change=change.text, edit=change.edit, wish=change.wish)


def _why_none(kind: str) -> Message:
    """Why no change of a demand alone is named; without a budget there is a list, so only its price is lacking."""
    if kind == "budget":
        return Message(N_("No budget can be named: every list needs a part whose price is not known. Type its price."))
    return Message(N_("No change of this demand alone leaves an answer."))
