"""What a check may look at."""

from dataclasses import dataclass, field

from dsdesk.base.source import Unknown
from dsdesk.build.catalog import Catalog
from dsdesk.build.machine import Build
from dsdesk.hardware.parts import Accelerator
from dsdesk.llm.architecture import Llm
from dsdesk.project.project import Configuration, Project, Site
from dsdesk.sizing.results import Forecast, MemoryNeed, ParallelPlan
from dsdesk.sizing.storage import PoolReport


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckContext:
    """Everything known about the build when checks run.

    Attributes:
        project: the choices.
        catalog: to propose other parts in fixes.
        llm: the language model, None when none is chosen or it cannot be read.
        build: the resolved machines.
        accelerator: the accelerator that the plan uses (the most numerous kind), None without one.
        accelerators: how many of it there are over all nodes.
        plan: the parallel plan.
        need: memory needed, Unknown with the reason, None without a model.
        forecast: speed, Unknown with the reason, None without a model or accelerator.
        pools: the storage plan.
        proposing: whether checks look for fixes; off while a fix is tried out, so that they do not look for ever.
        weighed: what trials of fixes compare with, once it is computed; no part of the value.
    """

    project: Project
    catalog: Catalog
    llm: Llm | None
    build: Build
    accelerator: Accelerator | None
    accelerators: int
    plan: ParallelPlan
    need: MemoryNeed | Unknown | None
    forecast: Forecast | Unknown | None
    pools: tuple[PoolReport, ...]
    proposing: bool = True
    weighed: dict[str, object] = field(default_factory=dict, compare=False, repr=False)

    @property
    def configuration(self) -> Configuration:
        """The active configuration."""
        return self.project.configuration

    @property
    def site(self) -> Site:
        """Where it stands."""
        return self.project.site
