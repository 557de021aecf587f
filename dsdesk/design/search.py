"""The search over loads: bounds first, lists only where a bound allows a better one than the best so far."""

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from itertools import groupby

from dsdesk.base.message import N_, Message
from dsdesk.base.money import Money
from dsdesk.build.sized import Sized
from dsdesk.build.topology import positions
from dsdesk.cost.exchange import exchange_of
from dsdesk.design.choices import Chooser
from dsdesk.design.lists import Lister, PartsList, head_tag
from dsdesk.design.loads import Load, carried, loads_on, offloaded_on
from dsdesk.design.market import Market
from dsdesk.design.program import Goal
from dsdesk.design.rules import Rules, slowest
from dsdesk.design.wish import Objective, Progress
from dsdesk.hardware.parts import Accelerator, Board, Case, Cooler, Cpu, Drive, Memory, Part, Psu
from dsdesk.hardware.vocabulary import PcieLink
from dsdesk.llm.architecture import Llm
from dsdesk.sizing.precisions import PRECISIONS, parse_precision

STEP = 1.02  # lists whose speed differs by less are not told apart on the frontier
_SIZING = 0.4  # of the time goes into memory and speed of the loads


class Stopped(Exception):  # noqa: N818 - no error: somebody no longer wants the answer
    """The user stopped the search."""


@dataclass(slots=True)
class Found:
    """What a search came to.

    Attributes:
        best: the best list so far, None without one.
        proven: whether no better list exists among the loads that were looked at.
        bound: the objective that no unseen list beats; None where the search ended.
        loads: how many were solved.
        of: how many there are.
    """

    best: PartsList | None = None
    proven: bool = True
    bound: float | None = None
    loads: int = 0
    of: int = 0


