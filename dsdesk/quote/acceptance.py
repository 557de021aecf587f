"""Acceptance tests with the pass values that follow from the plan."""

from collections.abc import Iterator

from dsdesk.base.message import N_, Message
from dsdesk.base.units import Quantity, Unit, best_bytes
from dsdesk.build.inventory import accelerators_in, lines_of
from dsdesk.build.machine import ResolvedMachine
from dsdesk.charts.link_words import LINK, pcie
from dsdesk.evaluate import Evaluation
from dsdesk.hardware.parts import Accelerator, Bridge, Cpu, Drive, Memory
from dsdesk.hardware.vocabulary import LinkKind, Mount, PcieLink
from dsdesk.quote.request import AcceptanceTest
from dsdesk.quote.summary import interval
from dsdesk.sizing.results import Forecast, MemoryNeed

Test = tuple[Message, Message, Message]  # title, method, pass value

_LIST = {"NVIDIA": "nvidia-smi --query-gpu=index,name,memory.total --format=csv", "AMD": "amd-smi static --vram"}
_LINKS = {
    "NVIDIA": "nvidia-smi --query-gpu=index,pcie.link.gen.max,pcie.link.width.current --format=csv",
    "AMD": "amd-smi metric --pcie",
}
_TOPOLOGY = {"NVIDIA": "nvidia-smi topo -m", "AMD": "amd-smi topology"}


def acceptance_tests(evaluation: Evaluation) -> tuple[AcceptanceTest, ...]:
    """All tests, numbered T1, T2, ... A test whose pass value is not known is left out."""
    tests: list[Test] = []
    for machine in evaluation.build.machines:
        if machine.parts:
            tests += _machine(machine)
    tests += [*_storage(evaluation), *_speed(evaluation), *_power(evaluation), *_endurance(evaluation)]
    return tuple(
        AcceptanceTest(code=f"T{index}", title=title, method=method, passes=passes)
        for index, (title, method, passes) in enumerate(tests, 1)
    )


def _run(commands: dict[str, str], accelerator: Accelerator) -> Message:
    command = commands.get(accelerator.manufacturer)
    if command is None:
        return Message("with the tool of the accelerator's maker")
    return Message("{command}", command=command)


def _machine(machine: ResolvedMachine) -> Iterator[Test]:
    name = machine.machine.name
    for accelerator, number in accelerators_in(machine):
        yield (
            Message("{machine}: accelerators are seen with all their memory", machine=name),
            _run(_LIST, accelerator),
            _memory_seen(accelerator, number),
        )
        link = _slowest_link(machine, accelerator)
        if link is not None:
            yield (
                Message("{machine}: every accelerator has its full link", machine=name),
                _run(_LINKS, accelerator),
                Message("{link} or better at each of {count}, under load", link=pcie(link), count=number),
            )
        if number > 1:
            yield (
                Message("{machine}: topology", machine=name),
                _run(_TOPOLOGY, accelerator),
                _topology(machine, accelerator, number),
            )
    yield from _host_memory(machine)


def _memory_seen(accelerator: Accelerator, number: int) -> Message:
    seen = accelerator.visible_memory_bytes
    count = number * accelerator.devices_per_part
    if seen is not None:
        return Message(
            "{count} × {name}, at least {memory} each", count=count, name=accelerator.name, memory=best_bytes(seen)
        )
    if accelerator.memory_bytes is not None:
        return Message(
            "{count} × {name}, {memory} each less what the driver keeps",
            count=count,
            name=accelerator.name,
            memory=best_bytes(accelerator.memory_bytes),
        )
    return Message("{count} × {name}", count=count, name=accelerator.name)


def _slowest_link(machine: ResolvedMachine, accelerator: Accelerator) -> PcieLink | None:
    lines = {line.no for line, part in lines_of(machine.parts, Accelerator) if part == accelerator}
    links = [seat.link for seat in machine.seats if seat.line_no in lines and seat.link is not None]
    if links:
        return min(links, key=PcieLink.bandwidth_b_s)
    return accelerator.pcie if accelerator.mount is not Mount.PCIE else None


def _topology(machine: ResolvedMachine, accelerator: Accelerator, number: int) -> Message:
    """What the matrix shows. The signs are those of the legend that `nvidia-smi topo -m` prints below it."""
    joined = machine.interconnect
    is_pcie = joined.kind in {LinkKind.PCIE, LinkKind.NONE, LinkKind.OTHER}
    if accelerator.manufacturer == "NVIDIA" and not is_pcie:
        text = N_("X on the diagonal, NV# everywhere else: {link} between all {count}")
        return Message(text, count=number, link=LINK[joined.kind])
    if accelerator.manufacturer == "NVIDIA" and not any(lines_of(machine.parts, Bridge)):
        processors = sum(line.quantity for line, _ in lines_of(machine.parts, Cpu))
        if processors == 1:
            return Message("X on the diagonal, PIX, PXB, PHB or NODE everywhere else, SYS nowhere")
        if processors > 1:
            text = N_("X on the diagonal; PIX, PXB, PHB or NODE below one processor, SYS only from one to the other")
            return Message(text)
    if is_pcie:
        return Message("all {count} are joined over PCIe as planned; no link is reported as degraded", count=number)
    return Message("each of the {count} reaches every other over {link}", count=number, link=LINK[joined.kind])


