"""A benchmark file of any kind as measurements; the kind is told from what stands in it, not from its name."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

from dsdesk.base.errors import FileError, reason_of
from dsdesk.base.message import N_, Message
from dsdesk.measured import exchange, llama_bench, ollama, serving_bench
from dsdesk.measured.measurement import Measurement, NotUsableError, Readings, Record, Skipped, Told

LARGEST_BYTES = 64 * 1024 * 1024
_BEGINNING = 262_144
_SHOWN = 80  # characters of a line that is quoted
_NOTHING = Told()
Found = Iterator[Measurement | Skipped]


def read_file(path: Path, told: Told = _NOTHING) -> Readings:
    """The measurements in a file.

    Raises:
        FileError: it cannot be read, or is nothing that a benchmark wrote.
    """
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise FileError(Message(N_("{path} is too large to be the result of a benchmark."), path=str(path)))
        raw = path.read_bytes()
    except OSError as error:
        raise FileError(
            Message(N_("{path} cannot be read: {reason}."), path=str(path), reason=reason_of(error))
        ) from error
    return read_text(_decoded(raw), path.name, told)


def read_text(text: str, name: str, told: Told = _NOTHING) -> Readings:
    """The measurements in a text; `name` is what errors call it.

    Raises:
        FileError: it is nothing that a benchmark wrote.
    """
    for is_it, program, read in _KINDS:
        if is_it(text):
            found = tuple(read(text, name, told))
            measurements = tuple(one for one in found if isinstance(one, Measurement))
            skipped = tuple(one for one in found if isinstance(one, Skipped))
            return Readings(
                program=measurements[0].program if measurements else program, measurements=measurements, skipped=skipped
            )
    raise FileError(
        Message(
            N_(
                "{path} is no result of llama-bench, vllm bench serve, SGLang bench_serving or ollama --verbose that "
                "dsdesk knows."
            ),
            path=name,
        )
    )


def is_benchmark(path: Path) -> bool:
    """Whether the beginning of a file looks like one of these, for a file that was dropped on the window."""
    try:
        with path.open("rb") as file:
            text = _decoded(file.read(_BEGINNING))
    except OSError:
        return False
    if text.lstrip()[:1] in "[{":  # a long JSON is cut here, so that it cannot be read yet
        return _is_json(text)
    return any(is_it(text) for is_it, _, _ in _KINDS)


_JSON_KEYS = (("avg_ts", "n_prompt"), ("output_throughput", "total_input_tokens"), (exchange.FORMAT,))


def _decoded(raw: bytes) -> str:
    """PowerShell writes what is redirected as UTF-16."""
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if raw.startswith(mark):
            return raw.decode(encoding, errors="replace")
    return raw.decode("utf-8-sig", errors="replace")


def _is_json(text: str) -> bool:
    beginning = text.lstrip()[:1]
    return beginning in ("[", "{") and any(all(f'"{key}"' in text for key in keys) for keys in _JSON_KEYS)


def _read_json(text: str, name: str, told: Told) -> Found:
    """One object, an array of them, or one a line."""
    try:
        whole = json.loads(text)
    except ValueError:
        yield from _read_lines(text, name, told)
        return
    if exchange.is_export(whole):
        yield from _read_export(whole, name)
        return
    for number, record in enumerate(whole if isinstance(whole, list) else [whole], start=1):
        yield from _read_record(record, name, number, told)


def _read_export(held: dict[str, object], name: str) -> Found:
    exchange.check_version(held, name)
    rows = held.get("measurements")
    for number, facts in enumerate(rows if isinstance(rows, list) else [], start=1):
        yield exchange.measurement_of(facts) or Skipped(
            number, Message("the measurement is damaged"), str(facts)[:_SHOWN]
        )


def _read_lines(text: str, name: str, told: Told) -> Found:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError:
            yield Skipped(number, Message("the line is not valid JSON"), line.strip()[:_SHOWN])
            continue
        yield from _read_record(record, name, number, told)


def _read_record(record: object, name: str, line: int, told: Told) -> Found:
    if not isinstance(record, dict):
        yield Skipped(line, Message("the record is not an object"), str(record)[:_SHOWN])
        return
    try:
        if llama_bench.is_record(record):
            yield llama_bench.measurement_of(record, name, line, told)
        elif serving_bench.is_record(record):
            yield from serving_bench.measurements_of(record, name, line, told)
        else:
            yield Skipped(line, Message("the record is of no benchmark that is known"), str(record)[:_SHOWN])
    except NotUsableError as error:
        yield Skipped(line, error.because, _shown(record))


def _shown(record: Record) -> str:
    return " ".join(str(record[key]) for key in ("model_filename", "model_id", "n_prompt", "n_gen") if key in record)


def _is_csv(text: str) -> bool:
    first = text.lstrip().partition("\n")[0]
    return "avg_ts" in first and "n_prompt" in first and "," in first


def _read_csv(text: str, name: str, told: Told) -> Found:
    reader = csv.DictReader(io.StringIO(text))
    for row in reader:
        if not llama_bench.is_record(row) or row.get("avg_ts") is None:
            yield Skipped(
                reader.line_num, Message("the row is not one of llama-bench"), str(list(row.values()))[:_SHOWN]
            )
            continue
        yield from _read_record(row, name, reader.line_num, told)


_KINDS: tuple[tuple[Callable[[str], bool], str, Callable[[str, str, Told], Found]], ...] = (
    (_is_json, serving_bench.PROGRAM, _read_json),
    (_is_csv, llama_bench.PROGRAM, _read_csv),
    (llama_bench.is_table, llama_bench.PROGRAM, llama_bench.read_table),
    (serving_bench.is_summary, serving_bench.PROGRAM, serving_bench.read_summary),
    (ollama.is_text, ollama.PROGRAM, ollama.read),
)
