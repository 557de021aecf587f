"""Continuous batching of one attention copy, event by event.

Every pass makes one token for each running sequence and spends what is left of its token budget on prompts, first come
first served, in pieces (chunked prefill). A prompt is let in when there is a place and its cache fits; where the cache
runs full while answers grow, the youngest sequence gives up its cache, goes back to the head of the queue and is read
again. Engines that keep room for the whole answer never come to that. Between two events the batch stays the same, so
that all steps up to the next event are taken at once.

Source: Yu et al., "Orca", OSDI 2022 (continuous batching); Kwon et al., "PagedAttention", arXiv 2309.06180, section 4.5
(preemption by recomputation); Agrawal et al., "Sarathi-Serve", arXiv 2403.02310 (chunks beside decodes).
"""

from collections import deque
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from math import ceil, sqrt

from dsdesk.sizing.simulation_steps import StepTimes
from dsdesk.sizing.simulation_traffic import DRAWS, Draws


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One attention copy of a server.

    Attributes:
        times: of its passes.
        budget: tokens of one pass.
        most: sequences at once.
        cache_bytes: for the cache [B].
        token_bytes: cache of one token [B].
        sequence_bytes: cache of a sequence whatever its length [B].
        reserves: whether room for the whole answer is kept from the start.
    """

    times: StepTimes
    budget: int
    most: int
    cache_bytes: float
    token_bytes: float
    sequence_bytes: float
    reserves: bool

    @property
    def longest(self) -> int:
        """Tokens of the longest sequence that the cache holds."""
        if self.token_bytes <= 0:
            return 2**31
        return max(0, int((self.cache_bytes - self.sequence_bytes) / self.token_bytes))

    def held(self, tokens: float) -> float:
        """Cache of a sequence of `tokens` tokens [B]."""
        return self.sequence_bytes + self.token_bytes * tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """When requests come.

    Attributes:
        rate_s: of an open stream [1/s]; None = a closed group.
        users: of a closed group.
        pause_s: mean pause of a user [s].
        round_s: time over which the first requests of the users are spread [s].
    """

    rate_s: float | None = None
    users: int = 1
    pause_s: float = 0.0
    round_s: float = 0.0


@dataclass(slots=True)
class Request:
    """One request on its way; times in seconds of the simulation.

    Attributes:
        index: in order of coming.
        sent: when the user sent it.
        own: tokens of its own to be read before it decodes; what it made before a preemption is among them.
        unread: of them not read yet.
        left: tokens to make when it joined the batch.
        held: whether its cache is held.
        joined: step after which it joined.
        finish: step after which it is answered, -1 while it is not in the batch.
        first: when its first token came, negative before.
        late: by how much every token reaches the user after the step that made it.
    """

    index: int
    sent: float
    own: float
    unread: float
    left: int
    held: bool = False
    joined: int = 0
    finish: int = -1
    first: float = -1.0
    late: float = 0.0


@dataclass(frozen=True, slots=True)
class Answered:
    """What one user saw [s].

    Attributes:
        first: time to first token.
        each: mean time of each further token, None for answers of one token.
        whole: time until the answer was complete.
    """

    first: float
    each: float | None
    whole: float


class Loop:
    """A simulation under way; after `run` its attributes tell what was seen.

    Attributes:
        done: the counted requests, as they ended.
        gaps: (time between two tokens [s], tokens that waited for it).
        received: requests that came.
        finished: requests that were answered.
        flying_at_start: requests on the server when counting began.
        preemptions: sequences that gave up their cache.
        peak: most cache that was held [B].
    """

    def __init__(
        self, copy: Copy, draws: Draws, arrivals: Arrivals, *, skipped: int, counted: int, shared: int = 0
    ) -> None:
        self.copy, self.times, self.draws, self.arrivals = copy, copy.times, draws, arrivals
        self.skipped, self.counted, self.shared = skipped, counted, shared
        self.room = copy.cache_bytes - copy.token_bytes * shared
        self.now = self.begun = self.area = self.cache = self.peak = self.context = 0.0
        self.step = self.running = self.received = self.finished = self.finished_before = self.preemptions = 0
        self.flying_at_start = 0
        self.waiting: deque[Request] = deque()
        self.ending: list[tuple[int, int, Request]] = []
        self.order: list[Request] = []
        self.fresh: list[Request] = []
        self.done: list[Answered] = []
        self.gaps: list[tuple[float, int]] = []
        if arrivals.rate_s is not None:
            self.coming = [draws.waits[-1] / arrivals.rate_s]
        else:
            spread = arrivals.round_s / arrivals.users
            self.coming = [self.times.request + i * spread for i in range(arrivals.users)]
            heapify(self.coming)

    def run(self) -> "Loop":
        """Until every counted request is answered."""
        while len(self.done) < self.counted:
            self._receive()
            self._make_room()
            if self._read_on():
                continue
            tokens, seconds, joins = self._admit()
            if tokens:
                self._mixed(tokens, seconds, joins)
            elif self.running:
                self._decode()
            else:
                self.now = max(self.now, self.coming[0])
        return self

    @property
    def in_flight(self) -> float:
        """Requests on the server, mean over the counted time."""
        return self.area / max(1e-9, self.now - self.begun)

    @property
    def rate_s(self) -> float:
        """Requests answered in a second of the counted time."""
        return (self.finished - self.finished_before) / max(1e-9, self.now - self.begun)

    def _receive(self) -> None:
        rate = self.arrivals.rate_s
        while self.coming and self.coming[0] <= self.now:
            at, index = heappop(self.coming), self.received
            if index == self.skipped:
                self.begun, self.finished_before = at, self.finished
                self.flying_at_start = self.received - self.finished
                self.area = self.flying_at_start * (self.now - at)
            self.received += 1
            self.area += self.now - at
            drawn = index % DRAWS
            own = max(1, self.draws.inputs[drawn] - self.shared)
            self.waiting.append(Request(index, at - self.times.request, own, own, self.draws.outputs[drawn]))
            if rate is not None:
                heappush(self.coming, at + self.draws.waits[drawn] / rate)

    def _admit(self) -> tuple[float, float, list[Request]]:
        """Prompt tokens of the next pass, seconds of their attention, and requests whose prompt it completes."""
        room = float(self.copy.budget - self.running)
        tokens = attention = 0.0
        joins: list[Request] = []
        while self.waiting and room >= 1.0:
            request = self.waiting[0]
            if not request.held and not self._hold(request, self.running + len(joins)):
                break
            piece = min(request.unread, room)
            seen = self.shared + request.own - request.unread + piece / 2
            attention += piece * self.times.reach.at(seen)
            request.unread -= piece
            room -= piece
            tokens += piece
            if request.unread <= 0:
                joins.append(self.waiting.popleft())
        return tokens, attention, joins

    def _read_on(self) -> bool:
        """Take passes at once that a long prompt at the head of the queue fills; False where there are not several."""
        room, running = float(self.copy.budget - self.running), self.running
        if not self.waiting or self.waiting[0].unread < 3 * room or room < 1.0:
            return False
        request, growth = self.waiting[0], self._growth()
        if not request.held and not self._hold(request, running):
            return False
        passes = int(request.unread / room) - 1
        if running:
            passes = min(passes, self._next_finish() - self.step)
        if growth and running > 1:
            passes = min(passes, int((self.room - self.cache) / growth))
        if passes <= 1:
            return False
        tokens = passes * room
        seen = self.shared + request.own - request.unread + tokens / 2
        once = self.times.prompt.at(room) + room * self.times.reach.at(seen)
        if running:
            once = self.times.mix * (self.times.beside(room, self.copy.budget) + room * self.times.reach.at(seen))
            once += self.times.decode(running, self.context / running + (passes - 1) / 2)
        request.unread -= tokens
        self._advance(once * passes, passes if running else 0, once)
        return True

    def _next_finish(self) -> int:
        """The step after which the next request is answered."""
        while self.ending[0][0] != self.ending[0][2].finish:
            heappop(self.ending)  # it was preempted meanwhile
        return self.ending[0][0]

    def _hold(self, request: Request, before: int) -> bool:
        """Take the cache of a request if there is a place and room for it; one that is alone is never refused."""
        wanted = self.copy.held(request.own + (request.left if self.copy.reserves else 0))
        if before and (before >= self.copy.most or self.cache + wanted + self._growth() > self.room):
            return False
        request.held = True
        self.cache += wanted
        self.peak = max(self.peak, self.cache)
        return True

    def _growth(self) -> float:
        """Cache that the next step takes [B]."""
        return 0.0 if self.copy.reserves else self.running * self.copy.token_bytes

    def _make_room(self) -> None:
        """Until the next step fits into the cache."""
        while self.running > 1 and self.cache + self._growth() > self.room:
            self._preempt()

    def _mixed(self, tokens: float, attention: float, joins: list[Request]) -> None:
        """One pass with prompts in it."""
        seconds, running = self.times.prompt.at(tokens) + attention, self.running
        if running:
            seconds = self.times.mix * (self.times.beside(tokens, self.copy.budget) + attention)
            seconds += self.times.decode(running, self.context / running)
        self._advance(seconds, 1 if running else 0, seconds)
        for request in joins:
            request.joined = self.step
            request.finish = self.step + request.left
            heappush(self.ending, (request.finish, request.index, request))
            self.order.append(request)
            self.running += 1
            self.context += self.shared + request.own
            if request.first < 0:
                self.fresh.append(request)

    def _decode(self) -> None:
        """As many steps as pass without an event."""
        running, growth = self.running, self._growth()
        steps = self._next_finish() - self.step
        attention, slope = self.times.context.line(self.context / running)
        once = self.times.batch[running] + running * attention
        if not self.waiting and self.coming and running < self.copy.most:
            steps = min(steps, _steps_until(self.coming[0] - self.now, once, running * slope))
        if growth and running > 1:
            steps = min(steps, max(1, int((self.room - self.cache) / growth)))
        self._advance((once + running * slope * (steps - 1) / 2) * steps, steps, once)

    def _advance(self, seconds: float, steps: int, once: float) -> None:
        """Let time pass in which every running sequence makes `steps` tokens, the first after `once` seconds."""
        self.area += (self.running + len(self.waiting)) * seconds
        if steps:
            for request in self.fresh:
                request.late = (self.times.steps - 1.0) * once
                request.first = self.now + once + request.late
            self.fresh.clear()
            made = self.running * steps
            self.gaps.append((seconds / steps, made))
            self.step += steps
            self.context += made
            if not self.copy.reserves:
                self.cache += made * self.copy.token_bytes
                self.peak = max(self.peak, self.cache)
        self.now += seconds
        while self.ending and self.ending[0][0] <= self.step:
            finish, _, request = heappop(self.ending)
            if finish == request.finish:
                self._finish(request)

    def _finish(self, request: Request) -> None:
        self.running -= 1
        self.finished += 1
        tokens = request.own + request.left
        self.context -= self.shared + tokens
        self.cache = max(0.0, self.cache - self.copy.held(tokens))  # prompts that the same pass completes hold theirs
        request.finish = -1
        if self.skipped <= request.index < self.skipped + self.counted:
            made = self.draws.outputs[request.index % DRAWS]
            first, whole = request.first - request.sent, self.now + request.late - request.sent
            self.done.append(Answered(first, (whole - first) / (made - 1) if made > 1 else None, whole))
        if self.arrivals.rate_s is None:
            pause = self.arrivals.pause_s * self.draws.waits[request.index % DRAWS]
            again = self.now + request.late + pause + self.times.request
            heappush(self.coming, max(self.now, again))  # the place is free when the step ends, not when a token left

    def _preempt(self) -> None:
        """The youngest sequence gives up its cache and will be read again, with what it made."""
        request = self.order.pop()
        while request.finish < 0:
            request = self.order.pop()
        made = self.step - request.joined
        self.running -= 1
        self.preemptions += 1
        self.context -= self.shared + request.own + made
        self.cache -= self.copy.held(request.own + made)
        request.own += made
        request.left -= made
        request.unread, request.held, request.finish = request.own, False, -1
        self.waiting.appendleft(request)


def _steps_until(seconds: float, once: float, slower: float) -> int:
    """Steps that begin within `seconds`, the first of which takes `once` and each next one `slower` more [s].

    Equation: k once + slower k (k - 1) / 2 >= seconds, for the smallest k
    """
    half = once - slower / 2
    if slower * seconds < 1e-9 * half * half:
        return max(1, ceil(seconds / once))
    return max(1, ceil((sqrt(half * half + 2 * slower * seconds) - half) / slower))
