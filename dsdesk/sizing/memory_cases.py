"""Many memory questions in one file: what was measured, predicted row by row.

The columns are those of published measurements (model, engine, precision, context, flags, metric, unit); added are
`predicted` in the row's unit, `status` (ok, unknown) and `reason`.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

from dsdesk.base.errors import DsdeskError, InputError
from dsdesk.base.message import N_, Message
from dsdesk.base.source import Unknown
from dsdesk.base.units import GB, GIB, MIB
from dsdesk.llm.architecture import Llm
from dsdesk.llm.precision import Engine
from dsdesk.llm.reader import read_model
from dsdesk.sizing.case_table import read_table, write_table
from dsdesk.sizing.memory_case import Case
from dsdesk.sizing.memory_case_values import predict
from dsdesk.sizing.names import find_llm, is_relative
from dsdesk.sizing.names_device import counted, devices_in_all
from dsdesk.sizing.precisions import parse_precision

_MOST_DEVICES, _MOST_TOKENS = 65_536, 2**31
_UNITS = {"bytes": 1, "MiB": MIB, "GiB": GIB, "GB": GB, "MB": 10**6, "KiB": 1024, "B": 10**9, "tokens": 1}
# Their logs divide by 2^30 and write "GB".
_GIB_AS_GB = frozenset({Engine.VLLM, Engine.SGLANG})
_PRINTED = frozenset(
    {"weights_on_device", "kv_memory_per_gpu", "kv_memory_available_per_gpu", "activation_peak", "non_torch_memory"}
)
_ENGINES = (
    ("ik_llama", Engine.IK_LLAMA_CPP),
    ("ktransformers", Engine.KTRANSFORMERS),
    ("sglang", Engine.SGLANG),
    ("tensorrt", Engine.TENSORRT_LLM),
    ("trt", Engine.TENSORRT_LLM),
    ("vllm", Engine.VLLM),
    ("mlx", Engine.MLX),
    ("llama", Engine.LLAMA_CPP),
)
_NOT_THE_NAME = re.compile(
    r"^(unsloth|opensourcerelease)_|[-_. ](bf16|f16|fp16|safetensors|it|128k|i1|ud|mxfp4|i?q\d\w*)(?=$|[-_. ])",
    re.IGNORECASE,
)
_QUANT_IN_NAME = re.compile(r"[-.](bf16|f16|mxfp4|(?:ud-)?i?q\d\w*)$", re.IGNORECASE)
_VERSIONED = re.compile(r"\d\.\d")
_BENCH_LABELS = (
    (r"^deepseek2 671b\b", "DeepSeek-V3"),
    (r"^deepseek2 16b\b", "DeepSeek-V2-Lite"),
    (r"^qwen3moe (\d+b)\.(a\d+b)\b", r"Qwen3-\1-\2"),
    (r"^(deepseek.*) (671|284)b$", r"\1"),
)
# What llama-bench prints in one column: architecture, size, type of file.
_LABEL = re.compile(r"(\S+ (?:\?|\d+(?:\.\d+)?)B(?:\.A\d+B)?) (.+)")
_DYNAMIC = re.compile(r"\bud\b|\bud[-_]|unsloth|_r\d\b|iq\d_k|_kt\b|_ks|bn\b|\bi2_s|as run|oq\d", re.IGNORECASE)


class Models(Protocol):
    """Where the models come from; `build.catalog.Catalog` is one."""

    def llms(self) -> Iterable[Llm]:
        """All language models."""
        ...


def run_memory_cases(catalog: Models, in_path: Path, out_path: Path) -> None:
    """Predict every row of `in_path` into `out_path`.

    Raises:
        FileError: a file cannot be read or written, or lacks the columns `model` and `metric`.
    """
    llms = tuple(catalog.llms())
    lacks = Message("The file {file} lacks the columns model and metric.", file=str(in_path))
    table = read_table(in_path, ("model", "metric"), lacks)
    write_table(out_path, table, ("predicted", "status", "reason"), (answer(row, llms) for row in table.rows))


def answer(row: Mapping[str, str | None], llms: Iterable[Llm]) -> Mapping[str, str]:
    """`predicted`, `status` and `reason` of one row."""
    filled = _parted({key: value or "" for key, value in row.items()})
    reason = ""
    if not any(value.strip() for value in filled.values()):
        return {"predicted": "", "status": "unknown", "reason": Message(N_("The row is empty.")).in_english()}
    try:
        found = _model(filled["model"], llms)
        if found is None:
            missing = Message("The library has no model called {name}.", name=filled["model"][:80])
            return {"predicted": "", "status": "unknown", "reason": missing.in_english()}
        llm, name = found
        if name and is_relative(name, llm):
            taken = Message(
                "{name} is not in the library: {model} was taken, a close relative.", name=name, model=llm.id
            )
            reason = taken.in_english()
        value = _predicted(filled, llm)
    except DsdeskError as error:
        value = Unknown(error.message)
    if isinstance(value, Unknown):
        return {"predicted": "", "status": "unknown", "reason": value.because.in_english()}
    return {"predicted": f"{value:.6g}", "status": "ok", "reason": reason}


def _parted(row: dict[str, str]) -> dict[str, str]:
    """The row with a label of llama-bench ("llama 8B Q4_0") taken apart, where it stands for model and precision."""
    label = _LABEL.fullmatch(row["model"].strip())
    if label is None or row.get("precision", "").strip() not in ("", row["model"].strip()):
        return row
    return row | {"model": label.group(1), "precision": re.sub(r"\(.*?\)", "", label.group(2)).strip()}


def _predicted(row: Mapping[str, str], llm: Llm) -> float | Unknown:
    case = Case(
        llm=llm,
        row=row,
        engine=_engine(row.get("engine", "")),
        precision=_precision(row, llm),
        devices=_bounded(_devices(row), _MOST_DEVICES),
        context=_bounded(_context(row.get("context_tokens", "")), _MOST_TOKENS),
        sequences=_bounded(_count(row.get("concurrency_or_batch", "")), _MOST_TOKENS),
        derivable=not _DYNAMIC.search(row["model"] + " " + row.get("precision", "")),
    )
    value = predict(case)
    if isinstance(value, Unknown):
        return value
    unit = row.get("unit") or "GiB"
    if unit not in _UNITS:
        return Unknown(Message("The unit {unit} is not known.", unit=unit))
    if unit == "GB" and case.engine in _GIB_AS_GB and row["metric"] in _PRINTED:
        unit = "GiB"
    return value / _UNITS[unit]


def _model(text: str, llms: Iterable[Llm]) -> tuple[Llm, str] | None:
    """The model, and the name by which it was found; "" for a file."""
    if text.endswith((".gguf", ".json", ".safetensors")) and Path(text).is_file():
        return read_model(Path(text)), ""
    inside = re.search(r"\(([^)]*)\)", text)
    for name in (re.sub(r"\(.*?\)", "", text), inside.group(1) if inside else ""):
        plain = _NOT_THE_NAME.sub("", name).replace("_", " ").strip(" .-")
        for label, meaning in _BENCH_LABELS:
            plain = re.sub(label, meaning, plain, flags=re.IGNORECASE)
        words = re.split(r"[\s-]+", plain)
        for start in range(min(3, len(words))):
            rest = "-".join(words[start:])
            found = find_llm(rest, llms) if not start or _VERSIONED.search(rest) else None
            if found is not None:
                return found, rest
    return None


def _engine(text: str) -> Engine | None:
    lower = text.lower()
    return next((engine for start, engine in _ENGINES if start in lower), None)


def _precision(row: Mapping[str, str], llm: Llm) -> str | None:
    """The precision's key; a name that means nothing here gives None."""
    text = row.get("precision", "")
    in_name = _QUANT_IN_NAME.search(row["model"])
    if text.startswith("see ") and in_name:
        text = in_name.group(1)
    for one in (text, text.split("(")[0], text.removeprefix("mostly "), text.upper().removeprefix("UD-")):
        try:
            key = parse_precision(one).key
        except InputError:
            continue
        gguf = (_engine(row.get("engine", "")) or Engine.LLAMA_CPP) in (Engine.LLAMA_CPP, Engine.IK_LLAMA_CPP)
        if key == "mxfp4" and gguf and "engine" in row:
            return "mxfp4_moe"
        return key
    return llm.native_precision if text.strip().lower() in ("", "native") else None


