"""evaluate(project, catalog) -> Evaluation: the only way from choices to answers.

Pure: no Qt, no SQL, no clock, no network. Window, command line and PDF show what is in the Evaluation and compute nothing.
"""

from dataclasses import dataclass

from dsdesk.base.source import Unknown
from dsdesk.build.machine import Build
from dsdesk.checks.finding import Finding
from dsdesk.cost.report import CostReport
from dsdesk.hardware.parts import Accelerator
from dsdesk.llm.architecture import Llm
from dsdesk.project.project import Configuration, Project
from dsdesk.sizing.results import Forecast, MemoryNeed, ParallelPlan
from dsdesk.sizing.storage import PoolReport


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
        forecast: speed; None without model or accelerator.
        pools: storage plan.
        findings: all findings, worst first.
        cost: cost report.
        next_model: what the next bigger model would need, None if there is none.
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
    forecast: Forecast | Unknown | None
    pools: tuple[PoolReport, ...]
    findings: tuple[Finding, ...]
    cost: CostReport
    next_model: NextModel | None

    @property
    def configuration(self) -> Configuration:
        """The active configuration."""
        return self.project.configuration
