"""What `llama-bench` of llama.cpp and ik_llama.cpp writes: JSON, JSONL, CSV and the markdown table of its usual output.

Fields: tools/llama-bench/README.md of ggml-org/llama.cpp. A test "pp512" reads 512 tokens, "tg128" writes 128, and
"pp512+tg128" or "pg512,128" does both; "@ d4096" has 4,096 tokens in the cache before.
"""

import re
from collections.abc import Iterable, Iterator

from dsdesk.base.message import Message
from dsdesk.base.units import GIB
from dsdesk.measured.measurement import Measurement, NotUsableError, Record, Skipped, Told, number_of, text_of

PROGRAM = "llama-bench"
_SHARD = re.compile(r"-\d{5}-of-\d{5}$")
_QUANTISED = re.compile(
    r"(?<![a-z0-9])((?:ud[- ])?(?:i?q\d\w*|mxfp4\w*|bf16|f16|f32)(?: - (?:small|medium|large))?)(?![a-z0-9])",
    re.IGNORECASE,
)
_TEST = re.compile(r"(pp|tg|pg) ?(\d+)(?: ?[+,] ?(?:tg)?(\d+))?(?: @ d(\d+))?$")
_VALUE = re.compile(r"([\d.]+)(?: ± ([\d.]+))?$")
_DEVICE = re.compile(r"^\s*Device \d+: ([^,]+)")
_ALL = 99  # layers on the accelerator: what people write for all of them, beside -1
_HEADINGS = (
    ("backend", "backends"), ("ngl", "n_gpu_layers"), ("n_ubatch", "n_ubatch"), ("fa", "flash_attn"),
    ("type_k", "type_k"), ("sm", "split_mode"), ("n_cpu_moe", "n_cpu_moe"),
)  # fmt: skip
_BACKENDS = {"cuda": "CUDA", "vulkan": "Vulkan", "rocm": "ROCm", "hip": "ROCm", "metal": "Metal", "sycl": "SYCL"}


def is_record(record: Record) -> bool:
    """Whether a JSON object or CSV row is one of llama-bench."""
    return "avg_ts" in record and "n_prompt" in record and "n_gen" in record


def measurement_of(record: Record, file: str, line: int, told: Told) -> Measurement:
    """The measurement of one JSON object or CSV row.

    Raises:
        NotUsableError: it measures something that the forecast does not know.
    """
    depth = number_of(record, "n_depth") or 0.0
    prompt, answer = number_of(record, "n_prompt") or 0.0, number_of(record, "n_gen") or 0.0
    speed = number_of(record, "avg_ts")
    if speed is None or speed <= 0:
        raise NotUsableError(Message("no speed stands in it"))
    _refuse_host(record, text_of(record, "backends"))
    devices = [name.strip() for name in re.split(r"[,/](?! )|, ", text_of(record, "gpu_info")) if name.strip()]
    if len(set(devices)) > 1:
        raise NotUsableError(Message("accelerators of several kinds took part"))
    kind = text_of(record, "model_type")
    path = re.split(r"[\\/]", text_of(record, "model_filename"))[-1].removesuffix(".gguf")
    size = number_of(record, "model_size")
    notes = [f"GGUF {size / GIB:.3f} GiB"] if size else []
    notes += _notes(record, depth)
    alone = text_of(record, "split_mode") == "none"
    return _made(
        (prompt, answer, depth),
        program=PROGRAM,
        file=file,
        line=line,
        engine=_engine(text_of(record, "backends")),
        model=_SHARD.sub("", path) or told.model or _QUANTISED.split(kind)[0].strip(),
        precision=_precision(kind, path, told, text_of(record, "type_k")),
        gpu=devices[0] if devices else told.gpu,
        gpu_count=1 if alone else told.gpu_count or len(devices) or 1,
        value=speed,
        deviation=number_of(record, "stddev_ts"),
        notes=", ".join(notes),
        day=text_of(record, "test_time")[:10],
        layers=_layers(record),
    )


def _engine(backends: str) -> str:
    known = next((name for word, name in _BACKENDS.items() if word in backends.lower()), "")
    return f"llama.cpp {known}".strip()


