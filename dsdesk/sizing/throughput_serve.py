"""Many requests on one server: what a steady closed loop of users sees, from the time of a step and of a prompt.

Each of C users sends the next request when the last is answered. Prompts of P tokens take S seconds to read, one after
another in each of the groups of devices that read; an answer of O tokens takes O steps. While one answer is written,
each of the others sends one prompt, whose chunks ride in the same passes (unless prompts are read by other workers):

    TPOT = d + mix * B * (N - 1) / O                   N = C / groups * locked^sync
    Z = O * TPOT                                       time outside the queue of prompts
    W = (B * N - Z + sqrt((B * N - Z)^2 + 4 * B * Z)) / 2 - B
    TTFT = request + S + lag * S * (1 - 1/N) + crowd * W + queue * B * (N - 1) + (steps + poll * held) * d
    throughput = C * O / (TTFT + (O - 1) * TPOT)

S is the time of a prompt that is read alone, B its share of a pass filled with such prompts: launches and weights are
then paid for once. W is the wait in a closed network of one queue and one delay by approximate mean value analysis: an
arriving request meets (N - 1) / N of the mean queue. The term with `queue` is the wave of the first requests, all sent
at once, of which the mean of a benchmark holds a part; that with `lag` are prompts that are read right before and right
after, since answers of one wave end one after another; `held` steps are what a benchmark's own settings let a request
wait at most. A step takes d seconds with as many answers being written as are, by the same
network, not still waiting for their prompt; between a quarter of the requests and all of them d is taken as a line.

Copies of attention that share experts wait for one another at every layer: a prompt on one holds up all. `sync` is how
far that makes them one reader (0: as many as there are copies, 1: a single one).

Source: Schweitzer's approximation of mean value analysis, in Lazowska et al., "Quantitative System Performance", 1984,
chapter 6; Agrawal et al., "Sarathi-Serve", arXiv 2403.02310, section 4 (chunks beside decodes); Little's law.
"""

from dataclasses import dataclass

from dsdesk.sizing.calibration import Serving

_ROUNDS = 4  # the number of answers being written settles to a per cent


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Requests at a server.

    Attributes:
        users: requests sent and not yet answered.
        running: of them those that the server holds; the others wait for a whole answer.
        groups: groups of devices that read prompts side by side.
        output_tokens: tokens of an answer.
        locked: of the groups, copies that wait for one another.
        mixed: 1 where prompts are read between the steps of the same devices, else 0.
        held: steps that the server's settings let a request wait at most before its prompt is read.
        counted: 1 where `running` counts the answers being written, 0 where it counts requests in flight.
    """

    users: float
    running: float
    groups: float
    output_tokens: float
    locked: float = 1.0
    mixed: float = 1.0
    counted: float = 0.0
    held: float = 0.0


def serve(
    decode_s: float, quarter_s: float, prefill_s: float, serving: Serving, load: Load, bulk_s: float | None = None
) -> Served:
    """What users see when a step takes `decode_s` with all running requests in it and `quarter_s` with a quarter.

    Written in plain arithmetic, so that the fit runs it over arrays.

    Args:
        decode_s: step with all running requests.
        quarter_s: step with a quarter of them.
        prefill_s: a prompt read alone.
        serving: numbers of the server.
        load: the requests.
        bulk_s: a prompt's share of a pass that is filled with such prompts, None = as alone.
    """
    bulk = prefill_s if bulk_s is None else bulk_s
    each, outputs = load.running / load.groups * load.locked**serving.sync, load.output_tokens
    riding = load.mixed * serving.mix * bulk * (each - 1.0) / outputs
    share, step, tpot, wait = 1.0, decode_s, decode_s, 0.0
    for _ in range(_ROUNDS):
        step = quarter_s + (decode_s - quarter_s) * (4.0 * share - 1.0) / 3.0
        tpot = step + riding
        over = bulk * each - outputs * tpot
        queued = (over + (over**2 + 4.0 * bulk * outputs * tpot) ** 0.5) / 2.0 - bulk
        wait = serving.crowd * queued + serving.queue * bulk * (each - 1.0)
        wait = wait + serving.lag * prefill_s * (1.0 - 1.0 / each)
        writing = outputs * tpot / (outputs * tpot + prefill_s + wait)
        share = load.counted + (1.0 - load.counted) * (1.0 + (load.running - 1.0) * writing) / load.running
    ttft = serving.request + prefill_s + wait + (serving.steps + serving.poll * load.held) * step
    answer = ttft + (outputs - 1.0) * tpot
    return Served(
        ttft_s=ttft + (load.users / load.running - 1.0) * answer,
        tpot_s=tpot,
        output_tok_s=load.running * outputs / answer,
        requests_s=load.running / answer,
    )
