"""What every engine's launch plan reads off an evaluation."""

import re
import shlex
from dataclasses import dataclass
from pathlib import PurePath

from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.build.serving import Served, serving
from dsdesk.evaluate import Evaluation
from dsdesk.hardware.parts import Accelerator
from dsdesk.llm.architecture import Llm
from dsdesk.llm.precision import Precision
from dsdesk.project.project import Workload
from dsdesk.sizing.precisions import PRECISIONS
from dsdesk.sizing.results import MemoryNeed, ParallelPlan
from dsdesk.sizing.support import Level, runs

MODELS = "/srv/models"
# Above this the driver and the desktop leave too little; below it an engine has no room for its cache.
_UTILISATION = (0.50, 0.95)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """An evaluation with all that a launch needs.

    Attributes:
        evaluation: where it comes from.
        llm: the model.
        precision: of the weights.
        served: accelerators and how they are joined.
    """

    evaluation: Evaluation
    llm: Llm
    precision: Precision
    served: Served

    @property
    def plan(self) -> ParallelPlan:
        """The parallel plan."""
        return self.evaluation.plan

    @property
    def workload(self) -> Workload:
        """What is served."""
        return self.evaluation.configuration.workload

    @property
    def device(self) -> Accelerator | None:
        """The accelerator, None on a machine without one."""
        return self.evaluation.accelerator

    @property
    def devices_per_node(self) -> int:
        """Accelerators of one node."""
        return max(1, self.served.count // max(1, self.served.nodes))

    @property
    def nodes(self) -> int:
        """Nodes that the plan spans."""
        return max(1, -(-self.plan.devices // self.devices_per_node))

    @property
    def name(self) -> str:
        """The name under which clients ask for the model: letters, digits, dots and dashes."""
        last = self.llm.id.rsplit("/", 1)[-1].removeprefix("local:")
        return _safe(last) or "model"

    @property
    def folder(self) -> str:
        """Folder of the checkpoint on the machine: the user's own, or one under the models' folder."""
        own = self.evaluation.configuration.model.path
        if not own or own.endswith(".gguf"):
            return f"{MODELS}/{self.name}"
        return str(PurePath(own).parent) if own.endswith(".json") else own

    @property
    def gguf(self) -> str:
        """GGUF file on the machine: the user's own, or one named after model and precision."""
        own = self.evaluation.configuration.model.path
        if own.endswith(".gguf"):
            return own
        return f"{MODELS}/{self.name}-{_safe(self.precision.name)}.gguf"

    @property
    def host(self) -> str:
        """Address to listen on: this machine only for a single user, all networks for several."""
        return "127.0.0.1" if self.workload.sequences == 1 else "0.0.0.0"

    @property
    def own_drafts(self) -> int:
        """Tokens that the model's own prediction layers draft before each pass, 0 where they do not."""
        wanted = self.evaluation.configuration.speculation
        return wanted.draft_tokens if wanted and self.llm.architecture.mtp_layers else 0

    @property
    def utilisation(self) -> float:
        """Share of an accelerator's memory that the engine may take: headroom kept free, never less than needed."""
        share = 1 - self.evaluation.configuration.headroom
        need, memory = self.evaluation.need, self.served.memory_bytes
        if isinstance(need, MemoryNeed) and memory:
            share = max(share, max(device.total_bytes for device in need.devices) / memory + 0.01)
        least, most = _UTILISATION
        return round(min(most, max(least, share)), 2)


def _safe(name: str) -> str:
    """`name` with nothing in it that a shell or a file system would read otherwise."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-")


def deployment_of(evaluation: Evaluation) -> Deployment | Message:
    """What to launch, or why nothing can be launched."""
    llm = evaluation.llm
    if llm is None:
        return Message("Choose a language model first.")
    if isinstance(llm, Unknown):
        return llm.because
    precision = PRECISIONS.get(evaluation.configuration.precision)
    if precision is None:
        return Message("The precision {precision} is not known.", precision=evaluation.configuration.precision)
    if evaluation.accelerator is not None:
        support = runs(evaluation.accelerator, precision, evaluation.configuration.engine)
        if support.level is Level.NO:
            return Message(
                "{engine} does not run {precision} on {device}: {reason}.",
                engine=evaluation.configuration.engine.value,
                precision=precision.name,
                device=evaluation.accelerator.full_name,
                reason=support.because,
            )
    return Deployment(evaluation=evaluation, llm=llm, precision=precision, served=serving(evaluation.build))


def command_line(program: str, *options: tuple[str, object | None]) -> str:
    """A shell command over several lines; options whose value is None are left out, "" stands for a bare flag."""
    words = [program]
    for flag, value in options:
        if value is None:
            continue
        words.append(flag if value == "" else f"{flag} {shlex.quote(str(value))}" if flag else shlex.quote(str(value)))
    return " \\\n  ".join(words)
