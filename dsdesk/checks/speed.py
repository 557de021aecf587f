"""The speed that is wanted against the speed that is forecast."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from dsdesk.base.message import N_, Message
from dsdesk.base.units import Estimate, Quantity, Unit
from dsdesk.checks.context import CheckContext
from dsdesk.checks.finding import Finding, Fix, Severity, unchecked
from dsdesk.checks.fixes import advice, as_fix, first_that_serves
from dsdesk.checks.model import model_fits
from dsdesk.checks.model_fixes import add_accelerators, larger_accelerator, smaller_precision
from dsdesk.checks.registry import check
from dsdesk.project.edits import Edit, change_workload
from dsdesk.sizing.results import Forecast


@dataclass(frozen=True, slots=True)
class Goal:
    """A wish for speed: what counts of a forecast, and whether a value is good enough."""

    of: Callable[[Forecast], Estimate]
    reached: Callable[[float], bool]


def _severity(goal: Goal, value: Estimate) -> Severity | None:
    """ERROR when the whole interval misses the goal, WARNING when a part of it does."""
    ends = goal.reached(value.low80), goal.reached(value.high80)
    if all(ends):
        return None
    return Severity.WARNING if any(ends) else Severity.ERROR


def _surely(goal: Goal) -> Callable[[CheckContext], bool]:
    def reached(after: CheckContext) -> bool:
        speed = after.forecast
        return isinstance(speed, Forecast) and model_fits(after) and _severity(goal, goal.of(speed)) is None

    return reached


def _faster(context: CheckContext, goal: Goal, relaxed: Edit) -> tuple[Fix, ...]:
    reached = _surely(goal)
    fixes = as_fix(first_that_serves(context, smaller_precision(context), reached, speed=True))
    parts = chain(add_accelerators(context), larger_accelerator(context))
    fixes += as_fix(first_that_serves(context, parts, reached, speed=True), "long")
    return (*fixes, Fix(text=relaxed.text, edit=relaxed))


@check("model.E011")
def answers_come_fast_enough(context: CheckContext) -> Iterator[Finding]:
    """Every user gets the tokens a second that are wanted.

    Reason: an answer that comes slower than it is read feels broken.
    Remedy: a smaller precision, more or faster accelerators, fewer requests at once.
    Source: the forecast and its interval, in which four outcomes of five are expected.
    """
    wanted, speed = context.configuration.workload.decode_tok_s_min, context.forecast
    if wanted is None or context.llm is None or context.accelerator is None:
        return
    if not isinstance(speed, Forecast):
        yield unchecked(Message(N_("there is no forecast of the speed")))
        return
    goal = Goal(lambda one: one.decode_tok_s_per_user, lambda value: value >= wanted)
    value = speed.decode_tok_s_per_user
    severity = _severity(goal, value)
    if severity is None:
        return
    text = Message(N_("Be content with {speed}"), speed=Quantity(value.low80, Unit.TOK_S))
    relaxed = change_workload(text, decode_tok_s_min=value.low80)
    yield Finding(
        severity=severity,
        message=Message(
            N_("{wanted} are wanted for each user, and {low} to {high} are expected"),
            wanted=Quantity(wanted, Unit.TOK_S),
            low=Quantity(value.low80, Unit.TOK_S),
            high=Quantity(value.high80, Unit.TOK_S),
        ),
        fixes=_faster(context, goal, relaxed),
    )


@check("model.E012")
def first_token_comes_soon(context: CheckContext) -> Iterator[Finding]:
    """The first token comes within the time that is wanted.

    Reason: while a prompt is read the user sees nothing.
    Remedy: more compute, shorter prompts, a cache of common beginnings.
    Source: the forecast and its interval, in which four outcomes of five are expected.
    """
    wanted, speed = context.configuration.workload.ttft_s_max, context.forecast
    if wanted is None or context.llm is None or context.accelerator is None:
        return
    if not isinstance(speed, Forecast):
        yield unchecked(Message(N_("there is no forecast of the speed")))
        return
    goal = Goal(lambda one: one.ttft_ms, lambda value: value <= wanted * 1000)
    value = speed.ttft_ms
    severity = _severity(goal, value)
    if severity is None:
        return
    slowest = max(value.low80, value.high80) / 1000
    relaxed = change_workload(
        Message(N_("Be content with {wait}"), wait=Quantity(slowest, Unit.SECOND)), ttft_s_max=slowest
    )
    yield Finding(
        severity=severity,
        message=Message(
            N_("The first token is wanted within {wanted}, and expected after {low} to {high}"),
            wanted=Quantity(wanted, Unit.SECOND),
            low=Quantity(min(value.low80, value.high80) / 1000, Unit.SECOND),
            high=Quantity(slowest, Unit.SECOND),
        ),
        fixes=_faster(context, goal, relaxed),
    )


@check("model.E013")
def a_day_is_long_enough(context: CheckContext) -> Iterator[Finding]:
    """The machine serves the requests of a day.

    Reason: what comes faster than it is served piles up.
    Remedy: more accelerators, shorter answers, or a longer day.
    Source: requests per second of the forecast x 86,400 s x the share of the day that the site runs.
    """
    wanted, speed = context.configuration.workload.requests_per_day, context.forecast
    if wanted is None or not isinstance(speed, Forecast):
        return
    seconds = context.site.hours_per_day * 3600
    goal = Goal(lambda one: one.requests_s, lambda value: value * seconds >= wanted)
    severity = _severity(goal, speed.requests_s)
    if severity is None:
        return
    low, high = math.floor(speed.requests_s.low80 * seconds), round(speed.requests_s.high80 * seconds)
    text = N_("{wanted} requests a day are wanted, and {low} to {high} are expected")
    relaxed = change_workload(Message(N_("Be content with {count} requests a day"), count=low), requests_per_day=low)
    fixes = _faster(context, goal, relaxed) or advice(Message(N_("Add machines")))
    yield Finding(severity=severity, message=Message(text, wanted=wanted, low=low, high=high), fixes=fixes)
