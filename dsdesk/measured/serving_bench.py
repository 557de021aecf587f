"""What `vllm bench serve` (benchmark_serving.py) and SGLang's bench_serving write: JSON, JSONL and their summary.

Fields: vllm/benchmarks/serve.py of vllm-project/vllm and python/sglang/bench_serving.py of sgl-project/sglang. Neither
writes the accelerator, and SGLang not even the model: the user says what is missing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dsdesk.base.message import Message
from dsdesk.measured.measurement import Measurement, NotUsableError, Record, Skipped, Told, positive_of, text_of

PROGRAM = "vLLM bench serve"
SGLANG = "SGLang bench_serving"
_ENGINES = (("sglang", "SGLang"), ("tensorrt", "TensorRT-LLM"), ("trt", "TensorRT-LLM"), ("llama.cpp", "llama.cpp"))
_OTHERS = ("lmdeploy", "tgi", "scalellm", "truss", "gserver", "deepspeed-mii")
_LINE = re.compile(r"^\s*([A-Za-z0-9 ().,/%-]+?):\s+([\d.]+|not set|inf|[\w.-]+)\s*$")
_BEGIN = re.compile(r"=+ Serving Benchmark Result =+")
_IN_NAMESPACE = re.compile(r"\b(model|backend|max_concurrency|request_rate)=('([^']*)'|[\w.]+)")
# Lines of the summary by the field of the JSON that says the same.
_FIELDS = {
    "backend": "backend",
    "traffic request rate": "request_rate",
    "max request concurrency": "max_concurrency",
    "maximum request concurrency": "max_concurrency",
    "successful requests": "completed",
    "total input tokens": "total_input_tokens",
    "total generated tokens": "total_output_tokens",
    "request throughput (req/s)": "request_throughput",
    "output token throughput (tok/s)": "output_throughput",
    "concurrency": "concurrency",
    "accept length": "accept_length",
    "mean ttft (ms)": "mean_ttft_ms",
    "mean tpot (ms)": "mean_tpot_ms",
    "mean e2e latency (ms)": "mean_e2e_latency_ms",
    "mean e2el (ms)": "mean_e2el_ms",
    "mean itl (ms)": "mean_itl_ms",
}


def is_record(record: Record) -> bool:
    """Whether a JSON object is a result of one of them."""
    return "output_throughput" in record and "total_input_tokens" in record


def program_of(record: Record) -> str:
    """Which of the two wrote it."""
    of_sglang = "sharegpt_output_len" in record or "accept_length" in record or "random_range_ratio" in record
    return SGLANG if of_sglang and "model_id" not in record else PROGRAM


@dataclass(frozen=True, slots=True)
class _Run:
    """The figures that every metric of a run shares."""

    inputs: float
    outputs: float
    concurrency: float
    steady: bool


def measurements_of(record: Record, file: str, line: int, told: Told) -> tuple[Measurement, ...]:
    """Throughput, time per token and time to first token of one result.

    Raises:
        NotUsableError: it measures something that the forecast does not know.
    """
    if (positive_of(record, "accept_length") or 1.0) > 1.0:
        raise NotUsableError(Message("the server drafts tokens (speculation), which the forecast leaves out"))
    run = _run(record)
    info = record.get("server_info")
    server = info if isinstance(info, dict) else {}
    engine, program = _engine(record, told), program_of(record)
    plan = positive_of(record, "tensor_parallel_size", "tp") or positive_of(server, "tp_size")
    count = told.gpu_count or int(plan or 1)
    found = []
    for metric, field in (("tpot_ms", "mean_tpot_ms"), ("ttft_ms", "mean_ttft_ms"),
                          ("output_tok_s_total", "output_throughput")):  # fmt: skip
        value = positive_of(record, field)
        if value and (run.steady or metric == "tpot_ms"):
            found.append(
                Measurement(
                    program=program,
                    file=file,
                    line=line,
                    engine=engine,
                    model=text_of(record, "model_id", "model") or text_of(server, "model_path") or told.model,
                    precision=text_of(record, "dtype", "quantization")
                    or text_of(server, "quantization")
                    or told.precision,
                    gpu=text_of(record, "gpu", "gpu_name", "accelerator") or told.gpu,
                    gpu_count=count,
                    parallelism=told.parallelism or (f"tp{int(plan)}" if plan else ""),
                    input_tokens=run.inputs,
                    output_tokens=run.outputs,
                    concurrency=run.concurrency,
                    metric=metric,
                    value=value,
                    day=_day(text_of(record, "date")),
                )
            )
    if not found:
        raise NotUsableError(Message("neither a throughput nor a latency stands in it"))
    return tuple(found)


def _engine(record: Record, told: Told) -> str:
    """The server: vLLM's tool speaks to any, and says only how ("openai")."""
    backend = text_of(record, "endpoint_type", "backend").lower()
    if backend in _OTHERS:
        raise NotUsableError(Message("no engine is known as {name}", name=backend))
    named = next((name for mark, name in _ENGINES if mark in backend), "")
    return named or told.engine or ("SGLang" if program_of(record) == SGLANG and not backend else "vLLM")


