"""The best list for one load: a program is solved, its list is checked, a refused one is cut off, and again.

Every list that leaves here has passed all checks. A cut takes away only lists that hold all of the refused parts, so
the first list that passes is the best of all that do.
"""

from dataclasses import dataclass, replace

from dsdesk.checks.finding import Finding, Severity
from dsdesk.checks.registry import run_subjects
from dsdesk.checks.subjects import run_checks
from dsdesk.design.assembly import assembled, judged
from dsdesk.design.choices import Chooser, program_of
from dsdesk.design.host_memory import HostDemand
from dsdesk.design.loads import Load
from dsdesk.design.market import Market, Tag
from dsdesk.design.program import Choice, Goal, Program, Solved
from dsdesk.design.rules import Rules
from dsdesk.hardware.parts import Bridge
from dsdesk.hardware.vocabulary import PartKind
from dsdesk.project.project import Project
from dsdesk.sizing.results import HostSpeed

_MOST_CUTS = 60
_TIE = 0.1  # watts
# Warnings that a careful list does not have; others (facility water, one switch) are the user's to weigh.
_HEEDED = ("power.", "cooling.W012", "cooling.E", "pcie.", "memory.", "fit.", "storage.")
# Of the model, the chip and what is kept beside it, such as a bridge: no parts that are chosen change them.
_OF_THE_LOAD = ("model.", "software.", "power.W013", "fit.E011", "fit.E012", "fit.E014", "links.E001")
# The kinds that decide a finding, whatever else is in the machine.
_SEATING = frozenset({PartKind.BOARD, PartKind.CASE, PartKind.CPU})
_FEEDING = frozenset({PartKind.BOARD, PartKind.CPU, PartKind.MEMORY})
_DECIDED_BY: dict[str, frozenset[PartKind]] = {
    "pcie.": _SEATING,
    "links.": frozenset({PartKind.BOARD, PartKind.CASE}),
    "cooling.W012": _SEATING,
    "cooling.E00": frozenset({PartKind.COOLER, PartKind.CPU, PartKind.CASE}),
    "fit.E001": frozenset({PartKind.BOARD, PartKind.CPU}),
    "fit.E023": frozenset({PartKind.BOARD, PartKind.CPU}),
    "fit.E003": frozenset({PartKind.BOARD, PartKind.CASE}),
    "fit.E004": frozenset({PartKind.CASE}),
    "fit.E005": frozenset({PartKind.PSU, PartKind.CASE}),
    "memory.": frozenset({PartKind.BOARD, PartKind.CPU, PartKind.MEMORY}),
    "power.E011": frozenset({PartKind.PSU}),
    "power.E012": frozenset({PartKind.PSU, PartKind.BOARD}),
    "storage.": frozenset({PartKind.DRIVE}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsList:
    """A list that passes every check.

    Attributes:
        load: what it carries.
        choices: everything around the accelerators.
        project: the wish's project with it.
        cents: of all machines and shared parts, without tax, unpriced pieces at nothing.
        unpriced: pieces without a price.
        watts: drawn by all machines.
        rank: 0 where parts without a price are only of kinds in which none has one; 1 where others of their kind have
            one; 2 where accelerator or platform has none.
        proven: whether the load is proven to have no better list.
        careful: whether it has no warning either.
    """

    load: Load
    choices: tuple[Choice, ...]
    project: Project
    cents: int
    unpriced: int
    watts: float
    rank: int
    proven: bool
    careful: bool


def head_tag(market: Market, load: Load) -> Tag:
    """Price of accelerators, platforms and kept lines of all machines."""
    tags = [market.kept_tag]
    if load.bought:
        tags.append(market.tag(load.accelerator, load.bought))
    if load.platform is not None:
        tags.append(market.tag(load.platform, 1))
    return Tag(sum(tag.cents for tag in tags) * load.nodes, sum(tag.unpriced for tag in tags) * load.nodes)


@dataclass(frozen=True)
class Lister:
    """Makes lists for loads.

    Attributes:
        market: the parts.
        careful: whether warnings count.
        limited: whether the circuits of the site count.
        goal: what is made small.
        priced_only: whether a list counts only if every part has a price whose kind has prices, as under a budget.
    """

    market: Market
    careful: bool
    limited: bool = True
    goal: Goal = Goal.CENTS
    priced_only: bool = False

    def rules(self, load: Load) -> Rules:
        """Rules for a load under this wish."""
        wish = self.market.wish
        return Rules(load, wish.project.site, wish.form, self.careful, self.limited)

    def best(self, load: Load, most_cents: float = float("inf")) -> PartsList | None:
        """The best list for a load that costs at most `most_cents`, None without one."""
        rules, chooser = self.rules(load), Chooser(self.market)
        if load.platform is not None and not rules.suits_form(load.platform):
            return None
        blind = head_tag(self.market, load).unpriced > 0
        if (self.priced_only and blind) or self._clashes(load):
            return None
        kinds = chooser.kinds(rules, priced_only=self.priced_only)
        if kinds is None:
            return None
        priced = {kind: chooser.cheap(choices) for kind, choices in kinds.items()}
        for rank, offered in ((0, priced), (1, kinds)):
            if rank and offered == priced:
                break
            found = self._listed(rules, offered, most_cents)
            if found is not None:
                return replace(found, rank=2 if blind else max(rank, self._lacks(found)))
        return None

    def _clashes(self, load: Load) -> bool:
        """Whether a bridge that stays joins no such number of these accelerators, so that no list can be."""
        if not any(isinstance(one.part, Bridge) for one in self.market.kept):
            return False
        known, key = self.market.clashes, (load.accelerator.id, load.count)
        if key not in known:
            context = judged(assembled(self.market, load, ()), load.llm, self.market.catalog)
            known[key] = any(one.severity is Severity.ERROR for one in run_subjects(context, {"links"}))
        return known[key]

    def _lacks(self, found: PartsList) -> int:
        """1 where a part has no price although others of its kind have one, perhaps none that goes with this load."""
        unpriced = {choice.kind for choice in found.choices if choice.unpriced}
        return int(not unpriced <= {*self.market.blind_kinds})

    def _listed(self, rules: Rules, offered: dict[PartKind, list[Choice]], most_cents: float) -> PartsList | None:
        load = rules.load
        if not offered:
            found = self._verified(load, (), proven=True)
            return found if isinstance(found, PartsList) and found.cents <= most_cents else None
        room_w = float("inf")
        if load.platform is not None:
            room_w = Chooser(self.market).platform_room_w(rules, load.platform)
        program = program_of(rules, offered, room_w)
        if most_cents < float("inf"):
            program.keep(Goal.CENTS, (most_cents - head_tag(self.market, load).cents) / load.nodes + 1e-6)
        solved = self._solved(program.reduced())
        proven = True
        for _ in range(_MOST_CUTS):
            if solved is None:
                return None
            proven = proven and solved.proven
            found = self._verified(load, solved.choices, proven=proven)
            if found is None or isinstance(found, PartsList):
                return found
            program.forbid(found)
            solved = self._solved(program)
        return None

    def _solved(self, program: Program) -> Solved | None:
        """The best by the goal, of those with the fewest pieces without a price; of unpriced kinds the smallest."""
        if not any(choice.unpriced for choice in program.choices):
            return program.solve(self.goal)
        numbers = {kind: {program.choices[n].unpriced for n in found} for kind, found in program.kinds().items()}
        if any(len(counts) > 1 for counts in numbers.values()):
            program = replace(program, rows=list(program.rows))
            least = program.solve(Goal.UNPRICED)
            if least is None:
                return None
            program.keep(Goal.UNPRICED, least.value + 1e-6)
        best = program.solve(self.goal)
        if self.goal is Goal.CENTS or best is None or not best.proven:
            return best
        program = replace(program, rows=list(program.rows))
        program.keep(self.goal, best.value + _TIE)
        smallest = program.solve(Goal.SIZE)
        return best if smallest is None else replace(smallest, proven=True)

    def _verified(
        self, load: Load, choices: tuple[Choice, ...], *, proven: bool
    ) -> PartsList | tuple[Choice, ...] | None:
        """The list where it passes; the choices that are at fault where it does not; None where the load itself is."""
        project = assembled(self.market, load, choices)
        context = judged(project, load.llm, self.market.catalog)
        for finding in run_checks(context):
            if self._refuses(finding):
                return None if finding.code.startswith(_OF_THE_LOAD) else at_fault(finding.code, choices)
        slow = context.build.machines[0].interconnect.bandwidth_b_s or 0.0
        if load.platform is None and load.count > 1 and slow < (load.served.interconnect.bandwidth_b_s or 0.0):
            return tuple(choice for choice in choices if choice.kind in _SEATING)
        if load.demand is not None and not _as_fast(context.build.machines[0].host, load.demand):
            return tuple(choice for choice in choices if choice.kind in _FEEDING)
        head, shared = head_tag(self.market, load), self._shared(project)
        return PartsList(
            load=load,
            choices=choices,
            project=project,
            cents=head.cents + shared.cents + sum(choice.cents for choice in choices) * load.nodes,
            unpriced=head.unpriced + shared.unpriced + sum(choice.unpriced for choice in choices) * load.nodes,
            watts=context.build.machines[0].power.known_w * load.nodes,
            rank=0,
            proven=proven,
            careful=self.careful,
        )

    def _shared(self, project: Project) -> Tag:
        lines = project.configuration.shared
        parts = [(part, line.quantity) for line in lines if (part := self.market.catalog.part(line.part_id))]
        tags = [self.market.tag(part, pieces) for part, pieces in parts]
        return Tag(sum(tag.cents for tag in tags), sum(tag.unpriced for tag in tags))

    def _refuses(self, finding: Finding) -> bool:
        if not self.limited and finding.code.startswith("site."):
            return False
        if finding.severity is Severity.ERROR:
            return True
        return self.careful and finding.severity is Severity.WARNING and finding.code.startswith(_HEEDED)


def _as_fast(host: HostSpeed, demand: HostDemand) -> bool:
    """Whether host memory is what the load counts on; one of which a fact is missing is not."""
    fast = (host.memory_bandwidth_b_s or 0) >= demand.bandwidth_b_s
    return fast and (host.memory_bytes or 0) >= demand.memory_bytes


def at_fault(code: str, choices: tuple[Choice, ...]) -> tuple[Choice, ...] | None:
    """The choices that decide a finding, all of them where that is not known; None where there are none.

    More than what decides it may be named, never less: else lists that are not at fault would be cut off too.
    """
    kinds = next((kinds for start, kinds in _DECIDED_BY.items() if code.startswith(start)), None)
    found = tuple(choice for choice in choices if kinds is None or choice.kind in kinds)
    return found or None