@dataclass(frozen=True)
class Search:
    """A search for the best list of a wish.

    Attributes:
        llm: the model.
        market: the parts and the wish.
        progress: told how far it is.
    """

    llm: Llm
    market: Market
    progress: Progress | None = None
    _links: dict[object, tuple[PcieLink, ...]] = field(default_factory=dict)
    _sized: dict[tuple[str, int], Sized] = field(default_factory=dict)

    @property
    def limited(self) -> bool:
        """Whether the circuits of the site count."""
        return not self.market.wish.any_circuit

    @property
    def objective(self) -> Objective:
        """What is best."""
        return self.market.wish.objective

    @cached_property
    def most_cents(self) -> float:
        """What the parts may cost without tax."""
        return most_cents(self.market)

    def best(self) -> Found:
        """The best list: one without warnings if there is any, else one without errors.

        Under a budget one of which all prices are known that can be; else one whose known prices keep it.
        """
        loads = list(self.loads())
        found = Found()
        for priced_only in (True, False) if self.most_cents < float("inf") else (False,):
            for careful in (True, False):
                found = self._best_of(loads, careful=careful, priced_only=priced_only)
                if found.best is not None or found.bound is not None:
                    return found
        return found

    def any(self) -> bool:
        """Whether there is any list at all."""
        lister = self._lister(careful=False)
        loads = sorted(self.loads(), key=lambda load: (head_tag(self.market, load), load.total))
        return any(self._allowed(lister.best(load, self.most_cents)) for load in loads)

    def most(self, of: Callable[[Load], float]) -> PartsList | None:
        """A list of the load for which `of` is largest, of all that have one."""
        lister = self._lister(careful=False)
        for load in sorted(self.loads(), key=of, reverse=True):
            found = lister.best(load, self.most_cents)
            if found is not None and self._allowed(found):
                return found
        return None

    def by_price(self) -> Iterator[PartsList]:
        """The frontier of price against speed, cheapest first, in steps of at least `STEP` in speed.

        Loads are solved in the order of what they cost at least; one that a list so cheap outruns is never solved.
        """
        lister = self._lister(careful=True)
        rough = replace(lister, careful=False)
        found: list[PartsList] = []
        try:
            loads = sorted(self._may_lead(), key=lambda load: (self._bound_cents(load), -load.tok_s))
            for number, load in enumerate(loads):
                least = self._bound_cents(load)
                if any(one.cents <= least and load.tok_s < one.load.tok_s * STEP for one in found):
                    continue
                self._tell(_SIZING + (1 - _SIZING) * number / len(loads), _weighing(load))
                one = lister.best(load, self.most_cents) or rough.best(load, self.most_cents)
                if one is not None and not one.rank and self._allowed(one):
                    found.append(one)
        except Stopped:
            pass
        fastest = 0.0
        for one in sorted(found, key=lambda one: (one.cents, -one.load.tok_s)):
            if one.load.tok_s >= fastest * STEP:
                fastest = one.load.tok_s
                yield one

    def _bound_cents(self, load: Load) -> float:
        return head_tag(self.market, load).cents + (self.least_rest if load.platform is None else 0.0)

    def _may_lead(self) -> list[Load]:
        """Loads with known prices that none with fewer or cheaper accelerators of the same host outruns."""
        fastest: dict[tuple[str, str], float] = {}
        found: list[Load] = []
        for load in self.loads():
            host = (load.accelerator.id, load.platform.id if load.platform else "")
            if not head_tag(self.market, load).unpriced and load.tok_s >= fastest.get(host, 0.0) * STEP:
                fastest[host] = load.tok_s
                found.append(load)
        return found

    def loads(self) -> Iterator[Load]:
        """Loads that hold the model fast enough; where only price or power counts, the least that do on every host."""
        configuration = self.market.wish.project.configuration
        precision = PRECISIONS.get(configuration.precision) or parse_precision(configuration.precision)
        hosts = list(carried(self.market, precision))
        for number, host in enumerate(hosts):
            self._tell(_SIZING * number / len(hosts), Message(N_("Weigh {part}"), part=host.accelerator.full_name))
            every = loads_on(host, self.llm, self.market, self._slot_links, self._may_be)
            if self.market.wish.offload:
                beside = offloaded_on(host, self.llm, self.market, self._slot_links, self._sized, self._may_be)
                every = heapq.merge(every, beside, key=lambda load: load.total)
            if self.objective in {Objective.FASTEST, Objective.VALUE}:
                yield from (load for load in every if load.is_fast_enough)
            else:
                yield from _least(every)

    def _lister(self, *, careful: bool) -> Lister:
        """Makes lists that keep the budget for sure, if there is one."""
        bound = self.most_cents < float("inf")
        return Lister(market=self.market, careful=careful, limited=self.limited, priced_only=bound)

    def _best_of(self, loads: list[Load], *, careful: bool, priced_only: bool) -> Found:
        goal = Goal.WATTS if self.objective is Objective.QUIETEST else Goal.CENTS
        lister = replace(self._lister(careful=careful), goal=goal, priced_only=priced_only)
        # Where the priced parts alone have been looked through, every list that is left lacks a price.
        least = 1 if self.most_cents < float("inf") and not priced_only else 0
        bounds = [self._bound(load) for load in loads]
        queue = [(max(blind, least), bound, number) for number, (blind, bound) in enumerate(bounds)]
        heapq.heapify(queue)
        found = Found(of=len(loads))
        while queue:
            blind, bound, number = heapq.heappop(queue)
            load = loads[number]
            if found.best is not None and (blind, bound) >= self._value(found.best):
                return found
            try:
                self._tell(_SIZING + (1 - _SIZING) * found.loads / len(loads), _weighing(load))
            except Stopped:
                found.bound, found.proven = bound, False
                return found
            found.loads += 1
            one = lister.best(load, self.most_cents)
            if one is None or not (self._allowed(one) or (not priced_only and one.cents <= self.most_cents)):
                continue
            found.proven = found.proven and one.proven
            if found.best is None or self._value(one) < self._value(found.best):
                found.best = one
        return found

    def _allowed(self, found: PartsList | None) -> bool:
        """Whether a list keeps the budget; one whose cards have no price cannot be said to."""
        if found is None:
            return False
        return self.most_cents == float("inf") or (found.cents <= self.most_cents and not found.rank)

    def _may_be(self, load: Load) -> bool:
        """Whether accelerators and the cheapest parts around them keep the budget."""
        if self.most_cents == float("inf"):
            return True
        head = head_tag(self.market, load)
        rest = self.known_rest if load.platform is None else 0.0
        return not head.unpriced and head.cents + rest <= self.most_cents

    @cached_property
    def least_rest(self) -> float:
        """What everything around the cards of a board costs at least, if every price is known."""
        return self._rest(unknown_is_free=False)

    @cached_property
    def known_rest(self) -> float:
        """What it costs at least as far as prices are known."""
        return self._rest(unknown_is_free=True)

    def _rest(self, *, unknown_is_free: bool) -> float:
        """The cheapest part of every kind that goes around cards; a kind without any price counts nothing."""
        kinds: tuple[type[Part], ...] = (Board, Cpu, Memory, Drive, Psu, Case, Cooler)
        tags = [[self.market.tag(part, 1) for part in self.market.parts(kind)] for kind in kinds]
        priced = [[tag.cents for tag in one if unknown_is_free or not tag.unpriced] for one in tags]
        return float(sum(min(cents, default=0) for cents in priced))

    def _bound(self, load: Load) -> tuple[int, float]:
        """(whether its price is unknown, what its best list is at least): the smaller, the better."""
        cents = self._bound_cents(load)
        blind = 2 if head_tag(self.market, load).unpriced else 0
        if self.objective is Objective.FASTEST:
            return (0 if self.most_cents == float("inf") else blind), -load.tok_s
        if self.objective is Objective.VALUE:
            return blind, -load.tok_s / max(cents, 1.0)
        if self.objective is Objective.QUIETEST:
            return 0, Chooser(self.market).cards_w(load)[0] * load.nodes
        return blind, cents

    def _value(self, found: PartsList) -> tuple[int, float]:
        if self.objective is Objective.FASTEST:
            return (0 if self.most_cents == float("inf") else found.rank), -found.load.tok_s
        if self.objective is Objective.VALUE:
            return found.rank, -found.load.tok_s / max(found.cents, 1)
        if self.objective is Objective.QUIETEST:
            return 0, found.watts
        return found.rank, found.cents

    def _slot_links(self, card: Accelerator, count: int) -> tuple[PcieLink, ...]:
        """The slowest links that boards in cases of the shelf give so many cards, slowest first."""
        key = (card.pcie, card.slot_width, card.low_profile, count)
        if key not in self._links:
            self._links[key] = tuple(self._found_links(card, count))
        return self._links[key]

    def _found_links(self, card: Accelerator, count: int) -> Iterable[PcieLink]:
        load = Load(
            llm=self.llm,
            configuration=self.market.wish.project.configuration,
            accelerator=card,
            count=count,
            nodes=1,
            platform=None,
            link=None,
            market=self.market,
        )
        rules = Rules(load, self.market.wish.project.site, self.market.wish.form, careful=False)
        boards = {(board.slots, board.m2_slots): board for board in self.market.parts(Board)}.values()
        openings = {case.expansion_slots for case in self.market.parts(Case) if rules.suits_form(case)}
        found: set[PcieLink] = set()
        for board in boards:
            # Openings behind the last slot and its card change nothing.
            last = max((slot.position or 0 for slot in board.slots), default=0) + (positions(card.slot_width) or 1) - 1
            for number in {None if one is None else min(one, last) for one in openings}:
                places = rules.seats(board, number)
                if all(place.slot is not None for place in places):
                    found.add(slowest(places) or PcieLink(3, 1))
        return sorted(found, key=PcieLink.bandwidth_b_s)

    def _tell(self, share: float, text: Message) -> None:
        if self.progress is not None and self.progress(share, text) is False:
            raise Stopped


