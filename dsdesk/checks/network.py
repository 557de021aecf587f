"""Several nodes: ports, switches, cables, and whether one failure cuts a node off."""

from collections.abc import Iterator
from dataclasses import dataclass

from dsdesk.base.message import N_, Message
from dsdesk.base.units import Quantity, Unit
from dsdesk.build.inventory import lines_of
from dsdesk.build.links import main_accelerator, network_ports
from dsdesk.build.machine import ResolvedMachine
from dsdesk.checks.context import CheckContext
from dsdesk.checks.finding import Finding, Fix, Severity, not_published, unchecked
from dsdesk.checks.fixes import advice, as_fix, candidates, first_that_clears
from dsdesk.checks.registry import check
from dsdesk.hardware.parts import Cable, Nic, Platform, Switch
from dsdesk.project.edits import Edit, add_part, change_line, combine
from dsdesk.project.project import Line
from dsdesk.sizing.network import dual_homing

_PAIR = 2  # two nodes are joined by a cable, and two stars by two switches


@dataclass(frozen=True, slots=True, kw_only=True)
class Fabric:
    """The network of a project as numbers.

    Attributes:
        nodes: machines that serve.
        port_bit_s: the fastest rate that every node has a port of, None without one.
        ports: ports of that rate or more, of all nodes together.
        ports_per_node: the fewest that a node has.
        connectors: kinds of plug on them.
        switches: lines of switches.
    """

    nodes: int
    port_bit_s: float | None
    ports: int
    ports_per_node: int
    connectors: frozenset[str]
    switches: tuple[tuple[Line, Switch], ...]

    @property
    def switch_ports(self) -> tuple[int, ...]:
        """Ports of each switch that carry the rate of the nodes."""
        rate = self.port_bit_s or 0.0
        return tuple(ports_at(switch, rate) for line, switch in self.switches for _ in range(line.quantity))


def ports_at(switch: Switch, rate: float) -> int:
    """Ports of a switch that carry at least `rate`."""
    return sum(number for number, speed, _ in switch.ports if speed >= rate)


def fabric(context: CheckContext) -> Fabric:
    """The network between the nodes that serve."""
    serving = [machine for machine in context.build.machines if main_accelerator(machine)[1]]
    best = [max((speed or 0.0 for _, speed in network_ports(machine)), default=0.0) for machine in serving]
    rate = min(best, default=0.0)
    each = [sum(number for number, speed in network_ports(one) if (speed or 0.0) >= rate) for one in serving]
    return Fabric(
        nodes=sum(machine.machine.count for machine in serving),
        port_bit_s=rate or None,
        ports=sum(number * one.machine.count for number, one in zip(each, serving, strict=True)) if rate else 0,
        ports_per_node=min(each, default=0) if rate else 0,
        connectors=frozenset(plug for one in serving for plug in _plugs(one, rate)),
        switches=tuple(lines_of(context.build.shared, Switch)),
    )


def _plugs(machine: ResolvedMachine, rate: float) -> Iterator[str]:
    for _, nic in lines_of(machine.parts, Nic):
        if (nic.port_bit_s or 0.0) >= rate and nic.connector:
            yield nic.connector
    for _, platform in lines_of(machine.parts, Platform):
        yield from (plug for _, speed, plug in platform.network_ports if speed >= rate and plug)


@check("network.E001")
def nodes_have_ports(context: CheckContext) -> Iterator[Finding]:
    """Every node that serves has a network port.

    Reason: a plan over several nodes sends activations between them at every step.
    Remedy: a network card for each node.
    Source: ports as published by the makers of platform and card.
    """
    net = fabric(context)
    if net.nodes < _PAIR or net.port_bit_s is not None:
        return
    silent = [
        (index, machine)
        for index, machine in enumerate(context.build.machines)
        if main_accelerator(machine)[1] and not any(speed for _, speed in network_ports(machine))
    ]
    for index, machine in silent:
        platform = next((part for _, part in lines_of(machine.parts, Platform)), None)
        if platform is not None and platform.network:
            yield not_published(Message(N_("number and rate of the network ports")), platform.full_name, (), index)
            continue
        cards = candidates(context, Nic, lambda nic: nic.port_bit_s is not None, lambda nic: nic.port_bit_s or 0.0)
        edits = (_everywhere(context, silent, nic) for nic in cards)
        yield Finding(
            severity=Severity.ERROR,
            message=Message(
                N_("“{machine}” is one of {nodes} nodes and has no network"),
                machine=machine.machine.name,
                nodes=net.nodes,
            ),
            machine=index,
            fixes=as_fix(first_that_clears(context, "network.E001", index, edits)),
        )


