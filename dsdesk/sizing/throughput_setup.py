"""A case made ready: the work of the model, the rates of the device, where it lies and which efficiencies hold."""

from dataclasses import dataclass, replace
from math import ceil

from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.hardware.parts import Accelerator
from dsdesk.llm.precision import Engine
from dsdesk.project.project import Speculation
from dsdesk.sizing.calibration import Serving, Variant, factors, usual_backend
from dsdesk.sizing.links import Wire, wire_for
from dsdesk.sizing.model_run import ModelRun
from dsdesk.sizing.offload import host_share
from dsdesk.sizing.own_speed import NOTHING, OwnPasses
from dsdesk.sizing.precisions import parse_kv_precision, parse_precision
from dsdesk.sizing.speculation import draft_work, tokens_a_pass
from dsdesk.sizing.step_terms import Placement, Rates, Terms, added, decode_terms, prefill_terms
from dsdesk.sizing.step_time import Coefficients, Spent, overlapped, spent
from dsdesk.sizing.step_work import ModelWork, model_work, scaled_to
from dsdesk.sizing.support import Level, runs
from dsdesk.sizing.support_generations import generation
from dsdesk.sizing.throughput_rates import INTEGER_PRODUCTS, Products, products_of, rates

# Tokens of a prompt that one pass reads by default. Source: llama.cpp common/arg.cpp --ubatch-size 512; vLLM and SGLang
# chunked prefill of 2048 to 8192 by size of the device; TensorRT-LLM max_num_tokens 8192.
CHUNK = {
    Engine.LLAMA_CPP: 512,
    Engine.IK_LLAMA_CPP: 512,
    Engine.MLX: 512,
    Engine.KTRANSFORMERS: 2048,
    Engine.VLLM: 8192,
    Engine.SGLANG: 8192,
    Engine.TENSORRT_LLM: 8192,
}
# Requests that a server runs at once at most, by default: vLLM max_num_seqs, SGLang max_running_requests, TensorRT-LLM
# max_batch_size; llama.cpp serves as many slots as it is told to.
MOST_SEQUENCES = {Engine.VLLM: 1024, Engine.SGLANG: 1024, Engine.TENSORRT_LLM: 2048}
# Engines that compute attention over all cached rows, whatever an indexer picks: measured depth curves of DeepSeek V4
# in llama.cpp fall with the context as full attention does.
_ALL_ROWS = frozenset({Engine.LLAMA_CPP, Engine.IK_LLAMA_CPP})
LAYER_SPLIT = frozenset({Engine.LLAMA_CPP, Engine.IK_LLAMA_CPP, Engine.KTRANSFORMERS, Engine.MLX})


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """Everything that the speed of a case follows from.

    Attributes:
        work: of the model.
        rates: of one device.
        place: how it lies on the devices.
        engine: which engine.
        step: efficiencies of a pass.
        serving: numbers of the server.
        factors: what the efficiencies were looked up by.
        distance: from the measurements.
        chunk: tokens of a prompt read in one pass.
        own: what the user's own measurements say of such passes.
        speculation: drafts that a pass checks.
        reading: rates while prompts are read, where a power limit makes them others; None = the same.
    """

    work: ModelWork
    rates: Rates
    place: Placement
    engine: Engine
    step: Coefficients
    serving: Serving
    factors: tuple[str, ...]
    distance: str
    chunk: int
    own: OwnPasses = NOTHING
    speculation: Speculation | None = None
    reading: Rates | None = None

    def decode_terms(self, sequences: float, context: float) -> Terms:
        """One pass that adds to `sequences` sequences at `context` tokens, with its drafts."""
        if self.engine not in LAYER_SPLIT and self.place.plan.pp > 1:
            sequences = max(1.0, sequences / self.place.plan.pp)  # stages work on micro-batches at the same time
        sequences = max(sequences, float(self.place.plan.dp))
        drafts = self.speculation.draft_tokens if self.speculation else 0
        once = decode_terms(
            self.work, self.rates, self.place, sequences=sequences, context=context, queries=1.0 + drafts
        )
        if not drafts:
            return once
        draft = decode_terms(draft_work(self.work), self.rates, self.place, sequences=sequences, context=context)
        return added(once, draft, float(drafts))

    def decode(self, sequences: float, context: float) -> Spent:
        """Seconds for one token of every sequence."""
        return self.timed(self.decode_terms(sequences, context), sequences)

    def timed(self, terms: Terms, sequences: float) -> Spent:
        """Seconds for one token of every sequence: of a pass, shared by the tokens that it adds."""
        faster = self.own.write(sequences).speed * tokens_a_pass(self.speculation)
        once = spent(terms, self.step)
        return once if faster == 1.0 else once.scaled(1.0 / faster)

    def prefill_terms(self, tokens: float, depth: float = 0.0, prompts: float = 1.0) -> Terms:
        """Reading `prompts` prompts of `tokens` tokens after `depth` cached ones."""
        rates = self.reading or self.rates
        return prefill_terms(
            self.work, rates, self.place, tokens=tokens, depth=depth, chunk=self.chunk, prompts=prompts
        )

    def read(self, tokens: float, depth: float = 0.0, prompts: float = 1.0) -> Spent:
        """Seconds to read the prompts, one stage of a pipeline after another."""
        return spent(self.prefill_terms(tokens, depth, prompts), self.step).scaled(1.0 / self.own.read().speed)

    def pipelined(self, tokens: float) -> float:
        """Share of the time of one after another that is left when stages overlap over the chunks of a prompt."""
        plan = self.place.plan
        chunks = max(1, ceil(tokens / self.chunk))
        return overlapped(float(chunks), float(plan.pp), self.work.layers / plan.pp, self.serving.ahead)

    def together(self, tokens: float) -> float:
        """Prompts of `tokens` tokens that fill a pass, at least one."""
        return max(1.0, self.chunk // tokens)

    def prefill(self, tokens: float, depth: float = 0.0, prompts: float = 1.0) -> Spent:
        """Seconds until the prompts are read."""
        once = self.read(tokens, depth, prompts)
        left = 1.0 - self.serving.pipeline * (1.0 - self.pipelined(tokens * prompts))
        return once if left >= 1.0 else once.scaled(left)


def _not_run(device: Accelerator, precision: str, engine: Engine, because: Message) -> Message:
    return Message(
        "{device} does not run {precision} in {engine}: {because}",
        device=device.full_name,
        precision=precision,
        engine=engine.value,
        because=because,
    )


def prepare(
    run: ModelRun, *, variant: Variant | None = None, weights_bytes: float | None = None, chunk: int | None = None
) -> Setup | Unknown:
    """Make a run ready, or say why it has no speed.

    Args:
        run: its power limit and drafts are not looked at.
        variant: what else is known of it.
        weights_bytes: of the whole model where they are known, None = as the precision says.
        chunk: tokens of a prompt read in one pass, None = the engine's default.
    """
    llm, engine, device, plan, calibration = run.llm, run.engine, run.device, run.plan, run.fitted
    kind = parse_precision(run.precision)
    support = runs(device, kind, engine)
    if support.level is Level.NO:
        return Unknown(_not_run(device, kind.name, engine, support.because))
    asked = variant or Variant()
    backend = asked.backend or usual_backend(generation(device).vendor)
    products = products_of(device, backend, asked.era)
    speeds = rates(device, kind, engine, support.level, run.host, products)
    if isinstance(speeds, Unknown):
        return speeds
    wire = wire_for(run.interconnect, plan.tp * plan.pp * plan.dp)
    if isinstance(wire, Unknown):
        return wire
    resident = 1.0 - host_share(llm, run.offload_layers)
    if resident < 1.0 and speeds.host_b_s is None:
        return Unknown(Message("layers lie in host memory, whose bandwidth is not known"))
    work = model_work(llm, kind.key, sparse=engine not in _ALL_ROWS or bool(asked.program))
    seen = replace(asked, wire=wire.kind, offload=resident < 1.0, shape=work.shape, products=products.value)
    made_of = factors(engine, device, kind, seen)
    step, serving = calibration.look_up(made_of)
    return Setup(
        work=scaled_to(work, weights_bytes) if weights_bytes else work,
        rates=speeds,
        place=Placement(
            plan=plan,
            wire=wire,
            kv_bytes=parse_kv_precision(run.kv_precision).bits / 8,
            resident_share=resident,
            offload_experts=bool(work.expert_bytes),
            fused=asked.flash_attention,
            # hipBLAS multiplies one expert after another: llama.cpp pull request 17576, with speeds of both
            looped=engine in INTEGER_PRODUCTS and backend == "hip" and products is Products.WIDENED,
            absorbed=engine is Engine.LLAMA_CPP,  # llama.cpp pull request 12801: MLA as attention of one latent head
        ),
        engine=engine,
        step=step,
        serving=serving,
        factors=made_of,
        distance=calibration.distance(made_of),
        chunk=chunk or CHUNK[engine],
        own=calibration.own.of(device.id, engine, llm.id, offload=resident < 1.0),
    )


SINGLE_WIRE = Wire("fabric", float("inf"))
