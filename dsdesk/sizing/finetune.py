"""Memory of fine-tuning: full, LoRA and QLoRA, with and without recomputing activations, under ZeRO and FSDP.

[bytes a trained parameter] weights 2 (BF16) + gradients 2 + optimiser: AdamW 12 (FP32 copy and two moments), AdamW
with 8-bit moments 6, Adafactor 4 (its row and column statistics are small). Frozen weights keep their own precision.
[bytes] activations of one layer without recomputation = s x b x h x (34 + 5 a x s / h), or s x b x h x 34 where the
scores are never stored (flash attention); with recomputation 2 x s x b x h a layer and one layer in full. The logits
take 6 bytes each (16 bit and FP32), an eighth of that where the loss is computed in chunks (torchtune's
CEWithChunkedOutputLoss). ZeRO 3 and FSDP gather the layer that computes and the next one on every device.
Sources: Rajbhandari et al., ZeRO (arXiv 1910.02054), section 3; Korthikanti et al., Reducing activation recomputation
(arXiv 2205.05198), equations 1 to 6; Hu et al., LoRA (arXiv 2106.09685); Dettmers et al., QLoRA (arXiv 2305.14314).
"""

from dataclasses import dataclass
from enum import StrEnum

from dsdesk.base.errors import InputError
from dsdesk.base.message import Message
from dsdesk.base.source import Unknown, Why
from dsdesk.base.units import GIB, MIB
from dsdesk.llm.architecture import Llm
from dsdesk.llm.architecture import TensorRole as Role
from dsdesk.sizing.memory_engine import CUDA_CONTEXT
from dsdesk.sizing.precisions import weights_bytes


class Method(StrEnum):
    """What is trained."""

    FULL = "full"
    LORA = "lora"
    QLORA = "qlora"


class Optimiser(StrEnum):
    """Which optimiser keeps its state beside the parameters."""

    ADAMW = "adamw"
    ADAMW_8BIT = "adamw_8bit"
    ADAFACTOR = "adafactor"


class Sharding(StrEnum):
    """What is divided among the devices; FSDP's full shard is the same as ZeRO 3."""

    NONE = "none"
    ZERO_1 = "zero1"
    ZERO_2 = "zero2"
    ZERO_3 = "zero3"


_STATE = {Optimiser.ADAMW: 12.0, Optimiser.ADAMW_8BIT: 6.0, Optimiser.ADAFACTOR: 4.0}
_TARGETS = frozenset(
    (
        Role.ATTN_Q,
        Role.ATTN_K,
        Role.ATTN_V,
        Role.ATTN_QKV,
        Role.ATTN_OUT,
        Role.MLA_Q_A,
        Role.MLA_Q_B,
        Role.MLA_KV_A,
        Role.MLA_KV_B,
        Role.FFN_GATE,
        Role.FFN_UP,
        Role.FFN_DOWN,
        Role.SHARED_GATE,
        Role.SHARED_UP,
        Role.SHARED_DOWN,
    )
)
_BYTES_A_TOKEN = 34
_SCORES = 5
_LOGIT_BYTES = 6
_LOSS_CHUNKS = 8
_GATHERED_LAYERS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """A fine-tuning run.

    Attributes:
        method: what is trained.
        sequence_tokens: length of one example.
        batch: examples on one device in one step.
        recompute: activations are recomputed in the backward pass (checkpointing).
        optimiser: which one.
        sharding: what is divided.
        devices: accelerators.
        rank: of the low-rank adapters.
        flash: attention scores are never stored.
        chunked_loss: the loss is computed in chunks, so that the logits are never there as a whole.
    """

    method: Method = Method.QLORA
    sequence_tokens: int = 2048
    batch: int = 1
    recompute: bool = True
    optimiser: Optimiser = Optimiser.ADAMW
    sharding: Sharding = Sharding.NONE
    devices: int = 1
    rank: int = 16
    flash: bool = True
    chunked_loss: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingNeed:
    """Memory of one device by kind, in bytes.

    Attributes:
        trainable_parameters: over the whole model.
        weights_bytes: frozen and trained.
        gradient_bytes: of the trained.
        optimiser_bytes: states of the trained.
        activation_bytes: kept for the backward pass, the logits, and layers that ZeRO 3 has gathered.
        runtime_bytes: the driver's context.
        saved_by_recompute: share of the whole that recomputation saves against the same run without it.
        why: the explanation.
    """

    trainable_parameters: int
    weights_bytes: int
    gradient_bytes: int
    optimiser_bytes: int
    activation_bytes: int
    runtime_bytes: int
    saved_by_recompute: float
    why: Why

    @property
    def total_bytes(self) -> int:
        """All of one device."""
        return (
            self.weights_bytes + self.gradient_bytes + self.optimiser_bytes + self.activation_bytes + self.runtime_bytes
        )