def most_cents(market: Market) -> float:
    """The budget without tax in cents: the largest net total whose total with tax keeps it."""
    budget, cost = market.wish.budget, market.wish.project.cost
    if budget is None:
        return float("inf")
    money = exchange_of(cost, market.catalog).convert(budget, cost.currency)
    if money is None:
        return float("inf")
    net = int(money.amount * 100 / (1 + cost.tax_rate))
    for candidate in range(net + 2, net - 3, -1):
        amount = Money(Decimal(candidate) / 100, cost.currency)
        if (amount + (amount * cost.tax_rate).rounded()).amount <= money.amount:
            return candidate
    return net


def _least(every: Iterator[Load]) -> Iterator[Load]:
    """Of the loads on one host those that no smaller one beats.

    With more accelerators a list costs and draws more, so the search ends at the first number that is fast enough on
    the slowest link; of a smaller number the slowest link that is fast enough counts.
    """
    for _, group in groupby(every, key=lambda load: (load.count, load.nodes)):
        same = list(group)
        fast = next((load for load in same if load.is_fast_enough), None)
        if fast is not None:
            yield fast
        if fast is same[0]:
            return


def _weighing(load: Load) -> Message:
    text = N_("Build around {count} × {part}")
    return Message(text, count=load.total, part=load.accelerator.full_name)
