"""One row of a table of measurements as a case that can be forecast: names resolved, sizes completed, all by rule."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil, isfinite

from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.hardware.parts import Accelerator
from dsdesk.hardware.vocabulary import LinkKind, Segment
from dsdesk.llm.architecture import Llm
from dsdesk.sizing.calibration import Calibration, Variant
from dsdesk.sizing.model_run import ModelRun
from dsdesk.sizing.names_run import EngineRun, LayoutRun, PrecisionRun, find_chunk, find_depth, suite_lengths
from dsdesk.sizing.names_suite import SuiteRun, find_suite_run
from dsdesk.sizing.results import HostSpeed, Interconnect, ParallelPlan
from dsdesk.sizing.step_terms import Terms
from dsdesk.sizing.support_generations import generation
from dsdesk.sizing.throughput_capacity import most_sequences, offloaded_layers
from dsdesk.sizing.throughput_setup import LAYER_SPLIT, Setup, prepare

_NETWORK_BIT_S = 400e9  # one NDR InfiniBand port a device, where several machines are said but no network is
_PROMPT = 256.0  # tokens of a chat prompt, where a source does not say
_NODE_DEVICES = 8
_HOST_B_S = 8 * 4800e6 * 8  # eight channels of DDR5-4800, where a source does not name the host's memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A row made ready.

    Attributes:
        metric: what is asked.
        input_tokens: prompt, or depth of the cache for decode.
        output_tokens: answer.
        users: requests at once; None = as many as fit.
        decode: what the decoding devices do.
        prefill: what the devices that read prompts do; the same object where there is one kind of worker.
        layout: how it is spread.
        readers: workers that read prompts, where the source does not print how many.
        depth: tokens in the cache before a prompt.
        median_gap: whether the row counts the running batch and the median gap of tokens, which prompts do not touch.
        assumed: what the row did not say.
        most: requests that fit at once.
        held: decode steps that the source's own settings let a request wait at most.
    """

    metric: str
    input_tokens: float
    output_tokens: float
    users: float | None
    decode: Setup
    prefill: Setup
    layout: LayoutRun
    readers: float
    depth: float
    median_gap: bool
    assumed: tuple[Message, ...]
    most: float
    held: float = 0.0


@dataclass(frozen=True, slots=True)
class Named:
    """The names of a row, resolved."""

    llm: Llm
    device: Accelerator
    engine: EngineRun
    precision: PrecisionRun


