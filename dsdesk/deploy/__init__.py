"""Launch plans, one file an engine, and operator's notes."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from dsdesk.base.message import Message
from dsdesk.base.translate import Language
from dsdesk.deploy import llama_cpp, mlx, sglang, tensorrt_llm, vllm
from dsdesk.deploy.deployment import Deployment, deployment_of
from dsdesk.deploy.drafts import draft_notes
from dsdesk.deploy.files import INSTALL, OPEN_PORT, notes_text, service_unit
from dsdesk.deploy.network import SYSCTL
from dsdesk.deploy.notes import operator_notes
from dsdesk.deploy.plan import Command, LaunchPlan
from dsdesk.evaluate import Evaluation
from dsdesk.llm.precision import Engine
from dsdesk.project.project import UseCase

__all__ = ["Command", "LaunchPlan", "launch_plan"]

PLANNERS: Mapping[Engine, Callable[[Deployment], LaunchPlan]] = {
    Engine.LLAMA_CPP: llama_cpp.plan,
    Engine.IK_LLAMA_CPP: llama_cpp.plan,
    Engine.VLLM: vllm.plan,
    Engine.SGLANG: sglang.plan,
    Engine.TENSORRT_LLM: tensorrt_llm.plan,
    Engine.MLX: mlx.plan,
}


def launch_plan(evaluation: Evaluation) -> LaunchPlan:
    """How to start the engine of the active configuration, or why there is no plan."""
    engine = evaluation.configuration.engine
    deployment = deployment_of(evaluation)
    if isinstance(deployment, Message):
        return LaunchPlan(engine=engine, empty=deployment)
    planner = PLANNERS.get(engine)
    if planner is None:
        text = Message("No public description of the options of {engine} has been read, so no command is given.")
        return LaunchPlan(engine=engine, empty=Message(text.text, engine=engine.value))
    return _completed(planner(deployment), deployment)


def _completed(plan: LaunchPlan, deployment: Deployment) -> LaunchPlan:
    """`plan` with what does not depend on the engine."""
    notes = [*plan.notes, *draft_notes(deployment), INSTALL, *operator_notes(deployment)]
    if deployment.host != "127.0.0.1":
        notes.append(OPEN_PORT)
    warnings = [*plan.warnings, *deployment.plan.reasons] if not deployment.plan.legal else list(plan.warnings)
    if deployment.evaluation.fits is False:
        warnings.append(Message("By our figures the model does not fit with the headroom wanted: it may not start."))
    if deployment.workload.use_case is UseCase.FINETUNE:
        warnings.append(Message("This starts a server; fine-tuning needs a training program instead."))
    if deployment.evaluation.other_accelerators:
        idle = deployment.evaluation.other_accelerators
        warnings.append(Message("Not used by this plan: {idle}. The head is the first node that is used.", idle=idle))
    full = replace(plan, notes=tuple(notes), warnings=tuple(warnings))
    files = [*full.files, *service_unit(deployment.name, full)]
    if deployment.nodes > 1:
        files.append(SYSCTL)
    files += [(f"NOTES.{language.value}.txt", notes_text(full, language)) for language in Language]
    return replace(full, files=tuple(files))
