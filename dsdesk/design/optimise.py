"""The best list for a wish with its proof, or why there is none; and the frontier of price against speed."""

from dataclasses import dataclass, replace
from decimal import Decimal

from dsdesk.base.errors import InputError
from dsdesk.base.message import N_, Message
from dsdesk.base.money import Money
from dsdesk.base.source import Unknown
from dsdesk.build.catalog import Catalog
from dsdesk.design.conflicts import no_answer
from dsdesk.design.lists import PartsList
from dsdesk.design.market import Market
from dsdesk.design.proof import proof
from dsdesk.design.search import Found, Search, Stopped
from dsdesk.design.wish import BuildAnswer, BuildWish, NoAnswer, Objective, Progress, put_machine
from dsdesk.evaluate import evaluate
from dsdesk.llm.architecture import Llm
from dsdesk.llm.choice import chosen
from dsdesk.project.edits import Edit
from dsdesk.project.project import Project


def build_machine(wish: BuildWish, catalog: Catalog, progress: Progress | None = None) -> BuildAnswer | NoAnswer:
    """The best machine for a wish, proven over the buildable shelf, or the demands that stand in the way.

    Args:
        wish: what is asked for.
        catalog: the parts.
        progress: told how far it is; its False stops the search, and the best list so far is the answer.

    Raises:
        InputError: the wish names no model, or a part that the catalogue does not have.
    """
    llm = model_of(wish, catalog)
    for part_id in (*wish.pinned, *(part_id for part_id, _ in wish.owned), wish.accelerator_id):
        if part_id and catalog.part(part_id) is None:
            raise InputError(Message(N_("The catalogue has no part {part}."), part=part_id))
    market = Market(wish, catalog)
    try:
        found = Search(llm=llm, market=market, progress=progress).best()
    except Stopped:
        found = Found(proven=False, bound=0.0)
    if found.best is not None:
        return _answer(wish, catalog, market, found)
    stopped = Message(N_("The search was stopped before there was a list."))
    if found.bound is None:
        try:
            return no_answer(wish, llm, catalog, market, _conflicting(progress))
        except Stopped:
            stopped = Message(N_("There is no such machine. The search for the demands in conflict was stopped."))
    return NoAnswer(wish=wish, because=stopped, parts=market.weighed, left_out=market.left_out)


def _conflicting(progress: Progress | None) -> Progress | None:
    """Progress of the search for what is in conflict: many searches, of which nobody knows the number."""
    if progress is None:
        return None
    return lambda _share, _text: progress(None, Message(N_("Look for the demands in conflict")))


def model_of(wish: BuildWish, catalog: Catalog) -> Llm:
    """The model of a wish.

    Raises:
        InputError: none is chosen, or it cannot be had.
    """
    choice = wish.project.configuration.model
    llm = chosen(choice.llm_id, choice.config_json, catalog.llm)
    if isinstance(llm, Unknown):
        raise InputError(llm.because)
    if llm is None:
        raise InputError(Message(N_("Say first which model the machine is for.")))
    return llm


def _answer(wish: BuildWish, catalog: Catalog, market: Market, found: Found) -> BuildAnswer:
    best = found.best
    assert best is not None
    evaluation = evaluate(best.project, catalog)
    lines = evaluation.cost.lines
    by_price = wish.budget is not None or wish.objective in {Objective.CHEAPEST, Objective.VALUE}
    proven = found.proven and not (best.rank and by_price)
    return BuildAnswer(
        wish=wish,
        project=best.project,
        evaluation=evaluation,
        lines=lines,
        total=evaluation.cost.total,
        unpriced=tuple(dict.fromkeys(line.name for line in lines if line.net is None)),
        proven_optimal=proven,
        gap=0.0 if proven else _gap(best, found, wish.objective),
        proof=proof(wish, market, found, proven=proven),
        parts=market.weighed,
        left_out=market.left_out,
    )


def _gap(best: PartsList, found: Found, objective: Objective) -> float | None:
    """How much better an unseen list may be, as a share of the best one; None where its price is not known."""
    if found.bound is None or best.rank:
        return None
    values = {Objective.CHEAPEST: float(best.cents), Objective.QUIETEST: best.watts}
    reached = values.get(objective, best.load.tok_s)
    if objective is Objective.VALUE:
        reached = best.load.tok_s / max(best.cents, 1)
    return None if not reached else abs(reached - abs(found.bound)) / reached


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A list that no other one beats in both price and speed.

    Attributes:
        project: the wish's project with it.
        accelerators: what it computes with, as "2 × name".
        total: of the known prices, tax included.
        tok_s: output tokens a second of all users together.
        unpriced: pieces whose price is not known.
    """

    project: Project
    accelerators: str
    total: Money
    tok_s: float
    unpriced: int

    @property
    def edit(self) -> Edit:
        """Puts the machine into the project, as one step."""
        return put_machine(self.project)


def frontier(wish: BuildWish, catalog: Catalog, progress: Progress | None = None) -> tuple[Point, ...]:
    """The frontier of price against speed, cheapest first: lists that nothing as cheap outruns.

    Speed grows by at least `dsdesk.design.search.STEP` from one to the next. Lists whose accelerators or platform have
    no price are not on it. Stopped half-way, it gives what it has.
    """
    llm = model_of(wish, catalog)
    market = Market(replace(wish, objective=Objective.FASTEST), catalog)
    cost = wish.project.cost
    points: list[Point] = []
    for one in Search(llm=llm, market=market, progress=progress).by_price():
        net = Money(Decimal(one.cents) / 100, cost.currency)
        total = net + (net * cost.tax_rate).rounded()
        name = f"{one.load.total} × {one.load.accelerator.name}"
        tok_s = one.load.tok_s
        points.append(Point(project=one.project, accelerators=name, total=total, tok_s=tok_s, unpriced=one.unpriced))
    return tuple(points)