def number(text: str) -> float | None:
    """A finite number, None where the text is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) else None


def make_case(row: Mapping[str, str], named: Named, layout: LayoutRun, calibration: Calibration) -> Case | Unknown:
    """The case of a row whose names are resolved."""
    lengths = _lengths(row)
    if isinstance(lengths, Unknown):
        return lengths
    input_tokens, output_tokens, assumed = lengths
    users = number(row["concurrency_or_batch"])
    context = input_tokens + output_tokens
    notes, count = row["notes"], max(1, int(number(row["gpu_count"]) or 1))
    variant = _variant(row, named, layout)
    held, told = _offload(row, named, layout, count, context)
    suite = find_suite_run(row, named.engine.engine, generation(named.device).key, named.llm, layout.plan)

    def on(plan: ParallelPlan) -> Setup | Unknown:
        run = ModelRun(
            llm=named.llm,
            precision=named.precision.key,
            kv_precision=_kv_precision(row, named, suite),
            engine=named.engine.engine,
            device=named.device,
            plan=plan,
            interconnect=interconnect_of(named.device, plan.devices),
            host=HostSpeed(memory_bandwidth_b_s=told or _HOST_B_S),
            offload_layers=held,
            measured=calibration,
        )
        return prepare(run, variant=variant, weights_bytes=named.precision.weights_bytes, chunk=find_chunk(notes))

    decode, prefill = on(layout.plan), on(layout.prefill or layout.plan)
    if isinstance(decode, Unknown):
        return decode
    if isinstance(prefill, Unknown):
        return prefill
    copies = _in_copies(layout, named)
    if copies is not None and users:
        spread = on(copies)
        batch, at = users / layout.decode_copies, input_tokens + output_tokens / 2
        if not isinstance(spread, Unknown) and _bound(spread, batch, at) < _bound(decode, batch, at):
            decode, layout = spread, replace(layout, plan=copies)
    assumed = (*assumed, *_unsaid(layout, held, told))
    return Case(
        metric=row["metric"],
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        users=users,
        decode=decode,
        prefill=prefill,
        layout=layout,
        readers=_readers(layout, decode, prefill, users or 1.0, (input_tokens, output_tokens)),
        depth=float(find_depth(notes)) if row["metric"] == "prefill_tok_s" else 0.0,
        median_gap="running batch in concurrency" in notes,
        assumed=assumed,
        most=most_sequences(decode, named.device, input_tokens + output_tokens / 2),
        held=suite.held,
    )


def _unsaid(layout: LayoutRun, held: int, told: float | None) -> tuple[Message, ...]:
    """What a row does not say of its workers and its host."""
    workers = (Message("numbers of workers taken as usual"),) if layout.counted else ()
    host = (Message("host memory taken as eight channels of DDR5-4800"),) if held and not told else ()
    return (*workers, *host)


def _variant(row: Mapping[str, str], named: Named, layout: LayoutRun) -> Variant:
    """What sets this run apart from others of its engine."""
    return Variant(
        backend=named.engine.backend,
        program=named.engine.program,
        device=named.device.id,
        model=named.llm.id,
        flash_attention=_fused(row["notes"]),
        tuned=row["concurrency_or_batch"] in ("Server", "Offline", "Interactive"),
        apart=layout.prefill is not None,
        plain=re.search(r"variant: (?!.*hipblaslt=1)\S*-(hip|rocwmma)\b", row["notes"]) is not None,
        era=_era(row),
    )


def _era(row: Mapping[str, str]) -> str:
    """Year of the engine up to 2025, by when it was measured or else published; "undated" where neither is said."""
    when = re.search(r"measured=(\d{4})", row["notes"])
    year = when[1] if when else row["source_date"][:4]
    return "undated" if not year else max(year, "2024") if year < "2026" else ""


def _in_copies(layout: LayoutRun, named: Named) -> ParallelPlan | None:
    """The other plan of a worker of which only the number of devices is printed: attention in copies, experts spread.

    Latent caches are whole on every tensor-parallel rank, so servers under load keep attention in copies.
    """
    plan, experts = layout.plan, named.llm.architecture.experts
    latent = any(group.kv_lora_rank for group in named.llm.architecture.attention)
    if not layout.counted or not latent or experts is None or plan.tp == 1 or plan.dp > 1:
        return None
    return ParallelPlan(dp=plan.tp, ep=plan.tp) if experts.routed % plan.tp == 0 else None


def _readers(layout: LayoutRun, decode: Setup, prefill: Setup, users: float, lengths: tuple[float, float]) -> float:
    """Workers that read prompts: as printed, or as many as keep up with the answers, which an operator would start."""
    if not layout.counted:
        return float(layout.prefill_copies)
    tokens_in, tokens_out = lengths
    step = _bound(decode, users / layout.decode_copies, tokens_in + tokens_out / 2)
    return max(1.0, users * _least(prefill.prefill_terms(tokens_in)) / (tokens_out * step))


def _bound(setup: Setup, sequences: float, context: float) -> float:
    """Least time of a decode step at printed rates [s], by which an operator would choose a plan."""
    return _least(setup.decode_terms(sequences, context))


def _least(t: Terms) -> float:
    """Time of a pass at printed rates [s]."""
    dense, experts = max(t.dense_read, t.dense_math), max(t.expert_read, t.expert_math)
    return dense + experts + max(t.kv_read, t.attention_math) + t.wire


def _fused(notes: str) -> bool:
    """Whether attention kernels are fused: llama-bench leaves them off unless told, everything else has them on."""
    if re.search(r"no flash attention|fa 0\b", notes):
        return False
    return "llama-bench" not in notes or re.search(r"\bfa( |=)?(1|on|\d{2,})", notes) is not None


def _lengths(row: Mapping[str, str]) -> tuple[float, float, tuple[Message, ...]] | Unknown:
    input_tokens, output_tokens = (
        usual if stated is None else stated
        for stated, usual in zip((number(row["isl"]), number(row["osl"])), suite_lengths(row["model"]), strict=True)
    )
    assumed: tuple[Message, ...] = ()
    if row["metric"] == "prefill_tok_s":
        if input_tokens is None:
            input_tokens, assumed = 512.0, (Message("prompt length taken as {tokens} tokens", tokens=512),)
        if input_tokens <= 0:
            return Unknown(Message("a prompt of zero tokens has no speed"))
        return input_tokens, 0.0, assumed
    single = row["metric"].startswith("decode")
    if input_tokens is None:
        input_tokens = 0.0 if single else _PROMPT
        assumed = (Message("prompt length taken as {tokens} tokens", tokens=int(input_tokens)),)
    if output_tokens is None:
        output_tokens = 128.0 if single else 512.0
        assumed = (*assumed, Message("answer length taken as {tokens} tokens", tokens=int(output_tokens)))
    if output_tokens <= 0:
        return Unknown(Message("an answer of zero tokens has no speed"))
    if not single and input_tokens <= 0:
        return Unknown(Message("a prompt of zero tokens has no speed"))
    return input_tokens, output_tokens, assumed


def _kv_precision(row: Mapping[str, str], named: Named, suite: SuiteRun) -> str:
    stated = re.search(r"kv (q8_0|fp8|q4_0)", row["precision"].lower())
    if stated:
        return stated[1]
    tuned = named.engine.engine.value == "tensorrt-llm" and named.precision.key in ("fp8", "nvfp4")
    return "fp8" if tuned or suite.small_cache else "f16"


def interconnect_of(device: Accelerator, devices: int) -> Interconnect:
    """How this many devices of a kind are usually joined: its own fabric, else the bus; eight in a machine."""
    most = device.link_max_devices or _NODE_DEVICES
    in_fabric = device.link in (LinkKind.NVLINK, LinkKind.INFINITY_FABRIC, LinkKind.HCCS)
    nodes = ceil(devices / most) if in_fabric else ceil(devices / 16)
    consumer = device.segment in (Segment.CONSUMER,)
    return Interconnect(
        kind=device.link if in_fabric and device.link else LinkKind.PCIE,
        bandwidth_b_s=device.link_b_s / 2 if in_fabric and device.link_b_s else None,
        pcie=device.pcie,
        peer_to_peer=not consumer,
        nodes=nodes,
        node_bit_s=_NETWORK_BIT_S,
    )


def _offload(
    row: Mapping[str, str], named: Named, layout: LayoutRun, count: int, context: float
) -> tuple[int, float | None]:
    """(layers in host memory, host bandwidth that the row states [B/s])."""
    if named.engine.engine not in LAYER_SPLIT or named.device.unified_memory:
        return 0, None
    layers = offloaded_layers(named.llm, named.precision, named.device, count, context)
    if layers == 0 and layout.offloaded:
        layers = named.llm.architecture.layer_count if named.llm.architecture.experts else 0
    return layers, stated_host_b_s(row["cpu_ram"]) if layers else None


def stated_host_b_s(text: str) -> float | None:
    """Bandwidth of host memory from words such as "DDR5-4800 (8 ch/socket)": channels * transfers * 8 bytes."""
    rate = re.search(r"ddr\d-(\d{4})", text.lower())
    channels = re.search(r"(\d+)[ -]?ch", text.lower())
    return float(rate[1]) * 1e6 * 8 * int(channels[1]) if rate and channels else None
