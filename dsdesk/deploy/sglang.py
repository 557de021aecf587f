"""SGLang: one launch_server process a node."""

from dsdesk.base.message import Message
from dsdesk.deploy.checkpoint import checkpoint_notes, dtype, online_quantisation
from dsdesk.deploy.deployment import Deployment, command_line
from dsdesk.deploy.plan import Command, LaunchPlan

VERSION = "SGLang 0.5.23"
SOURCE = "sglang/srt/arg_groups/fields of the wheel, read 2026-11-24"
_KV = {"fp8": "fp8_e4m3", "nvfp4": "nvfp4", "bf16": "bf16"}
_PORT = 30000
_INIT_PORT = 20000


def plan(deployment: Deployment) -> LaunchPlan:
    """The same command on every node, told apart by --node-rank."""
    nodes = deployment.nodes
    commands = tuple(
        Command(
            "" if nodes == 1 else "head" if rank == 0 else f"worker {rank}",
            server(deployment, rank),
            Message("Start the server on port 30000.") if rank == 0 else Message("Join as node {rank}.", rank=rank),
        )
        for rank in range(nodes)
    )
    script = server(deployment, 0).replace("--node-rank 0", '--node-rank "${NODE_RANK:?}"')
    return LaunchPlan(
        engine=deployment.evaluation.configuration.engine,
        version=VERSION,
        source=SOURCE,
        commands=commands,
        files=(
            ("run.sh", f"#!/bin/sh\n. ./environment\nexec {script}\n"),
            ("environment", environment(deployment)),
        ),
        notes=tuple(checkpoint_notes(deployment)),
        warnings=_warnings(deployment),
    )


def server(deployment: Deployment, rank: int) -> str:
    """The launch_server command of one node.

    With data-parallel attention SGLang counts all of its devices as tensor parallel and splits the attention inside.
    """
    parallel, workload = deployment.plan, deployment.workload
    split_attention = parallel.ep > 1 and parallel.dp > 1
    several = deployment.nodes > 1
    return command_line(
        "python3 -m sglang.launch_server",
        ("--model-path", deployment.folder),
        ("--served-model-name", deployment.name),
        ("--tp-size", parallel.tp * parallel.dp if split_attention else parallel.tp),
        ("--pp-size", parallel.pp if parallel.pp > 1 else None),
        ("--ep-size", parallel.ep if parallel.ep > 1 else None),
        ("--attn-dp-size", parallel.dp if split_attention else None),
        ("--dp-size", parallel.dp if parallel.dp > 1 and not split_attention else None),
        ("--nnodes", deployment.nodes if several else None),
        ("--node-rank", rank if several else None),
        ("--dist-init-addr", f"$HEAD_IP:{_INIT_PORT}" if several else None),
        ("--dtype", dtype(deployment)),
        ("--quantization", online_quantisation(deployment)),
        ("--kv-cache-dtype", _KV.get(deployment.evaluation.configuration.kv_precision)),
        ("--context-length", workload.context_tokens),
        ("--max-running-requests", workload.sequences),
        *_drafts(deployment),
        ("--mem-fraction-static", deployment.utilisation),
        ("--host", deployment.host),
        ("--port", _PORT),
    ).replace(f"'$HEAD_IP:{_INIT_PORT}'", f'"$HEAD_IP:{_INIT_PORT}"')


def _drafts(deployment: Deployment) -> tuple[tuple[str, object], ...]:
    """Drafts one after another, as a chain. Source: docs.sglang.io, advanced features, speculative decoding."""
    drafts = deployment.own_drafts
    if not drafts:
        return ()
    return (
        ("--speculative-algorithm", "EAGLE"),
        ("--speculative-num-steps", drafts),
        ("--speculative-eagle-topk", 1),
        ("--speculative-num-draft-tokens", drafts + 1),
    )


def environment(deployment: Deployment) -> str:
    """Variables of an air-gapped site, and the network to use on several nodes."""
    lines = ["export HF_HUB_OFFLINE=1", "export TRANSFORMERS_OFFLINE=1"]
    if deployment.nodes > 1:
        lines += [
            "export HEAD_IP=192.0.2.10        # replace: the head's address on the fast network",
            "export NODE_RANK=0               # replace on each node: 0 on the head, then 1, 2, ...",
            "export NCCL_SOCKET_IFNAME=eth0   # replace: the interface on that network",
            "export GLOO_SOCKET_IFNAME=eth0",
        ]
    return "\n".join(lines) + "\n"


def _warnings(deployment: Deployment) -> tuple[Message, ...]:
    if deployment.evaluation.offload_layers:
        return (Message("Offloading of layers is planned for llama.cpp only; SGLang has --cpu-offload-gb."),)
    return ()
