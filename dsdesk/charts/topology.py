"""How the parts of a node are joined: processors on top, what hangs on their lanes below, direct links under that."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from dsdesk.base.message import N_, Message
from dsdesk.base.units import GB
from dsdesk.build.inventory import accelerators_in, cpus_in, first, lines_of, platform_of
from dsdesk.build.machine import ResolvedMachine
from dsdesk.charts.drawing import Box, Drawing, Joint, Tone
from dsdesk.charts.link_words import LINK, pcie
from dsdesk.charts.node import OVER_HOST
from dsdesk.charts.slots import SlotSketch, slot_sketches
from dsdesk.hardware.parts import Accelerator, Board, Drive

_WIDTH = 100.0
_MOST = 8  # boxes abreast; where there are more, equal ones stand in one with their number
_GAP = 1.2
_WIDEST = 40.0
_FANNED = 4  # lines from one point that leave room for their words
_HIGH = 1.6
_MEET = _HIGH + 0.6  # where the lines of several processors meet
_LEAVES = 4.0  # where the lower row begins
_BUS = _LEAVES + _HIGH + 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class _Leaf:
    """What hangs on the host: one part, or equal ones together."""

    name: str
    line_no: int | None
    link: str = ""
    told: tuple[Message | str, ...] = ()
    direct: bool = False
    by_chipset: bool = False
    wrong: bool = False


def topology(machine: ResolvedMachine) -> Drawing:
    """The node as a tree of links; empty without a host or without anything that hangs on it."""
    hosts, leaves = _hosts(machine), tuple(_leaves(machine))
    if not hosts or not leaves:
        return Drawing(width=_WIDTH, height=0)
    chipset = _chipset(machine) if any(one.by_chipset for one in leaves) else None
    upper = _row([*hosts, *([chipset] if chipset else [])], y=0)
    lower = _row([_leaf_box(one) for one in leaves], y=_LEAVES)
    processors = upper[: len(hosts)]
    pairs = list(zip(leaves, lower, strict=True))
    bus = _bus(machine, [box for leaf, box in pairs if leaf.direct])
    return Drawing(
        width=_WIDTH,
        height=_BUS + 0.9 if bus else _LEAVES + _HIGH,
        boxes=(*upper, *lower),
        joints=(
            *_between(upper),
            *_down(processors, [(box, leaf.link) for leaf, box in pairs if not leaf.by_chipset]),
            *_down(upper[-1:], [(box, leaf.link) for leaf, box in pairs if leaf.by_chipset]),
            *bus,
        ),
    )  # fmt: skip


def _hosts(machine: ResolvedMachine) -> list[Box]:
    """The processors; where a machine is delivered with ones that are not published, one box for them."""
    names = [cpu.name for cpu, number in cpus_in(machine) for _ in range(number)]
    if names:
        lines = {part.part.name: part.line.no for part in machine.parts if part.part is not None}
        return [_box(name, line_no=lines.get(name), tone=Tone.QUIET) for name in names]
    platform = platform_of(machine.parts)
    return [_box(Message(N_("host of {machine}"), machine=platform.name), tone=Tone.QUIET)] if platform else []


def _chipset(machine: ResolvedMachine) -> Box:
    board = first(machine.parts, Board)
    name = board[1].chipset if board else ""
    return _box(Message(N_("chipset {name}"), name=name) if name else Message(N_("chipset")), tone=Tone.PLACE)


def _leaves(machine: ResolvedMachine) -> Iterator[_Leaf]:
    lines = {line.no: card for line, card in lines_of(machine.parts, Accelerator)}
    sketches = [one for one in slot_sketches(machine) if one.card]
    if len(sketches) > _MOST:
        sketches = []
    drawn = Counter(lines[one.line_no].id for one in sketches if one.line_no in lines)
    yield from _unseated(machine, {card.id: no for no, card in lines.items()}, drawn)
    yield from (_seated(one, direct=one.line_no in lines) for one in sketches)
    for line, drive in lines_of(machine.parts, Drive):
        link = pcie(drive.pcie) if drive.pcie else ""
        yield _Leaf(name=_times(line.quantity, drive.name), line_no=line.no, link=link, told=(drive.full_name,))


def _seated(one: SlotSketch, *, direct: bool) -> _Leaf:
    told = [Message(N_("in slot {slot}"), slot=one.label)] if one.label else []
    return _Leaf(
        name=one.card,
        line_no=one.line_no,
        link=one.link_text,
        told=(one.card, *told),
        direct=direct,
        by_chipset=one.from_cpu is False,
        wrong=one.seated is False,
    )


def _unseated(machine: ResolvedMachine, lines: dict[str, int], drawn: Counter[str]) -> Iterator[_Leaf]:
    """Accelerators of which it is not known where each sits: one box a piece where there is room."""
    link = pcie(machine.interconnect.pcie) if machine.interconnect.pcie else ""
    for card, in_all in accelerators_in(machine):
        number = in_all - drawn[card.id]
        pieces = [card.name] * number if number <= _MOST else [_times(number, card.name)]
        for name in pieces:
            yield _Leaf(name=name, line_no=lines.get(card.id), link=link, told=(card.full_name,), direct=True)


def _leaf_box(leaf: _Leaf) -> Box:
    told = (*leaf.told, *((leaf.link,) if leaf.link else ()))
    tone = Tone.WRONG if leaf.wrong else Tone.PART if leaf.direct else Tone.QUIET
    return _box(leaf.name, tone=tone, told=told, line_no=leaf.line_no)


def _box(text: Message | str, *, tone: Tone, told: tuple[Message | str, ...] = (), line_no: int | None = None) -> Box:
    return Box(x=0, y=0, width=0, height=_HIGH, tone=tone, text=text, told=told or (text,), line_no=line_no)


def _row(boxes: list[Box], *, y: float) -> list[Box]:
    """The boxes spread over the whole width, none of them wider than a name needs."""
    room = _WIDTH / len(boxes)
    wide = min(room - _GAP, _WIDEST)
    return [replace(one, x=at * room + (room - wide) / 2, y=y, width=wide) for at, one in enumerate(boxes)]


def _between(upper: list[Box]) -> Iterator[Joint]:
    """Processors talk to one another and to the chipset."""
    for left, right in pairwise(upper):
        yield Joint(x1=left.x + left.width, y1=_HIGH / 2, x2=right.x, y2=_HIGH / 2)


def _down(hosts: list[Box], leaves: list[tuple[Box, str]]) -> Iterator[Joint]:
    """From the host to its leaves: a fan, or all on one line where they are many or it is not known which host."""
    if not leaves:
        return
    if len(hosts) == 1 and len(leaves) <= _FANNED:
        x = hosts[0].x + hosts[0].width / 2
        yield from (
            Joint(x1=x, y1=_HIGH, x2=box.x + box.width / 2, y2=_LEAVES, text=link, at=0.62) for box, link in leaves
        )
        return
    middles = [one.x + one.width / 2 for one in hosts]
    ends = [box.x + box.width / 2 for box, _link in leaves]
    yield from (Joint(x1=x, y1=_HIGH, x2=x, y2=_MEET) for x in middles)
    yield Joint(x1=min(*middles, *ends), y1=_MEET, x2=max(*middles, *ends), y2=_MEET)
    yield from (
        Joint(x1=x, y1=_MEET, x2=x, y2=_LEAVES, text=link) for x, (_box, link) in zip(ends, leaves, strict=True)
    )


def _bus(machine: ResolvedMachine, cards: list[Box]) -> tuple[Joint, ...]:
    """What joins the accelerators directly, under them."""
    joined = machine.interconnect
    if not cards or joined.kind in OVER_HOST:
        return ()
    said: Message | str = LINK[joined.kind]
    if joined.bandwidth_b_s is not None:
        rate = f"{joined.bandwidth_b_s / GB:,.0f}"
        said = Message(N_("{link}, {rate} GB/s each way"), link=LINK[joined.kind], rate=rate)
    middles = [one.x + one.width / 2 for one in cards]
    left, right = (min(middles), max(middles)) if len(cards) > 1 else (cards[0].x, cards[0].x + cards[0].width)
    stems = (Joint(x1=x, y1=_LEAVES + _HIGH, x2=x, y2=_BUS, thick=True) for x in middles)
    return (*stems, Joint(x1=left, y1=_BUS, x2=right, y2=_BUS, text=said, thick=True))


def _times(number: int, name: str) -> str:
    return f"{number} × {name}" if number > 1 else name
