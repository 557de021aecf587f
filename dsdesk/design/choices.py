"""The choices for one load: of every kind the parts, in the number they would be taken, that can go with it at all."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from dsdesk.build.machine import PlacedPart
from dsdesk.build.power import power_budget
from dsdesk.checks.suits import is_complete, size_of
from dsdesk.design import keys
from dsdesk.design.loads import Load
from dsdesk.design.market import Market
from dsdesk.design.program import Choice, Program
from dsdesk.design.rules import Rules
from dsdesk.hardware.parts import Board, Case, Cooler, Cpu, Drive, Memory, Part, Platform, Psu
from dsdesk.hardware.vocabulary import PartKind

_CHANNELS = (1, 2, 4, 6, 8, 12, 16, 24, 32)
_DIMM_SLOTS = 32  # more than these no machine of the catalogue has


@dataclass(frozen=True)
class Chooser:
    """Makes choices from a market."""

    market: Market

    def kinds(self, rules: Rules, *, priced_only: bool = False) -> dict[PartKind, list[Choice]] | None:
        """Choices by kind, none for a complete machine; None where a kind that is needed has none.

        With `priced_only` a part without a price is none where others of its kind have one.
        """
        kinds: tuple[PartKind, ...] = _AROUND_CARDS
        platform = rules.load.platform
        if platform is not None:
            if self.platform_room_w(rules, platform) < 0:
                return None
            kinds = _lacking(platform)
        wanted = [kind for kind in kinds if kind not in self.market.wish.settled]
        found: dict[PartKind, list[Choice]] = {}
        for kind in sorted(wanted, key=lambda one: one is not PartKind.MEMORY):  # soonest found to be missing
            choices = list(_MAKERS[kind](self, rules))
            if priced_only and kind not in self.market.blind_kinds:
                choices = [choice for choice in choices if not choice.unpriced]
            if not choices:
                return None
            found[kind] = _ranked(choices)
        return {kind: found[kind] for kind in wanted}

    def cheap(self, choices: list[Choice]) -> list[Choice]:
        """Those with a price; all where none has one. What is pinned stays."""
        known = [choice for choice in choices if not choice.unpriced or choice.part.id in self.market.pinned]
        return known or choices

    def _choice(self, part: Part, pieces: int, watts: float) -> Choice:
        tag = self.market.tag(part, pieces)
        return Choice(part=part, pieces=pieces, cents=tag.cents, unpriced=tag.unpriced, watts=watts, size=size_of(part))

    def boards(self, rules: Rules) -> Iterator[Choice]:
        """Boards that take cards and drive."""
        for board in self.market.parts(Board):
            if rules.takes_board(board):
                yield self._choice(board, 1, self._watts(board))

    def cpus(self, rules: Rules) -> Iterator[Choice]:
        """Processors, as many as there are sockets."""
        platform = rules.load.platform
        pieces = 1 if platform is None else platform.sockets or 1
        for cpu in self.market.parts(Cpu):
            fits = platform is None or cpu.socket == platform.cpu_socket
            if cpu.max_power_w is not None and fits and (cpu.sockets_max or pieces) >= pieces:
                yield self._choice(cpu, pieces, cpu.max_power_w * pieces)

    def memories(self, rules: Rules) -> Iterator[Choice]:
        """Kits in the numbers that fill channels, or in the number that is asked for."""
        platform = rules.load.platform
        most = _DIMM_SLOTS if platform is None else platform.memory_slots or _DIMM_SLOTS
        for kit in self.market.parts(Memory):
            if platform is not None and kit.memory_type not in platform.memory_types:
                continue
            numbers = {modules for channels in _CHANNELS for modules in (channels, 2 * channels)}
            fixed = self.market.pieces.get(kit.id)
            counts = {number // kit.modules for number in numbers if not number % kit.modules}
            for pieces in (fixed,) if fixed else sorted(counts):
                modules = pieces * kit.modules
                size = modules * kit.module_bytes
                if size >= rules.least_memory and modules <= most:
                    yield replace(self._choice(kit, pieces, self._watts(kit, pieces)), size=float(size))

    def cases(self, rules: Rules) -> Iterator[Choice]:
        """Cases that take the cards."""
        return (self._choice(case, 1, 0.0) for case in self.market.parts(Case) if rules.takes_case(case))

    def coolers(self, _rules: Rules) -> Iterator[Choice]:
        """All coolers."""
        return (self._choice(cooler, 1, self._watts(cooler)) for cooler in self.market.parts(Cooler))

    def drives(self, rules: Rules) -> Iterator[Choice]:
        """Drives that hold the weights."""
        for drive in self.market.parts(Drive):
            if rules.takes_drive(drive):
                yield self._choice(drive, 1, self._watts(drive))

    def psus(self, rules: Rules) -> Iterator[Choice]:
        """Supplies, with what they let everything beside the cards draw."""
        cards_w, peak_w = self.cards_w(rules.load)
        for psu in self.market.parts(Psu):
            room = rules.psu_w(psu, cards_w, peak_w) - cards_w
            if rules.takes_psu(psu) and room > 0:
                yield self._choice(psu, 1, -room)

    def platform_room_w(self, rules: Rules, platform: Platform) -> float:
        """What the parts beside the accelerators may draw in a platform [W]; below zero where nothing may."""
        if platform.base_power_w is None and platform.max_power_w is not None:
            room = rules.site_w(lambda _: None, single=platform.psus == 1)
            return float("inf") if platform.max_power_w <= room else -1.0
        return rules.platform_w(platform) - self.cards_w(rules.load)[0] - (platform.base_power_w or 0.0)

    def cards_w(self, load: Load) -> tuple[float, float]:
        """(sustained, peak) draw of the accelerators and kept lines of one machine [W]."""
        cards = PlacedPart(self.market.line(load.accelerator, load.count), load.accelerator)
        parts = (cards, *self.market.kept)
        budget = power_budget(parts, (), (), self.market.wish.project.site)
        return budget.known_w, budget.peak_w

    def _watts(self, part: Part, pieces: int = 1) -> float:
        return self.market.watts(part, pieces)


_AROUND_CARDS = (
    PartKind.BOARD,
    PartKind.PSU,
    PartKind.CASE,
    PartKind.DRIVE,
    PartKind.CPU,
    PartKind.MEMORY,
    PartKind.COOLER,
)
_MAKERS: dict[PartKind, Callable[[Chooser, Rules], Iterator[Choice]]] = {
    PartKind.BOARD: Chooser.boards,
    PartKind.PSU: Chooser.psus,
    PartKind.CASE: Chooser.cases,
    PartKind.DRIVE: Chooser.drives,
    PartKind.CPU: Chooser.cpus,
    PartKind.MEMORY: Chooser.memories,
    PartKind.COOLER: Chooser.coolers,
}


def _lacking(platform: Platform) -> tuple[PartKind, ...]:
    """What a platform lacks."""
    if is_complete(platform) and not platform.cpu_socket:
        return ()
    kinds = [PartKind.CPU]
    if platform.memory_included_bytes is None and platform.memory_types:
        kinds.append(PartKind.MEMORY)
    if platform.bays:
        kinds.append(PartKind.DRIVE)
    return tuple(kinds if platform.psus else [*kinds, PartKind.PSU])


def _ranked(choices: list[Choice]) -> list[Choice]:
    """The same choices, their sizes as ranks from 0 to 1."""
    sizes = sorted({choice.size for choice in choices})
    ranks = {size: number / len(sizes) for number, size in enumerate(sizes)}
    return [replace(choice, size=ranks[choice.size]) for choice in choices]


def program_of(rules: Rules, kinds: dict[PartKind, list[Choice]], room_w: float) -> Program:
    """The integer program over the choices; `room_w` is what they may draw in a platform."""
    program = Program(choices=tuple(choice for choices in kinds.values() for choice in choices))
    program.pair(PartKind.CPU, PartKind.MEMORY, rules.cpu_memory, (keys.cpu_for_memory, keys.memory))
    if rules.load.platform is None:
        program.pair(PartKind.BOARD, PartKind.CPU, rules.board_cpu, (keys.board_for_cpu, keys.cpu_for_board))
        program.pair(PartKind.BOARD, PartKind.MEMORY, rules.board_memory, (keys.board_for_memory, keys.memory))
        program.pair(PartKind.BOARD, PartKind.CASE, rules.board_case, (keys.board_for_case, keys.case_for_board))
        program.pair(PartKind.COOLER, PartKind.CPU, rules.cooler_cpu, (keys.cooler_for_cpu, keys.cpu_for_cooler))
        program.pair(PartKind.COOLER, PartKind.CASE, rules.cooler_case, (keys.cooler_for_case, keys.case_for_cooler))
        program.pair(PartKind.PSU, PartKind.CASE, rules.psu_case, (keys.psu_for_case, keys.case_for_psu))
        program.pair(PartKind.PSU, PartKind.BOARD, rules.psu_board, (keys.psu_for_board, keys.board_for_psu))
    if PartKind.PSU in kinds:
        program.within_power()
    elif rules.load.platform is not None and room_w < float("inf"):
        program.room_w = room_w
        program.within_power()
    return program
