"""What goes into what: sockets, boards, cases, supplies, cards."""

from collections.abc import Iterator

from dsdesk.base.message import N_, Message
from dsdesk.base.units import Quantity, Unit
from dsdesk.checks.finding import Finding, Fix, Severity, not_published
from dsdesk.checks.fixes import change_quantity, drop_line, no_other, swap
from dsdesk.checks.node import Node
from dsdesk.checks.registry import machine_check
from dsdesk.checks.suits import is_complete, size_of, suiting
from dsdesk.hardware.parts import Accelerator, Board, Case, Cpu, Psu
from dsdesk.hardware.vocabulary import PartKind, PowerConnector
from dsdesk.project.project import Line

CASE = Message(N_("case"))
SUPPLY = Message(N_("power supply"))


def mm(value: float) -> Quantity:
    """Millimetres."""
    return Quantity(value, Unit.MM)


@machine_check("fit.E001")
def processor_fits_the_socket(node: Node) -> Iterator[Finding]:
    """The processor goes into the socket of the board or platform.

    Reason: sockets differ in their contacts; a processor of another one does not go in.
    Remedy: a processor for this socket, or a board for this processor.
    Source: socket as published by the makers of processor and board.
    """
    host = node.board[1] if node.board else node.platform
    socket = node.board[1].socket if node.board else node.platform.cpu_socket if node.platform else ""
    for line, cpu in node.all(Cpu):
        if host is None or cpu.socket == socket:
            continue
        if not socket and node.platform is not None and not is_complete(node.platform):
            yield not_published(Message(N_("the socket")), host.full_name, (line.no,))
            continue
        yield Finding(
            severity=Severity.ERROR,
            message=Message(
                N_("{cpu} needs socket {wanted}, and {host} has {socket}"),
                cpu=cpu.full_name,
                wanted=cpu.socket,
                host=host.full_name,
                socket=socket or Message(N_("its processors built in")),
            ),
            subject=(line.no,),
            fixes=_mend_socket(node, line, socket) or drop_line(node, "fit.E001", line, cpu.full_name),
        )


def _mend_socket(node: Node, line: Line, socket: str) -> tuple[Fix, ...]:
    fixes = swap(node, "fit.E001", line, Cpu, lambda part: part.socket == socket, size_of)
    if node.board is None:
        return fixes
    return fixes + swap(node, "fit.E001", node.board[0], Board, suiting(node, PartKind.BOARD), size_of)


@machine_check("fit.E002")
def processors_have_sockets(node: Node) -> Iterator[Finding]:
    """There are as many sockets as processors, and the processor may be used in such a number.

    Reason: a second processor needs a second socket, and processors for one socket refuse to work beside another.
    Remedy: fewer processors.
    Source: number of sockets as published by the maker of board, platform and processor.
    """
    sockets = node.board[1].sockets if node.board else node.platform.sockets if node.platform else None
    for line, cpu in node.all(Cpu):
        if sockets is None and node.platform is not None:
            yield not_published(Message(N_("the number of sockets")), node.platform.full_name, (line.no,))
        limit = min((number for number in (sockets, cpu.sockets_max) if number is not None), default=line.quantity)
        if line.quantity > limit:
            text = N_("{count} × {cpu}, and there is room for {limit}")
            yield Finding(
                severity=Severity.ERROR,
                message=Message(text, count=line.quantity, cpu=cpu.full_name, limit=limit),
                subject=(line.no,),
                fixes=change_quantity(node, "fit.E002", line, (limit,), cpu.full_name),
            )


@machine_check("fit.E003")
def board_fits_the_case(node: Node) -> Iterator[Finding]:
    """The case takes boards of this size.

    Reason: stand-offs and cut-outs are where the form factor puts them.
    Remedy: a case for this form, or a smaller board.
    Source: form factors as published by the makers of case and board.
    """
    if node.board is None or node.case is None:
        return
    (board_line, board), (case_line, case) = node.board, node.case
    subject = (board_line.no, case_line.no)
    if board.form is None:
        yield not_published(Message(N_("the form factor")), board.full_name, subject)
    elif not case.boards:
        yield not_published(Message(N_("the list of board sizes")), case.full_name, subject)
    elif board.form not in case.boards:
        text = N_("{board} is {form}, and {case} takes {forms}")
        forms = tuple(form.value for form in case.boards)
        yield Finding(
            severity=Severity.ERROR,
            message=Message(text, board=board.full_name, form=board.form.value, case=case.full_name, forms=forms),
            subject=subject,
            fixes=swap(node, "fit.E003", case_line, Case, suiting(node, PartKind.CASE), size_of) or no_other(CASE),
        )


@machine_check("fit.E004")
def card_is_short_enough(node: Node) -> Iterator[Finding]:
    """Every card is shorter than the room in the case.

    Reason: a card that meets the drive cage or the front fans does not go in.
    Remedy: a longer case, or a shorter card of another maker.
    Source: card length and clearance as published by their makers.
    """
    if node.case is None:
        return
    case_line, case = node.case
    for line, card in node.cards():
        if card.length_mm is None:
            yield not_published(Message(N_("the length")), card.full_name, (line.no,))
        elif case.gpu_length_mm is None:
            yield not_published(Message(N_("the room for cards")), case.full_name, (case_line.no,))
        elif card.length_mm > case.gpu_length_mm:
            yield _too_long(node, line, card, card.length_mm, case.gpu_length_mm)


