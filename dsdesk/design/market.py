"""The buildable shelf with its prices: what may go into a list, and what a number of pieces of it costs."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple, TypeVar

from dsdesk.base.money import Money
from dsdesk.build.catalog import Catalog
from dsdesk.build.machine import PlacedPart
from dsdesk.build.power import power_budget
from dsdesk.cost.exchange import exchange_of
from dsdesk.cost.lines import choose_price, net_unit
from dsdesk.design.wish import BuildWish
from dsdesk.hardware.parts import CLASS_OF_KIND, Part
from dsdesk.hardware.vocabulary import PartKind, Shelf
from dsdesk.project.project import Line

P = TypeVar("P", bound=Part)

CHOSEN_KINDS = (
    PartKind.ACCELERATOR,
    PartKind.PLATFORM,
    PartKind.BOARD,
    PartKind.CPU,
    PartKind.MEMORY,
    PartKind.CASE,
    PartKind.COOLER,
    PartKind.PSU,
    PartKind.DRIVE,
)


class Tag(NamedTuple):
    """What some pieces of a part cost: cents of the project's currency, and how many of the pieces have no price."""

    cents: int = 0
    unpriced: int = 0


class Market:
    """The parts that a wish may be answered with.

    Attributes:
        wish: what is asked for.
        catalog: where they are.
        pinned: ids of parts that must be in every list.
        pieces: how many of some of them.
        clashes: accelerators by id and number, and whether what stays refuses them; filled as it is found.
    """

    def __init__(self, wish: BuildWish, catalog: Catalog) -> None:
        self.wish = wish
        self.catalog = catalog
        self.pinned = frozenset(wish.pinned) | ({wish.accelerator_id} - {""})
        self._owned = dict(wish.owned)
        self.pieces = dict(wish.pieces)
        self.clashes: dict[tuple[str, int], bool] = {}
        self._lines = {line.part_id: line for one in wish.project.configuration.machines for line in one.lines}
        self._tags: dict[tuple[str, int], Tag] = {}
        self._watts: dict[tuple[str, int], float] = {}
        self._kinds = {kind: tuple(self._shelf(kind)) for kind in CHOSEN_KINDS}

    def parts(self, kind: type[P]) -> tuple[P, ...]:
        """All that may be used: where a part of the kind is pinned, only what is pinned."""
        part_kind = next(key for key, value in CLASS_OF_KIND.items() if value is kind)
        return tuple(part for part in self._kinds[part_kind] if isinstance(part, kind))

    def everything(self, kind: type[P]) -> tuple[P, ...]:
        """All that is not banned, of kinds that are never chosen by the program."""
        part_kind = next(key for key, value in CLASS_OF_KIND.items() if value is kind)
        return tuple(part for part in self._shelf(part_kind) if isinstance(part, kind))

    def owned(self, part: Part) -> int:
        """Pieces of a part that are there already."""
        return self._owned.get(part.id, 0)

    def tag(self, part: Part, pieces: int) -> Tag:
        """What `pieces` of a part cost, those that are owned for nothing."""
        key = (part.id, pieces)
        if key not in self._tags:
            self._tags[key] = self._priced(part, pieces)
        return self._tags[key]

    def watts(self, part: Part, pieces: int) -> float:
        """What so many of a part draw by themselves [W]."""
        key = (part.id, pieces)
        if key not in self._watts:
            placed = PlacedPart(Line(no=1, part_id=part.id, quantity=pieces), part)
            self._watts[key] = power_budget((placed,), (), (), self.wish.project.site).known_w
        return self._watts[key]

    def line(self, part: Part, pieces: int) -> Line:
        """A line of a part, with the price and the power limit that were typed where the project has it."""
        before = self._lines.get(part.id) or Line(no=0, part_id=part.id)
        return replace(before, no=0, quantity=pieces, owned=False, slot="")

    @cached_property
    def kept(self) -> tuple[PlacedPart, ...]:
        """The lines of one machine that stay as they are."""
        return tuple(PlacedPart(line, self.catalog.part(line.part_id)) for line in self.wish.kept)

    @cached_property
    def kept_tag(self) -> Tag:
        """What they cost in one machine."""
        bought = [(one.part, one.line.quantity) for one in self.kept if one.part is not None and not one.line.owned]
        tags = [self.tag(part, pieces) for part, pieces in bought]
        return Tag(sum(tag.cents for tag in tags), sum(tag.unpriced for tag in tags))

    @cached_property
    def weighed(self) -> int:
        """Parts that may go into a list."""
        return sum(len(parts) for parts in self._kinds.values())

    @cached_property
    def left_out(self) -> int:
        """Parts without a price, of kinds in which others have one."""
        number = 0
        for parts in self._kinds.values():
            unknown = [part for part in parts if self.tag(part, 1).unpriced and part.id not in self.pinned]
            number += len(unknown) if len(unknown) < len(parts) else 0
        return number

    @cached_property
    def blind_kinds(self) -> tuple[PartKind, ...]:
        """Kinds in which no part has a price."""
        return tuple(
            kind for kind, parts in self._kinds.items() if parts and all(self.tag(part, 1).unpriced for part in parts)
        )

    def _shelf(self, kind: PartKind) -> Iterable[Part]:
        banned = set(self.wish.banned)
        named = (self.catalog.part(part_id) for part_id in sorted({*self.pinned, *self._owned}))
        there = {part.id: part for part in named if part is not None and part.kind is kind}
        there |= {part.id: part for part in self.catalog.parts(kind, Shelf.BUILDABLE)}
        found = [part for part in there.values() if self._usable(part) and part.id not in banned]
        must = [part for part in found if part.id in self.pinned]
        return sorted(must or found, key=lambda part: part.id)

    def _usable(self, part: Part) -> bool:
        if part.id in self.pinned or part.id in self._owned:
            return True
        return part.shelf is Shelf.BUILDABLE and not part.discontinued

    def _priced(self, part: Part, pieces: int) -> Tag:
        bought = max(0, pieces - self.owned(part))
        if not bought:
            return Tag()
        cost = self.wish.project.cost
        line = self._lines.get(part.id)
        if line is not None and line.unit_price is not None:
            typed = net_unit(line.unit_price, cost, exchange_of(cost, self.catalog), includes_tax=False)
            return Tag(unpriced=bought) if typed is None else Tag(cents=cents(typed) * bought)
        price = choose_price(self.catalog.prices(part.id), cost.condition, bought)
        unit = (
            None
            if price is None
            else net_unit(price.money, cost, exchange_of(cost, self.catalog), includes_tax=price.includes_tax)
        )
        return Tag(unpriced=bought) if unit is None else Tag(cents=cents(unit) * bought)


def cents(money: Money) -> int:
    """An amount in hundredths, exactly for every currency whose smallest unit is one."""
    return round(money.rounded().amount * 100)
