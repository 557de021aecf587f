"""What the formulas answer: frozen values with their explanation, the vocabulary of Evaluation."""

from dataclasses import dataclass
from enum import StrEnum

from dsdesk.base.message import Message
from dsdesk.base.source import Unknown, Why
from dsdesk.base.units import Estimate
from dsdesk.hardware.vocabulary import LinkKind, PcieLink


@dataclass(frozen=True, slots=True, kw_only=True)
class ParallelPlan:
    """How the model is split over devices.

    Attributes:
        tp: tensor parallel size; for llama.cpp layer split this is 1 and pp counts the devices.
        pp: pipeline parallel size (layer split).
        ep: expert parallel size.
        dp: data parallel copies of the whole (or of attention, with ep > 1).
        legal: whether the head counts and block sizes allow it.
        reasons: why it was chosen, or why it is not legal.
    """

    tp: int = 1
    pp: int = 1
    ep: int = 1
    dp: int = 1
    legal: bool = True
    reasons: tuple[Message, ...] = ()

    @property
    def devices(self) -> int:
        """Accelerators that the plan uses."""
        return self.tp * self.pp * self.dp


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceMemory:
    """Memory of one device under the plan, in bytes; gradients and optimiser states are there in fine-tuning only."""

    device: int
    weights_bytes: int
    kv_cache_bytes: int
    activation_bytes: int
    runtime_bytes: int
    gradient_bytes: int = 0
    optimiser_bytes: int = 0

    @property
    def total_bytes(self) -> int:
        """All of it."""
        served = self.weights_bytes + self.kv_cache_bytes + self.activation_bytes + self.runtime_bytes
        return served + self.gradient_bytes + self.optimiser_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryNeed:
    """Memory a model needs for a workload.

    Attributes:
        parameters: of the checkpoint as loaded.
        active_parameters: per token.
        weights_bytes: over all devices together, replicated tensors counted as often as they are held.
        kv_cache_bytes: for all sequences at full context, over all devices.
        kv_cache_bytes_per_token: growth per token of one sequence (one copy).
        activation_bytes: working buffers over all devices.
        runtime_bytes: context, graphs, communication buffers over all devices.
        devices: the same per device.
        host_bytes: what lies in host memory (offloaded weights), 0 without offload.
        gradient_bytes: of what is trained, over all devices; 0 when the model is only run.
        optimiser_bytes: the optimiser's states, likewise.
        assumed: layout choices that were made where engines differ, and constants with their evidence.
        why: the explanation.
    """

    parameters: int
    active_parameters: int
    weights_bytes: int
    kv_cache_bytes: int
    kv_cache_bytes_per_token: float
    activation_bytes: int
    runtime_bytes: int
    devices: tuple[DeviceMemory, ...]
    host_bytes: int = 0
    gradient_bytes: int = 0
    optimiser_bytes: int = 0
    assumed: tuple[Message, ...] = ()
    why: Why | None = None

    @property
    def total_bytes(self) -> int:
        """All devices together."""
        served = self.weights_bytes + self.kv_cache_bytes + self.activation_bytes + self.runtime_bytes
        return served + self.gradient_bytes + self.optimiser_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Interconnect:
    """How the devices of one node are joined, and nodes to one another.

    Attributes:
        kind: best link between two devices of a node.
        bandwidth_b_s: one way per device, None if not published.
        pcie: negotiated link of the slowest device.
        peer_to_peer: whether devices copy directly; consumer NVIDIA cards go through the host.
        nodes: how many machines the plan spans.
        node_bit_s: network bandwidth per node, None without a network or if not published.
        assumed: whether `pcie` is the card's own link because that of its slot is not known.
    """

    kind: LinkKind = LinkKind.PCIE
    bandwidth_b_s: float | None = None
    pcie: PcieLink | None = None
    peer_to_peer: bool = True
    nodes: int = 1
    node_bit_s: float | None = None
    assumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HostSpeed:
    """The host as the forecast sees it: memory bandwidth over filled channels, None if unknown."""

    memory_bandwidth_b_s: float | None = None
    memory_bytes: int | None = None


class Limit(StrEnum):
    """What limits a forecast."""

    MEMORY_BANDWIDTH = "memory_bandwidth"
    COMPUTE = "compute"
    LINKS = "links"
    OVERHEAD = "overhead"
    HOST_MEMORY = "host_memory"
    CAPACITY = "capacity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """How fast it will be. Every value carries its 80 % interval.

    Attributes:
        prefill_tok_s: prompt tokens per second of one request.
        decode_tok_s_per_user: tokens per second that one user sees.
        decode_tok_s_total: of all users together, decode only.
        output_tok_s_total: output tokens per second including the time for prefill.
        ttft_ms: time to first token.
        tpot_ms: time per output token.
        requests_s: requests per second at this concurrency.
        gpu_power_w: all accelerators together while decoding; None = no figure.
        limited_by: what limits decode.
        fits: whether the memory suffices.
        distance: how far the case is from measurements ("near", "family", "far"), which sets the interval.
        why: the explanation.
        own_measurements: how many of the user's own measurements it is calibrated with.
        prompt_tokens: of the prompt that was asked about.
    """

    prefill_tok_s: Estimate
    decode_tok_s_per_user: Estimate
    decode_tok_s_total: Estimate
    output_tok_s_total: Estimate
    ttft_ms: Estimate
    tpot_ms: Estimate
    requests_s: Estimate
    gpu_power_w: Estimate | None
    limited_by: Limit
    fits: bool
    distance: str
    why: Why
    own_measurements: int = 0
    prompt_tokens: int = 0


ForecastAnswer = Forecast | Unknown
