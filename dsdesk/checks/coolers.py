"""CPU coolers: mounting, height, radiators, and whether they carry the heat."""

from collections.abc import Iterator

from dsdesk.base.message import N_, Message
from dsdesk.base.units import Quantity, Unit
from dsdesk.checks.finding import Finding, Fix, Severity, not_published
from dsdesk.checks.fit import mm
from dsdesk.checks.fixes import no_other, swap
from dsdesk.checks.node import Node
from dsdesk.checks.registry import machine_check
from dsdesk.checks.suits import cooler_fits_case, cooler_w, size_of, socket_of, suiting
from dsdesk.hardware.parts import Case, Cooler
from dsdesk.hardware.vocabulary import PartKind
from dsdesk.project.project import Line


def _other(node: Node, code: str, line: Line) -> tuple[Fix, ...]:
    suits = suiting(node, PartKind.COOLER)
    return swap(node, code, line, Cooler, suits, size_of) or no_other(Message(N_("CPU cooler")))


@machine_check("cooling.E001")
def cooler_fits_the_socket(node: Node) -> Iterator[Finding]:
    """The CPU cooler can be mounted on this socket.

    Reason: the mounting frame differs from socket to socket.
    Remedy: a cooler for this socket, or its mounting kit.
    Source: sockets as published by the maker of the cooler.
    """
    socket = socket_of(node)
    for line, cooler in node.all(Cooler):
        if socket is None or socket in cooler.sockets:
            continue
        if not cooler.sockets:
            yield not_published(Message(N_("the list of sockets")), cooler.full_name, (line.no,))
            continue
        text = N_("{cooler} fits {sockets}, and the processor sits in {socket}")
        yield Finding(
            severity=Severity.ERROR,
            message=Message(text, cooler=cooler.full_name, sockets=cooler.sockets, socket=socket),
            subject=(line.no,),
            fixes=_other(node, "cooling.E001", line),
        )


@machine_check("cooling.E002")
def cooler_is_low_enough(node: Node) -> Iterator[Finding]:
    """An air cooler is lower than the room between board and side panel.

    Reason: the side panel does not close over a taller one.
    Remedy: a lower cooler, a water loop, or a wider case.
    Source: heights as published by the makers of cooler and case.
    """
    if node.case is None:
        return
    case_line, case = node.case
    for line, cooler in node.all(Cooler):
        if cooler.radiator_mm:
            continue
        if cooler.height_mm is None:
            yield not_published(Message(N_("the height")), cooler.full_name, (line.no,))
        elif case.cooler_height_mm is None:
            yield not_published(Message(N_("the room for the cooler")), case.full_name, (case_line.no,))
        elif cooler.height_mm > case.cooler_height_mm:
            yield Finding(
                severity=Severity.ERROR,
                message=Message(
                    N_("{cooler} is {height} high, and {case} has room for {room}"),
                    cooler=cooler.full_name,
                    height=mm(cooler.height_mm),
                    case=case.full_name,
                    room=mm(case.cooler_height_mm),
                ),
                subject=(line.no, case_line.no),
                fixes=_other(node, "cooling.E002", line),
            )


@machine_check("cooling.E003")
def radiator_fits_the_case(node: Node) -> Iterator[Finding]:
    """The case has a place for the radiator, and the cards still fit behind it.

    Reason: a radiator needs a mount of its length; in the front it takes 55 mm from the room for cards.
    Remedy: a smaller radiator, another place, or another case.
    Source: mounts as published by the maker of the case; 30 mm for a slim radiator and 25 mm for its fans are usual.
    """
    if node.case is None:
        return
    case_line, case = node.case
    for line, cooler in node.all(Cooler):
        if not cooler.radiator_mm:
            continue
        subject = (line.no, case_line.no)
        if case.radiators is None:
            yield not_published(Message(N_("the list of radiator mounts")), case.full_name, subject)
        elif not cooler_fits_case(cooler, case):
            yield _no_mount(node, line, cooler, case)
        elif _only_front(cooler, case) and _cards_meet_radiator(node, case):
            yield Finding(
                severity=Severity.WARNING,
                message=Message(
                    N_("In the front the radiator takes {depth}, and then the cards do not fit in {case}"),
                    depth=mm(node.assumed.radiator_mm),
                    case=case.full_name,
                ),
                subject=subject,
                fixes=swap(node, "cooling.E003", case_line, Case, suiting(node, PartKind.CASE), size_of),
                assumption=True,
            )


def _no_mount(node: Node, line: Line, cooler: Cooler, case: Case) -> Finding:
    largest = max((size for _, size in case.radiators or ()), default=0)
    text = N_("The radiator of {cooler} is {size}, and {case} takes at most {room}")
    values = {"cooler": cooler.full_name, "case": case.full_name}
    return Finding(
        severity=Severity.ERROR,
        message=Message(text, size=mm(cooler.radiator_mm or 0), room=mm(largest), **values),
        subject=(line.no,),
        fixes=_other(node, "cooling.E003", line),
    )


def _only_front(cooler: Cooler, case: Case) -> bool:
    places = {place for place, size in case.radiators or () if size >= (cooler.radiator_mm or 0)}
    return places == {"front"}


def _cards_meet_radiator(node: Node, case: Case) -> bool:
    room = (case.gpu_length_mm or float("inf")) - node.assumed.radiator_mm
    return any((card.length_mm or 0) > room for _, card in node.cards())


@machine_check("cooling.E004")
def cooler_carries_the_heat(node: Node) -> Iterator[Finding]:
    """The CPU cooler carries what the processor draws at its power limit.

    Reason: prompt processing and offloaded layers load all cores for hours; a cooler that is too small throttles them.
    Remedy: a larger cooler, or a lower power limit in the BIOS.
    Source: capacity as published by the maker of the cooler. Where there is none, class limits, which are an
        assumption: 95 W up to 65 mm, 150 W for one tower, 220 W for two towers or 240 mm, 280 W from 280 mm.
    """
    cpu = node.cpu
    for line, cooler in node.all(Cooler):
        if cpu is None:
            continue
        carries, heat = cooler_w(cooler, node.assumed), cpu.max_power_w
        if heat is None:
            yield not_published(Message(N_("the power limit (PPT or PL2)")), cpu.full_name, (line.no,))
        elif carries is None:
            yield not_published(Message(N_("the cooling capacity")), cooler.full_name)
        elif carries < heat:
            guessed = cooler.capacity_w is None
            yield Finding(
                # A class limit is too coarse to forbid by: such a cooler works and throttles.
                severity=Severity.WARNING if guessed else Severity.ERROR,
                message=Message(
                    N_("{cpu} draws up to {heat}, and {cooler} carries {carries}"),
                    cpu=cpu.full_name,
                    heat=Quantity(heat, Unit.WATT),
                    cooler=cooler.full_name,
                    carries=Quantity(carries, Unit.WATT),
                ),
                subject=(line.no,),
                fixes=_other(node, "cooling.E004", line),
                assumption=guessed,
            )
