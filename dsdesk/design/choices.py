"""The choices for one load: of every kind the parts, in the number they would be taken, that can go with it at all."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from dsdesk.build.machine import PlacedPart
from dsdesk.build.power import power_budget
from dsdesk.checks.suits import is_complete, size_of
from dsdesk.design.loads import Load
from dsdesk.design.market import Market
from dsdesk.design.program import Choice, Program
from dsdesk.design.rules import LEAST_MEMORY, Rules
from dsdesk.hardware.parts import Board, Case, Cooler, Cpu, Drive, Memory, Part, Platform, Psu
from dsdesk.hardware.vocabulary import PartKind
from dsdesk.project.project import Line

_CHANNELS = (1, 2, 4, 6, 8, 12, 16, 24, 32)
_DIMM_SLOTS = 32  # more than these no machine of the catalogue has

Maker = Callable[[Rules], Iterator[Choice]]


@dataclass(frozen=True)
class Chooser:
    """Makes choices from a market."""

    market: Market

    def kinds(self, rules: Rules) -> dict[PartKind, list[Choice]] | None:
        """Choices by kind, none for a complete machine; None where a kind that is needed has none."""
        makers: list[Maker] = [self._boards, self._psus, self._cases, self._drives, self._cpus]
        makers += [self._memories, self._coolers]
        platform = rules.load.platform
        if platform is not None:
            if self.platform_room_w(rules, platform) < 0:
                return None
            makers = self._beside(platform)
        found: dict[PartKind, list[Choice]] = {}
        for make in makers:
            choices = list(make(rules))
            if not choices:
                return None
            found[choices[0].kind] = _ranked(choices)
        return found

    def cheap(self, choices: list[Choice]) -> list[Choice]:
        """Those with a price; all where none has one. What is pinned stays."""
        known = [choice for choice in choices if not choice.unpriced or choice.part.id in self.market.pinned]
        return known or choices

    def _beside(self, platform: Platform) -> list[Maker]:
        """What a platform lacks."""
        if is_complete(platform) and not platform.cpu_socket:
            return []
        makers: list[Maker] = [self._cpus]
        if platform.memory_included_bytes is None and platform.memory_types:
            makers.append(self._memories)
        if platform.bays:
            makers.append(self._drives)
        return makers if platform.psus else [*makers, self._psus]

    def _choice(self, part: Part, pieces: int, watts: float) -> Choice:
        tag = self.market.tag(part, pieces)
        return Choice(part=part, pieces=pieces, cents=tag.cents, unpriced=tag.unpriced, watts=watts, size=size_of(part))

    def _boards(self, rules: Rules) -> Iterator[Choice]:
        for board in self.market.parts(Board):
            if rules.takes_board(board):
                yield self._choice(board, 1, self._watts(board))

    def _cpus(self, rules: Rules) -> Iterator[Choice]:
        platform = rules.load.platform
        pieces = 1 if platform is None else platform.sockets or 1
        for cpu in self.market.parts(Cpu):
            fits = platform is None or cpu.socket == platform.cpu_socket
            if cpu.max_power_w is not None and fits and (cpu.sockets_max or pieces) >= pieces:
                yield self._choice(cpu, pieces, cpu.max_power_w * pieces)

    def _memories(self, rules: Rules) -> Iterator[Choice]:
        platform = rules.load.platform
        most = _DIMM_SLOTS if platform is None else platform.memory_slots or _DIMM_SLOTS
        for kit in self.market.parts(Memory):
            if platform is not None and kit.memory_type not in platform.memory_types:
                continue
            numbers = {modules for channels in _CHANNELS for modules in (channels, 2 * channels)}
            for pieces in sorted({number // kit.modules for number in numbers if not number % kit.modules}):
                modules = pieces * kit.modules
                size = modules * kit.module_bytes
                if size >= LEAST_MEMORY and modules <= most:
                    yield replace(self._choice(kit, pieces, self._watts(kit, pieces)), size=float(size))

    def _cases(self, rules: Rules) -> Iterator[Choice]:
        return (self._choice(case, 1, 0.0) for case in self.market.parts(Case) if rules.takes_case(case))

    def _coolers(self, _rules: Rules) -> Iterator[Choice]:
        return (self._choice(cooler, 1, self._watts(cooler)) for cooler in self.market.parts(Cooler))

    def _drives(self, rules: Rules) -> Iterator[Choice]:
        for drive in self.market.parts(Drive):
            if rules.takes_drive(drive):
                yield self._choice(drive, 1, self._watts(drive))

    def _psus(self, rules: Rules) -> Iterator[Choice]:
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
        """(sustained, peak) draw of the accelerators of one machine [W]."""
        line = Line(no=1, part_id=load.accelerator.id, quantity=load.count)
        budget = power_budget((PlacedPart(line, load.accelerator),), (), (), self.market.wish.project.site)
        return budget.known_w, budget.peak_w

    def _watts(self, part: Part, pieces: int = 1) -> float:
        line = Line(no=1, part_id=part.id, quantity=pieces)
        return power_budget((PlacedPart(line, part),), (), (), self.market.wish.project.site).known_w


def _ranked(choices: list[Choice]) -> list[Choice]:
    """The same choices, their sizes as ranks from 0 to 1."""
    sizes = sorted({choice.size for choice in choices})
    ranks = {size: number / len(sizes) for number, size in enumerate(sizes)}
    return [replace(choice, size=ranks[choice.size]) for choice in choices]


def program_of(rules: Rules, kinds: dict[PartKind, list[Choice]], room_w: float) -> Program:
    """The integer program over the choices; `room_w` is what they may draw in a platform."""
    program = Program(choices=tuple(choice for choices in kinds.values() for choice in choices))
    program.pair(PartKind.CPU, PartKind.MEMORY, rules.cpu_memory)
    if rules.load.platform is None:
        program.pair(PartKind.BOARD, PartKind.CPU, rules.board_cpu)
        program.pair(PartKind.BOARD, PartKind.MEMORY, rules.board_memory)
        program.pair(PartKind.BOARD, PartKind.CASE, rules.board_case)
        program.pair(PartKind.COOLER, PartKind.CPU, rules.cooler_cpu)
        program.pair(PartKind.COOLER, PartKind.CASE, rules.cooler_case)
        program.pair(PartKind.PSU, PartKind.CASE, rules.psu_case)
        program.pair(PartKind.PSU, PartKind.BOARD, rules.psu_board)
    if PartKind.PSU in kinds:
        program.within_power()
    elif rules.load.platform is not None and room_w < float("inf"):
        program.room_w = room_w
        program.within_power()
    return program
