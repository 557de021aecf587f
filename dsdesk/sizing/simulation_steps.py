"""Step times of the forecast as small curves, so that a simulated step costs a microsecond.

A decode step of b sequences at a mean context c takes W(b) + b A(c): weights, launches and links depend on the batch
alone, attention is proportional to the batch. A prompt's piece of t tokens that sees m tokens on average takes
L(t) + t R(m). Both splits are those of `dsdesk.sizing.step_time`; between the points of a curve it is a straight line.
"""

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise

from dsdesk.sizing.throughput_setup import Setup


@dataclass(frozen=True, slots=True)
class Curve:
    """A line through points, continued at both ends."""

    x: tuple[float, ...]
    y: tuple[float, ...]
    slope: tuple[float, ...]

    @classmethod
    def through(cls, points: list[tuple[float, float]]) -> "Curve":
        """At least two points of rising x."""
        slopes = tuple((b[1] - a[1]) / (b[0] - a[0]) for a, b in pairwise(points))
        return cls(tuple(x for x, _ in points), tuple(y for _, y in points), slopes)

    def at(self, x: float) -> float:
        """The value at `x`."""
        i = bisect_right(self.x, x, 1, len(self.slope)) - 1
        return self.y[i] + (x - self.x[i]) * self.slope[i]

    def line(self, x: float) -> tuple[float, float]:
        """The value at `x` and the slope there."""
        i = bisect_right(self.x, x, 1, len(self.slope)) - 1
        slope = self.slope[i]
        return self.y[i] + (x - self.x[i]) * slope, slope

    def scaled(self, factor: float) -> "Curve":
        """The same curve in other units."""
        return Curve(self.x, tuple(y * factor for y in self.y), tuple(s * factor for s in self.slope))


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTimes:
    """Seconds of the passes of one attention copy.

    Attributes:
        batch: W, of a decode step of 0, 1, 2, ... sequences, without attention [s].
        context: A, attention of one sequence over its context [s].
        prompt: L, of a pass over its prompt tokens, without attention [s].
        reach: R, attention of one prompt token over the tokens that it sees [s].
        mix: time of prompt tokens beside decoding sequences over their time alone.
        request: time of a request outside the passes [s].
        steps: decode steps from the end of the prompt until the user has the first token; those after the first lie
            between engine and user and delay all tokens alike.
    """

    batch: tuple[float, ...]
    context: Curve
    prompt: Curve
    reach: Curve
    mix: float
    request: float
    steps: float = 1.0

    def scaled(self, factor: float) -> "StepTimes":
        """Everything `factor` times as slow."""
        return StepTimes(
            batch=tuple(seconds * factor for seconds in self.batch),
            context=self.context.scaled(factor),
            prompt=self.prompt.scaled(factor),
            reach=self.reach.scaled(factor),
            mix=self.mix,
            request=self.request * factor,
            steps=self.steps,
        )

    def decode(self, sequences: int, context: float) -> float:
        """Seconds of a decode step of at most as many sequences as the server runs."""
        return self.batch[sequences] + sequences * self.context.at(context)

    def beside(self, tokens: float, budget: float) -> float:
        """Seconds that prompts add to a pass which answers are written in: their share of a full pass of `budget`.

        Weights and launches are paid for by the pass whether they ride in it or not.
        """
        return tokens * self.prompt.at(budget) / budget

    def read(self, tokens: float, budget: float, depth: float = 0.0) -> float:
        """Seconds to read one prompt alone after `depth` cached tokens, `budget` tokens a pass."""
        whole, rest = divmod(tokens, budget)
        passes = whole * self.prompt.at(budget) + (self.prompt.at(rest) if rest else 0.0)
        return passes + tokens * self.reach.at(depth + tokens / 2)


def step_times(setup: Setup, *, most: int, budget: int, prompt: float, context: float) -> StepTimes:
    """Curves of one attention copy.

    Args:
        setup: the case.
        most: sequences that one copy runs at once.
        budget: tokens of one pass.
        prompt: tokens of a usual prompt, where the curves are exact.
        context: tokens of a usual context, likewise.
    """
    copies, stages = setup.place.plan.dp, setup.place.plan.pp

    def attention(tokens: float) -> float:
        return setup.decode(float(stages * copies), tokens).attention / stages

    def batch(sequences: float) -> float:
        return setup.decode(sequences * copies, context).total - sequences * attention(context)

    def reach(tokens: float) -> float:
        piece = max(1.0, min(2 * tokens, prompt, float(setup.chunk)))
        depth = max(0.0, tokens - piece / 2)
        return setup.read(piece, depth).attention / piece

    def pieces(tokens: float) -> float:
        once = setup.read(tokens)
        return once.total - once.attention

    steps = Curve.through([(b, batch(b)) for b in _batches(most)])
    left = 1.0 - setup.serving.pipeline * (1.0 - setup.pipelined(prompt))
    usual = sorted({*_doubling(64.0, 8.0 * context), context})
    read = sorted({*_doubling(8.0, float(budget)), min(prompt, float(budget))})
    return StepTimes(
        batch=tuple(steps.at(b) for b in range(most + 1)),
        context=Curve.through([(c, attention(c)) for c in usual]),
        prompt=Curve.through([(t, pieces(t) * left) for t in read]),
        reach=Curve.through([(c, reach(c) * left) for c in sorted({*_doubling(64.0, 8.0 * context), prompt / 2})]),
        mix=setup.serving.mix,
        request=setup.serving.request,
        steps=setup.serving.steps,
    )


def _doubling(first: float, last: float) -> list[float]:
    """Powers of two from `first` up to `last`, and `last` itself."""
    steps = [first]
    while steps[-1] * 2 < last:
        steps.append(steps[-1] * 2)
    return [*steps, last] if last > steps[-1] else [*steps, 2 * steps[-1]]


def _batches(most: int) -> list[float]:
    """1, 2, 3, 4, 6, 8, 12, 16, ... up to `most`."""
    found = {1.0, 2.0, float(most)}
    step = 2.0
    while step < most:
        found |= {step, min(step * 1.5, float(most))}
        step *= 2
    return sorted(found)
