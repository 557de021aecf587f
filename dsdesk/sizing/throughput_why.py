"""The explanation of a forecast: the equation of a step with the numbers of the case in it."""

from dsdesk.base.message import Message
from dsdesk.base.source import Why
from dsdesk.project.project import Speculation
from dsdesk.sizing.speculation import tokens_a_pass
from dsdesk.sizing.step_time import Spent
from dsdesk.sizing.throughput_setup import Setup

_DRAFTS = "Leviathan et al., arXiv 2211.17192, equation 1; the share of accepted drafts is an assumption"
_ROOFLINE = "roofline with calibrated efficiencies (Williams et al., CACM 52(4), 2009); "


def explain(setup: Setup, step: Spent, prompt: Spent, sequences: float, fitted_on: str) -> Why:
    """How the speed came about, term by term."""
    return Why(
        title=Message("Speed of decode and prefill"),
        formula=f"decode = {sequences:.0f} / {step.total * 1e3:.2f} ms = {sequences / step.total:.1f} tok/s; "
        f"prompt = {prompt.total * 1e3:.1f} ms",
        source=_ROOFLINE + fitted_on,
        parts=(
            *_drafts(setup.speculation),
            *_step_parts(setup, step, sequences),
            *_prompt_parts(prompt),
            *_own_parts(setup, sequences),
        ),
    )


def _drafts(speculation: Speculation | None) -> tuple[Why, ...]:
    """What speculative decoding assumes and gains."""
    if speculation is None:
        return ()
    drafts, share = speculation.draft_tokens, speculation.acceptance
    how = f"sum of {share:.2f}^i for i = 0 to {drafts} = {tokens_a_pass(speculation):.2f} tokens a pass"
    return (
        Why(
            title=Message("speculative decoding, with the assumed share of accepted drafts"),
            formula=how,
            source=_DRAFTS,
        ),
    )


def _step_parts(setup: Setup, step: Spent, sequences: float) -> tuple[Why, ...]:
    work, rates, c = setup.work, setup.rates, setup.step
    touched = work.distinct_experts(sequences) / work.routed if work.routed else 0.0
    read_gb = (work.weights_bytes - work.expert_bytes * (1.0 - touched)) / 1e9
    terms = (
        (
            Message("weights read in one step"),
            step.weights,
            f"{read_gb:.2f} GB / ({setup.place.plan.tp} x {rates.bandwidth_b_s / 1e9:.0f} GB/s x {c.bw:.2f})",
        ),
        (Message("unpacking of quantised weights"), step.unpacking, f"{c.ops:.1f} operations a weight"),
        (Message("attention over the context"), step.attention, f"{c.kv_bw:.2f} of the memory bandwidth"),
        (
            Message("kernels and scheduler"),
            step.overhead,
            f"{c.step * 1e6:.0f} us + {work.layers} layers x {c.layer * 1e6:.0f} us + {c.seq * 1e6:.1f} us a sequence",
        ),
        (
            Message("links between devices"),
            step.links,
            f"{c.lat * 1e6:.0f} us a collective, {c.link:.2f} of {setup.place.wire.bandwidth_b_s / 1e9:.0f} GB/s",
        ),
        (Message("weights in host memory"), step.host, f"{c.host_bw:.2f} of the host's memory bandwidth"),
    )
    return tuple(_part(title, seconds, how) for title, seconds, how in terms if seconds > 0)


def _prompt_parts(prompt: Spent) -> tuple[Why, ...]:
    return (
        _part(Message("products of the prompt"), prompt.weights + prompt.unpacking, "operations / matrix rate"),
        _part(Message("attention of the prompt"), prompt.attention, "grows with the square of the prompt"),
    )


def _own_parts(setup: Setup, sequences: float) -> tuple[Why, ...]:
    """That the user's own measurements are in it, and how far they moved it."""
    if not setup.own.count:
        return ()
    write, read = setup.own.write(sequences), setup.own.read()
    return (
        Why(
            title=Message("calibrated with {count} measurements of your own", count=setup.own.count),
            formula=f"writing x {write.speed:.2f}, interval x {write.width:.2f}; "
            f"reading x {read.speed:.2f}, interval x {read.width:.2f}",
            source="docs/method/forecast.md, Own measurements",
        ),
    )


def _part(title: Message, seconds: float, how: str) -> Why:
    return Why(title=title, formula=f"{how} = {seconds * 1e3:.3f} ms", source="db/calibration.toml")
