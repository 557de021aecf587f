"""TensorRT-LLM: trtllm-serve with its PyTorch backend."""

from dsdesk.base.message import Message
from dsdesk.deploy.checkpoint import checkpoint_notes, online_quantisation
from dsdesk.deploy.deployment import Deployment, command_line
from dsdesk.deploy.plan import Command, LaunchPlan

VERSION = "TensorRT-LLM 0.18.2"
SOURCE = "nvidia.github.io/TensorRT-LLM/0.18.2/commands/trtllm-serve.html"
_PORT = 8000


def plan(deployment: Deployment) -> LaunchPlan:
    """One server on one machine."""
    command = server(deployment)
    return LaunchPlan(
        engine=deployment.evaluation.configuration.engine,
        version=VERSION,
        source=SOURCE,
        commands=(Command("", command, Message("Start the server on port 8000.")),),
        files=(
            ("run.sh", f"#!/bin/sh\n. ./environment\nexec {command}\n"),
            ("environment", "export HF_HUB_OFFLINE=1\nexport TRANSFORMERS_OFFLINE=1\n"),
        ),
        notes=tuple(_notes(deployment)),
        warnings=_warnings(deployment),
    )


def server(deployment: Deployment) -> str:
    """The trtllm-serve command for the plan."""
    parallel, workload = deployment.plan, deployment.workload
    return command_line(
        "trtllm-serve",
        ("", deployment.folder),
        ("--backend", "pytorch"),
        ("--tp_size", parallel.tp),
        ("--pp_size", parallel.pp if parallel.pp > 1 else None),
        ("--max_batch_size", workload.sequences),
        ("--max_seq_len", workload.context_tokens),
        ("--kv_cache_free_gpu_memory_fraction", deployment.utilisation),
        ("--host", deployment.host),
        ("--port", _PORT),
    )


def _notes(deployment: Deployment) -> list[Message]:
    if online_quantisation(deployment) is None:
        return list(checkpoint_notes(deployment))
    return [
        Message(
            "Put an FP8 checkpoint into {folder}: quantise the 16-bit one with NVIDIA's Model Optimizer first.",
            folder=deployment.folder,
        )
    ]


def _warnings(deployment: Deployment) -> tuple[Message, ...]:
    warnings = []
    if deployment.nodes > 1:
        warnings.append(
            Message(
                "This command is for one machine; the plan spans {nodes} nodes, which needs an MPI launcher.",
                nodes=deployment.nodes,
            )
        )
    if deployment.plan.ep > 1 or deployment.plan.dp > 1:
        warnings.append(Message("Expert and data parallel sizes are not among the options that were read."))
    return tuple(warnings)