def _everywhere(context: CheckContext, silent: list[tuple[int, ResolvedMachine]], nic: Nic) -> Edit:
    """A card in every node that has none, and two switches for them where there is no switch yet."""
    text = Message(N_("Add {part} to every node"), part=nic.full_name)
    edits = [add_part(nic.id, text, machine=index) for index, _ in silent]
    net, rate = fabric(context), nic.port_bit_s or 0.0
    fitting = candidates(context, Switch, lambda one: ports_at(one, rate) >= net.nodes, lambda one: ports_at(one, rate))
    switch = next(fitting, None)
    if switch is not None and not net.switches and net.nodes > _PAIR:
        text = Message(N_("Add {part} to every node, and two {switch}"), part=nic.full_name, switch=switch.full_name)
        edits.append(add_part(switch.id, text, quantity=_PAIR, machine=None))
    return combine(text, *edits)


@check("network.E002")
def switches_have_ports(context: CheckContext) -> Iterator[Finding]:
    """The switches have a port of the right rate for every node.

    Reason: a node without a port is not in the cluster; a slower port slows every step.
    Remedy: more or larger switches.
    Source: ports as published by the maker of the switch.
    """
    net = fabric(context)
    if net.nodes < _PAIR or net.port_bit_s is None or (net.nodes == _PAIR and not net.switches):
        return
    have = sum(net.switch_ports)
    if have >= net.nodes:
        if have < net.ports:
            text = N_("{ports} ports of the nodes and {have} of the switches: some stay unused")
            yield Finding(severity=Severity.NOTE, message=Message(text, ports=net.ports, have=have))
        return
    text = N_("{nodes} nodes need a port of {rate} each, and the switches have {have}")
    rate = Quantity(net.port_bit_s, Unit.GBIT_S)
    yield Finding(
        severity=Severity.ERROR,
        message=Message(text, nodes=net.nodes, rate=rate, have=have),
        subject=tuple(line.no for line, _ in net.switches),
        fixes=_more_switches(context, net),
    )


def _more_switches(context: CheckContext, net: Fabric) -> tuple[Fix, ...]:
    rate = net.port_bit_s or 0.0
    fitting = candidates(context, Switch, lambda one: ports_at(one, rate) >= net.nodes, lambda one: ports_at(one, rate))
    edits: list[Edit] = []
    for switch in fitting:
        text = Message(N_("Take two {part}"), part=switch.full_name)
        if net.switches:
            edits.append(change_line(net.switches[0][0].no, text, part_id=switch.id, quantity=_PAIR))
        else:
            edits.append(add_part(switch.id, text, quantity=_PAIR, machine=None))
    fixes = as_fix(first_that_clears(context, "network.E002", None, edits))
    return fixes or advice(
        Message(N_("Build a leaf-spine network; the catalogue has no single switch with so many ports"))
    )


@check("network.W003")
def one_switch_may_fail(context: CheckContext) -> Iterator[Finding]:
    """Every node hangs on two switches, so that the cluster survives the loss of one.

    Reason: with one switch, or one port for each node, one failure stops all nodes (the guide asks for two stars).
    Remedy: two switches and two ports for each node, on two power feeds.
    Source: the guide, section 3, scheme 3 (redundant double star); ports of each switch = nodes x floor(ports / 2).
    """
    net = fabric(context)
    if net.nodes <= _PAIR or net.port_bit_s is None or not net.switches:
        return
    state = dual_homing(net.nodes, min(net.ports_per_node, _PAIR), net.switch_ports)
    if state.survives:
        return
    line = net.switches[0][0]
    double = change_line(line.no, Message(N_("Take two of this switch")), quantity=max(_PAIR, line.quantity))
    text = N_("{switches} switches and {ports} ports for each node: the loss of one switch cuts nodes off")
    ways = as_fix(first_that_clears(context, "network.W003", None, (double,)))
    yield Finding(
        severity=Severity.WARNING,
        message=Message(text, switches=len(net.switch_ports), ports=net.ports_per_node),
        subject=(line.no,),
        fixes=ways or advice(Message(N_("Give every node two ports and spread them over two switches"))),
    )