def _refuse_host(record: Record, backends: str) -> None:
    """Runs that compute on the processor by choice have no forecast."""
    if number_of(record, "n_gpu_layers") == 0 or backends.upper() in {"CPU", "BLAS"}:
        raise NotUsableError(Message("it ran on the processor; only accelerators are compared"))
    if number_of(record, "n_cpu_moe") or text_of(record, "tensor_buft_overrides") not in ("", "none"):
        raise NotUsableError(Message("weights were moved to the host by hand, which is not compared"))


def _layers(record: Record) -> int | None:
    layers = number_of(record, "n_gpu_layers")
    return None if layers is None or layers < 0 or layers >= _ALL else int(layers)


def _notes(record: Record, depth: float) -> list[str]:
    found = []
    flash = record.get("flash_attn")
    if str(flash).lower() in {"0", "false", "off"}:
        found.append("fa 0")
    batch = number_of(record, "n_ubatch")
    if batch:
        found.append(f"n_ubatch {batch:.0f}")
    if depth:
        found.append(f"@ d{depth:.0f}")
    return found


def _precision(kind: str, path: str, told: Told, cache: str) -> str:
    stated = _QUANTISED.findall(kind) or _QUANTISED.findall(path)
    named = stated[-1] if stated else told.precision
    return f"{named}, kv {cache}" if cache in {"q8_0", "q4_0"} else named


def _made(test: tuple[float, float, float], **values: object) -> Measurement:
    """A measurement of a test that reads, writes or both."""
    prompt, answer, depth = test
    if prompt and answer:
        if depth:
            raise NotUsableError(Message("reading and writing in one test after a filled cache is not compared"))
        return Measurement(metric="total_tok_s", input_tokens=prompt, output_tokens=answer, **values)  # type: ignore[arg-type]
    if prompt:
        return Measurement(metric="prefill_tok_s", input_tokens=prompt, **values)  # type: ignore[arg-type]
    if answer:
        return Measurement(
            metric="decode_tok_s_per_user",
            input_tokens=depth,
            output_tokens=answer,
            **values,  # type: ignore[arg-type]
        )
    raise NotUsableError(Message("a test without tokens has no speed"))


# ------------------------------------------------------------------------------------------------------- markdown


def is_table(text: str) -> bool:
    """Whether a text holds the markdown table of llama-bench."""
    return re.search(r"^\s*\|\s*model\b.*\|\s*test\b.*\|\s*t/s\b", text, re.MULTILINE) is not None


def read_table(text: str, file: str, told: Told) -> Iterator[Measurement | Skipped]:
    """Measurements of the markdown table; devices are named by the lines that llama.cpp prints above it."""
    heads: list[str] = []
    devices: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if device := _DEVICE.match(line):
            devices.append(device[1].strip())
            continue
        if not line.lstrip().startswith("|"):
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if cells and cells[0] == "model":
            heads = cells
        elif heads and not set(line) <= set("|-: "):
            yield _row(
                dict(zip(heads, cells, strict=False)), len(cells) == len(heads), (file, number, line), told, devices
            )


def _row(
    cells: dict[str, str], whole: bool, place: tuple[str, int, str], told: Told, devices: list[str]
) -> Measurement | Skipped:
    file, number, line = place
    test, value = _TEST.match(cells.get("test", "")), _VALUE.match(cells.get("t/s", ""))
    if not whole or test is None or value is None:
        return Skipped(number, Message("the row is not one of llama-bench"), line.strip()[:80])
    mode, first, second, depth = test.groups()
    prompt, answer = (0, int(first)) if mode == "tg" else (int(first), int(second or 0))
    record = {
        **dict(_columns(cells)),
        "n_prompt": prompt,
        "n_gen": answer,
        "n_depth": int(depth or 0),
        "avg_ts": value[1],
        "stddev_ts": value[2],
        "gpu_info": ", ".join(devices),
    }
    try:
        return measurement_of(record, file, number, told)
    except NotUsableError as error:
        return Skipped(number, error.because, line.strip()[:80])


def _columns(cells: dict[str, str]) -> Iterable[tuple[str, object]]:
    """The fields of JSON that the columns of the table stand for."""
    size = re.match(r"([\d.]+) (GiB|MiB)", cells.get("size", ""))
    yield "model_type", cells["model"]
    yield "model_filename", ""
    yield "model_size", float(size[1]) * (GIB if size[2] == "GiB" else GIB / 1024) if size else None
    for name, field in _HEADINGS:
        yield field, cells.get(name)
