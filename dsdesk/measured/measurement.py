"""One measured speed with all that it was measured under, in the words of the tool that measured it."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

from dsdesk.base.message import Message

SPEEDS = frozenset(
    {"prefill_tok_s", "decode_tok_s_per_user", "decode_tok_s_total", "total_tok_s", "output_tok_s_total"}
)
"""Metrics of which more is better; the others are times in ms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One measured value. Names are as the tool wrote them; the forecast resolves them by its rules.

    Attributes:
        program: the tool, such as "llama-bench".
        file: name of the file that it was read from.
        line: line of the file on which it stands, from 1.
        engine: the engine.
        model: the model.
        precision: of the weights; "" = not said.
        gpu: the accelerator; "" = not said.
        gpu_count: accelerators used.
        parallelism: such as "tp2"; "" = not said.
        input_tokens: prompt; of a decode metric the tokens in the cache when it begins.
        output_tokens: answer.
        concurrency: requests at once.
        metric: as in the table of cases: "prefill_tok_s", "decode_tok_s_per_user", "total_tok_s" (prompt and answer),
            "output_tok_s_total", "tpot_ms", "ttft_ms".
        value: tokens per second, or ms.
        deviation: standard deviation of repeated runs, None where it is not said.
        notes: what else the forecast looks at, such as "fa 0" or "@ d4096".
        day: ISO date of the run, "" = not said.
        layers: of the model on the accelerator, None = all.
    """

    program: str
    file: str
    line: int
    engine: str
    model: str
    metric: str
    value: float
    precision: str = ""
    gpu: str = ""
    gpu_count: int = 1
    parallelism: str = ""
    input_tokens: float = 0.0
    output_tokens: float = 0.0
    concurrency: float = 1.0
    deviation: float | None = None
    notes: str = ""
    day: str = ""
    layers: int | None = None

    def row(self) -> dict[str, str]:
        """The columns that a table of cases has for it."""
        return {
            "engine": self.engine,
            "model": self.model,
            "precision": self.precision,
            "gpu": self.gpu,
            "gpu_count": str(self.gpu_count),
            "parallelism": self.parallelism,
            "cpu_ram": "",
            "isl": f"{self.input_tokens:g}",
            "osl": f"{self.output_tokens:g}",
            "concurrency_or_batch": f"{self.concurrency:g}",
            "metric": self.metric,
            "notes": self.notes,
            "source_date": self.day,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the user says of a file that says less: each is used only where the file is silent.

    Attributes:
        engine: the engine.
        model: the model.
        precision: of the weights.
        gpu: the accelerator.
        gpu_count: how many, None = as the file says, else one.
        parallelism: such as "tp2".
    """

    engine: str = ""
    model: str = ""
    precision: str = ""
    gpu: str = ""
    gpu_count: int | None = None
    parallelism: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line that gave no measurement.

    Attributes:
        line: its number, from 1.
        because: why.
        text: the line itself, shortened.
    """

    line: int
    because: Message
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """What a file says.

    Attributes:
        program: the tool that wrote it.
        measurements: in the order of the file.
        skipped: what gave none, line by line.
    """

    program: str
    measurements: tuple[Measurement, ...] = ()
    skipped: tuple[Skipped, ...] = ()


class NotUsableError(Exception):
    """A record of a benchmark that gives no measurement; `because` is said to the user."""

    def __init__(self, because: Message) -> None:
        super().__init__(because.text)
        self.because = because


Record = Mapping[str, object]


def text_of(record: Record, *names: str) -> str:
    """The first of these fields that holds a text, "" without one."""
    for name in names:
        value = record.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return ""


def number_of(record: Record, *names: str) -> float | None:
    """The first of these fields that holds a number, None without one; "inf" is none."""
    for name in names:
        value = record.get(name)
        if isinstance(value, bool) or value is None:
            continue
        try:
            found = float(str(value))
        except ValueError:
            continue
        if isfinite(found):
            return found
    return None


def positive_of(record: Record, *names: str) -> float | None:
    """The same where only a number above zero makes sense."""
    found = number_of(record, *names)
    return found if found is not None and found > 0 else None
