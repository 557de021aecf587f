"""Many requests on one server: what a steady closed loop of users sees, from the time of a step and of a prompt.

Each of C users sends the next request when the last is answered. While one answer of O tokens is written, each of the
others sends one prompt, whose chunks ride in the same passes:

    TPOT = decode + mix * prefill * (C - 1) / O
    TTFT = request + prefill * (1 + (queue + crowd * rho) * (C - 1)) + decode
    rho = C * prefill / (C * prefill + O * decode)
    throughput = C * O / (TTFT + (O - 1) * TPOT)

Source: Agrawal et al., "Sarathi-Serve", arXiv 2403.02310, section 4 (chunks beside decodes); Little's law.
"""

from dataclasses import dataclass

from dsdesk.sizing.calibration import Serving


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What users see.

    Attributes:
        ttft_s: time to first token.
        tpot_s: time per output token.
        output_tok_s: output tokens per second of all users.
        requests_s: requests per second.
    """

    ttft_s: float
    tpot_s: float
    output_tok_s: float
    requests_s: float


def serve(
    decode_s: float,
    prefill_s: float,
    serving: Serving,
    *,
    users: float,
    running: float,
    groups: float,
    output_tokens: float,
) -> Served:
    """A server of `groups` attention copies that runs `running` of `users` requests at once; the others wait.

    Written in plain arithmetic, so that the fit runs it over arrays.
    """
    beside = running / groups - 1.0
    reading = (beside + 1.0) * prefill_s
    crowded = reading / (reading + output_tokens * decode_s)
    tpot = decode_s + serving.mix * prefill_s * beside / output_tokens
    ttft = serving.request + prefill_s * (1.0 + (serving.queue + serving.crowd * crowded) * beside) + decode_s
    answer = ttft + (output_tokens - 1.0) * tpot
    return Served(
        ttft_s=ttft + (users / running - 1.0) * answer,
        tpot_s=tpot,
        output_tok_s=running * output_tokens / answer,
        requests_s=running / answer,
    )