def training_need(llm: Llm, training: Training) -> TrainingNeed | Unknown:
    """The memory of one device while fine-tuning.

    Raises:
        InputError: a count is not positive.
    """
    if min(training.sequence_tokens, training.batch, training.devices, training.rank) < 1:
        raise InputError(Message("Length, batch, devices and rank must be at least 1."))
    frozen = weights_bytes(llm, "nf4" if training.method is Method.QLORA else "bf16")
    if isinstance(frozen, Unknown):
        return frozen
    trained = trainable_parameters(llm, training)
    cut = _cuts(training)
    adapters = 0 if training.method is Method.FULL else 2 * trained
    weights = (frozen + adapters) / cut[0]
    gradients, state = 2 * trained / cut[1], _STATE[training.optimiser] * trained / cut[2]
    gathered = _gathered(llm, training, frozen + adapters)
    kept = activations(llm, training) + gathered
    whole = activations(llm, training, recompute=False) + gathered
    fixed = weights + gradients + state + CUDA_CONTEXT
    return TrainingNeed(
        trainable_parameters=trained,
        weights_bytes=round(weights),
        gradient_bytes=round(gradients),
        optimiser_bytes=round(state),
        activation_bytes=round(kept),
        runtime_bytes=CUDA_CONTEXT,
        saved_by_recompute=(whole - kept) / (fixed + whole),
        why=_why(training, weights, gradients, state, kept),
    )


def _gathered(llm: Llm, training: Training, weights: float) -> float:
    """Bytes of the layers that a device holds uncut under ZeRO 3."""
    if training.sharding is not Sharding.ZERO_3 or training.devices == 1:
        return 0.0
    return _GATHERED_LAYERS * weights / max(1, llm.architecture.layer_count)


def _cuts(training: Training) -> tuple[int, int, int]:
    """Into how many parts weights, gradients and optimiser states are cut."""
    count = training.devices
    return {
        Sharding.NONE: (1, 1, 1),
        Sharding.ZERO_1: (1, 1, count),
        Sharding.ZERO_2: (1, count, count),
        Sharding.ZERO_3: (count, count, count),
    }[training.sharding]


def trainable_parameters(llm: Llm, training: Training) -> int:
    """Parameters that receive gradients: all, or `rank x (rows + columns)` for each adapted matrix.

    Adapters are put on attention and dense or shared feed-forward matrices, not on routed experts.
    """
    groups = [one for one in llm.architecture.tensors if not one.mtp and one.role is not Role.VISION]
    if training.method is Method.FULL:
        return sum(one.parameters for one in groups)
    return sum(training.rank * (one.rows + one.columns) * one.count for one in groups if one.role in _TARGETS)


def activations(llm: Llm, training: Training, *, recompute: bool | None = None) -> float:
    """Bytes kept for the backward pass on one device, logits included (FP32 and their 16-bit source)."""
    architecture = llm.architecture
    tokens = training.sequence_tokens * training.batch
    hidden = architecture.hidden_size
    heads = max((one.heads for one in architecture.attention), default=0)
    scores = 0.0 if training.flash else _SCORES * heads * training.sequence_tokens / hidden
    layer = tokens * hidden * (_BYTES_A_TOKEN + scores)
    logits = tokens * architecture.vocab_size * _LOGIT_BYTES / (_LOSS_CHUNKS if training.chunked_loss else 1)
    if training.recompute if recompute is None else recompute:
        return architecture.layer_count * 2 * tokens * hidden + layer + logits
    return architecture.layer_count * layer + logits


def _why(training: Training, weights: float, gradients: float, state: float, kept: float) -> Why:
    total = weights + gradients + state + kept + CUDA_CONTEXT
    parts = (
        Why(title=Message("Weights"), formula=f"{weights / GIB:.2f} GiB", source="counted by tensor"),
        Why(
            title=Message("Gradients"), formula=f"2 B x trained = {gradients / GIB:.2f} GiB", source="arXiv 1910.02054"
        ),
        Why(
            title=Message("Optimiser states"),
            formula=f"{_STATE[training.optimiser]:g} B x trained = {state / GIB:.2f} GiB",
            source="arXiv 1910.02054, section 3.1",
        ),
        Why(title=Message("Activations"), formula=f"{kept / GIB:.2f} GiB", source="arXiv 2205.05198, equations 1 to 6"),
    )
    terms = " + ".join(f"{one / GIB:.2f}" for one in (weights, gradients, state, kept))
    formula = f"{terms} + {CUDA_CONTEXT / MIB:.0f} MiB = {total / GIB:.2f} GiB"
    return Why(title=Message("Memory of one device while fine-tuning"), formula=formula, source="the sum", parts=parts)
