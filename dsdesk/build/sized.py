"""From a model and a build to plan, memory and speed: the one path that evaluation and fixes share."""

from dataclasses import dataclass

from dsdesk.base.source import Unknown
from dsdesk.build.serving import Served
from dsdesk.llm.architecture import Llm
from dsdesk.project.project import Configuration
from dsdesk.sizing.fitting import OFFLOADING, least_offload
from dsdesk.sizing.memory import need
from dsdesk.sizing.parallel import choose
from dsdesk.sizing.results import Forecast, MemoryNeed, ParallelPlan
from dsdesk.sizing.throughput import forecast


@dataclass(frozen=True, slots=True, kw_only=True)
class Sized:
    """What a model takes on a build.

    Attributes:
        plan: parallel plan.
        need: memory; None without a model, Unknown with its reason.
        offload_layers: layers that lie in host memory.
        forecast: speed; None without a model or an accelerator.
    """

    plan: ParallelPlan = ParallelPlan()
    need: MemoryNeed | Unknown | None = None
    offload_layers: int = 0
    forecast: Forecast | Unknown | None = None


def plan_and_need(llm: Llm, configuration: Configuration, served: Served) -> Sized:
    """Plan and memory, without the speed; memory can be told without an accelerator."""
    workload, device = configuration.workload, served.accelerator
    plan = ParallelPlan()
    if device is not None:
        plan = choose(
            llm,
            precision=configuration.precision,
            kv_precision=configuration.kv_precision,
            engine=configuration.engine,
            device=device,
            devices=served.count,
            interconnect=served.interconnect,
            choice=configuration.parallel,
            context_tokens=workload.context_tokens,
            sequences=workload.sequences,
        )
    offload, needed = _needed(llm, configuration, plan, served)
    return Sized(plan=plan, need=needed, offload_layers=offload)


def sized(llm: Llm, configuration: Configuration, served: Served) -> Sized:
    """Plan, memory and speed."""
    found = plan_and_need(llm, configuration, served)
    workload, device = configuration.workload, served.accelerator
    if device is None or isinstance(found.need, Unknown):
        return found
    speed = forecast(
        llm,
        precision=configuration.precision,
        kv_precision=configuration.kv_precision,
        engine=configuration.engine,
        device=device,
        plan=found.plan,
        interconnect=served.interconnect,
        host=served.host,
        input_tokens=workload.input_tokens,
        output_tokens=workload.output_tokens,
        sequences=workload.sequences,
        offload_layers=found.offload_layers,
        power_limit_w=served.power_limit_w,
    )
    return Sized(plan=found.plan, need=found.need, offload_layers=found.offload_layers, forecast=speed)


def _needed(
    llm: Llm, configuration: Configuration, plan: ParallelPlan, served: Served
) -> tuple[int, MemoryNeed | Unknown]:
    """Layers that lie in host memory, as fixed by the user or as few as must, and the memory needed then."""

    def need_with(layers: int) -> MemoryNeed | Unknown:
        return need(
            llm,
            precision=configuration.precision,
            kv_precision=configuration.kv_precision,
            engine=configuration.engine,
            context_tokens=configuration.workload.context_tokens,
            sequences=configuration.workload.sequences,
            plan=plan,
            offload_layers=layers,
        )

    if configuration.offload_layers is not None:
        return configuration.offload_layers, need_with(configuration.offload_layers)
    device = served.accelerator
    if configuration.engine not in OFFLOADING or device is None or device.unified_memory:
        return 0, need_with(0)
    least = least_offload(need_with, llm.architecture.layer_count, served.memory_bytes, configuration.headroom)
    return least.layers, least.need