def _host_memory(machine: ResolvedMachine) -> Iterator[Test]:
    kits = list(lines_of(machine.parts, Memory))
    if not kits:
        return
    total = sum(line.quantity * kit.modules * kit.module_bytes for line, kit in kits)
    modules = sum(line.quantity * kit.modules for line, kit in kits)
    yield (
        Message("{machine}: host memory", machine=machine.machine.name),
        Message("dmidecode -t memory; memtest86+, one full pass"),
        Message("{count} modules, {total} together, no error", count=modules, total=best_bytes(total)),
    )


def _storage(evaluation: Evaluation) -> Iterator[Test]:
    if not any(lines_of(machine.parts, Drive) for machine in evaluation.build.machines):
        return
    for pool in evaluation.pools:
        if pool.seq_read_b_s is None or pool.problem is not None:
            continue
        passes = Message("at least {rate}", rate=Quantity(pool.seq_read_b_s, Unit.GB_S))
        if pool.load_seconds is not None:
            passes = Message(
                "at least {rate}; the weights load in about {seconds}",
                rate=Quantity(pool.seq_read_b_s, Unit.GB_S),
                seconds=Quantity(pool.load_seconds, Unit.SECOND),
            )
        names = {placed.line.no: placed.part for machine in evaluation.build.machines for placed in machine.parts}
        drive = names.get(pool.line_no)
        yield (
            Message(
                "Storage {layout} of {drives} × {name}: sequential read",
                layout=pool.layout,
                drives=pool.drives,
                name=drive.name if drive is not None else Message("drive"),
            ),
            Message("fio --rw=read --bs=1M --iodepth=32 --direct=1, whole array"),
            passes,
        )


def _speed(evaluation: Evaluation) -> Iterator[Test]:
    speed, work = evaluation.forecast, evaluation.configuration.workload
    if not isinstance(speed, Forecast):
        return
    method = Message(
        "the launch command of the plan; {sequences} requests at once, {input} tokens in and {output} out",
        sequences=work.sequences,
        input=work.input_tokens,
        output=work.output_tokens,
    )
    user = speed.decode_tok_s_per_user
    yield (
        Message("Speed for each user"),
        method,
        Message(
            "at least {low}; expected {estimate} ({interval})",
            low=Quantity(user.low80, Unit.TOK_S),
            estimate=Quantity(user.estimate, Unit.TOK_S),
            interval=interval(user, Unit.TOK_S),
        ),
    )
    total = speed.output_tok_s_total
    yield (
        Message("Speed of all users together"),
        method,
        Message(
            "at least {low}; expected {estimate}",
            low=Quantity(total.low80, Unit.TOK_S),
            estimate=Quantity(total.estimate, Unit.TOK_S),
        ),
    )
    wait = speed.ttft_ms.scaled(1e-3)
    yield (
        Message("Wait for the first token"),
        method,
        Message(
            "at most {high}; expected {estimate}",
            high=Quantity(wait.high80, Unit.MILLISECOND),
            estimate=Quantity(wait.estimate, Unit.MILLISECOND),
        ),
    )


def _power(evaluation: Evaluation) -> Iterator[Test]:
    for machine in evaluation.build.machines:
        wall = machine.power.wall_w
        if not machine.parts or not isinstance(wall, float | int):
            continue
        yield (
            Message("{machine}: power at the wall", machine=machine.machine.name),
            Message("power meter at the inlet, processors and accelerators at full load for 30 minutes"),
            Message("at most {watt}", watt=Quantity(wall, Unit.WATT)),
        )
        if machine.power.redundant:
            yield (
                Message("{machine}: a power supply fails", machine=machine.machine.name),
                Message("pull one supply at full load, then put it back; each in turn"),
                Message("no interruption, an alarm in the log"),
            )


def _endurance(evaluation: Evaluation) -> Iterator[Test]:
    if isinstance(evaluation.need, MemoryNeed) and evaluation.need.devices:
        largest = max(device.total_bytes for device in evaluation.need.devices)
        yield (
            Message("Memory used by the model"),
            Message("the launch command of the plan at the longest context"),
            Message("about {need} on each accelerator, no out-of-memory error", need=best_bytes(largest)),
        )
    yield (
        Message("Burn-in"),
        Message("24 h with processors, memory, accelerators and drives at full load"),
        Message("no error, no restart, no throttling, no new ECC or PCIe error in the logs"),
    )
    yield (
        Message("Serial numbers"),
        Message("list with every serial number, checked with the maker"),
        Message("all genuine, all in warranty for the time agreed"),
    )
