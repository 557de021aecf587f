"""A measured run that may be shown as a dot beside the forecast: published ones, and the user's own."""

from dataclasses import dataclass, replace

from dsdesk.llm.precision import Engine
from dsdesk.measured.comparison import Compared


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredRun:
    """One run; what was not measured is None.

    Attributes:
        llm: id of the language model.
        device: id of the accelerator.
        devices: how many took part.
        engine: that ran it.
        precision: of the weights, as its source writes it.
        input_tokens: prompt, or depth of the cache where only writing was measured.
        output_tokens: answer.
        requests: in flight.
        tok_s_user: tokens a second of each user while an answer is written.
        tok_s_total: of all users, the time for prompts included where requests came one after another.
        prefill_tok_s: prompt tokens a second.
        source: where it was published, or the user's own file.
        date: of the source.
        own: whether it is the user's own.
    """

    llm: str
    device: str
    devices: int
    engine: Engine
    precision: str
    input_tokens: float
    output_tokens: float
    requests: float
    tok_s_user: float | None = None
    tok_s_total: float | None = None
    prefill_tok_s: float | None = None
    source: str = ""
    date: str = ""
    own: bool = False


def runs_of(compared: tuple[Compared, ...]) -> tuple[MeasuredRun, ...]:
    """The user's own measurements as runs; figures of the same run stand together."""
    found: dict[tuple[object, ...], MeasuredRun] = {}
    for one in compared:
        measured, engine = one.measurement, one.engine
        if engine is None or not one.device or not one.llm:
            continue
        reads = measured.metric == "prefill_tok_s"
        key = (measured.file, measured.line, one.llm, reads)
        run = found.get(key) or MeasuredRun(
            llm=one.llm,
            device=one.device,
            devices=measured.gpu_count,
            engine=engine,
            precision=measured.precision,
            input_tokens=measured.input_tokens,
            output_tokens=measured.output_tokens,
            requests=measured.concurrency,
            source=f"{measured.program}, {measured.file}:{measured.line}",
            date=measured.day,
            own=True,
        )
        found[key] = _with(run, measured.metric, measured.value)
    return tuple(found.values())


def _with(run: MeasuredRun, metric: str, value: float) -> MeasuredRun:
    if metric == "decode_tok_s_per_user":
        return replace(run, tok_s_user=value, tok_s_total=value if run.requests <= 1 else None)
    if metric == "tpot_ms":
        return replace(run, tok_s_user=1e3 / value)
    if metric in ("output_tok_s_total", "decode_tok_s_total"):
        return replace(run, tok_s_total=value)
    return replace(run, prefill_tok_s=value) if metric == "prefill_tok_s" else run
