"""Places for drives: M.2, SATA and U.2 ports of the board, bays of case and server."""

from collections import Counter
from collections.abc import Iterator

from dsdesk.base.message import N_, Message
from dsdesk.checks.finding import Finding, Fix, Severity, not_published
from dsdesk.checks.fixes import advice, change_quantity, swap
from dsdesk.checks.node import Node
from dsdesk.checks.registry import machine_check
from dsdesk.checks.suits import size_of, suiting
from dsdesk.hardware.parts import Board, Case, Drive, Part
from dsdesk.hardware.vocabulary import DriveForm, PartKind
from dsdesk.project.project import Line

_M2 = frozenset({DriveForm.M2_2280, DriveForm.M2_22110})
_SATA = frozenset({DriveForm.SATA_2_5, DriveForm.SATA_3_5})
_U2 = frozenset({DriveForm.U2})
_SERVER_ONLY = frozenset({DriveForm.E3_S, DriveForm.E1_S, DriveForm.SAS_3_5})
# A drive that goes into a bay of another form with the tray that servers bring.
_BAYS = {
    DriveForm.SATA_2_5: {DriveForm.SATA_2_5, DriveForm.U2},
    DriveForm.SATA_3_5: {DriveForm.SATA_3_5, DriveForm.SAS_3_5},
}


def _pieces(node: Node, forms: frozenset[DriveForm]) -> int:
    return sum(line.quantity for line, drive in node.all(Drive) if drive.form in forms)


def _last(node: Node, forms: frozenset[DriveForm]) -> tuple[Line, Drive]:
    return [(line, drive) for line, drive in node.all(Drive) if drive.form in forms][-1]


@machine_check("fit.E021")
def drives_have_ports(node: Node) -> Iterator[Finding]:
    """The board has a port for every drive.

    Reason: an M.2 drive needs an M.2 place, U.2 a U.2 port or an adapter, SATA a SATA port; E1.S and E3.S need a
        server.
    Remedy: another drive, another board, or an adapter card.
    Source: ports as published by the maker of the board.
    """
    if node.board is None:
        return
    line, board = node.board
    ports = ((_M2, board.m2_slots, "M.2"), (_SATA, board.sata_ports, "SATA"), (_U2, board.u2_ports, "U.2"))
    for forms, have, name in (*ports, (_SERVER_ONLY, 0, "E1.S, E3.S, SAS")):
        need = _pieces(node, forms)
        if not need:
            continue
        drive_line, drive = _last(node, forms)
        if have is None:
            fact = Message(N_("the number of {kind} ports"), kind=name)
            yield not_published(fact, board.full_name, (line.no, drive_line.no))
        elif need > have:
            text = N_("{need} drives need {kind}, and {board} has {have}")
            yield Finding(
                severity=Severity.ERROR,
                message=Message(text, need=need, kind=name, board=board.full_name, have=have),
                subject=(drive_line.no,),
                fixes=_port_fixes(node, drive_line, drive, need - have),
            )


def _port_fixes(node: Node, line: Line, drive: Drive, short: int) -> tuple[Fix, ...]:
    code = "fit.E021"

    def replaces(other: Drive) -> bool:
        enough = (other.capacity_bytes or 0) >= (drive.capacity_bytes or 0)
        return enough and other.form in _M2 and other.rotational == drive.rotational

    fixes = swap(node, code, line, Drive, replaces, size_of)
    if node.board is not None and not fixes:
        fixes = swap(node, code, node.board[0], Board, suiting(node, PartKind.BOARD), size_of)
    fewer = range(line.quantity - short, -1, -1)
    return fixes or change_quantity(node, code, line, fewer, drive.full_name)


@machine_check("fit.E022")
def drives_have_bays(node: Node) -> Iterator[Finding]:
    """Case or server has a bay for every drive that needs one.

    Reason: a drive without a bay lies loose, and hot-swap bays take the forms that they are made for.
    Remedy: a larger case, fewer drives, or drives of the form of the bays.
    Source: bays as published by the maker of case or server.
    """
    if node.platform is not None:
        yield from _server_bays(node)
    elif node.case is not None:
        case_line, case = node.case
        for forms, have in (
            (frozenset({DriveForm.SATA_3_5}), case.bays_3_5),
            (frozenset({DriveForm.SATA_2_5}), case.bays_2_5),
        ):
            need = _pieces(node, forms)
            if need and have is None:
                yield not_published(Message(N_("the number of drive bays")), case.full_name, (case_line.no,))
            elif need and have is not None and need > have:
                yield _short_of_bays(node, forms, need, have, case)


def _short_of_bays(node: Node, forms: frozenset[DriveForm], need: int, have: int, host: Part) -> Finding:
    line, drive = _last(node, forms)
    fixes: tuple[Fix, ...] = ()
    if node.case is not None:
        fixes = swap(
            node, "fit.E022", node.case[0], Case, suiting(node, PartKind.CASE), lambda case: case.bays_3_5 or 0
        )
    fewer = range(line.quantity - (need - have), -1, -1)
    text = N_("{need} drives ({forms}) need bays, and {host} has {have}")
    return Finding(
        severity=Severity.ERROR,
        message=Message(
            text, need=need, forms=tuple(sorted(form.value for form in forms)), host=host.full_name, have=have
        ),
        subject=(line.no,),
        fixes=fixes or change_quantity(node, "fit.E022", line, fewer, drive.full_name),
    )


def _server_bays(node: Node) -> Iterator[Finding]:
    platform = node.platform
    drives = [(line, drive) for line, drive in node.all(Drive) if drive.form not in _M2]
    if platform is None or not drives:
        return
    if not platform.bays:
        yield not_published(Message(N_("the list of drive bays")), platform.full_name, (drives[0][0].no,))
        return
    free: Counter[DriveForm] = Counter()
    for form, number in platform.bays:
        free[form] += number
    for line, drive in drives:
        if drive.form is None:
            yield not_published(Message(N_("the form")), drive.full_name, (line.no,))
            continue
        forms = _BAYS.get(drive.form, {drive.form})
        have = sum(free[form] for form in forms)
        if line.quantity > have:
            yield _wrong_bay(node, line, drive, have)
        for form in forms:
            taken = min(free[form], line.quantity)
            free[form] -= taken


def _wrong_bay(node: Node, line: Line, drive: Drive, have: int) -> Finding:
    platform = node.platform
    bays = tuple(f"{number} × {form.value}" for form, number in (platform.bays if platform else ()))
    forms = {form for form, _ in (platform.bays if platform else ())}

    def suits(other: Drive) -> bool:
        enough = (other.capacity_bytes or 0) >= (drive.capacity_bytes or 0)
        return other.form in forms and enough and other.rotational == drive.rotational

    text = N_("{count} × {drive} ({form}), and the free bays of the server ({bays}) take {have} of them")
    form = drive.form.value if drive.form else ""
    fixes = swap(node, "fit.E022", line, Drive, suits, size_of)
    return Finding(
        severity=Severity.ERROR,
        message=Message(text, count=line.quantity, drive=drive.full_name, form=form, bays=bays, have=have),
        subject=(line.no,),
        fixes=fixes
        or change_quantity(node, "fit.E022", line, range(min(have, line.quantity), -1, -1), drive.full_name)
        or advice(Message(N_("Ask for the same server with another backplane"))),
    )
