"""Loads: which accelerators, how many of them and on what, hold the model at the speed that is wanted."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from dsdesk.build.inventory import device_memory_bytes
from dsdesk.build.links import interconnect
from dsdesk.build.machine import PlacedPart, Seat
from dsdesk.build.resolve import resolve
from dsdesk.build.serving import Served, serving
from dsdesk.build.sized import Sized, plan_and_need, speed_of
from dsdesk.design.host_memory import HostDemand, bandwidths
from dsdesk.design.market import Market
from dsdesk.hardware.parts import Accelerator, Platform
from dsdesk.hardware.vocabulary import Cooling, Mount, PartKind, PcieLink
from dsdesk.llm.architecture import Llm
from dsdesk.llm.precision import Precision
from dsdesk.project.project import Configuration, Line, Machine, Workload
from dsdesk.sizing.fitting import OFFLOADING, fits
from dsdesk.sizing.offload import split_offload
from dsdesk.sizing.precisions import PRECISIONS, parse_precision
from dsdesk.sizing.results import Forecast, HostSpeed, MemoryNeed
from dsdesk.sizing.support import Level, runs

_GOOD = {Level.NATIVE, Level.WEIGHTS_ONLY}
# The slowest links that boards of the shelf give so many cards, slowest first.
Links = Callable[[Accelerator, int], tuple[PcieLink, ...]]

MOST_CARDS = 8
NODES = (1, 2, 4)
# MTP layers, which engines leave out, are at most this share of a published model.
_SURELY_LOADED = 0.9


@dataclass(frozen=True)
class Load:
    """Accelerators on what carries them.

    Attributes:
        llm: what they run.
        configuration: model, precision, engine and workload; its machines are not looked at.
        accelerator: which.
        count: in one machine.
        nodes: machines.
        platform: what carries them; None for a board in a case.
        link: the slowest link that any of them may have, None = whatever the slot gives.
        market: the parts there are.
        offloaded: plan, memory and layers in host memory; None where the model lies on the accelerators.
        demand: what is counted on of host memory then.
    """

    llm: Llm
    configuration: Configuration
    accelerator: Accelerator
    count: int
    nodes: int
    platform: Platform | None
    link: PcieLink | None
    market: Market
    offloaded: Sized | None = None
    demand: HostDemand | None = None

    @property
    def total(self) -> int:
        """Accelerators of all machines."""
        return self.count * self.nodes

    @property
    def bought(self) -> int:
        """Accelerators of one machine that are lines of their own: none where the platform is delivered with them."""
        return 0 if self.platform is not None and self.platform.gpu_included else self.count

    @property
    def lines(self) -> tuple[Line, ...]:
        """Platform and accelerators of one machine."""
        found = [] if self.platform is None else [self.market.line(self.platform, 1)]
        if self.bought:
            found.append(self.market.line(self.accelerator, self.bought))
        return tuple(replace(line, no=number) for number, line in enumerate(found, 1))

    @cached_property
    def served(self) -> Served:
        """As the formulas see it."""
        market = self.market
        machines = (Machine(count=self.nodes, lines=self.lines),)
        build = resolve(replace(self.configuration, machines=machines), market.wish.project.site, market.catalog)
        found = serving(build)
        if self.platform is None:
            line = self.lines[0]
            placed = (PlacedPart(line, self.accelerator),)
            joined = interconnect(placed, self._seats(line), self.accelerator, self.count, None)
            found = replace(found, interconnect=replace(joined, nodes=self.nodes))
        if self.demand is not None:
            host = HostSpeed(memory_bandwidth_b_s=self.demand.bandwidth_b_s, memory_bytes=self.demand.memory_bytes)
            found = replace(found, host=host)
        return found

    def _seats(self, line: Line) -> tuple[Seat, ...]:
        seat = Seat(line_no=line.no, index=0, slot="", position=None, link=self.link or self.accelerator.pcie)
        return (seat,)

    @cached_property
    def _whole(self) -> Sized:
        """Plan and memory, with every layer on the accelerators unless some lie in host memory."""
        if self.offloaded is not None:
            return self.offloaded
        return plan_and_need(self.llm, replace(self.configuration, offload_layers=0), self.served)

    @property
    def holds(self) -> bool:
        """Whether what lies on the accelerators finds room there, with the headroom of the project."""
        found = self._whole
        if not isinstance(found.need, MemoryNeed) or not found.plan.legal:
            return False
        return bool(fits(found.need, self.served.memory_bytes, self.configuration.headroom))

    @property
    def weights_bytes(self) -> int:
        """Of the checkpoint."""
        found = self._whole.need
        return found.weights_bytes if isinstance(found, MemoryNeed) else 0

    @cached_property
    def speed(self) -> Forecast | None:
        """How fast it will be, None where that cannot be told."""
        whole = self._whole
        found = speed_of(self.llm, self.configuration, self.served, whole.plan, offload_layers=whole.offload_layers)
        return found if isinstance(found, Forecast) else None

    @property
    def tok_s(self) -> float:
        """Output tokens per second of all users together; 0 where that cannot be told."""
        return self.speed.output_tok_s_total.estimate if self.speed else 0.0

    @property
    def is_fast_enough(self) -> bool:
        """Whether the estimates reach what the workload asks for."""
        workload = self.configuration.workload
        if not wants_speed(workload):
            return True
        speed = self.speed
        if speed is None:
            return False
        least, most = workload.decode_tok_s_min, workload.ttft_s_max
        fast = least is None or speed.decode_tok_s_per_user.estimate >= least
        return fast and (most is None or speed.ttft_ms.estimate / 1000 <= most) and _keeps_up(workload, speed)


def wants_speed(workload: Workload) -> bool:
    """Whether anything is asked of the speed."""
    wished = (workload.decode_tok_s_min, workload.ttft_s_max, workload.requests_per_day)
    return any(value is not None for value in wished)


def _keeps_up(workload: Workload, speed: Forecast) -> bool:
    return workload.requests_per_day is None or speed.requests_s.estimate * 86400 >= workload.requests_per_day


@dataclass(frozen=True)
class Carried:
    """An accelerator on a kind of host, with the numbers of it that the host takes.

    Attributes:
        accelerator: which.
        platform: None for a board in a case.
        counts: in one machine, ascending.
        nodes: numbers of machines, ascending.
    """

    accelerator: Accelerator
    platform: Platform | None
    counts: tuple[int, ...]
    nodes: tuple[int, ...]


_BY_BOARD = frozenset({PartKind.BOARD, PartKind.CASE, PartKind.PSU, PartKind.COOLER})


def carried(market: Market, precision: Precision) -> Iterator[Carried]:
    """Every accelerator that runs the precision, on everything that carries it."""
    pinned = {part.kind for part_id in market.wish.pinned if (part := market.catalog.part(part_id)) is not None}
    engine = market.wish.project.configuration.engine
    for accelerator in market.parts(Accelerator):
        if device_memory_bytes(accelerator) is None or runs(accelerator, precision, engine).level not in _GOOD:
            continue
        on_board = accelerator.mount is Mount.PCIE and accelerator.slot_width is not None
        if on_board and PartKind.PLATFORM not in pinned:
            yield Carried(accelerator, None, tuple(range(1, MOST_CARDS + 1)), (1,))
        if not pinned & _BY_BOARD:
            for platform in market.parts(Platform):
                counts = _on_platform(accelerator, platform)
                if counts:
                    nodes = NODES if platform.network_ports else (1,)
                    yield Carried(accelerator, platform, counts, nodes)


def _on_platform(accelerator: Accelerator, platform: Platform) -> tuple[int, ...]:
    if platform.gpu_included:
        delivered = platform.gpu_ids[:1] == (accelerator.id,)
        return (platform.gpu_included,) if delivered else ()
    listed = accelerator.id in platform.gpu_ids
    takes = listed or (not platform.gpu_ids and platform.gpu_mount is accelerator.mount)
    too_wide = (accelerator.slot_width or 0) > (platform.gpu_slot_width or 99)
    too_hot = (accelerator.board_power_w or 0) > (platform.gpu_power_w_max or 1e9)
    hot_air = accelerator.cooling is Cooling.PASSIVE and accelerator.mount is Mount.PCIE and not platform.ducted
    if not takes or too_wide or too_hot or hot_air or not platform.cpu_socket or not platform.gpu_max:
        return ()
    if accelerator.mount is not Mount.PCIE:
        return (platform.gpu_max,)  # a baseboard is filled or it is none
    return tuple(range(1, platform.gpu_max + 1))


def loads_on(host: Carried, llm: Llm, market: Market, links: Links, may_be: Callable[[Load], bool]) -> Iterator[Load]:
    """Loads on one kind of host that hold the model, fewest accelerators first, slow links before fast ones.

    Args:
        host: the accelerator and what carries it.
        llm: the model.
        market: parts and wish.
        links: the slowest links that boards of the shelf give so many cards, slowest first.
        may_be: whether a load is worth a look, before its memory is worked out.
    """
    configuration = market.wish.project.configuration
    precision = PRECISIONS.get(configuration.precision) or parse_precision(configuration.precision)
    memory = device_memory_bytes(host.accelerator) or 0
    least = llm.architecture.parameters * precision.nominal_bits / 8 * _SURELY_LOADED
    sizes = [(count * nodes, count, nodes) for nodes in host.nodes for count in host.counts]
    for total, count, nodes in sorted(sizes):
        wanted = market.wish.count
        if (wanted is not None and total != wanted) or total * memory * (1 - configuration.headroom) < least:
            continue
        load = Load(
            llm=llm,
            configuration=configuration,
            accelerator=host.accelerator,
            count=count,
            nodes=nodes,
            platform=host.platform,
            link=None,
            market=market,
        )
        if may_be(load):
            linked = (replace(load, link=link) for link in _links(host, count, links))
            yield from (one for one in linked if one.holds)


def offloaded_on(
    host: Carried,
    llm: Llm,
    market: Market,
    links: Links,
    known: dict[tuple[str, int], Sized],
    may_be: Callable[[Load], bool],
) -> Iterator[Load]:
    """Loads on one kind of host that keep layers in its memory: fewest accelerators first, slow memory before fast.

    Args:
        host: the accelerator and what carries it.
        llm: the model.
        market: parts and wish.
        links: the slowest links that boards of the shelf give so many cards, slowest first; the slowest is counted on.
        known: plan and memory by accelerator and number, filled as it goes; they are alike on every host.
        may_be: whether a load is worth a look.
    """
    configuration = market.wish.project.configuration
    card = host.accelerator
    if configuration.engine not in OFFLOADING or card.unified_memory or card.mount is not Mount.PCIE:
        return
    rates = bandwidths(market, host.platform)
    for count in host.counts if 1 in host.nodes and rates else ():
        if market.wish.count is not None and count != market.wish.count:
            continue
        slowest = next(iter(_links(host, count, links)), None)
        if slowest is None and host.platform is None:
            continue  # no board takes so many
        load = Load(
            llm=llm,
            configuration=configuration,
            accelerator=card,
            count=count,
            nodes=1,
            platform=host.platform,
            link=slowest,
            market=market,
        )
        if not may_be(load):
            continue
        key = card.id, count
        if key not in known:
            known[key] = plan_and_need(llm, configuration, load.served)
        found = known[key]
        if not isinstance(found.need, MemoryNeed) or not found.offload_layers:
            continue  # it has no memory that can be told, or all of it is on the accelerators
        if all(split_offload(llm, configuration.engine, found.offload_layers)):
            continue  # whole layers of a mixture beside its experts: their speed is not forecast
        needed = round(found.need.host_bytes / (1 - configuration.headroom))
        hosted = (replace(load, offloaded=found, demand=HostDemand(rate, needed)) for rate in rates)
        yield from (one for one in hosted if one.holds)


def _links(host: Carried, count: int, links: Links) -> tuple[PcieLink | None, ...]:
    if host.platform is not None:
        return (None,)
    found = links(host.accelerator, count)
    return found if count > 1 else found[:1]
