"""The asked metric of a case, from the same few quantities as every other forecast."""

from dsdesk.sizing.forecast_case import Case
from dsdesk.sizing.throughput_serve import Load, serve
from dsdesk.sizing.throughput_setup import LAYER_SPLIT

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
    """Requests that run at once: as many as the row says and the cache holds; as many as fit where it does not say."""
    copies = case.layout.decode_copies
    room = max(float(case.layout.plan.dp * copies), case.most * copies)
    if case.users is None:
        return room
    return max(1.0, case.users if case.median_gap else min(case.users, room))


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
    on_one = running / layout.decode_copies
    together = case.prefill.together(max(1.0, case.input_tokens))
    seen = serve(
        case.decode.decode(on_one, context).total,
        case.decode.decode(on_one / 4, context).total,
        case.prefill.prefill(case.input_tokens).total,
        case.decode.serving,
        load_of(case, running),
        case.prefill.prefill(case.input_tokens, 0.0, together).total / together,
    )
    return {
        "tpot_ms": seen.tpot_s * 1e3,
        "ttft_ms": seen.ttft_s * 1e3,
        "output_tok_s_total": seen.output_tok_s,
        "requests_s": seen.requests_s,
    }[case.metric]


def load_of(case: Case, running: float) -> Load:
    """The requests of a case at the server, `running` of them held by it."""
    reading = case.layout.prefill or case.layout.plan
    return Load(
        users=max(running, case.users or running),
        running=running,
        groups=min(running, readers_of(case)),
        locked=min(running, float(reading.dp)) if reading.ep > 1 else 1.0,
        output_tokens=max(1.0, case.output_tokens),
        mixed=float(case.layout.prefill is None and not (case.median_gap and case.metric == "tpot_ms")),
        counted=float(case.median_gap),
        held=case.held,
    )


def readers_of(case: Case) -> float:
    """Attention copies and pipeline stages, which read prompts side by side."""
    layout = case.layout
    plan = layout.prefill or layout.plan
    stages = plan.pp if case.prefill.engine not in LAYER_SPLIT else 1
    return float(plan.dp * stages * (case.readers if layout.prefill else layout.decode_copies))
