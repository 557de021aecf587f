"""`dsdesk memory`: the memory that a model needs, exactly."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from unicodedata import east_asian_width

from dsdesk.base.errors import InputError
from dsdesk.base.message import N_, Message
from dsdesk.base.source import Unknown, Why
from dsdesk.base.units import GIB, best_bytes
from dsdesk.cli.command import OK, Command, Session
from dsdesk.cli.common import (
    add_drafts,
    add_json,
    add_model,
    add_parallel,
    engine_for,
    find_model,
    positive,
    required,
    speculation_of,
)
from dsdesk.cli.parser import wrong_argument
from dsdesk.llm.architecture import Llm
from dsdesk.llm.precision import Engine
from dsdesk.sizing.finetune import Method, Optimiser, Sharding, Training
from dsdesk.sizing.fitting import rule_of_thumb_bytes
from dsdesk.sizing.kv_cache import LLAMA
from dsdesk.sizing.memory import alike, need
from dsdesk.sizing.memory_capacity import cache_budget, cache_tokens
from dsdesk.sizing.offload import left_on_drive
from dsdesk.sizing.parallel_rules import violations
from dsdesk.sizing.precisions import PRECISIONS, KvFormat, parse_kv_precision, parse_precision
from dsdesk.sizing.results import MemoryNeed, ParallelPlan
from dsdesk.sizing.training_memory import training_memory


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_model(parser)
    add_parallel(parser)
    add_drafts(parser)
    parser.add_argument("--context", type=positive, default=8192, help="tokens of context of one sequence")
    parser.add_argument("--sequences", type=positive, default=1, help="sequences held at once")
    parser.add_argument(
        "--offload-layers", type=positive, default=0, help="layers, or their experts, kept in host memory"
    )
    parser.add_argument(
        "--device-memory",
        type=gib,
        help="GiB of one accelerator as its driver shows them: tells the tokens in the cache",
    )
    parser.add_argument("--fraction", type=share, default=0.9, help="of --device-memory that vLLM or SGLang may take")
    parser.add_argument("--host-memory", type=gib, help="GiB of the host: tells what stays on the drive")
    parser.add_argument("--why", action="store_true", help="show formulas, sources and assumptions")
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


def gib(text: str) -> int:
    """Bytes of a number of GiB above zero.

    Raises:
        ArgumentTypeError: it is none.
    """
    return round(_number(text, most=2.0**24) * GIB)


def share(text: str) -> float:
    """A share above zero and at most one.

    Raises:
        ArgumentTypeError: it is none.
    """
    return _number(text, most=1.0)


def _number(text: str, most: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.0 < value <= most:  # also what is no number at all
        raise wrong_argument(Message(N_("{text} is not above 0 and at most {most}"), text=text, most=f"{most:g}"))
    return value


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


@dataclass(frozen=True, slots=True)
class _Question:
    """What is run, how."""

    llm: Llm
    precision: str
    form: KvFormat
    engine: Engine
    plan: ParallelPlan


def _question(session: Session) -> _Question:
    arguments = session.arguments
    required(arguments, "model", "precision")
    precision = parse_precision(arguments.precision)
    return _Question(
        llm=find_model(arguments.model, session.catalog),
        precision=precision.key,
        form=parse_kv_precision(arguments.kv_precision),
        engine=engine_for(arguments.engine, precision),
        plan=ParallelPlan(tp=arguments.tp or 1, pp=arguments.pp or 1, ep=arguments.ep or 1, dp=arguments.dp or 1),
    )


def _served(session: Session, asked: _Question) -> MemoryNeed | Unknown:
    """Of a model that is run, with a plan that the engine could run."""
    arguments = session.arguments
    layers_only = asked.engine in LLAMA  # which take such a size as a number of devices
    broken = () if layers_only else violations(asked.llm, asked.precision, asked.engine, asked.plan, blocks=False)
    if broken:
        return Unknown(broken[0])
    return need(
        asked.llm,
        precision=asked.precision,
        kv_precision=asked.form.key,
        engine=asked.engine,
        context_tokens=arguments.context,
        sequences=arguments.sequences,
        plan=asked.plan,
        offload_layers=arguments.offload_layers,
        device_bytes=arguments.device_memory,
        drafts=speculation_of(arguments) is not None,
    )


def _beside(session: Session, asked: _Question, found: MemoryNeed) -> dict[str, int]:
    """What the memory of a device and a host say further, the guide's rule of thumb among it."""
    arguments = session.arguments
    bits = PRECISIONS[asked.precision].nominal_bits
    told = {"rule_of_thumb_bytes": rule_of_thumb_bytes(found.parameters, bits)}
    if arguments.host_memory is not None:
        told["drive_bytes"] = left_on_drive(found.host_bytes, arguments.host_memory, asked.engine, 0.0)
    if arguments.device_memory is None:
        return told
    budget = cache_budget(
        asked.llm,
        precision=asked.precision,
        engine=asked.engine,
        plan=asked.plan,
        device_bytes=arguments.device_memory,
        fraction=arguments.fraction,
        drafts=speculation_of(arguments) is not None,
    )
    if isinstance(budget, Unknown):
        raise InputError(budget.because)
    held = cache_tokens(asked.llm, form=asked.form, engine=asked.engine, plan=asked.plan, budget=budget)
    if isinstance(held, Unknown):
        raise InputError(held.because)
    return told | {"cache_budget_bytes": round(budget), "cache_tokens": int(held) * asked.plan.dp}


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
    asked = None if arguments.finetune else _question(session)
    found = _trained(session) if asked is None else _served(session, asked)
    if isinstance(found, Unknown):
        raise InputError(found.because)
    told = {} if asked is None else _beside(session, asked, found)
    if arguments.json:
        session.give(answer(found) | told)
    else:
        _say(session, found, told)
    return OK