def _bounded(count: int, most: int) -> int:
    if count > most:
        raise InputError(Message("{count} is more than any engine counts to.", count=str(count)[:40]))
    return count


def _count(text: str) -> int:
    """A number of devices or sequences: 1 where a source writes words or nothing.

    Raises:
        InputError: it is zero or less.
    """
    found = re.search(r"(?<![\w.])-?\d+", text.replace(",", ""))
    count = int(found.group(0)) if found else 1
    if count < 1:
        raise InputError(Message("{text} is less than one.", text=text[:40]))
    return count


def _devices(row: Mapping[str, str]) -> int:
    """Devices of a row: its count, or that of "4x H100"; one where neither is written.

    Raises:
        InputError: the count is no whole number, less than one, or not that of the name.
    """
    text = row.get("gpu_count", "").strip()
    if text and not re.fullmatch(r"-?\d+(\.0+)?", text.replace(",", ""), re.ASCII):
        raise InputError(Message(N_("{text} is no number of accelerators."), text=text[:40]))
    total = devices_in_all(counted(row.get("gpu", ""))[0], _count(text) if text else None)
    if isinstance(total, Unknown):
        raise InputError(Message(N_("Two counts: {because}."), because=total.because))
    return total


def _context(text: str) -> int:
    """Tokens, the largest of several: "8192", "8k", "up to 4096 (sweep)".

    Raises:
        InputError: it is no number of tokens.
    """
    if not text.strip():
        return 4096
    found = re.findall(r"(?<![\w.])(-?\d+)(k?)\b(?!\.\d)", text.replace(",", "").lower())
    tokens = max((int(digits) * (1024 if thousands else 1) for digits, thousands in found), default=0)
    if tokens < 1:
        raise InputError(Message("{text} is no number of tokens.", text=text[:40]))
    return tokens