def _run(record: Record) -> _Run:
    """Mean lengths and the requests in flight: as many as were let in, else by Little's law, else all at once."""
    completed = positive_of(record, "completed", "num_prompts")
    read, made = positive_of(record, "total_input_tokens"), positive_of(record, "total_output_tokens")
    if not completed or not read or not made:
        raise NotUsableError(Message("no request was answered"))
    inputs, outputs = read / completed, made / completed
    most, rate = positive_of(record, "max_concurrency"), positive_of(record, "request_rate")
    if most and rate is None:
        return _Run(inputs, outputs, min(most, completed), steady=True)
    whole = positive_of(record, "mean_e2e_latency_ms", "mean_e2el_ms") or _whole(record, outputs)
    speed = positive_of(record, "request_throughput")
    if rate is not None and speed and whole:
        return _Run(inputs, outputs, max(1.0, speed * whole / 1e3), steady=False)
    return _Run(inputs, outputs, completed, steady=False)


def _whole(record: Record, outputs: float) -> float | None:
    first, each = positive_of(record, "mean_ttft_ms"), positive_of(record, "mean_tpot_ms")
    return None if first is None or each is None else first + each * max(0.0, outputs - 1.0)


def _day(text: str) -> str:
    """The date of "20260314-101500", or an ISO date."""
    compact = re.match(r"(\d{4})(\d{2})(\d{2})-", text)
    return "-".join(compact.groups()) if compact else text[:10] if re.match(r"\d{4}-\d{2}-\d{2}", text) else ""


# --------------------------------------------------------------------------------------------------------- summary


def is_summary(text: str) -> bool:
    """Whether a text holds the summary that both print."""
    return _BEGIN.search(text) is not None


def read_summary(text: str, file: str, told: Told) -> Iterator[Measurement | Skipped]:
    """Measurements of every summary in a log; what was asked for stands in the line `Namespace(...)` above it."""
    asked: dict[str, object] = {}
    record: dict[str, object] = {}
    begun = 0
    lines = text.splitlines()
    for number, line in enumerate([*lines, "=" * 50], start=1):
        if "Namespace(" in line or "benchmark_args=" in line:
            asked = {name: bare or value for name, value, bare in _IN_NAMESPACE.findall(line) if value != "None"}
            if "model" in asked:
                asked["model_id"] = asked.pop("model")
        elif _BEGIN.search(line):
            begun, record = number, dict(asked)
        elif begun and set(line.strip()) == {"="}:
            yield from _summed(record, file, begun, told)
            begun = 0
        elif begun and (match := _LINE.match(line)) and (field := _FIELDS.get(match[1].lower())):
            record[field] = match[2]


def _summed(record: Record, file: str, line: int, told: Told) -> Iterator[Measurement | Skipped]:
    try:
        yield from measurements_of(record, file, line, told)
    except NotUsableError as error:
        yield Skipped(line, error.because, "Serving Benchmark Result")
