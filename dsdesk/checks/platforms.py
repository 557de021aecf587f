"""Servers, baseboards and complete machines: what they take, and modules that belong nowhere else."""

from collections.abc import Iterator

from dsdesk.base.message import N_, Message
from dsdesk.base.units import Quantity, Unit
from dsdesk.build.inventory import first
from dsdesk.build.power import card_power_w
from dsdesk.checks.finding import Finding, Fix, Severity, not_published
from dsdesk.checks.fixes import (
    advice,
    as_fix,
    candidates,
    change_quantity,
    drop_line,
    first_that_clears,
    limit_power,
    replace_line,
    swap,
)
from dsdesk.checks.node import Node
from dsdesk.checks.registry import machine_check
from dsdesk.checks.suits import is_complete
from dsdesk.hardware.parts import Accelerator, Board, Platform
from dsdesk.hardware.vocabulary import Mount
from dsdesk.project.edits import Edit, change_line, combine, remove_line
from dsdesk.project.project import Line


def _memory(card: Accelerator) -> float:
    return card.memory_bytes or 0.0


@machine_check("fit.E011")
def module_is_on_its_platform(node: Node) -> Iterator[Finding]:
    """An SXM, OAM or built-in accelerator stands on a platform that is made for it.

    Reason: such a module is no card: it has no slot edge, and it is sold on a baseboard or inside a machine.
    Remedy: the platform that carries it, or the PCIe version of the chip.
    Source: mount as published by the maker (SXM: NVIDIA HGX and DGX; OAM: Open Compute Project accelerator module).
    """
    platform = node.platform
    for line, card in node.cards():
        if card.mount is Mount.PCIE:
            continue
        if platform is not None and (card.id in platform.gpu_ids or platform.gpu_mount is card.mount):
            continue
        host = node.board[1] if node.board else platform
        text = N_("{card} is a module ({mount}), and nothing here has a place for it")
        if host is not None:
            text = N_("{card} is a module ({mount}), and {host} has no place for it")
        yield Finding(
            severity=Severity.ERROR,
            message=Message(text, card=card.full_name, mount=card.mount.upper(), host=host.full_name if host else ""),
            subject=(line.no,),
            fixes=_platform_for(node, line, card) + _as_card(node, line, card),
        )


def _platform_for(node: Node, line: Line, card: Accelerator) -> tuple[Fix, ...]:
    """The smallest platform that carries the module, in the place of everything that the machine had."""

    def carries(platform: Platform) -> bool:
        delivered = platform.gpu_ids[:1] if platform.gpu_included else platform.gpu_ids
        return card.id in delivered and platform.gpu_included + (platform.gpu_max or 0) > 0

    platforms = candidates(node.context, Platform, carries, lambda one: one.gpu_max or one.gpu_included)
    edits = (_rebuilt_on(node, line, platform) for platform in platforms)
    return as_fix(first_that_clears(node.context, "fit.E011", node.index, edits), "long")


def _rebuilt_on(node: Node, line: Line, platform: Platform) -> Edit:
    text = Message(N_("Build the machine on {platform}"), platform=platform.full_name)
    onto = change_line(line.no, text, part_id=platform.id, quantity=1)
    others = [placed.line.no for placed in node.parts if placed.line.no != line.no]
    if platform.gpu_included:
        return combine(text, onto, *(remove_line(no) for no in others))
    return onto


def _as_card(node: Node, line: Line, card: Accelerator) -> tuple[Fix, ...]:
    def suits(other: Accelerator) -> bool:
        return other.mount is Mount.PCIE and other.manufacturer == card.manufacturer and _memory(other) >= _memory(card)

    fixes = swap(node, "fit.E011", line, Accelerator, suits, _memory)
    return fixes or drop_line(node, "fit.E011", line, card.full_name)


@machine_check("fit.E012")
def platform_takes_the_accelerators(node: Node) -> Iterator[Finding]:
    """The platform takes these accelerators, in this number.

    Reason: a server has places, risers, power cables and air for the accelerators that its maker lists, and no others.
    Remedy: an accelerator of its list, fewer of them, or another platform.
    Source: list, number and mount as published by the maker of the platform.
    """
    platform = node.platform
    if platform is None:
        return
    number = platform.gpu_included
    for line, card in node.cards():
        number += line.quantity
        problem = _refusal(platform, card)
        if problem is not None:
            yield Finding(
                severity=Severity.ERROR,
                message=problem,
                subject=(line.no,),
                fixes=_taken_by(node, line, card, platform) + _other_platform(node, "fit.E012", card),
            )
        elif platform.gpu_max is None and platform.gpu_included == 0 and card.mount is Mount.PCIE:
            fact = Message(N_("the list of accelerators that it takes"))
            yield not_published(fact, platform.full_name, (line.no,))
    if platform.gpu_max is not None and number > platform.gpu_max:
        yield _too_many(node, platform, number)


def _refusal(platform: Platform, card: Accelerator) -> Message | None:
    values = {"card": card.full_name, "platform": platform.full_name}
    if platform.gpu_mount is not None and card.mount is not platform.gpu_mount and card.mount is Mount.PCIE:
        text = N_("{card} is a card, and the accelerator places of {platform} take {mount}")
        return Message(text, mount=platform.gpu_mount.upper(), **values)
    if platform.gpu_ids and card.id not in platform.gpu_ids:
        return Message(N_("{platform} does not list {card} among the accelerators that it takes"), **values)
    width, widest = card.slot_width, platform.gpu_slot_width
    if width is not None and widest is not None and width > widest:
        text = N_("{card} is {width} slots wide, and {platform} takes {widest}")
        return Message(text, width=width, widest=widest, **values)
    return None


