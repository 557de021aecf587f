"""Claims about memory: tiers, the rule of thumb, activation checkpointing, headroom (G1, G2, G12, G17, G21)."""

from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.claims.claim import Figure, Judgement, Verdict
from dsdesk.claims.registry import Bench, judge, undecided
from dsdesk.llm.precision import Engine
from dsdesk.sizing.finetune import Method, Training, training_need
from dsdesk.sizing.memory import need
from dsdesk.sizing.precisions import weights_bytes
from dsdesk.sizing.results import ParallelPlan

_GB = 1e9
_FP16_BYTES = 2
_LITE = "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B"
_PRO = "deepseek-ai/deepseek-llm-67b-base"
_LITE_GB = 16.0
_ULTRA_PARAMETERS = 175e9
_FOUR_BITS = 4


@judge("g1-lite", Message("A 7B model wants 16 GB of memory or more."))
def lite_fits_16_gb(bench: Bench) -> Judgement:
    """Weights, cache of one chat of 8192 tokens and runtime of a 7B model at FP16."""
    llm = bench.llm(_LITE)
    if isinstance(llm, Unknown):
        return undecided(llm)
    needed = need(
        llm,
        precision="f16",
        kv_precision="f16",
        engine=Engine.VLLM,
        context_tokens=8192,
        sequences=1,
        plan=ParallelPlan(),
    )
    if isinstance(needed, Unknown):
        return undecided(needed)
    ours = Figure(needed.total_bytes / _GB, "GB")
    weights = Figure(needed.weights_bytes / _GB, "GB")
    reason = Message(
        "{model} has {weights} of weights at FP16; with the cache of one chat of 8192 tokens and the runtime it takes "
        "{total}. At 8 bits or less it fits 16 GB with room to spare.",
        model=llm.name,
        weights=weights.text(),
        total=ours.text(),
    )
    return Judgement(ours=ours, verdict=Verdict.DEPENDS, reason=reason)


@judge("g1-pro", Message("A 67B model at FP16 wants 80 GB of memory or more."))
def pro_fits_80_gb(bench: Bench) -> Judgement:
    """Weights alone of the 67B model at 16 bits."""
    llm = bench.llm(_PRO)
    if isinstance(llm, Unknown):
        return undecided(llm)
    weights = weights_bytes(llm, "bf16")
    if isinstance(weights, Unknown):
        return undecided(weights)
    ours = Figure(weights / _GB, "GB")
    reason = Message(
        "At two bytes for each parameter the weights alone take {weights}, before any cache. 80 GB hold them at 8 "
        "bits.",
        weights=ours.text(),
    )
    return Judgement(ours=ours, verdict=Verdict.WRONG, reason=reason)


@judge("g2-ultra", Message("A 175B model at FP16 needs at least 160 GB."))
def ultra_fits_160_gb(_bench: Bench) -> Judgement:
    """175e9 parameters at two bytes."""
    ours = Figure(_ULTRA_PARAMETERS * _FP16_BYTES / _GB, "GB")
    four_bits = Figure(_ULTRA_PARAMETERS * _FOUR_BITS / 8 / _GB, "GB")
    reason = Message(
        "175 billion parameters of two bytes are {total}. 160 GB hold them at 4 bits ({small} and more for scales and "
        "cache), not at FP16.",
        total=ours.text(),
        small=four_bits.text(),
    )
    return Judgement(ours=ours, verdict=Verdict.WRONG, reason=reason)


@judge("g2-rule", Message("At FP16, 1 GB of memory holds about 0.6 billion parameters."))
def rule_of_thumb(_bench: Bench) -> Judgement:
    """1e9 bytes over two bytes a parameter."""
    reason = Message(
        "A parameter takes two bytes at FP16, so 1 GB holds 0.5 billion, and fewer once cache and runtime are counted. "
        "The rule makes every model look a sixth smaller than it is."
    )
    return Judgement(ours=Figure(1 / _FP16_BYTES, "B/GB"), verdict=Verdict.WRONG, reason=reason)


@judge("g1-names", Message("The largest DeepSeek model has 175 billion parameters or more."))
def ultra_exists(bench: Bench) -> Judgement:
    """The DeepSeek model of the library whose size is nearest to 175e9."""
    own = [llm for llm in bench.catalog.llms() if llm.organisation.lower().startswith("deepseek")]
    if not own:
        return undecided(Unknown(Message("no DeepSeek model is in the catalogue")))
    nearest = min(own, key=lambda llm: abs(llm.architecture.parameters - _ULTRA_PARAMETERS))
    largest = max(own, key=lambda llm: llm.architecture.parameters)
    reason = Message(
        "No public DeepSeek model has 175 billion; the nearest is {nearest}, the largest {largest}. The tier stands "
        "for those here.",
        nearest=nearest.name,
        largest=largest.name,
    )
    return Judgement(ours=Figure(nearest.architecture.parameters / 1e9, "B"), verdict=Verdict.DEPENDS, reason=reason)


@judge("g12-recompute", Message("Activation checkpointing lowers the memory needed by 30 % to 50 %."))
def recompute_saves(bench: Bench) -> Judgement:
    """What recomputing saves in the three ways of fine-tuning a 7B model with two examples of 2,048 tokens."""
    llm = bench.llm(_LITE)
    if isinstance(llm, Unknown):
        return undecided(llm)
    saved = {}
    for method in Method:
        needed = training_need(llm, Training(method=method, batch=2, sequence_tokens=2048))
        if isinstance(needed, Unknown):
            return undecided(needed)
        saved[method] = Figure(100 * needed.saved_by_recompute, "%")
    reason = Message(
        "It holds for training only, where activations are kept for the backward pass. For {model} with two examples "
        "of 2048 tokens it saves {full} of full training, {lora} of LoRA and {qlora} of QLoRA. Running a model keeps "
        "no activations, so there it saves nothing.",
        model=llm.name,
        full=saved[Method.FULL].text(),
        lora=saved[Method.LORA].text(),
        qlora=saved[Method.QLORA].text(),
    )
    return Judgement(ours=saved[Method.LORA], verdict=Verdict.DEPENDS, reason=reason)


@judge("g17-oom", Message("Out of memory: gradient checkpointing or model parallelism now, a GPU with NVLink later."))
def out_of_memory(_bench: Bench) -> Judgement:
    """What lowers memory when a model is run."""
    reason = Message(
        "Model parallelism helps; gradient checkpointing does nothing when a model is only run. NVLink adds speed "
        "between cards, not memory: fewer bits for weights and cache, a shorter context or a card with more memory do."
    )
    return Judgement(verdict=Verdict.DEPENDS, reason=reason)


@judge("g21-headroom", Message("Keep 15 % to 20 % of the hardware in reserve for the next model."))
def headroom(bench: Bench) -> Judgement:
    """The headroom of the open project, and whether it reaches the next bigger model."""
    share = bench.evaluation.configuration.headroom
    ours = Figure(share * 100, "%")
    following = bench.evaluation.next_model
    if following is None:
        reason = Message(
            "A sensible habit; every check here keeps {share} free, and you can change it.", share=ours.text()
        )
        return Judgement(ours=ours, verdict=Verdict.AGREES, reason=reason)
    needed = Figure(following.need.total_bytes / _GB, "GB")
    reason = Message(
        "A sensible habit; every check here keeps {share} free, and you can change it. Whether it is enough depends on "
        "the next model: {model} would take {needed}.",
        share=ours.text(),
        model=following.llm.name,
        needed=needed.text(),
    )
    return Judgement(ours=ours, verdict=Verdict.DEPENDS, reason=reason)