_LABEL = 19  # places of the widest label
_ROWS = {
    "weights_bytes": N_("weights"),
    "gradient_bytes": N_("gradients"),
    "optimiser_bytes": N_("optimiser"),
    "kv_cache_bytes": N_("KV cache"),
    "activation_bytes": N_("working buffers"),
    "runtime_bytes": N_("runtime"),
    "total_bytes": N_("total"),
    "host_bytes": N_("host memory"),
    "rule_of_thumb_bytes": N_("rule of thumb"),
    "drive_bytes": N_("on the drive"),
    "cache_budget_bytes": N_("cache budget"),
    "cache_tokens": N_("tokens in the cache"),
    "each": N_("each of"),
}


def _say(session: Session, found: MemoryNeed, told: dict[str, int]) -> None:
    kinds = ("gradient_bytes", "optimiser_bytes") if session.arguments.finetune else ("kv_cache_bytes",)
    for name in ("weights_bytes", *kinds, "activation_bytes", "runtime_bytes", "total_bytes", "host_bytes"):
        session.say(_row(session, name, best_bytes(getattr(found, name)).text()))
    for name, value in told.items():
        text = best_bytes(value).text() if name.endswith("_bytes") else f"{value:,}"
        session.say(_row(session, name, text))
    if len(found.devices) > 1:
        for same in alike(found.devices):
            numbers = ", ".join(str(one.device) for one in same)
            session.say(f"{_row(session, 'each', best_bytes(same[0].total_bytes).text())}   {numbers}")
    if session.arguments.why:
        _explain(session, found.why)
        for one in found.assumed:
            session.say(f"- {session.text(one)}")


def _row(session: Session, name: str, amount: str) -> str:
    return f"{_cell(session.text(Message(_ROWS[name])))} {amount:>14}"


def _cell(text: str) -> str:
    """`text` as wide as the first column of a terminal, where a Chinese character takes two places."""
    return text + " " * (_LABEL - sum(1 + (east_asian_width(one) in "WF") for one in text))


def _explain(session: Session, why: Why | None, depth: int = 0) -> None:
    if why is not None:
        session.say(f"{'  ' * depth}{session.text(why.title)}: {why.formula} [{why.source}]")
        for part in why.parts:
            _explain(session, part, depth + 1)


COMMAND = Command(name="memory", summary="the memory that a model needs", add_arguments=_add_arguments, run=_run)