@check("network.W004")
def links_have_cables(context: CheckContext) -> Iterator[Finding]:
    """There is a cable for every port in use, with the plugs of both ends.

    Reason: a cable that is forgotten or has another plug holds the whole cluster up for weeks.
    Remedy: cables by number, rate and plug; the supplier confirms lengths.
    Source: docs.nvidia.com, LinkX 400G cables (passive copper up to 3 m; the plug of switch and card must match).
    """
    net = fabric(context)
    if net.nodes < _PAIR or net.port_bit_s is None:
        return
    need = links_needed(net)
    rate = net.port_bit_s
    cables = [(line, cable) for line, cable in lines_of(context.build.shared, Cable) if (cable.port_bit_s or 0) >= rate]
    have = sum(line.quantity for line, _ in cables)
    if have < need:
        yield Finding(
            severity=Severity.WARNING,
            message=Message(
                N_("{need} links of {rate}, and the list has {have} cables for them"),
                need=need,
                rate=Quantity(rate, Unit.GBIT_S),
                have=have,
            ),
            fixes=_more_cables(context, net, cables, need),
        )
    for line, cable in cables:
        if cable.connector and net.connectors and cable.connector not in net.connectors:
            text = N_("{cable} has plugs {plug}, and the nodes have {ports}")
            plugs = tuple(sorted(net.connectors))
            yield Finding(
                severity=Severity.ERROR,
                message=Message(text, cable=cable.full_name, plug=cable.connector, ports=plugs),
                subject=(line.no,),
                fixes=_other_cable(context, net, line),
            )
    if cables and len(cables) == sum(1 for _, cable in cables if cable.reach_m is None):
        yield unchecked(Message(N_("the reach of the cables is not published")))


def links_needed(net: Fabric) -> int:
    """Cables between nodes and switches: for all ports if the switches have so many, else one to each switch."""
    if not net.switches:
        return max(1, net.nodes // _PAIR)
    every, room = net.nodes * net.ports_per_node, sum(net.switch_ports)
    return every if every <= room else net.nodes * min(net.ports_per_node, len(net.switch_ports))


def _suits(net: Fabric, cable: Cable) -> bool:
    plug = not net.connectors or not cable.connector or cable.connector in net.connectors
    return plug and (cable.port_bit_s or 0.0) >= (net.port_bit_s or 0.0)


def _more_cables(context: CheckContext, net: Fabric, cables: list[tuple[Line, Cable]], need: int) -> tuple[Fix, ...]:
    if cables:
        line, cable = cables[0]
        text = Message(N_("Take {count} × {part}"), count=need, part=cable.full_name)
        return as_fix(first_that_clears(context, "network.W004", None, (change_line(line.no, text, quantity=need),)))
    found = candidates(context, Cable, lambda cable: _suits(net, cable), lambda cable: cable.port_bit_s or 0.0)
    edits = (
        add_part(
            cable.id, Message(N_("Add {count} × {part}"), count=need, part=cable.full_name), quantity=need, machine=None
        )
        for cable in found
    )
    return as_fix(first_that_clears(context, "network.W004", None, edits))


def _other_cable(context: CheckContext, net: Fabric, line: Line) -> tuple[Fix, ...]:
    found = candidates(context, Cable, lambda cable: _suits(net, cable), lambda cable: cable.port_bit_s or 0.0)
    edits = (
        change_line(
            line.no,
            Message(N_("Replace it by {count} × {part}"), count=line.quantity, part=cable.full_name),
            part_id=cable.id,
        )
        for cable in found
    )
    return as_fix(first_that_clears(context, "network.W004", None, edits))