def _too_long(node: Node, line: Line, card: Accelerator, length: float, room: float) -> Finding:
    case_line, case = node.case or (line, None)
    return Finding(
        severity=Severity.ERROR,
        message=Message(
            N_("{card} is {length} long, and {case} has room for {room}"),
            card=card.full_name,
            length=mm(length),
            case=case.full_name if case else "",
            room=mm(room),
        ),
        subject=(line.no, case_line.no),
        fixes=swap(node, "fit.E004", case_line, Case, suiting(node, PartKind.CASE), size_of) or no_other(CASE),
        assumption="length_mm" in card.unverified,
    )


@machine_check("fit.E005")
def supply_fits_the_case(node: Node) -> Iterator[Finding]:
    """The power supply has the form and length that the case takes.

    Reason: an ATX supply does not go into an SFX place, and a long one meets the drive cage.
    Remedy: a supply of this form, or another case.
    Source: form and length as published by the makers of case and supply.
    """
    if node.psu is None or node.case is None:
        return
    (line, psu), (case_line, case) = node.psu, node.case
    subject = (line.no, case_line.no)
    message: Message | None = None
    if psu.form != case.psu_form and not supply_goes_in(psu, case):
        text = N_("{psu} is of form {form}, and {case} takes {wanted}")
        message = Message(text, psu=psu.full_name, form=psu.form, case=case.full_name, wanted=case.psu_form)
    elif psu.length_mm is None:
        yield not_published(Message(N_("the length")), psu.full_name, subject)
    elif case.psu_length_mm is None:
        yield not_published(Message(N_("the room for the power supply")), case.full_name, subject)
    elif psu.length_mm > case.psu_length_mm:
        text = N_("{psu} is {length} long, and {case} has room for {room}")
        length, room = mm(psu.length_mm), mm(case.psu_length_mm)
        message = Message(text, psu=psu.full_name, length=length, case=case.full_name, room=room)
    if message is not None:
        other = swap(node, "fit.E005", line, Psu, suiting(node, PartKind.PSU), size_of)
        larger = swap(node, "fit.E005", case_line, Case, suiting(node, PartKind.CASE), size_of)
        fixes = other + larger or no_other(SUPPLY)
        yield Finding(severity=Severity.ERROR, message=message, subject=subject, fixes=fixes)


def supply_goes_in(psu: Psu, case: Case) -> bool:
    """Whether the forms agree; SFX supplies go into ATX places with the bracket that comes with most of them."""
    return psu.form == case.psu_form or (psu.form.startswith("sfx") and case.psu_form == "atx")


@machine_check("fit.E007")
def supplies_in_number(node: Node) -> Iterator[Finding]:
    """A PC case holds one power supply.

    Reason: a second supply has no place, and its switch-on signal and ground must be joined to the first one's.
    Remedy: one larger supply, or a chassis made for several.
    Source: Assumption: cases without a statement of their maker hold one supply.
    """
    if node.psu is None or node.case is None or node.psu[0].quantity == 1:
        return
    line, psu = node.psu
    text = N_("{count} × {psu} in one case, which has a place for one")
    larger = swap(node, "fit.E007", line, Psu, suiting(node, PartKind.PSU), size_of)
    yield Finding(
        severity=Severity.WARNING,
        message=Message(text, count=line.quantity, psu=psu.full_name),
        subject=(line.no,),
        fixes=larger or change_quantity(node, "fit.E007", line, (1,), psu.full_name),
    )


@machine_check("fit.N009")
def power_cable_has_room_to_bend(node: Node) -> Iterator[Finding]:
    """The cable of a 12V-2x6 plug has room to bend before the side panel.

    Reason: a plug that is bent at its neck makes poor contact, and its pins overheat.
    Remedy: a wider case, a lower card, or an angled adapter of the card's maker.
    Source: Assumption: 35 mm above the card; the room up to the side panel is taken as that for a CPU cooler.
    """
    if node.case is None:
        return
    case_line, case = node.case
    for line, card in node.cards():
        if PowerConnector.PCIE_16 not in dict(card.connectors or ()):
            continue
        if card.height_mm is None:
            yield not_published(Message(N_("the height")), card.full_name, (line.no,))
        elif case.cooler_height_mm is None:
            yield not_published(Message(N_("the room up to the side panel")), case.full_name, (case_line.no,))
        elif card.height_mm + node.assumed.bend_mm > case.cooler_height_mm:
            text = N_("{card} with its cable needs about {need} up to the side panel, and {case} has {room}")
            values = {"need": mm(card.height_mm + node.assumed.bend_mm), "room": mm(case.cooler_height_mm)}
            yield Finding(
                severity=Severity.NOTE,
                message=Message(text, card=card.full_name, case=case.full_name, **values),
                subject=(line.no, case_line.no),
            )
