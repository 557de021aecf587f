"""evaluate(project, catalog) -> Evaluation: the only way from choices to answers.

Pure: no Qt, no SQL, no clock, no network. Window, command line and PDF show what is in the Evaluation.
"""

from dataclasses import dataclass

from dsdesk.base.message import N_, Message
from dsdesk.base.source import Unknown
from dsdesk.base.units import best_bytes
from dsdesk.build.catalog import Catalog
from dsdesk.build.inventory import lines_of
from dsdesk.build.machine import Build
from dsdesk.build.reach import Reach, reach
from dsdesk.build.resolve import resolve
from dsdesk.build.serving import Served, serving
from dsdesk.build.sized import Sized, need_of
from dsdesk.build.sized import sized as size
from dsdesk.checks.context import CheckContext
from dsdesk.checks.finding import Finding
from dsdesk.checks.subjects import run_checks
from dsdesk.cost.report import CostReport, cost_report
from dsdesk.hardware.parts import Accelerator, Drive
from dsdesk.llm.architecture import Llm
from dsdesk.llm.choice import chosen
from dsdesk.project.project import Configuration, Project
from dsdesk.sizing.fitting import fits, rule_of_thumb_bytes
from dsdesk.sizing.precisions import PRECISIONS
from dsdesk.sizing.results import Forecast, MemoryNeed, ParallelPlan
from dsdesk.sizing.storage import PoolReport, report


@dataclass(frozen=True, slots=True, kw_only=True)
class NextModel:
    """What the next bigger model would need (G21)."""

    llm: Llm
    need: MemoryNeed


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """All that follows from the active configuration of a project.

    Attributes:
        project: the choices it was computed from.
        catalog_version: of the catalogue it was computed with.
        llm: the model, None when nothing is chosen; Unknown when it cannot be read or is not in the catalogue.
        build: resolved machines.
        accelerator: the accelerator that serves, None without one.
        accelerators: how many of it over all nodes.
        other_accelerators: further kinds in the build, which the plan does not use.
        plan: parallel plan.
        need: memory needed; None without a model.
        memory_bytes_available: of all accelerators that the plan uses, None if not published or without one.
        rule_of_thumb_bytes: the guide's rule (G2: 1 GB for 0.6e9 parameters at FP16), scaled to the precision.
        fits: whether need with headroom is at most what there is; None if unknown.
        offload_layers: layers kept in host memory, or whose routed experts are.
        forecast: speed; Unknown where the model does not fit; None without model or accelerator.
        pools: storage plan.
        findings: all findings, worst first.
        cost: cost report.
        next_model: what the next bigger model would need, None if there is none.
        reach: longest context and most sequences that fit, None without a model or an accelerator.
    """

    project: Project
    catalog_version: str
    llm: Llm | Unknown | None
    build: Build
    accelerator: Accelerator | None
    accelerators: int
    other_accelerators: tuple[str, ...]
    plan: ParallelPlan
    need: MemoryNeed | Unknown | None
    memory_bytes_available: int | None
    rule_of_thumb_bytes: int | None
    fits: bool | None
    offload_layers: int
    forecast: Forecast | Unknown | None
    pools: tuple[PoolReport, ...]
    findings: tuple[Finding, ...]
    cost: CostReport
    next_model: NextModel | None
    reach: Reach | None = None

    @property
    def configuration(self) -> Configuration:
        """The active configuration."""
        return self.project.configuration


def evaluate(project: Project, catalog: Catalog) -> Evaluation:
    """Everything that follows from the active configuration of `project`, given what `catalog` knows."""
    configuration = project.configuration
    model = chosen(configuration.model.llm_id, configuration.model.config_json, catalog.llm)
    llm = model if isinstance(model, Llm) else None
    build = resolve(configuration, project.site, catalog)
    served = serving(build)
    sized = size(llm, configuration, served) if llm else Sized()
    reached = reach(llm, configuration, served, sized) if llm else None
    speed = _speed(sized.forecast, reached)
    pools = _pool_reports(configuration, build, sized.need)
    context = CheckContext(
        project=project,
        catalog=catalog,
        llm=llm,
        build=build,
        accelerator=served.accelerator,
        accelerators=served.count,
        plan=sized.plan,
        need=sized.need,
        forecast=speed,
        pools=pools,
    )
    return Evaluation(
        project=project,
        catalog_version=catalog.version,
        llm=model,
        build=build,
        accelerator=served.accelerator,
        accelerators=served.count,
        other_accelerators=served.others,
        plan=sized.plan,
        need=sized.need,
        memory_bytes_available=_available(served, sized.plan),
        rule_of_thumb_bytes=_rule_of_thumb(sized.need, configuration),
        fits=fits(sized.need, served.memory_bytes, configuration.headroom),
        offload_layers=sized.offload_layers,
        forecast=speed,
        pools=pools,
        findings=run_checks(context),
        cost=cost_report(project, build, speed if isinstance(speed, Forecast) else None, catalog),
        next_model=_next_model(llm, configuration, sized.plan, catalog) if llm else None,
        reach=reached,
    )


def _speed(forecast: Forecast | Unknown | None, reached: Reach | None) -> Forecast | Unknown | None:
    """The forecast of a plan that can run from memory: what does not fit has no speed."""
    if isinstance(forecast, Forecast) and not forecast.fits:
        return Unknown(Message(N_("the model does not fit")))
    if isinstance(forecast, Forecast) and reached is not None and reached.drive_bytes:
        size = best_bytes(reached.drive_bytes)
        return Unknown(Message(N_("{size} of the weights stay on the drive"), size=size))
    return forecast


def _available(served: Served, plan: ParallelPlan) -> int | None:
    return None if served.memory_bytes is None else served.memory_bytes * min(plan.devices, served.count)


def _rule_of_thumb(needed: MemoryNeed | Unknown | None, configuration: Configuration) -> int | None:
    precision = PRECISIONS.get(configuration.precision)
    if not isinstance(needed, MemoryNeed) or precision is None:
        return None
    return rule_of_thumb_bytes(needed.parameters, precision.nominal_bits)


def _pool_reports(
    configuration: Configuration, build: Build, needed: MemoryNeed | Unknown | None
) -> tuple[PoolReport, ...]:
    weights = needed.weights_bytes if isinstance(needed, MemoryNeed) else None
    drives = {line.no: drive for machine in build.machines for line, drive in lines_of(machine.parts, Drive)}
    return tuple(report(pool, drives[pool.line_no], weights) for pool in configuration.pools if pool.line_no in drives)


# A model counts as bigger from this many times the parameters on.
_BIGGER = 1.25


def _next_model(llm: Llm, configuration: Configuration, plan: ParallelPlan, catalog: Catalog) -> NextModel | None:
    """The next bigger model of the same publisher, or of any where it has none, at the same precision (G21)."""
    least = _BIGGER * llm.architecture.parameters
    bigger = [other for other in catalog.llms() if _parameters(other) >= least]
    if not bigger:
        return None
    following = min(bigger, key=lambda other: (other.organisation != llm.organisation, _parameters(other), other.id))
    needed = need_of(following, configuration, plan)
    return NextModel(llm=following, need=needed) if isinstance(needed, MemoryNeed) else None


def _parameters(llm: Llm) -> int:
    return llm.parameters_published or llm.architecture.parameters
