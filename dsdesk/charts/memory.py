"""Where the memory of each accelerator goes."""

from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.base.units import GIB
from dsdesk.build.catalog import Catalog
from dsdesk.charts.spec import Axis, ChartSpec, Series, Threshold
from dsdesk.evaluate import Evaluation
from dsdesk.sizing.results import DeviceMemory

_TITLE = Message("Memory of each accelerator")
_X = Axis(label=Message("accelerators"))
_Y = Axis(label=Message("memory"), unit="GiB")


def memory_by_part(evaluation: Evaluation, _catalog: Catalog) -> ChartSpec:
    """Weights, KV cache, activations and runtime as stacked bars; equal accelerators share a bar."""
    key = "memory_by_part"
    need = evaluation.need
    if need is None:
        return ChartSpec(key=key, title=_TITLE, x=_X, y=_Y, empty=Message("Choose a language model to see this."))
    if isinstance(need, Unknown):
        return ChartSpec(key=key, title=_TITLE, x=_X, y=_Y, empty=need.because)
    groups = _equal(need.devices)
    parts: tuple[tuple[Message, list[int]], ...] = (
        (Message("weights"), [device.weights_bytes for _, device in groups]),
        (Message("KV cache"), [device.kv_cache_bytes for _, device in groups]),
        (Message("activations"), [device.activation_bytes for _, device in groups]),
        (Message("runtime"), [device.runtime_bytes for _, device in groups]),
    )
    if need.optimiser_bytes:
        parts = (parts[0], *_trained(groups), *parts[2:])  # nothing is cached while a model is trained
    x = Axis(label=_X.label, categories=tuple(name for name, _ in groups))
    places = tuple(float(index) for index in range(len(groups)))
    series = tuple(
        Series(label=label, x=places, y=tuple(value / GIB for value in values), style="bars") for label, values in parts
    )
    note = Message("Equal accelerators are drawn once.") if len(groups) < len(need.devices) else None
    limits = _limits(evaluation)
    return ChartSpec(key=key, title=_TITLE, x=x, y=_Y, series=series, stacked=True, thresholds=limits, note=note)


def _trained(groups: list[tuple[str, DeviceMemory]]) -> tuple[tuple[Message, list[int]], ...]:
    """What fine-tuning keeps beside the weights."""
    return (
        (Message("gradients"), [device.gradient_bytes for _, device in groups]),
        (Message("optimiser states"), [device.optimiser_bytes for _, device in groups]),
    )


def _equal(devices: tuple[DeviceMemory, ...]) -> list[tuple[str, DeviceMemory]]:
    """Runs of devices with the same amounts as (numbers, one of them)."""
    runs: list[list[DeviceMemory]] = []
    for device in devices:
        if runs and _amounts(runs[-1][0]) == _amounts(device):
            runs[-1].append(device)
        else:
            runs.append([device])
    return [(_numbers(run), run[0]) for run in runs]


def _amounts(device: DeviceMemory) -> tuple[int, int, int, int]:
    return device.weights_bytes, device.kv_cache_bytes, device.activation_bytes, device.runtime_bytes


def _numbers(run: list[DeviceMemory]) -> str:
    return str(run[0].device) if len(run) == 1 else f"{run[0].device}\N{EN DASH}{run[-1].device}"


def _limits(evaluation: Evaluation) -> tuple[Threshold, ...]:
    total, devices = evaluation.memory_bytes_available, min(evaluation.plan.devices, evaluation.accelerators)
    if total is None or not devices:
        return ()
    capacity = total / devices / GIB
    headroom = evaluation.configuration.headroom
    return (
        Threshold(label=Message("there is"), y=capacity),
        Threshold(label=Message("with headroom"), y=capacity * (1 - headroom)),
    )
