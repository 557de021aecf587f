"""vLLM: `vllm serve` on one machine, or over a Ray cluster on several."""

from dsdesk.base.message import Message
from dsdesk.deploy.checkpoint import checkpoint_notes, dtype, online_quantisation
from dsdesk.deploy.deployment import Deployment, command_line
from dsdesk.deploy.plan import Command, LaunchPlan

VERSION = "vLLM 0.33.0"
SOURCE = "vllm/engine/arg_utils.py, config/cache.py and envs.py of the wheel; Ray: docs.vllm.ai parallelism_scaling"
_KV = {"fp8": "fp8", "int8": "int8_per_token_head", "nvfp4": "nvfp4"}
_PORT = 8000
_RAY_PORT = 6379


def plan(deployment: Deployment) -> LaunchPlan:
    """One command, or a Ray cluster and then the same command on its head."""
    nodes = deployment.nodes
    serve = server(deployment)
    start = Command("head" if nodes > 1 else "", serve, Message("Start the server on port 8000."))
    files: tuple[tuple[str, str], ...]
    if nodes == 1:
        files = (("run.sh", f"#!/bin/sh\n. ./environment\nexec {serve}\n"),)
        return _plan(deployment, (start,), files)
    head, worker = _ray_head(), _ray_worker()
    commands = (
        Command("head", head, Message("Start the Ray cluster; HEAD_IP is the head's address on the fast network.")),
        Command(
            "workers",
            worker,
            Message("Join each of the other {count} nodes; NODE_IP is its own address.", count=nodes - 1),
        ),
        Command("head", "ray status", Message("Wait until it lists {count} nodes.", count=nodes)),
        start,
    )
    files = (
        ("run-head.sh", f"#!/bin/sh\n. ./environment\n{head}\nexec {serve}\n"),
        ("run-worker.sh", f"#!/bin/sh\n. ./environment\nexec {worker} --block\n"),
    )
    return _plan(deployment, commands, files)


def _plan(deployment: Deployment, commands: tuple[Command, ...], files: tuple[tuple[str, str], ...]) -> LaunchPlan:
    return LaunchPlan(
        engine=deployment.evaluation.configuration.engine,
        version=VERSION,
        source=SOURCE,
        commands=commands,
        files=(*files, ("environment", environment(deployment))),
        notes=_notes(deployment),
        warnings=_warnings(deployment),
    )


def server(deployment: Deployment) -> str:
    """The `vllm serve` command for the plan."""
    parallel, workload = deployment.plan, deployment.workload
    return command_line(
        "vllm serve",
        ("", deployment.folder),
        ("--served-model-name", deployment.name),
        ("--tensor-parallel-size", parallel.tp),
        ("--pipeline-parallel-size", parallel.pp if parallel.pp > 1 else None),
        ("--data-parallel-size", parallel.dp if parallel.dp > 1 else None),
        ("--data-parallel-backend", "ray" if parallel.dp > 1 and deployment.nodes > 1 else None),
        ("--enable-expert-parallel", "" if parallel.ep > 1 else None),
        ("--distributed-executor-backend", "ray" if deployment.nodes > 1 else None),
        ("--dtype", dtype(deployment)),
        ("--quantization", online_quantisation(deployment)),
        ("--kv-cache-dtype", _KV.get(deployment.evaluation.configuration.kv_precision)),
        ("--max-model-len", workload.context_tokens),
        ("--max-num-seqs", max(1, -(-workload.sequences // parallel.dp))),
        ("--speculative-config", _drafts(deployment)),
        ("--gpu-memory-utilization", deployment.utilisation),
        ("--host", deployment.host),
        ("--port", _PORT),
    )


def _drafts(deployment: Deployment) -> str | None:
    """Drafts by the model's own prediction layers. Source: docs.vllm.ai, features, speculative decoding, MTP."""
    drafts = deployment.own_drafts
    return f'{{"method":"mtp","num_speculative_tokens":{drafts}}}' if drafts else None


def environment(deployment: Deployment) -> str:
    """Variables of an air-gapped site; on several nodes also the ones that choose the network."""
    lines = [
        "export HF_HUB_OFFLINE=1",
        "export TRANSFORMERS_OFFLINE=1",
        "export VLLM_NO_USAGE_STATS=1",
        "# export VLLM_API_KEY=...   # clients must send it as bearer token",
    ]
    if deployment.nodes > 1:
        lines += [
            "export HEAD_IP=192.0.2.10        # replace: the head's address on the fast network",
            "export NODE_IP=192.0.2.10        # replace on each node: its own address",
            "export VLLM_HOST_IP=$NODE_IP",
            "export NCCL_SOCKET_IFNAME=eth0   # replace: the interface with that address",
            "export GLOO_SOCKET_IFNAME=eth0",
        ]
    return "\n".join(lines) + "\n"


def _ray_head() -> str:
    return f'ray start --head --port={_RAY_PORT} --node-ip-address="$HEAD_IP"'


def _ray_worker() -> str:
    return f'ray start --address="$HEAD_IP:{_RAY_PORT}" --node-ip-address="$NODE_IP"'


def _notes(deployment: Deployment) -> tuple[Message, ...]:
    notes = list(checkpoint_notes(deployment))
    if deployment.nodes > 1:
        notes.append(Message("vLLM does not bring Ray: install the ray package on every node, in the same version."))
        notes.append(
            Message(
                "Without Ray the same works with --nnodes {nodes} --node-rank R --master-addr HEAD_IP on every node, "
                "and --headless on all but the first.",
                nodes=deployment.nodes,
            )
        )
    return tuple(notes)


def _warnings(deployment: Deployment) -> tuple[Message, ...]:
    if deployment.evaluation.offload_layers:
        return (Message("Offloading of layers is planned for llama.cpp only; vLLM has --cpu-offload-gb."),)
    return ()
