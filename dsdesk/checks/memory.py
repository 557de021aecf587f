"""Host memory: type, number, capacity, channels, mixing, and the rate it really runs at."""

from collections.abc import Iterator

from dsdesk.base.message import N_, Message
from dsdesk.base.units import Quantity, Unit
from dsdesk.build.host import TWO_PER_CHANNEL_MT_S, Channels, channels
from dsdesk.build.inventory import count_of
from dsdesk.checks.finding import Finding, Fix, Severity, not_published
from dsdesk.checks.fixes import as_fix, candidates, change_quantity, first_that_clears, no_other, replace_line
from dsdesk.checks.node import Node
from dsdesk.checks.registry import machine_check
from dsdesk.checks.suits import memory_types_of
from dsdesk.hardware.parts import Memory, Part
from dsdesk.hardware.vocabulary import MemoryType
from dsdesk.project.edits import Edit, change_line
from dsdesk.project.project import Line

_MEMORY = Message(N_("memory modules"))


def _size(kit: Memory) -> float:
    return kit.module_bytes * kit.modules


def _slots(node: Node) -> int | None:
    host = node.board[1] if node.board else node.platform
    return host.memory_slots if host else None


def _host(node: Node) -> Part | None:
    return node.board[1] if node.board else node.platform


@machine_check("memory.E001")
def memory_is_of_the_right_type(node: Node) -> Iterator[Finding]:
    """Board and processor take this kind of memory.

    Reason: DDR4 and DDR5, registered and unregistered modules have other notches, voltages or protocols.
    Remedy: memory of the type that board and processor take.
    Source: memory types as published by the makers of board and processor.
    """
    host, takes = _host(node), memory_types_of(node)
    for line, kit in node.all(Memory):
        if host is None:
            continue
        if not takes:
            yield not_published(Message(N_("the type of memory")), host.full_name, (line.no,))
        elif kit.memory_type not in takes and not _runs_as_udimm(kit, takes):
            text = N_("{memory} is {type}, and {host} takes {types}")
            types = tuple(kind.value for kind in takes)
            fitting = candidates(node.context, Memory, lambda other: other.memory_type in takes, _size)
            yield Finding(
                severity=Severity.ERROR,
                message=Message(
                    text, memory=kit.full_name, type=kit.memory_type.value, host=host.full_name, types=types
                ),
                subject=(line.no,),
                fixes=replace_line(node, "memory.E001", line, _nearest(fitting, line, kit)) or no_other(_MEMORY),
            )


def _runs_as_udimm(kit: Memory, takes: tuple[MemoryType, ...]) -> bool:
    """A module with its own clock driver falls back to being an ordinary one."""
    return kit.memory_type is MemoryType.DDR5_CUDIMM and MemoryType.DDR5_UDIMM in takes


def _nearest(kits: Iterator[Memory], line: Line, kit: Memory) -> list[Memory]:
    wanted = _size(kit)
    return sorted(kits, key=lambda other: (_size(other) < wanted, abs(_size(other) - wanted)))


@machine_check("memory.E002")
def modules_have_slots(node: Node) -> Iterator[Finding]:
    """There are as many slots as modules.

    Reason: a module without a slot stays in the box.
    Remedy: fewer, larger modules.
    Source: number of slots as published by the maker of the board or platform.
    """
    slots, host = _slots(node), _host(node)
    lines = list(node.all(Memory))
    modules = sum(line.quantity * kit.modules for line, kit in lines)
    if not modules or host is None:
        return
    if slots is None:
        yield not_published(Message(N_("the number of memory slots")), host.full_name, (lines[0][0].no,))
    elif modules > slots:
        yield Finding(
            severity=Severity.ERROR,
            message=Message(
                N_("{modules} modules, and {host} has {slots} slots"), modules=modules, host=host.full_name, slots=slots
            ),
            subject=tuple(line.no for line, _ in lines),
            fixes=_fewer_modules(node, slots),
        )


