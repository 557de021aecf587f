"""What `ollama run --verbose` prints below each answer.

The model stands only in the command above it. Ollama's usual weights are Q4_K_M unless the tag names others.
"""

import re
from collections.abc import Iterator

from dsdesk.base.message import Message
from dsdesk.measured.measurement import Measurement, Skipped, Told

PROGRAM = "ollama --verbose"
_COMMAND = re.compile(r"ollama\s+run\s+(.*)$")
_FIGURE = re.compile(r"^\s*(prompt eval count|prompt eval rate|eval count|eval rate):\s+([\d.]+)")
_TAG = re.compile(r"[-_:](q\d\w*|iq\d\w*|fp16|f16|bf16)$", re.IGNORECASE)
_USUAL = "q4_k_m"


def is_text(text: str) -> bool:
    """Whether a text holds such figures."""
    return re.search(r"^\s*eval rate:\s+[\d.]+ tokens/s", text, re.MULTILINE) is not None


def read(text: str, file: str, told: Told) -> Iterator[Measurement | Skipped]:
    """Reading and writing of every answer."""
    model, figures = told.model, dict[str, float]()
    for number, line in enumerate(text.splitlines(), start=1):
        if command := _COMMAND.search(line):
            words = [word for word in command[1].split() if not word.startswith("-")]
            model = words[0].strip("\"'") if words else model
        elif figure := _FIGURE.match(line):
            figures[figure[1]] = float(figure[2])
            if figure[1] == "eval rate":
                yield from _answer(figures, (file, number), model, told)
                figures = {}


def _answer(
    figures: dict[str, float], place: tuple[str, int], model: str, told: Told
) -> Iterator[Measurement | Skipped]:
    tag = _TAG.search(model)
    file, line = place
    read_tokens, made = figures.get("prompt eval count", 0.0), figures.get("eval count", 0.0)

    def measured(metric: str, value: float, inputs: float, outputs: float) -> Measurement:
        return Measurement(
            program=PROGRAM,
            file=file,
            line=line,
            engine="ollama",
            model=model,
            precision=tag[1] if tag else told.precision or _USUAL,
            gpu=told.gpu,
            gpu_count=told.gpu_count or 1,
            input_tokens=inputs,
            output_tokens=outputs,
            metric=metric,
            value=value,
        )

    rate = figures.get("prompt eval rate", 0.0)
    if read_tokens and rate:
        yield measured("prefill_tok_s", rate, read_tokens, 0.0)
    if made and figures["eval rate"]:
        yield measured("decode_tok_s_per_user", figures["eval rate"], read_tokens, made)
    else:
        yield Skipped(line, Message("no token was written"))
