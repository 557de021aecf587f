"""Who asks what and when: requests with random lengths at random times, the same ones at every load.

Lengths are fixed, or lognormal with a given mean and coefficient of variation: published traces of prompts and answers
are skewed with long tails, and the lognormal is the plainest such law with two numbers. It is an assumption and is
said so. Arrivals of an open stream are Poisson; a user of a closed group thinks for an exponential time.

    sigma^2 = ln(1 + cv^2),  mu = ln(mean) - sigma^2 / 2

The uniform numbers behind lengths are spread evenly and then shuffled, so that a thousand requests have the mean that
was asked for. The same numbers serve every load and every scale (common random numbers), so that curves are smooth.
Source: Law, "Simulation Modeling and Analysis", 5th edition, sections 6.2 and 11.2, 11.3.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import exp, log, sqrt
from random import Random
from statistics import NormalDist

DRAWS = 1024
"""Requests before the numbers come round again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """Tokens of prompts or answers.

    Attributes:
        mean: tokens.
        cv: standard deviation over mean; 0 = all alike.
    """

    mean: float
    cv: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """Either an open stream of requests, or users who ask again when they have read the answer.

    Attributes:
        requests_s: mean rate of the stream [1/s]; None = users.
        users: people of the closed group.
        think_s: mean pause between an answer and the next request of a user [s].
        together: whether all users begin at the same moment, as benchmarks do; else they are spread over a round.
    """

    requests_s: float | None = None
    users: int = 1
    think_s: float = 0.0
    together: bool = False


@dataclass(frozen=True, slots=True)
class Draws:
    """Random numbers of a simulation.

    Attributes:
        inputs: prompt tokens of each request.
        outputs: answer tokens of each request.
        waits: exponential times with mean 1.
    """

    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    waits: tuple[float, ...]


@lru_cache(maxsize=16)
def draws(inputs: Lengths, outputs: Lengths, seed: int, longest: int) -> Draws:
    """Lengths and waits; no prompt and answer together pass `longest` tokens."""
    random = Random(seed)
    first, second = _normal(random), _normal(random)
    waits = [-log(1.0 - random.random()) for _ in range(DRAWS)]
    mean = sum(waits) / DRAWS
    asked = [max(1, min(length, longest - 1)) for length in _lengths(inputs, first)]
    made = [max(1, min(length, longest - a)) for length, a in zip(_lengths(outputs, second), asked, strict=True)]
    return Draws(tuple(asked), tuple(made), tuple(wait / mean for wait in waits))


def _normal(random: Random) -> list[float]:
    law = NormalDist()
    values = [law.inv_cdf((i + 0.5) / DRAWS) for i in range(DRAWS)]
    random.shuffle(values)
    return values


def _lengths(law: Lengths, normal: list[float]) -> list[int]:
    if law.cv <= 0:
        return [round(law.mean)] * DRAWS
    variance = log(1.0 + law.cv**2)
    sigma, mu = sqrt(variance), log(law.mean) - variance / 2
    return [round(exp(mu + sigma * z)) for z in normal]
