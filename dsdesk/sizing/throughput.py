"""The forecast: how fast a model runs on these accelerators, with its interval, its limit and its explanation.

Every page, command and case goes through `dsdesk.sizing.throughput_setup`, so that there is one estimator.
"""

from dataclasses import dataclass, replace
from functools import partial

from dsdesk.base.message import Message
from dsdesk.base.source import LazyWhy, Unknown
from dsdesk.base.units import Estimate
from dsdesk.hardware.parts import Accelerator
from dsdesk.llm.architecture import Llm
from dsdesk.llm.precision import Engine
from dsdesk.sizing.calibration import Spread, Variant, under_load
from dsdesk.sizing.model_run import ModelRun
from dsdesk.sizing.parallel_rules import violations
from dsdesk.sizing.power_use import PowerShares, board_power_w, power, speed_share
from dsdesk.sizing.results import Forecast, Limit, ParallelPlan
from dsdesk.sizing.speculation import tokens_a_pass, violation
from dsdesk.sizing.step_terms import Rates, Terms
from dsdesk.sizing.step_time import Spent
from dsdesk.sizing.throughput_capacity import most_sequences
from dsdesk.sizing.throughput_serve import Load, Served, serve
from dsdesk.sizing.throughput_setup import LAYER_SPLIT, Setup, prepare
from dsdesk.sizing.throughput_why import explain

_REGIMES = ("decode", "prefill", "batched", "tpot", "ttft")
_USED = 0.97  # of device memory; the driver keeps the rest


def forecast(run: ModelRun, *, input_tokens: int, output_tokens: int, sequences: int) -> Forecast | Unknown:
    """Speed of `sequences` requests in flight, each with a prompt of `input_tokens` and an answer of `output_tokens`.

    Returns:
        The forecast, or Unknown for a case outside the physics: no tokens, a plan the engine refuses, a precision the
        device cannot run, a rate that is not published.
    """
    setup = ready(run, (input_tokens, output_tokens, sequences))
    if isinstance(setup, Unknown):
        return setup
    speed = _speed(setup, run.device, float(input_tokens), float(output_tokens), float(sequences))
    fullest, memory_bytes = run.fullest_bytes(input_tokens + output_tokens, sequences), run.device.memory_bytes
    fits = memory_bytes is not None and not isinstance(fullest, Unknown) and fullest <= memory_bytes * _USED
    return _forecast(setup, speed, run, fits=fits, tokens=input_tokens)


def ready(run: ModelRun, counts: tuple[int, int, int]) -> Setup | Unknown:
    """A run ready to be timed, or why it has no speed; `counts` are tokens in, tokens out and requests at once."""
    refusal = _refusal(counts)
    if refusal is not None:
        return refusal
    # Points of a chart ask for the same run; it is kept by what the objects are, since hashing a model costs more than
    # a forecast. The value holds them, so that no other object takes their place.
    objects = (run.llm, run.device, run.plan, run.interconnect, run.fitted)
    asked = run.precision, run.kv_precision, run.engine, run.host, run.offload_layers
    key = (*map(id, objects), *asked)
    found = _KEPT.get(key)
    if found is None:
        broken = _broken(run.llm, run.precision, run.engine, run.plan)
        variant = Variant(device=run.device.id, model=run.llm.id)
        found = objects, broken or prepare(run, variant=variant)
        if len(_KEPT) >= _MOST_KEPT:
            _KEPT.clear()
        _KEPT[key] = found
    setup = found[1]
    if isinstance(setup, Unknown):
        return setup
    wrong = violation(run.speculation)
    if wrong is not None:
        return Unknown(wrong)
    if run.power_limit_w is not None:
        setup = _capped(setup, run.device, run.power_limit_w, run.fitted.power, counts)
    return replace(setup, speculation=run.speculation) if run.speculation else setup


@dataclass(frozen=True, slots=True)
class Speed:
    """Point values of a forecast.

    Attributes:
        terms: of one decode step.
        step: where its time goes.
        prompt: where the time of one prompt goes.
        served: what users see.
        sequences: in one step.
        users: requests in flight; those that wait for a place are among them.
    """

    terms: Terms
    step: Spent
    prompt: Spent
    served: Served
    sequences: float
    users: float


_KEPT: dict[tuple[object, ...], tuple[tuple[object, ...], Setup | Unknown]] = {}
_READ: dict[tuple[int, float], tuple[Setup, Spent, float]] = {}  # holds the setup, so that its id stays its own
_MOST_KEPT = 256


def _refusal(counts: tuple[int, int, int]) -> Unknown | None:
    if counts[0] < 1 or counts[1] < 1:
        return Unknown(Message("a request of zero tokens has no speed"))
    if counts[2] < 1:
        return Unknown(Message("no request is in flight"))
    return None


def _broken(llm: Llm, precision: str, engine: Engine, plan: ParallelPlan) -> Unknown | None:
    """Why no engine would take the plan."""
    if not plan.legal and plan.reasons:
        return Unknown(plan.reasons[0])
    broken = violations(llm, precision, engine, plan)
    return Unknown(broken[0]) if broken else None


