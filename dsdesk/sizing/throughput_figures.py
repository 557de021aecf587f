"""Each figure of a forecast with its own equation, in the numbers of the case."""

from dsdesk.base.message import Message
from dsdesk.base.source import Why
from dsdesk.base.units import Estimate
from dsdesk.sizing.step_time import Spent
from dsdesk.sizing.throughput_serve import Served

_QUEUE = "closed loop of one queue and one delay (Lazowska et al., Quantitative System Performance, 1984, chapter 6)"
_LITTLE = "Little's law, Operations Research 9(3), 1961"
_POWER = "fitted on measured board power (docs/method/forecast.md, Power)"


def explain_figures(
    whole: Why, step: Spent, prompt: Spent, served: Served, *, running: float, tokens: float, watts: Estimate | None
) -> tuple[tuple[str, Why], ...]:
    """The explanation of every figure by its name; `whole` explains steps and prompts term by term.

    Args:
        whole: of the pass.
        step: of one decode step.
        prompt: of one prompt.
        served: what users see.
        running: requests in a step.
        tokens: of the prompt.
        watts: of all accelerators, None without a figure.
    """
    d, s = step.total * 1e3, prompt.total * 1e3
    outputs = served.output_tok_s / served.requests_s
    answer = running / served.requests_s
    ttft, tpot = served.ttft_s * 1e3, served.tpot_s * 1e3
    equations = {
        "prefill_tok_s": (f"{tokens:.0f} tokens / {s:.1f} ms = {tokens / prompt.total:,.0f} tok/s", ""),
        "decode_tok_s_per_user": (f"1 / {d:.2f} ms = {1e3 / d:.1f} tok/s", ""),
        "decode_tok_s_total": (f"{running:.0f} x 1 / {d:.2f} ms = {running * 1e3 / d:,.1f} tok/s", ""),
        "output_tok_s_total": (
            f"{running:.0f} x {outputs:.0f} / ({ttft:,.0f} ms + {max(0.0, outputs - 1):.0f} x {tpot:.2f} ms) "
            f"= {served.output_tok_s:,.1f} tok/s",
            _QUEUE,
        ),
        "ttft_ms": (
            f"reading {s:,.1f} ms + waiting, request and first step {max(0.0, ttft - s):,.1f} ms = {ttft:,.0f} ms",
            _QUEUE,
        ),
        "tpot_ms": (
            f"step {d:.2f} ms + prompts of others read in between {tpot - d:+.2f} ms = {tpot:.2f} ms",
            _QUEUE,
        ),
        "requests_s": (f"{running:.0f} / {answer:.2f} s an answer = {served.requests_s:.3g} req/s", _LITTLE),
    }
    found = [
        (name, Why(title=whole.title, formula=formula, source=source or whole.source, parts=whole.parts))
        for name, (formula, source) in equations.items()
    ]
    if watts is not None:
        formula = f"rated x (idle + memory x time it is read + math x time products run) = {watts.estimate:,.0f} W"
        title = Message("Power of the accelerators while answers are written")
        found.append(("gpu_power_w", Why(title=title, formula=formula, source=_POWER)))
    return tuple(found)
