"""Each figure of a forecast with its own equation, in the numbers of the case; worked out when somebody asks."""

from dsdesk.base.message import Message
from dsdesk.base.source import Why
from dsdesk.sizing.results import Forecast

_QUEUE = "closed loop of one queue and one delay (Lazowska et al., Quantitative System Performance, 1984, chapter 6)"
_LITTLE = "Little's law, Operations Research 9(3), 1961"
_POWER = "fitted on measured board power (docs/method/forecast.md, Power)"


def why_of(speed: Forecast, figure: str) -> Why:
    """The explanation of one figure by the name of its field; of the whole where it has none of its own."""
    if figure == "gpu_power_w" and speed.gpu_power_w is not None:
        watts = speed.gpu_power_w.estimate
        formula = f"rated x (idle + memory x time it is read + math x time products run) = {watts:,.0f} W"
        return Why(title=Message("Power of the accelerators while answers are written"), formula=formula, source=_POWER)
    found = _equations(speed).get(figure)
    if found is None:
        return speed.why
    formula, source = found
    return Why(title=speed.why.title, formula=formula, source=source or speed.why.source, parts=speed.why.parts)


def _equations(speed: Forecast) -> dict[str, tuple[str, str]]:
    """Formula and source of each figure, "" for the source of the whole."""
    each, reading = speed.decode_tok_s_per_user.estimate, speed.prefill_tok_s.estimate
    together, output = speed.decode_tok_s_total.estimate, speed.output_tok_s_total.estimate
    ttft, tpot, rate = speed.ttft_ms.estimate, speed.tpot_ms.estimate, speed.requests_s.estimate
    step, prompt = 1e3 / each, speed.prompt_tokens / reading * 1e3
    running, answered = together / each, output / rate
    return {
        "prefill_tok_s": (f"{speed.prompt_tokens} tokens / {prompt:.1f} ms = {reading:,.0f} tok/s", ""),
        "decode_tok_s_per_user": (f"1 / {step:.2f} ms = {each:.1f} tok/s", ""),
        "decode_tok_s_total": (f"{running:.0f} x 1 / {step:.2f} ms = {together:,.1f} tok/s", ""),
        "output_tok_s_total": (
            f"{running:.0f} x {answered:.0f} / ({running / rate:.3g} s an answer) = {output:,.1f} tok/s",
            _QUEUE,
        ),
        "ttft_ms": (
            f"reading {prompt:,.1f} ms + waiting, request and first step {max(0.0, ttft - prompt):,.1f} ms "
            f"= {ttft:,.0f} ms",
            _QUEUE,
        ),
        "tpot_ms": (
            f"step {step:.2f} ms + prompts of others read in between {tpot - step:+.2f} ms = {tpot:.2f} ms",
            _QUEUE,
        ),
        "requests_s": (
            f"{running:.0f} / {running / rate:.3g} s an answer = {rate:.3g} req/s",
            _LITTLE,
        ),
    }
