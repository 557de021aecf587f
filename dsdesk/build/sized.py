"""From a model and a build to plan, memory and speed: the one path that evaluation and fixes share."""

from dataclasses import dataclass, replace

from dsdesk.base.errors import InputError
from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.build.serving import Served
from dsdesk.hardware.parts import Accelerator
from dsdesk.llm.architecture import Llm
from dsdesk.project.project import Configuration, UseCase, Workload
from dsdesk.sizing.finetune import Method, Optimiser, Sharding, Training
from dsdesk.sizing.fitting import OFFLOADING, least_offload
from dsdesk.sizing.memory import Asked, need
from dsdesk.sizing.memory_engine import step_memory
from dsdesk.sizing.model_run import ModelRun
from dsdesk.sizing.offload import most_offloaded, split_offload
from dsdesk.sizing.parallel import choose
from dsdesk.sizing.results import Forecast, MemoryNeed, ParallelPlan
from dsdesk.sizing.throughput import forecast
from dsdesk.sizing.training_memory import training_memory, training_plan, training_speed

_MIXED = Message("Speed is not forecast where whole layers of a mixture lie in host memory beside its experts.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sized:
    """What a model takes on a build.

    Attributes:
        plan: parallel plan.
        need: memory; None without a model, Unknown with its reason.
        offload_layers: layers that lie in host memory, or whose routed experts do (see `sizing.offload`).
        forecast: speed; None without a model or an accelerator.
    """

    plan: ParallelPlan = ParallelPlan()
    need: MemoryNeed | Unknown | None = None
    offload_layers: int = 0
    forecast: Forecast | Unknown | None = None


def plan_and_need(llm: Llm, configuration: Configuration, served: Served) -> Sized:
    """Plan and memory, without the speed; memory can be told without an accelerator."""
    workload, device = configuration.workload, served.accelerator
    if workload.use_case is UseCase.FINETUNE:
        training = training_of(configuration, max(1, served.count))
        return Sized(plan=training_plan(training), need=training_memory(llm, training))
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
            drafts=configuration.speculation is not None,
        )
    offload, needed = _needed(llm, configuration, plan, served)
    return Sized(plan=plan, need=needed, offload_layers=offload)


def sized(llm: Llm, configuration: Configuration, served: Served) -> Sized:
    """Plan, memory and speed."""
    found = plan_and_need(llm, configuration, served)
    workload, device = configuration.workload, served.accelerator
    if device is None or isinstance(found.need, Unknown):
        return found
    if workload.use_case is UseCase.FINETUNE:
        return replace(found, forecast=training_speed())
    if all(split_offload(llm, configuration.engine, found.offload_layers)):
        return replace(found, forecast=Unknown(_MIXED))
    speed = speed_of(llm, configuration, served, found.plan, offload_layers=found.offload_layers)
    return replace(found, forecast=speed)


def speed_of(
    llm: Llm, configuration: Configuration, served: Served, plan: ParallelPlan, *, offload_layers: int = 0
) -> Forecast | Unknown:
    """The speed of a plan, with the drafts and the measurements that the configuration and the build bring along."""
    return forecast_of(run_of(llm, configuration, served, plan, offload_layers=offload_layers), configuration.workload)


def run_of(
    llm: Llm, configuration: Configuration, served: Served, plan: ParallelPlan, *, offload_layers: int = 0
) -> ModelRun:
    """A model under the choices of a configuration on the accelerators of a build, which has some."""
    assert served.accelerator is not None
    return ModelRun(
        llm=llm,
        precision=configuration.precision,
        kv_precision=configuration.kv_precision,
        engine=configuration.engine,
        device=served.accelerator,
        plan=plan,
        interconnect=served.interconnect,
        host=served.host,
        offload_layers=offload_layers,
        power_limit_w=served.power_limit_w,
        speculation=configuration.speculation,
        measured=served.calibration,
    )


def forecast_of(run: ModelRun, workload: Workload) -> Forecast | Unknown:
    """The speed of a run at a workload."""
    return forecast(
        run,
        input_tokens=workload.input_tokens,
        output_tokens=workload.output_tokens,
        sequences=workload.sequences,
    )


def need_of(
    llm: Llm,
    configuration: Configuration,
    plan: ParallelPlan,
    *,
    offload_layers: int = 0,
    device: Accelerator | None = None,
) -> MemoryNeed | Unknown:
    """The memory that a model takes under the choices of a configuration, run or fine-tuned."""
    workload = configuration.workload
    if workload.use_case is UseCase.FINETUNE:
        return training_memory(llm, training_of(configuration, plan.devices))
    return need(llm, **memory_of(configuration, plan, offload_layers=offload_layers, device=device))


def memory_of(
    configuration: Configuration, plan: ParallelPlan, *, offload_layers: int, device: Accelerator | None
) -> Asked:
    """What memory is asked for under the choices of a configuration."""
    workload = configuration.workload
    return Asked(
        precision=configuration.precision,
        kv_precision=configuration.kv_precision,
        engine=configuration.engine,
        context_tokens=workload.context_tokens,
        sequences=workload.sequences,
        plan=plan,
        offload_layers=offload_layers,
        device_bytes=step_memory(device),
        drafts=configuration.speculation is not None,
    )


def training_of(configuration: Configuration, devices: int) -> Training:
    """The fine-tuning run that a workload asks for; an example is as long as the context that is reserved.

    Raises:
        InputError: a choice has no such value.
    """
    workload = configuration.workload
    try:
        return Training(
            method=Method(workload.finetune_method),
            sequence_tokens=workload.context_tokens,
            batch=workload.finetune_batch,
            recompute=workload.finetune_recompute,
            optimiser=Optimiser(workload.finetune_optimiser),
            sharding=Sharding(workload.finetune_sharding),
            devices=devices,
            rank=workload.finetune_rank,
        )
    except ValueError as error:
        raise InputError(
            Message("The workload names a way of fine-tuning that does not exist: {what}.", what=str(error))
        ) from error


def _needed(
    llm: Llm, configuration: Configuration, plan: ParallelPlan, served: Served
) -> tuple[int, MemoryNeed | Unknown]:
    """Layers that lie in host memory, as fixed by the user or as few as must, and the memory needed then."""

    def need_with(layers: int) -> MemoryNeed | Unknown:
        return need_of(llm, configuration, plan, offload_layers=layers, device=served.accelerator)

    if configuration.offload_layers is not None:
        fixed = min(configuration.offload_layers, most_offloaded(llm, configuration.engine))
        return fixed, need_with(fixed)
    device = served.accelerator
    if configuration.engine not in OFFLOADING or device is None or device.unified_memory:
        return 0, need_with(0)
    least = least_offload(
        need_with, most_offloaded(llm, configuration.engine), served.memory_bytes, configuration.headroom
    )
    return least.layers, least.need
