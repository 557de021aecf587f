"""What a server settles at, without chance: requests in flight at a rate, and the rate that it cannot pass.

    rate(b) = b / (O step(b) + b mix read + request),  for b sequences that each make O tokens while, a request,
                                                    one prompt is read

The simulation takes from here how long to run before it counts, and where to look for the largest load.
Source: Little, Operations Research 9(3), 1961; Agrawal et al., "Sarathi-Serve", arXiv 2403.02310.
"""

from dataclasses import dataclass

from dsdesk.sizing.simulation_loop import Copy


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """The mean request.

    Attributes:
        inputs: tokens of the prompt.
        outputs: tokens of the answer.
        shared: tokens of the prompt whose cache is there already.
    """

    inputs: float
    outputs: float
    shared: float = 0.0


def places(copy: Copy, usual: Usual) -> int:
    """Sequences that one copy runs at once: as many as the engine lets in and the cache holds."""
    own = usual.inputs - usual.shared + usual.outputs * (1.0 if copy.reserves else 0.5)
    room = copy.cache_bytes - copy.token_bytes * usual.shared
    return max(1, min(copy.most, int(room / max(1.0, copy.held(own)))))


def rate_with(copy: Copy, usual: Usual, sequences: int) -> float:
    """Requests that one copy answers in a second with `sequences` of them in the batch [1/s]."""
    times = copy.times
    step = times.decode(sequences, usual.inputs + usual.outputs / 2)
    read = times.read(usual.inputs - usual.shared, copy.budget, usual.shared)
    return sequences / (usual.outputs * step + read * (1.0 + times.mix * (sequences - 1)))


def most_rate(copy: Copy, usual: Usual) -> float:
    """The rate that one copy cannot pass [1/s]."""
    full = places(copy, usual)
    return max(rate_with(copy, usual, full), rate_with(copy, usual, max(1, full // 2)))


def settled(copy: Copy, usual: Usual, rate_s: float) -> int | None:
    """Sequences in the batch of one copy at `rate_s`; None where it never settles."""
    low, high = 0, places(copy, usual)
    if rate_with(copy, usual, high) < rate_s:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if rate_with(copy, usual, middle) >= rate_s else (middle, high)
    return high