def _fewer_modules(node: Node, slots: int) -> tuple[Fix, ...]:
    lines = list(node.all(Memory))
    line, kit = lines[-1]
    others = sum(other.quantity * part.modules for other, part in lines[:-1])
    fits = max(0, (slots - others) // kit.modules)
    total = line.quantity * _size(kit)
    edits: list[Edit] = []
    for other in candidates(node.context, Memory, lambda part: part.memory_type is kit.memory_type, _size):
        pieces = -(-total // _size(other))
        if pieces * other.modules + others <= slots:
            text = Message(N_("Take {count} × {part}"), count=int(pieces), part=other.full_name)
            edits.append(change_line(line.no, text, part_id=other.id, quantity=int(pieces)))
    larger = as_fix(first_that_clears(node.context, "memory.E002", node.index, edits))
    return larger + change_quantity(node, "memory.E002", line, (fits,), kit.full_name)


@machine_check("memory.E003")
def capacity_is_within_limits(node: Node) -> Iterator[Finding]:
    """Board and processor address all of the memory.

    Reason: what is beyond the limit is not seen, or the machine does not start.
    Remedy: less memory, or a board and processor that take more.
    Source: largest capacity as published by the makers of board, platform and processor.
    """
    host = _host(node)
    lines = list(node.all(Memory))
    total = sum(line.quantity * _size(kit) for line, kit in lines)
    if not total or host is None:
        return
    by_host = (
        node.board[1].memory_max_bytes if node.board else node.platform.memory_max_bytes if node.platform else None
    )
    number = sum(count for _, count in node.machine.cpus)
    by_cpu = node.cpu.memory_max_bytes * number if node.cpu and node.cpu.memory_max_bytes else None
    limits = [limit for limit in (by_host, by_cpu) if limit is not None]
    if not limits:
        yield not_published(Message(N_("the largest memory")), host.full_name, (lines[0][0].no,))
    elif total > min(limits):
        line, kit = lines[-1]
        fewer = range(line.quantity - 1, 0, -1)
        smaller = candidates(node.context, Memory, lambda part: _is_smaller(part, kit), lambda part: -_size(part))
        yield Finding(
            severity=Severity.ERROR,
            message=Message(
                N_("{total} of memory, and at most {limit} can be used"),
                total=Quantity(total, Unit.GIB),
                limit=Quantity(min(limits), Unit.GIB),
            ),
            subject=tuple(one.no for one, _ in lines),
            fixes=change_quantity(node, "memory.E003", line, fewer, kit.full_name)
            or replace_line(node, "memory.E003", line, smaller)
            or no_other(_MEMORY),
        )


def _is_smaller(part: Memory, than: Memory) -> bool:
    return part.memory_type is than.memory_type and _size(part) < _size(than)


@machine_check("memory.W004")
def channels_are_filled(node: Node) -> Iterator[Finding]:
    """Every memory channel carries a module.

    Reason: an empty channel gives nothing, and layers in host memory run at the rate of the filled ones: seven of
        twelve filled give seven twelfths, and not even evenly.
    Remedy: as many modules as there are channels, all alike.
    Source: Dell PowerEdge R6615 manual, memory population rules (every channel alike); channels as published.
    """
    found = channels(node.parts, node.machine.cpus)
    if not found.modules:
        return
    lines = list(node.all(Memory))
    subject = tuple(line.no for line, _ in lines)
    if found.channels is None:
        name = node.cpu.full_name if node.cpu else ""
        yield not_published(Message(N_("the number of memory channels")), name, subject)
        return
    filled = found.filled or 0
    uneven = found.modules % found.channels != 0
    if filled == found.channels and not uneven:
        return
    text = N_("{filled} of {channels} memory channels carry a module; the others add no bandwidth")
    if filled == found.channels:
        text = N_("{modules} modules do not spread evenly over {channels} channels")
    yield Finding(
        severity=Severity.WARNING,
        message=Message(text, filled=filled, channels=found.channels, modules=found.modules),
        subject=subject,
        fixes=_fill(node, found),
    )


def _fill(node: Node, found: Channels) -> tuple[Fix, ...]:
    lines = list(node.all(Memory))
    line, kit = lines[0]
    if len(lines) != 1 or not found.channels:
        return ()
    more = [pieces for pieces in range(1, 65) if pieces * kit.modules in {found.channels, 2 * found.channels}]
    edits = [
        change_line(line.no, Message(N_("Take {count} × {part}"), count=pieces, part=kit.full_name), quantity=pieces)
        for pieces in more
    ]
    for other in candidates(node.context, Memory, lambda part: part.memory_type is kit.memory_type, _size):
        pieces, rest = divmod(found.channels, other.modules)
        if not rest and pieces * _size(other) >= line.quantity * _size(kit):
            text = Message(N_("Take {count} × {part}"), count=pieces, part=other.full_name)
            edits.append(change_line(line.no, text, part_id=other.id, quantity=pieces))
    return as_fix(first_that_clears(node.context, "memory.W004", node.index, edits))


@machine_check("memory.W005")
def modules_are_alike(node: Node) -> Iterator[Finding]:
    """All modules are of one kind.

    Reason: modules of unlike size, rank or rate run at the slowest, or not at all; registered and unregistered
        never mix.
    Remedy: modules of one kind.
    Source: Dell PowerEdge R6615 manual, memory population rules (no mixing of types, of x4 and x8, of capacities).
    """
    lines = list(node.all(Memory))
    kinds = {kit.memory_type for _, kit in lines}
    sizes = {kit.module_bytes for _, kit in lines}
    rates = {kit.mt_s for _, kit in lines}
    if len(kinds) <= 1 and len(sizes) <= 1 and len(rates) <= 1:
        return
    first_kit = lines[0][1]
    edits: list[Edit] = [
        change_line(line.no, Message(N_("Make all of it {part}"), part=first_kit.full_name), part_id=first_kit.id)
        for line, kit in lines[1:]
        if kit.id != first_kit.id
    ]
    yield Finding(
        severity=Severity.ERROR if len(kinds) > 1 else Severity.WARNING,
        message=Message(
            N_("Unlike modules: {kits}; they run at the slowest, or not together"),
            kits=tuple(dict.fromkeys(kit.full_name for _, kit in lines)),
        ),
        subject=tuple(line.no for line, _ in lines),
        fixes=as_fix(first_that_clears(node.context, "memory.W005", node.index, edits)),
    )


@machine_check("memory.N006")
def rate_that_memory_runs_at(node: Node) -> Iterator[Finding]:
    """The rate that the memory really runs at.

    Reason: two modules on a channel, the board or the processor slow a fast kit down, and with it offloaded layers.
    Remedy: one module a channel, of the rate that processor and board support.
    Source: Dell PowerEdge R860 manual, p. 119 (4800, with two modules a channel 4400 MT/s); for AM5 and SP5 3600
        MT/s are general knowledge and marked as an assumption.
    """
    found = channels(node.parts, node.machine.cpus)
    rates = [kit.mt_s for _, kit in node.all(Memory) if kit.mt_s is not None]
    if not rates or count_of(node.parts, Memory) == 0:
        return
    subject = tuple(line.no for line, _ in node.all(Memory))
    rule = TWO_PER_CHANNEL_MT_S.get(node.cpu.socket if node.cpu else "")
    if found.mt_s is None:
        name = node.cpu.full_name if node.cpu else ""
        fact = Message(N_("the memory rate with two modules on a channel"))
        if node.cpu is not None:
            yield not_published(fact, name, subject)
    elif found.mt_s < max(rates):
        yield Finding(
            severity=Severity.NOTE,
            message=Message(
                N_("The memory is made for {kit} MT/s and runs at {rate}"), kit=max(rates), rate=found.mt_s
            ),
            subject=subject,
            assumption=bool(found.doubled and rule and rule[2]),
        )
