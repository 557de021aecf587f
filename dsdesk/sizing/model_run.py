"""A model in an engine on equal devices: what a forecast and a simulated server are asked about."""

from dataclasses import dataclass

from dsdesk.base.source import Unknown
from dsdesk.hardware.parts import Accelerator
from dsdesk.llm.architecture import Llm
from dsdesk.llm.precision import Engine
from dsdesk.project.project import Speculation
from dsdesk.sizing import memory
from dsdesk.sizing.calibration import Calibration, calibration
from dsdesk.sizing.memory_engine import step_memory
from dsdesk.sizing.results import HostSpeed, Interconnect, MemoryNeed, ParallelPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRun:
    """Everything about a run but the requests.

    Attributes:
        llm: the model.
        precision: key of the weight precision.
        kv_precision: of the cache.
        engine: which engine.
        device: one of the accelerators.
        plan: how the model is split over them.
        interconnect: what joins them.
        host: speeds of the host.
        offload_layers: layers kept in host memory, or whose routed experts are (see `sizing.offload`).
        power_limit_w: of one device, None as the maker set it.
        speculation: drafts that a pass checks, None for none.
        measured: the calibration with the user's own measurements, None for the published ones alone.
    """

    llm: Llm
    precision: str
    kv_precision: str
    engine: Engine
    device: Accelerator
    plan: ParallelPlan
    interconnect: Interconnect
    host: HostSpeed
    offload_layers: int = 0
    power_limit_w: float | None = None
    speculation: Speculation | None = None
    measured: Calibration | None = None

    @property
    def fitted(self) -> Calibration:
        """The efficiencies that count."""
        return self.measured or calibration()

    def need(self, context_tokens: int, sequences: int) -> MemoryNeed | Unknown:
        """The memory for so many sequences of so long a context."""
        return memory.need(self.llm, **self._asked(context_tokens, sequences))

    def fullest_bytes(self, context_tokens: int, sequences: int) -> int | Unknown:
        """The same of the fullest device alone."""
        return memory.fullest_bytes(self.llm, **self._asked(context_tokens, sequences))

    def _asked(self, context_tokens: int, sequences: int) -> memory.Asked:
        return memory.Asked(
            precision=self.precision,
            kv_precision=self.kv_precision,
            engine=self.engine,
            context_tokens=context_tokens,
            sequences=sequences,
            plan=self.plan,
            offload_layers=self.offload_layers,
            device_bytes=step_memory(self.device),
            drafts=self.speculation is not None,
        )
