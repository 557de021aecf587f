"""Cables of a fabric: how far they reach, and ports that one cable splits."""

from collections.abc import Iterator

from dsdesk.base.message import N_, Message
from dsdesk.base.units import Quantity, Unit
from dsdesk.build.inventory import lines_of
from dsdesk.checks.context import CheckContext
from dsdesk.checks.finding import Finding, Fix, Severity
from dsdesk.checks.fixes import advice, as_fix, candidates, first_that_clears
from dsdesk.checks.network import fabric
from dsdesk.checks.registry import check
from dsdesk.hardware.parts import Cable, Rack
from dsdesk.project.edits import change_line
from dsdesk.project.project import Line

_SPLIT = 4  # lanes of a port that a splitting cable parts


@check("network.W005")
def cables_reach_the_next_rack(context: CheckContext) -> Iterator[Finding]:
    """Where there are several racks, some cables reach from one to the next.

    Reason: passive copper of 400 Gbit/s ends at 3 m, which is one rack; beyond it active copper or optics are needed.
    Remedy: active copper up to 5 m, multimode optics up to 50 m, single mode beyond.
    Source: Assumption: 5 m from one rack to the next; reach of each kind as docs.nvidia.com, LinkX 400G cables.
    """
    racks = sum(line.quantity for line, _ in lines_of(context.build.shared, Rack))
    if racks <= 1:
        return
    cables = list(lines_of(context.build.shared, Cable))
    if any((cable.reach_m or 0.0) >= context.site.assumed.between_racks_m for _, cable in cables):
        return
    for line, cable in cables:
        if cable.reach_m is not None:
            yield Finding(
                severity=Severity.WARNING,
                message=Message(
                    N_("{racks} racks are {distance} m from one to the next, and {cable} reaches {reach} m"),
                    racks=racks,
                    distance=f"{context.site.assumed.between_racks_m:g}",
                    cable=cable.full_name,
                    reach=f"{cable.reach_m:g}",
                ),
                subject=(line.no,),
                fixes=_longer(context, line, cable),
            )


def _longer(context: CheckContext, line: Line, cable: Cable) -> tuple[Fix, ...]:
    def suits(other: Cable) -> bool:
        return (
            other.connector == cable.connector
            and (other.port_bit_s or 0.0) >= (cable.port_bit_s or 0.0)
            and (other.reach_m or 0.0) >= context.site.assumed.between_racks_m
        )

    found = candidates(context, Cable, suits, lambda one: one.reach_m or 0.0)
    edits = (
        change_line(line.no, Message(N_("Replace it by {part}"), part=one.full_name), part_id=one.id) for one in found
    )
    return as_fix(first_that_clears(context, "network.W005", None, edits)) or advice(
        Message(N_("Ask the supplier for active copper or optics of this plug"))
    )


@check("network.N006")
def fast_ports_can_be_split(context: CheckContext) -> Iterator[Finding]:
    """A port of the switch that is four times as fast as the nodes can be split.

    Reason: one splitting cable gives four nodes a port each; a whole port for each node wastes three quarters.
    Remedy: splitting cables, when switch and cable name this mode; otherwise a port for each node.
    Source: docs.nvidia.com, MCP7Y70-Hxxx: 400 Gbit/s twin-port OSFP to 4 x 100 Gbit/s QSFP56; whether a switch allows
        the mode is in its manual and not in the catalogue.
    """
    net = fabric(context)
    if net.port_bit_s is None:
        return
    for line, switch in net.switches:
        fast = sum(number for number, rate, _ in switch.ports if rate >= _SPLIT * net.port_bit_s)
        if fast:
            yield Finding(
                severity=Severity.NOTE,
                message=Message(
                    N_("{ports} ports of {switch} could serve {nodes} nodes of {rate} when they are split in four"),
                    ports=fast,
                    switch=switch.full_name,
                    nodes=fast * _SPLIT,
                    rate=Quantity(net.port_bit_s, Unit.GBIT_S),
                ),
                subject=(line.no,),
            )
