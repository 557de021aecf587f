"""An integer program over the choices of one machine, solved to proven optimality by HiGHS.

One part of each kind is taken. Two parts that do not go together are kept apart by "implied" rows: one of a class of
parts may be taken only if one of the parts that they go with is. Power is one linear row. What the rows leave out is
cut off afterwards, one refused list at a time (see `dsdesk.design.lists`), so that the optimum of the last program
passes every check.

A part is dominated where another one of its kind goes with all that it goes with and is worse in nothing; `reduced`
leaves such parts out. Its optimum is one of the whole program too, as long as nothing was cut off.

Source: HiGHS, Q. Huangfu and J. A. J. Hall, "Parallelizing the dual revised simplex method", 2018; MIT licence.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from dsdesk.hardware.parts import Part
from dsdesk.hardware.vocabulary import PartKind

_TIME_LIMIT_S = 20.0
_LARGE = 1e30
_TIE_BREAK = 0.1  # of a cent: never enough to outweigh a cent, since sizes are ranks from 0 to 1
_SLACK_W = 1e-6  # sums of watts are floats; the checks have the last word


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A part in the number in which it would be taken.

    Attributes:
        part: which.
        pieces: how many in one machine.
        cents: price of them all, unpriced pieces at nothing.
        unpriced: pieces whose price is not known.
        watts: sustained draw of them all; for supplies what they let the machine draw, as a negative number.
        size: rank by size among its kind, 0 to 1: of those without a price the smallest wins.
    """

    part: Part
    pieces: int
    cents: int
    unpriced: int
    watts: float
    size: float

    @property
    def kind(self) -> PartKind:
        """Kind of the part."""
        return self.part.kind


class Goal(Enum):
    """What a program makes as small as can be; sizes decide between lists of the same price."""

    CENTS = "cents"
    UNPRICED = "unpriced"
    WATTS = "watts"
    SIZE = "size"


Key = Callable[[Choice], Hashable]


@dataclass(slots=True)
class Row:
    """sum of coefficients times variables <= most."""

    terms: dict[int, float]
    most: float


@dataclass(frozen=True, slots=True)
class Solved:
    """The best choices of a program: `proven` unless the solver ran out of time, `bound` is what it proved."""

    choices: tuple[Choice, ...]
    value: float
    bound: float
    proven: bool


@dataclass(slots=True)
class Program:
    """Choices by kind, which of them go together, and the rows that follow.

    Attributes:
        choices: all of them, kind after kind.
        room_w: what may be drawn beside what the supplies allow; 0 where a supply is among the choices.
        rows: constraints beside "one of each kind".
        profiles: by number of a choice, for every pair of kinds that it is in, the classes that it goes with.
    """

    choices: tuple[Choice, ...]
    room_w: float = 0.0
    rows: list[Row] = field(default_factory=list)
    profiles: dict[int, list[frozenset[int]]] = field(default_factory=dict)

    def kinds(self) -> dict[PartKind, list[int]]:
        """Numbers of the choices by kind."""
        found: dict[PartKind, list[int]] = {}
        for number, choice in enumerate(self.choices):
            found.setdefault(choice.kind, []).append(number)
        return found

    def pair(
        self, one: PartKind, other: PartKind, goes: Callable[[Choice, Choice], bool], keys: tuple[Key, Key]
    ) -> None:
        """Keep apart the choices of two kinds that do not go together.

        `keys` give all that `goes` reads of either: it is asked once for each pair of classes.
        """
        kinds = self.kinds()
        left, right = self._classes(kinds.get(one, []), keys[0]), self._classes(kinds.get(other, []), keys[1])
        if not left or not right:
            return
        fits = [
            {b for b, members in enumerate(right) if goes(self.choices[group[0]], self.choices[members[0]])}
            for group in left
        ]
        back = [{a for a in range(len(left)) if b in fits[a]} for b in range(len(right))]
        for groups, partners, others in ((left, fits, right), (right, back, left)):
            for members, classes in zip(groups, partners, strict=True):
                for number in members:
                    self.profiles.setdefault(number, []).append(frozenset(classes))
                if len(classes) < len(others):
                    with_them = [number for position in classes for number in others[position]]
                    self.rows.append(Row({**dict.fromkeys(members, 1.0), **dict.fromkeys(with_them, -1.0)}, 0.0))

    def _classes(self, numbers: list[int], key: Key) -> list[list[int]]:
        found: dict[Hashable, list[int]] = {}
        for number in numbers:
            found.setdefault(key(self.choices[number]), []).append(number)
        return list(found.values())

    def reduced(self) -> "Program":
        """The program without dominated choices."""
        kept = sorted(number for numbers in self.kinds().values() for number in self._leading(numbers))
        places = {number: place for place, number in enumerate(kept)}
        rows = [
            Row({places[number]: value for number, value in row.terms.items() if number in places}, row.most)
            for row in self.rows
        ]
        return Program(
            choices=tuple(self.choices[number] for number in kept),
            room_w=self.room_w,
            rows=[row for row in rows if any(value > 0 for value in row.terms.values())],
        )

    def _leading(self, numbers: list[int]) -> list[int]:
        """Those that no other one dominates; of equals the first."""
        worths = {number: _worths(self.choices[number]) for number in numbers}
        ordered = sorted(numbers, key=lambda number: (worths[number], number))
        kept: list[int] = []
        for number in ordered:
            goes = self.profiles.get(number, [])
            if not any(
                all(one <= other for one, other in zip(worths[best], worths[number], strict=True))
                and all(one >= other for one, other in zip(self.profiles.get(best, []), goes, strict=True))
                for best in kept
            ):
                kept.append(number)
        return kept

    def within_power(self) -> None:
        """What the parts draw is at most what the supply allows."""
        terms = {number: choice.watts for number, choice in enumerate(self.choices) if choice.watts}
        if any(watts > 0 for watts in terms.values()):
            self.rows.append(Row(terms, self.room_w + _SLACK_W))

    def forbid(self, chosen: Sequence[Choice]) -> None:
        """Never these choices together again."""
        numbers = [self.choices.index(choice) for choice in chosen]
        self.rows.append(Row(dict.fromkeys(numbers, 1.0), len(numbers) - 1.0))

    def keep(self, goal: Goal, most: float) -> None:
        """Hold one goal at what was reached, while another one is made small."""
        self.rows.append(Row({n: value for n, c in enumerate(self.choices) if (value := _worth(c, goal))}, most))

    def solve(self, goal: Goal) -> Solved | None:
        """The choices for which `goal` is smallest; None where no choices go together."""
        if not self.choices:
            return None
        found = _run(self, [_worth(choice, goal) for choice in self.choices])
        if found is None:
            return None
        values, bound, proven = found
        chosen = tuple(choice for choice, value in zip(self.choices, values, strict=True) if value > 0.5)  # noqa: PLR2004
        value = sum(_worth(choice, goal) for choice in chosen)
        return Solved(choices=chosen, value=value, bound=min(bound, value), proven=proven)


