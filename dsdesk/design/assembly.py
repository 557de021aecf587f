"""From choices to a project, and what the checks say of it."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import TypeVar

from dsdesk.build.catalog import Catalog
from dsdesk.build.inventory import lines_of
from dsdesk.build.resolve import resolve
from dsdesk.build.serving import serving
from dsdesk.build.sized import sized
from dsdesk.checks.context import CheckContext
from dsdesk.checks.network import Fabric, fabric, links_needed, ports_at
from dsdesk.design.loads import Load
from dsdesk.design.market import Market
from dsdesk.design.program import Choice
from dsdesk.hardware.parts import Cable, Drive, Part, Switch
from dsdesk.hardware.vocabulary import PartKind
from dsdesk.llm.architecture import Llm
from dsdesk.project.edits import next_line_no
from dsdesk.project.project import DriveUse, Line, Pool, Project
from dsdesk.sizing.results import MemoryNeed
from dsdesk.sizing.storage import report

P = TypeVar("P", bound=Part)

_TWO_STARS = 2
_COPPER = "dac"


def assembled(market: Market, load: Load, choices: tuple[Choice, ...]) -> Project:
    """The wish's project with the load and the choices in the place of its machines."""
    numbers = count(max((line.no for line in market.wish.kept), default=0) + 1)
    lines: list[Line] = []

    def add(part: Part, pieces: int) -> None:
        owned = min(pieces, market.owned(part))
        for number, there in ((owned, True), (pieces - owned, False)):
            if number:
                lines.append(replace(market.line(part, number), no=next(numbers), owned=there))

    if load.platform is not None:
        add(load.platform, 1)
    if load.bought:
        add(load.accelerator, load.bought)
    for choice in choices:
        add(choice.part, choice.pieces)
    drives = {choice.part.id for choice in choices if choice.kind is PartKind.DRIVE}
    pools = _pools(market, [line.no for line in lines if line.part_id in drives])
    lines += market.wish.kept
    project = market.wish.project
    machine = replace(project.configuration.machines[0], count=load.nodes, lines=tuple(lines))
    configuration = replace(load.configuration, machines=(machine,), shared=(), pools=pools)
    found = project.with_configuration(configuration)
    return found if load.nodes == 1 else _networked(found, load, market)


def _pools(market: Market, chosen: list[int]) -> tuple[Pool, ...]:
    """The drive that was chosen for the weights, and the pools on drives that stay."""
    stay = {line.no for line in market.wish.kept}
    kept = tuple(pool for pool in market.wish.project.configuration.pools if pool.line_no in stay)
    return (*(Pool(use=DriveUse.WEIGHTS, line_no=no, drives=1) for no in chosen[:1]), *kept)


def judged(project: Project, llm: Llm, catalog: Catalog) -> CheckContext:
    """What the checks look at, without a search for fixes."""
    configuration = project.configuration
    build = resolve(configuration, project.site, catalog)
    served = serving(build)
    found = sized(llm, configuration, served)
    weights = found.need.weights_bytes if isinstance(found.need, MemoryNeed) else None
    drives = {line.no: drive for machine in build.machines for line, drive in lines_of(machine.parts, Drive)}
    return CheckContext(
        project=project,
        catalog=catalog,
        llm=llm,
        build=build,
        accelerator=served.accelerator,
        accelerators=served.count,
        plan=found.plan,
        need=found.need,
        forecast=found.forecast,
        pools=tuple(report(pool, drives[pool.line_no], weights) for pool in configuration.pools),
        proposing=False,
    )


def _networked(project: Project, load: Load, market: Market) -> Project:
    """The project with the switches and cables that join its nodes: two stars, or one cable between two nodes."""
    if load.nodes > _TWO_STARS:
        rate = max((speed for _, speed, _ in load.platform.network_ports), default=0.0) if load.platform else 0.0
        switch = _best(market, Switch, lambda one: ports_at(one, rate) >= load.nodes)
        if switch is not None:
            project = _with_shared(project, switch, _TWO_STARS)
    net = fabric(judged(project, load.llm, market.catalog))
    cable = _best(market, Cable, lambda one: _joins(one, net))
    return project if cable is None else _with_shared(project, cable, links_needed(net))


def _joins(cable: Cable, net: Fabric) -> bool:
    plug = not net.connectors or not cable.connector or cable.connector in net.connectors
    return plug and (cable.port_bit_s or 0.0) >= (net.port_bit_s or 0.0)


def _best(market: Market, kind: type[P], accepts: Callable[[P], bool]) -> P | None:
    """The cheapest that is accepted; those without a price after all others, plain copper cables before all others."""

    def rank(part: P) -> tuple[int, int, bool, str]:
        tag = market.tag(part, 1)
        return tag.unpriced, tag.cents, getattr(part, "form", _COPPER) != _COPPER, part.id

    return min((part for part in market.everything(kind) if accepts(part)), key=rank, default=None)


def _with_shared(project: Project, part: Part, pieces: int) -> Project:
    configuration = project.configuration
    line = Line(no=next_line_no(project), part_id=part.id, quantity=pieces)
    return project.with_configuration(replace(configuration, shared=(*configuration.shared, line)))