def _capped(
    setup: Setup, device: Accelerator, limit_w: float, shares: PowerShares, counts: tuple[int, int, int]
) -> Setup:
    """The same case under a power limit, which slows the passes that would draw more."""
    rated, (inputs, outputs, sequences) = device.board_power_w, map(float, counts)
    if not rated:
        return setup
    context = inputs + outputs / 2
    write = board_power_w(rated, shares, setup.decode_terms(sequences, context), setup.decode(sequences, context).total)
    read = board_power_w(rated, shares, setup.prefill_terms(inputs), setup.prefill(inputs).total)
    return replace(
        setup,
        rates=_slowed(setup.rates, speed_share(device, limit_w, shares, write)),
        reading=_slowed(setup.rates, speed_share(device, limit_w, shares, read)),
    )


def _slowed(rates: Rates, share: float) -> Rates:
    """Rates of chips at `share` of their clock."""
    return replace(
        rates,
        math_flops=rates.math_flops * share,
        attention_flops=rates.attention_flops * share,
        vector_flops=rates.vector_flops * share,
    )


def _speed(setup: Setup, device: Accelerator, inputs: float, outputs: float, sequences: float) -> Speed:
    """Requests beyond what the cache holds wait for a place: their time to first token grows by whole answers."""
    context = inputs + outputs / 2
    running = max(1.0, min(sequences, most_sequences(setup, device, context)))
    terms = setup.decode_terms(running, context)
    step = setup.timed(terms, running)
    prompt, bulk_s = _reading(setup, inputs)
    plan = setup.place.plan
    readers = float(plan.dp * (plan.pp if setup.engine not in LAYER_SPLIT else 1))
    groups = min(running, readers)
    served = serve(
        step.total,
        setup.decode(running / 4, context).total if running > 1.0 else step.total,
        prompt.total,
        setup.serving,
        Load(
            users=sequences,
            running=running,
            groups=groups,
            output_tokens=outputs,
            locked=min(running, float(plan.dp)) if plan.ep > 1 else 1.0,
        ),
        bulk_s,
    )
    return Speed(terms, step, prompt, served, running, sequences)


def _reading(setup: Setup, inputs: float) -> tuple[Spent, float]:
    """Time of a prompt alone, and seconds of one in a filled pass; the points of a chart ask for the same ones."""
    key = id(setup), inputs
    found = _READ.get(key)
    if found is None:
        together, alone = setup.together(inputs), setup.prefill(inputs)
        bulk = setup.prefill(inputs, 0.0, together).total / together if together > 1.0 else alone.total
        if len(_READ) >= _MOST_KEPT:
            _READ.clear()
        found = _READ[key] = setup, alone, bulk
    return found[1], found[2]


def _forecast(setup: Setup, speed: Speed, run: ModelRun, *, fits: bool, tokens: int) -> Forecast:
    fitted = run.fitted
    spreads = {name: fitted.spread(name, setup.distance, setup.factors) for name in _REGIMES}
    writing, reading = setup.own.write(speed.sequences), setup.own.read()
    spreads |= {name: spreads[name].with_own(writing) for name in ("decode", "batched", "tpot")}
    spreads["prefill"] = spreads["prefill"].with_own(reading)  # waits under load stay as unsure as they are

    def band(value: float, alone: Spread, loaded: str) -> Estimate:
        spread = under_load(alone, spreads[loaded], speed.users)
        return Estimate(value, value * spread.low, value * spread.high)

    served, step = speed.served, speed.step.total
    decode, prefill = spreads["decode"], spreads["prefill"]
    each = under_load(decode, spreads["tpot"].of_inverse, speed.users)
    per_user = Estimate(1.0 / step, each.low / step, each.high / step)
    read_tok_s = tokens / speed.prompt.total
    limit = limit_of(speed.terms, speed.step, setup)
    a_pass = step * tokens_a_pass(setup.speculation)
    watts = power(run.device, setup.place.plan.devices, fitted.power, speed.terms, a_pass, run.power_limit_w)
    why = LazyWhy(partial(explain, setup, speed.step, speed.prompt, speed.sequences, fitted.source))
    return Forecast(
        prefill_tok_s=Estimate(read_tok_s, read_tok_s * prefill.low, read_tok_s * prefill.high),
        decode_tok_s_per_user=per_user,
        decode_tok_s_total=per_user.scaled(speed.sequences),
        output_tok_s_total=band(served.output_tok_s, decode, "batched"),
        ttft_ms=band(served.ttft_s * 1e3, prefill.of_inverse, "ttft"),
        tpot_ms=band(served.tpot_s * 1e3, decode.of_inverse, "tpot"),
        requests_s=band(served.requests_s, decode, "batched"),
        gpu_power_w=watts,
        limited_by=limit if fits else Limit.CAPACITY,
        fits=fits,
        distance=setup.distance,
        own_measurements=setup.own.count,
        why=why,
        prompt_tokens=tokens,
    )


def limit_of(terms: Terms, step: Spent, setup: Setup) -> Limit:
    """What most of a decode step is spent on."""
    c = setup.step
    read = (terms.dense_read + c.moe * terms.expert_read) / c.bw
    math = (
        terms.dense_math + c.tile * terms.dense_pad + c.grouped * (terms.expert_math + c.tile * terms.expert_pad)
    ) / c.mm
    memory_bound = read >= math
    spent_on = {
        Limit.OVERHEAD: step.overhead,
        Limit.LINKS: step.links,
        Limit.HOST_MEMORY: step.host,
        Limit.COMPUTE: step.unpacking + (0.0 if memory_bound else step.weights),
        Limit.MEMORY_BANDWIDTH: step.attention + (step.weights if memory_bound else 0.0),
    }
    return max(spent_on, key=lambda name: spent_on[name])
