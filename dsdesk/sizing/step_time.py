"""Seconds of a pass from its terms and the calibrated efficiencies.

Equation:
    linear(read, math, pad) = ((read / bw)^p + (through / flow)^p + ((math + tile * pad) / mm)^p)^(1/p)
    experts = ((moe * read / bw)^p + (moe * through / flow)^p + (grouped * (math + tile * pad) / mm)^p)^(1/p)
    device = linear(dense) + experts + ops * unpack + rewrite / bw
             + ((kv / kv_bw)^p + (attention / attn)^p)^(1/p) + scores * written + again * reread
             + layer * layers + loop * looped experts + step * passes + seq * sequences + lat * collectives
             + disp * dispatches + wire / link
             + ((host / host_bw)^p + (host_math * cpu)^p)^(1/p) + copied / bus + hand * handovers
    time = (device^p + (eager * launched)^p)^(1/p)

Passes that read prompts are launched kernel by kernel by the host, layer after layer, while decode steps replay a
recorded graph: a short prompt takes as long as its launches.

A smooth maximum (p = 3) stands for the overlap of reading and computing: a kernel that needs both equally is slower
than either. Source: the roofline's sharp maximum is its limit for p -> infinity (Williams et al., CACM 52(4), 2009).

The functions use arithmetic only, so that coefficients and terms may be floats or numpy arrays: the fit under bench/
runs the very equation that the forecast uses.
"""

from dataclasses import dataclass

from dsdesk.sizing.step_terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficients:
    """Efficiencies of one engine on one device at one precision.

    Attributes:
        bw: share of memory bandwidth while weights are read.
        flow: bytes that a compute unit takes in a clock while weights are read.
        kv_bw: share of memory bandwidth while the cache is read.
        mm: share of the matrix rate in large products.
        attn: share of the matrix rate in attention.
        tile: rows to which a product is padded, in effect.
        moe: how much longer routed experts take to read than dense weights of the same size.
        grouped: how much longer their products take than a dense product of the same size.
        ops: vector operations to unpack one weight.
        scores: bytes that attention moves for each score where it is not fused.
        again: share of what fused attention could have to read again that it does.
        layer: launch and small kernels of one layer [s].
        loop: launches and unpacking of one routed expert's products where they run one after another [s].
        eager: launch of one layer by the host in a pass that reads a prompt [s].
        step: scheduler, sampling and launch of one pass [s].
        seq: scheduler and sampling of one sequence of a pass [s].
        lat: latency of one collective over two devices [s].
        disp: one exchange of tokens between experts of several attention copies [s].
        link: share of the raw link bandwidth.
        host_bw: share of host memory bandwidth.
        cpu: how much longer the host multiplies than its memory bandwidth suggests.
        hand: one layer's way to the host and back, which a recorded graph does not span [s].
        bus: share of the bus between host and device.
    """

    bw: float
    flow: float
    kv_bw: float
    mm: float
    attn: float
    tile: float
    moe: float
    grouped: float
    ops: float
    scores: float
    again: float
    layer: float
    loop: float
    eager: float
    step: float
    seq: float
    lat: float
    disp: float
    link: float
    host_bw: float
    cpu: float
    bus: float
    hand: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Seconds of a pass by what they were spent on; they add up to `total`."""

    weights: float
    unpacking: float
    attention: float
    overhead: float
    links: float
    host: float

    @property
    def total(self) -> float:
        """Seconds of the whole pass."""
        return self.weights + self.unpacking + self.attention + self.overhead + self.links + self.host

    def scaled(self, share: float) -> "Spent":
        """The same mix in `share` of the time."""
        return Spent(
            weights=self.weights * share,
            unpacking=self.unpacking * share,
            attention=self.attention * share,
            overhead=self.overhead * share,
            links=self.links * share,
            host=self.host * share,
        )


def _both(one: float, other: float) -> float:
    """The smooth maximum with p = 3; products, since powers of arrays are slow."""
    value: float = (one * one * one + other * other * other) ** (1.0 / 3.0)
    return value


def _all(one: float, other: float, third: float) -> float:
    """The smooth maximum of three."""
    value: float = (one * one * one + other * other * other + third * third * third) ** (1.0 / 3.0)
    return value


_COPIES = 4.0  # chunks that llama.cpp has on the way at most: GGML_SCHED_MAX_COPIES in ggml-backend.cpp


def overlapped(chunks: float, stages: float, layers: float, ahead: float) -> float:
    """Share of the time of one after another that is left when pipeline stages overlap over the chunks of a prompt.

    Equation: (p + (m - 1) * max(1, p / c)) / (m * p) for m chunks, p stages and c chunks on the way; with c >= p it is
    GPipe's. The host launches kernel by kernel and waits when the queue of a device is full: where a device has more
    layers than the host can have launched ahead, c falls from four to one, and the other devices wait.
    Source: Huang et al., "GPipe", arXiv 1811.06965, section 2.

    Args:
        chunks: of the prompt.
        stages: devices one after another.
        layers: of one stage.
        ahead: layers that the queue of a device holds.
    """
    flight = 1.0 + 1.0 / (1.0 / (_COPIES - 1.0) + layers / ahead)
    slowest: float = (1.0 + (stages**8 - 1.0) / flight**8) ** 0.125
    return (stages + (chunks - 1.0) * slowest) / (chunks * stages)


def spent(t: Terms, c: Coefficients) -> Spent:
    """Where the time of a pass goes."""
    dense = _all(t.dense_read / c.bw, t.dense_flow / c.flow, (t.dense_math + c.tile * t.dense_pad) / c.mm)
    experts = _all(
        c.moe * t.expert_read / c.bw,
        c.moe * t.expert_flow / c.flow,
        c.grouped * (t.expert_math + c.tile * t.expert_pad) / c.mm,
    )
    unpacking = c.ops * t.unpack + t.rewrite / c.bw
    attention = _both(t.kv_read / c.kv_bw, t.attention_math / c.attn) + c.scores * t.scores + c.again * t.again
    overhead = c.layer * t.layer_passes + c.step * t.passes + c.seq * t.sequence_passes + c.loop * t.looped
    links = c.lat * t.collectives + c.disp * t.dispatches + t.wire / c.link
    host = _both(t.host_read / c.host_bw, c.cpu * t.host_math) + t.bus_read / c.bus + c.hand * t.handovers
    device = dense + experts + unpacking + attention + overhead + links + host
    return Spent(
        weights=dense + experts,
        unpacking=unpacking,
        attention=attention,
        overhead=overhead + _both(device, c.eager * t.launched) - device,
        links=links,
        host=host,
    )
