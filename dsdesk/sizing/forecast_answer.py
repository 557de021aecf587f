"""The asked metric of a case, from the same few quantities as every other forecast."""

from dataclasses import replace

from dsdesk.sizing.forecast_case import Case
from dsdesk.sizing.throughput_serve import serve

REGIME = {
    "decode_tok_s_per_user": "decode",
    "decode_tok_s_total": "batched",
    "prefill_tok_s": "prefill",
    "output_tok_s_total": "batched",
    "total_tok_s": "batched",
    "requests_s": "batched",
    "tpot_ms": "tpot",
    "ttft_ms": "ttft",
}


def running_of(case: Case) -> float:
    """Requests that run at once: as the row says, since it was measured so; as many as fit where it does not."""
    if case.users is not None:
        return max(1.0, case.users)
    return max(float(case.layout.plan.dp * case.layout.decode_copies), case.most * case.layout.decode_copies)


def predict(case: Case) -> float:
    """The metric of the case, in the unit of its column (tok/s, ms or 1/s)."""
    context = case.input_tokens + case.output_tokens / 2
    if case.metric == "decode_tok_s_per_user":
        return 1.0 / case.decode.decode(case.users or 1.0, context).total
    if case.metric == "decode_tok_s_total":
        users = case.users or 1.0
        return users / case.decode.decode(users, context).total
    if case.metric == "prefill_tok_s":
        prompts = case.users or 1.0
        return prompts * case.input_tokens / case.prefill.prefill(case.input_tokens, case.depth, prompts).total
    if case.metric == "total_tok_s":
        users = case.users or 1.0
        spent = case.prefill.prefill(case.input_tokens, 0.0, users).total
        spent += case.output_tokens * case.decode.decode(users, context).total
        return users * (case.input_tokens + case.output_tokens) / spent
    return _served(case, context)


def _served(case: Case, context: float) -> float:
    running = running_of(case)
    layout = case.layout
    decode = case.decode.decode(running / layout.decode_copies, context).total
    prefill = case.prefill.prefill(case.input_tokens).total
    serving = case.decode.serving
    if layout.prefill is not None or (case.median_gap and case.metric == "tpot_ms"):
        serving = replace(serving, mix=0.0)
    seen = serve(
        decode,
        prefill,
        serving,
        users=running,
        running=running,
        groups=min(running, readers_of(case)),
        output_tokens=case.output_tokens,
    )
    return {
        "tpot_ms": seen.tpot_s * 1e3,
        "ttft_ms": seen.ttft_s * 1e3,
        "output_tok_s_total": seen.output_tok_s,
        "requests_s": seen.requests_s,
    }[case.metric]


def readers_of(case: Case) -> float:
    """Attention copies that read prompts side by side."""
    layout = case.layout
    if layout.prefill is not None:
        return float(layout.prefill.dp * layout.prefill_copies)
    return float(layout.plan.dp * layout.decode_copies)
