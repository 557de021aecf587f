"""Servers with times that can be worked out by hand."""

from dsdesk.sizing.calibration import Spread
from dsdesk.sizing.simulation import ServingCase
from dsdesk.sizing.simulation_loop import Copy
from dsdesk.sizing.simulation_server import Server
from dsdesk.sizing.simulation_steps import Curve, StepTimes
from dsdesk.sizing.simulation_traffic import Lengths, Traffic

MOST = 64


def flat(value: float) -> Curve:
    return Curve.through([(0.0, value), (1e6, value)])


def step_times(*, step: float = 0.01, sequence: float = 1e-4, token: float = 1e-5, mix: float = 1.0) -> StepTimes:
    """A decode step takes `step` and `sequence` for each sequence, a prompt `token` for each token."""
    return StepTimes(
        batch=tuple(step + sequence * b for b in range(MOST + 1)),
        context=flat(0.0),
        prompt=Curve.through([(0.0, 0.0), (1e6, 1e6 * token)]),
        reach=flat(0.0),
        mix=mix,
        request=0.0,
    )


def one_copy(*, most: int = MOST, cache_tokens: float = 1e9, reserves: bool = False, **times: float) -> Copy:
    return Copy(
        times=step_times(**times),
        budget=2048,
        most=most,
        cache_bytes=cache_tokens,
        token_bytes=1.0,
        sequence_bytes=0.0,
        reserves=reserves,
    )


def case(copy: Copy | None = None, *, cv: float = 1.0, **changes: object) -> ServingCase:
    spread = Spread(0.8, 1.25, 100)
    server = Server(
        copy=copy or one_copy(), copies=1, alone=spread, loaded=spread, first=spread, distance="near", source="made up"
    )
    fields: dict[str, object] = {
        "server": server,
        "traffic": Traffic(requests_s=5.0),
        "inputs": Lengths(mean=500.0, cv=cv),
        "outputs": Lengths(mean=100.0, cv=cv),
        "context_tokens": 8192,
        "requests": 600,
    }
    return ServingCase(**{**fields, **changes})