def _taken_by(node: Node, line: Line, card: Accelerator, platform: Platform) -> tuple[Fix, ...]:
    def suits(other: Accelerator) -> bool:
        return _refusal(platform, other) is None and other.mount is Mount.PCIE and _memory(other) >= _memory(card) / 2

    fixes = swap(node, "fit.E012", line, Accelerator, suits, _memory)
    return fixes or drop_line(node, "fit.E012", line, card.full_name)


def _other_platform(node: Node, code: str, card: Accelerator) -> tuple[Fix, ...]:
    found = first(node.parts, Platform)
    if found is None:
        return ()
    line, platform = found
    number = sum(line.quantity for line, _ in node.cards())

    def suits(other: Platform) -> bool:
        same_socket = other.cpu_socket in {platform.cpu_socket, ""} and not is_complete(other)
        return _refusal(other, card) is None and same_socket and (other.gpu_max or 0) >= number

    platforms = candidates(node.context, Platform, suits, lambda other: _likelihood(other, card))
    return replace_line(node, code, line, platforms, term="long")


def _likelihood(platform: Platform, card: Accelerator) -> float:
    """Smaller platforms first, and before all those whose maker lists the card."""
    return (platform.gpu_max or 0) + (0 if card.id in platform.gpu_ids else 1000)


def _too_many(node: Node, platform: Platform, number: int) -> Finding:
    line, card = list(node.cards())[-1]
    room = max(0, line.quantity - (number - (platform.gpu_max or 0)))
    text = N_("{count} accelerators, and {platform} carries {limit}")
    if platform.gpu_included:
        text = N_("{count} accelerators, and {platform} carries the {limit} that it is delivered with")
    return Finding(
        severity=Severity.ERROR,
        message=Message(text, count=number, platform=platform.full_name, limit=platform.gpu_max),
        subject=(line.no,),
        fixes=change_quantity(node, "fit.E012", line, (room,), card.full_name),
    )


@machine_check("fit.E013")
def card_fits_low_profile_slots(node: Node) -> Iterator[Finding]:
    """A full-height card does not stand in a chassis that has low-profile slots only.

    Reason: a low-profile bracket and slot are 68.9 mm high, a full-height card 111 mm; a lid stands in its way.
    Remedy: a server with full-height slots, or a low-profile card.
    Source: slots as listed for the chassis (netbox-community device types, which name every slot of the R760xs "LP");
        card height as published by its maker.
    """
    low = node.platform.low_profile_only if node.platform else node.case[1].low_profile_slots if node.case else None
    host = node.platform.full_name if node.platform else node.case[1].full_name if node.case else ""
    for line, card in node.cards():
        if not low or card.mount is not Mount.PCIE or card.low_profile:
            continue
        if card.low_profile is None:
            yield not_published(Message(N_("whether it is low profile")), card.full_name, (line.no,))
            continue
        yield Finding(
            severity=Severity.ERROR,
            message=Message(
                N_("{card} is a full-height card, and {host} has low-profile slots only"),
                card=card.full_name,
                host=host,
            ),
            subject=(line.no,),
            fixes=_full_height(node, card) or _low_card(node, line, card),
            assumption="low_profile_only" in (node.platform.unverified if node.platform else ()),
        )


def _full_height(node: Node, card: Accelerator) -> tuple[Fix, ...]:
    if node.platform is None:
        return advice(Message(N_("Take a case with full-height slots")))
    return _other_platform(node, "fit.E013", card)


def _low_card(node: Node, line: Line, card: Accelerator) -> tuple[Fix, ...]:
    fixes = swap(node, "fit.E013", line, Accelerator, lambda other: bool(other.low_profile), _memory)
    return fixes or drop_line(node, "fit.E013", line, card.full_name)


@machine_check("fit.E014")
def platform_carries_the_power(node: Node) -> Iterator[Finding]:
    """One accelerator draws no more than the platform supports for each.

    Reason: cables, risers and fans of a server are made for a board power; a card of 600 W needs more than
        one of 350 W.
    Remedy: a limit on the board power, or another platform.
    Source: highest board power as published by the maker of the platform.
    """
    platform = node.platform
    for line, card in node.cards():
        watts = card_power_w(line, card)
        if platform is None or watts is None:
            continue
        if platform.gpu_power_w_max is None:
            fact = Message(N_("the highest board power of one accelerator"))
            yield not_published(fact, platform.full_name, (line.no,))
        elif watts > platform.gpu_power_w_max:
            yield Finding(
                severity=Severity.ERROR,
                message=Message(
                    N_("{card} draws {watt}, and {platform} supports {limit} for each"),
                    card=card.full_name,
                    watt=Quantity(watts, Unit.WATT),
                    platform=platform.full_name,
                    limit=Quantity(platform.gpu_power_w_max, Unit.WATT),
                ),
                subject=(line.no,),
                fixes=limit_power(node, "fit.E014", (platform.gpu_power_w_max,)),
            )


@machine_check("fit.E015")
def one_host_in_a_machine(node: Node) -> Iterator[Finding]:
    """A machine is built on one board or one platform.

    Reason: two hosts are two machines; nothing of the one is joined to the other inside a case.
    Remedy: remove one, or make two machines of it.
    Source: what a machine is.
    """
    hosts = [placed for placed in node.parts if isinstance(placed.part, Board | Platform)]
    pieces = sum(placed.line.quantity for placed in hosts)
    if pieces <= 1:
        return
    last = hosts[-1]
    name = last.part.full_name if last.part else ""
    yield Finding(
        severity=Severity.ERROR,
        message=Message(N_("{count} boards or servers in one machine"), count=pieces),
        subject=tuple(placed.line.no for placed in hosts),
        fixes=change_quantity(node, "fit.E015", last.line, (1 if len(hosts) == 1 else 0,), name),
    )
