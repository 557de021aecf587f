"""llama-server of llama.cpp (and of ik_llama.cpp, which keeps these flags)."""

from dsdesk.base.message import Message
from dsdesk.deploy.deployment import MODELS, Deployment, command_line
from dsdesk.deploy.plan import Command, LaunchPlan
from dsdesk.llm.precision import Engine
from dsdesk.sizing.memory_placement import stage_layers
from dsdesk.sizing.offload import expert_layers, layers_in_host, split_offload

VERSION = "llama.cpp as vendored in llama_cpp_python 0.3.36"
SOURCE = "common/arg.cpp of that package, read 2026-11-24"
_KV = {"f16": None, "fp8": "q8_0", "int8": "q8_0", "nvfp4": "q4_0"}
_KV_TYPES = {"f32", "f16", "bf16", "q8_0", "q4_0", "q4_1", "iq4_nl", "q5_0", "q5_1"}
_PORT = 8080


def plan(deployment: Deployment) -> LaunchPlan:
    """One server process; more than one node is not something that llama-server does well, and is said."""
    command = server(deployment)
    return LaunchPlan(
        engine=deployment.evaluation.configuration.engine,
        version=VERSION,
        source=SOURCE,
        commands=(Command("", command, Message("Start the server; clients speak the OpenAI protocol to port 8080.")),),
        files=(("run.sh", f"#!/bin/sh\nexec {command}\n"), ("run.cmd", _windows(command))),
        notes=_notes(deployment),
        warnings=_warnings(deployment),
    )


def server(deployment: Deployment) -> str:
    """The llama-server command for the plan."""
    workload, plan_ = deployment.workload, deployment.plan
    kv = _kv(deployment.evaluation.configuration.kv_precision)
    return command_line(
        "llama-server",
        ("-m", deployment.gguf),
        ("-a", deployment.name),
        ("-ngl", _layers_on_device(deployment)),
        ("--n-cpu-moe", _first_experts_in_host(deployment)),
        ("-ot", _experts_in_host(deployment)),
        ("-c", workload.context_tokens * workload.sequences),
        ("-np", workload.sequences),
        ("-fa", "on"),
        ("-ctk", kv),
        ("-ctv", kv),
        ("-t", _threads(deployment)),
        ("-sm", _split(deployment)),
        ("-ts", ",".join("1" for _ in range(plan_.devices)) if plan_.devices > 1 else None),
        ("--host", deployment.host),
        ("--port", _PORT),
    )


def _layers_on_device(deployment: Deployment) -> str | int:
    if deployment.device is None:
        return 0
    held_back = _held_back(deployment)[1]
    layers = deployment.llm.architecture.layer_count
    # The output projection counts as one layer more, so that holding back none is layers + 1, which "all" says.
    return max(0, layers + 1 - held_back) if held_back else "all"


def _held_back(deployment: Deployment) -> tuple[int, int]:
    """Layers whose experts lie in host memory, and layers that lie there as a whole."""
    evaluation = deployment.evaluation
    return split_offload(deployment.llm, evaluation.configuration.engine, evaluation.offload_layers)


def _moves_experts(deployment: Deployment) -> bool:
    """Whether experts lie in host memory, instead of whole layers."""
    held_back = deployment.evaluation.offload_layers
    return bool(held_back) and deployment.device is not None and bool(expert_layers(deployment.llm))


def _first_experts_in_host(deployment: Deployment) -> int | None:
    """How many layers `--n-cpu-moe` passes over; it counts the dense ones before the first expert too."""
    if not _moves_experts(deployment) or deployment.plan.devices > 1:
        return None
    return expert_layers(deployment.llm)[_held_back(deployment)[0] - 1] + 1


def _experts_in_host(deployment: Deployment) -> str | None:
    """Over several devices every one gives the experts of its own first layers, which have to be named."""
    if not _moves_experts(deployment) or deployment.plan.devices == 1:
        return None
    engine, plan_ = deployment.evaluation.configuration.engine, deployment.plan
    count = deployment.llm.architecture.layer_count
    experts, whole = _held_back(deployment)
    stages = tuple(stage_layers(count, plan_, engine, stage, whole) for stage in range(plan_.pp))
    moved = layers_in_host(deployment.llm, stages, experts)
    names = "|".join(str(one) for layers in moved for one in layers)
    return rf"blk\.({names})\.ffn_(up|down|gate|gate_up)_(ch|)exps=CPU"


def _split(deployment: Deployment) -> str | None:
    if deployment.plan.devices == 1:
        return None
    return "row" if deployment.plan.tp > 1 else "layer"


def _threads(deployment: Deployment) -> int | None:
    """Cores of the first node, where the processor computes layers; None leaves the choice to the program."""
    if deployment.device is not None and not deployment.evaluation.offload_layers:
        return None
    cpus = deployment.evaluation.build.machines[0].cpus
    cores = [cpu.cores * number for cpu, number in cpus if cpu.cores is not None]
    return sum(cores) if cores and len(cores) == len(cpus) else None


def _kv(key: str) -> str | None:
    return _KV.get(key, key if key in _KV_TYPES else None)


def _windows(command: str) -> str:
    line = command.replace(" \\\n  ", " ").replace(MODELS, r"%USERPROFILE%\models")
    return f"@echo off\r\n{line.replace('llama-server', 'llama-server.exe', 1)}\r\n"


def _notes(deployment: Deployment) -> tuple[Message, ...]:
    notes = [
        Message(
            "The context of {total} tokens is shared by {slots} slots of {each} tokens each.",
            total=deployment.workload.context_tokens * deployment.workload.sequences,
            slots=deployment.workload.sequences,
            each=deployment.workload.context_tokens,
        )
    ]
    experts, held_back = _held_back(deployment)
    if _moves_experts(deployment):
        notes.append(
            Message(
                "The routed experts of {layers} layers stay in host memory and set the pace; attention and the cache "
                "stay on the accelerator. Where memory is left over, fewer may stay there.",
                layers=experts,
            )
        )
    if held_back:
        notes.append(Message("{layers} layers stay in host memory and set the pace.", layers=held_back))
    return tuple(notes)


def _warnings(deployment: Deployment) -> tuple[Message, ...]:
    warnings = []
    if deployment.nodes > 1:
        warnings.append(
            Message(
                "llama-server runs on one machine; the plan spans {nodes} nodes. Use vLLM or SGLang for them.",
                nodes=deployment.nodes,
            )
        )
    if deployment.evaluation.configuration.engine is Engine.IK_LLAMA_CPP:
        warnings.append(Message("The flags were read in llama.cpp; ik_llama.cpp has options of its own beside them."))
    return tuple(warnings)