def _worth(choice: Choice, goal: Goal) -> float:
    if goal is Goal.WATTS:
        return max(choice.watts, 0.0)
    size = choice.size if choice.unpriced else 0.0
    cents = choice.cents + _TIE_BREAK * size
    values: Mapping[Goal, float] = {Goal.CENTS: cents, Goal.UNPRICED: choice.unpriced, Goal.SIZE: size}
    return float(values[goal])


def _worths(choice: Choice) -> tuple[float, ...]:
    """All in which a choice may be worse than another one."""
    return choice.unpriced, choice.cents, choice.size if choice.unpriced else 0.0, choice.watts


def _run(program: Program, costs: list[float]) -> tuple[list[float], float, bool] | None:
    import highspy
    import numpy

    rows = [Row(dict.fromkeys(numbers, 1.0), 1.0) for numbers in program.kinds().values()]
    ones = len(rows)
    rows += program.rows
    width = len(costs)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = width, len(rows)
    model.col_cost_ = numpy.array(costs, dtype=numpy.double)
    model.col_lower_, model.col_upper_ = numpy.zeros(width), numpy.ones(width)
    model.row_lower_ = numpy.array([1.0] * ones + [-_LARGE] * (len(rows) - ones), dtype=numpy.double)
    model.row_upper_ = numpy.array([row.most for row in rows], dtype=numpy.double)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = numpy.cumsum([0, *(len(row.terms) for row in rows)]).astype(numpy.int32)
    model.a_matrix_.index_ = numpy.array([n for row in rows for n in row.terms], dtype=numpy.int32)
    model.a_matrix_.value_ = numpy.array([v for row in rows for v in row.terms.values()], dtype=numpy.double)
    model.integrality_ = [highspy.HighsVarType.kInteger] * width
    # WORKAROUND highspy 1.16: Highs.__init__ switches its callbacks on before anybody can switch its words off, and
    # they go to stdout, where JSON is expected; the class below it has all that is needed here.
    solver = highspy.Highs.__new__(highspy.Highs)
    super(highspy.Highs, solver).__init__()
    for name, value in _OPTIONS.items():
        solver.setOptionValue(name, value)
    solver.passModel(model)
    solver.run()
    status, info = solver.getModelStatus(), solver.getInfo()
    proven = status == highspy.HighsModelStatus.kOptimal
    if not proven and info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None
    return list(solver.getSolution().col_value), float(info.mip_dual_bound), proven


# Two lists that differ by a cent differ: no gap is tolerated. One thread and one seed: the same answer every time.
_OPTIONS: dict[str, bool | int | float | str] = {
    "output_flag": False,
    "log_to_console": False,
    "threads": 1,
    "random_seed": 0,
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 1e-3,
    "time_limit": _TIME_LIMIT_S,
}
