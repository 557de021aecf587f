"""`dsdesk memory`: the memory that a model needs, exactly."""

import argparse
from pathlib import Path

from dsdesk.base.errors import InputError
from dsdesk.base.source import Unknown
from dsdesk.base.units import best_bytes
from dsdesk.cli.command import OK, Command, Session
from dsdesk.cli.common import add_json, add_model, add_parallel, engine_for, find_model, positive, required
from dsdesk.sizing.finetune import Method, Optimiser, Sharding, Training
from dsdesk.sizing.memory import need
from dsdesk.sizing.precisions import parse_kv_precision, parse_precision
from dsdesk.sizing.results import MemoryNeed, ParallelPlan
from dsdesk.sizing.training_memory import training_memory


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_model(parser)
    add_parallel(parser)
    parser.add_argument("--context", type=positive, default=8192, help="tokens of context of one sequence")
    parser.add_argument("--sequences", type=positive, default=1, help="sequences held at once")
    parser.add_argument(
        "--offload-layers", type=positive, default=0, help="layers, or their experts, kept in host memory"
    )
    parser.add_argument("--finetune", choices=[*Method], help="size this training instead of inference")
    parser.add_argument("--optimiser", choices=[*Optimiser], default=Optimiser.ADAMW, help="of the training")
    parser.add_argument("--sharding", choices=[*Sharding], default=Sharding.ZERO_3, help="what devices divide")
    parser.add_argument("--devices", type=positive, default=1, help="accelerators that train")
    parser.add_argument("--batch", type=positive, default=1, help="examples of --context tokens on each of them")
    parser.add_argument("--rank", type=positive, default=16, help="of the adapters")
    parser.add_argument("--keep-activations", action="store_true", help="train without activation checkpointing")
    parser.add_argument("--cases", type=Path, help="CSV of cases instead of one")
    parser.add_argument("--out", type=Path, help="CSV to write for --cases")
    add_json(parser)


def answer(found: MemoryNeed) -> dict[str, object]:
    """The keys of the contract, totals included."""
    devices = [
        {
            "device": one.device,
            "weights_bytes": one.weights_bytes,
            "kv_cache_bytes": one.kv_cache_bytes,
            "activation_bytes": one.activation_bytes,
            "runtime_bytes": one.runtime_bytes,
            "gradient_bytes": one.gradient_bytes,
            "optimiser_bytes": one.optimiser_bytes,
            "total_bytes": one.total_bytes,
        }
        for one in found.devices
    ]
    return {
        "parameters": found.parameters,
        "active_parameters": found.active_parameters,
        "weights_bytes": found.weights_bytes,
        "kv_cache_bytes": found.kv_cache_bytes,
        "kv_cache_bytes_per_token": found.kv_cache_bytes_per_token,
        "activation_bytes": found.activation_bytes,
        "runtime_bytes": found.runtime_bytes,
        "gradient_bytes": found.gradient_bytes,
        "optimiser_bytes": found.optimiser_bytes,
        "total_bytes": found.total_bytes,
        "host_bytes": found.host_bytes,
        "devices": devices,
        "assumed": found.assumed,
        "why": found.why,
    }


def _served(session: Session) -> MemoryNeed | Unknown:
    """Of a model that is run."""
    arguments = session.arguments
    required(arguments, "model", "precision")
    precision = parse_precision(arguments.precision)
    return need(
        find_model(arguments.model, session.catalog),
        precision=precision.key,
        kv_precision=parse_kv_precision(arguments.kv_precision).key,
        engine=engine_for(arguments.engine, precision),
        context_tokens=arguments.context,
        sequences=arguments.sequences,
        plan=ParallelPlan(tp=arguments.tp or 1, pp=arguments.pp or 1, ep=arguments.ep or 1, dp=arguments.dp or 1),
        offload_layers=arguments.offload_layers,
    )


def _trained(session: Session) -> MemoryNeed | Unknown:
    """Of a model that is fine-tuned."""
    arguments = session.arguments
    required(arguments, "model")
    training = Training(
        method=Method(arguments.finetune),
        sequence_tokens=arguments.context,
        batch=arguments.batch,
        recompute=not arguments.keep_activations,
        optimiser=Optimiser(arguments.optimiser),
        sharding=Sharding(arguments.sharding),
        devices=arguments.devices,
        rank=arguments.rank,
    )
    return training_memory(find_model(arguments.model, session.catalog), training)


def _run(session: Session) -> int:
    arguments = session.arguments
    if arguments.cases is not None:
        from dsdesk.sizing.memory_cases import run_memory_cases

        required(arguments, "out")
        run_memory_cases(session.catalog, arguments.cases, arguments.out)
        return OK
    found = _trained(session) if arguments.finetune else _served(session)
    if isinstance(found, Unknown):
        raise InputError(found.because)
    if arguments.json:
        session.give(answer(found))
        return OK
    kinds = ("gradient_bytes", "optimiser_bytes") if arguments.finetune else ("kv_cache_bytes",)
    for name in ("weights_bytes", *kinds, "activation_bytes", "runtime_bytes", "total_bytes", "host_bytes"):
        session.say(f"{name.removesuffix('_bytes'):12} {best_bytes(getattr(found, name)).text():>14}")
    return OK


COMMAND = Command(name="memory", summary="the memory that a model needs", add_arguments=_add_arguments, run=_run)
