"""How a measurement was run, from the words of its source: engine, precision, parallel sizes, depth of the context."""

import re
from dataclasses import dataclass
from functools import lru_cache

from dsdesk.base.errors import DsdeskError
from dsdesk.llm.precision import Engine
from dsdesk.sizing.precisions import PRECISIONS, parse_precision
from dsdesk.sizing.results import ParallelPlan


@dataclass(frozen=True, slots=True)
class EngineRun:
    """An engine as a source names it.

    Attributes:
        engine: the engine, or the nearest of kin for a program that cannot be planned for.
        backend: "vulkan", "hip", ...; "" = the usual one.
        program: the program's own name where it is not the engine itself.
    """

    engine: Engine
    backend: str = ""
    program: str = ""


# First match wins: names contain one another, and benchmark entries name the library under the server.
_ENGINES: tuple[tuple[str, Engine, str], ...] = (
    ("ik_llama", Engine.IK_LLAMA_CPP, ""),
    ("llmboost", Engine.VLLM, ""),
    ("llama.cpp", Engine.LLAMA_CPP, ""),
    ("ollama", Engine.LLAMA_CPP, ""),
    ("ktransformers", Engine.KTRANSFORMERS, ""),
    ("tensorrt", Engine.TENSORRT_LLM, ""),
    ("trtllm", Engine.TENSORRT_LLM, ""),
    ("trt-llm", Engine.TENSORRT_LLM, ""),
    ("sglang", Engine.SGLANG, ""),
    ("vllm", Engine.VLLM, ""),
    ("mlx", Engine.MLX, ""),
    ("exllama", Engine.LLAMA_CPP, "exllama"),
    ("ds4", Engine.LLAMA_CPP, "ds4"),
    ("deepspeed", Engine.VLLM, "deepspeed"),
)
_FOUR_BIT_FILE = 4.6  # bits a weight
_FOUR_BITS = 100  # compute capability times ten from which benchmark entries run NVFP4
_MANY = 16  # devices that no tensor-parallel group of one machine has
_BACKENDS = (
    ("vulkan", "vulkan"), ("radv", "vulkan"), ("amdvlk", "vulkan"), ("rocm", "hip"), ("rocwmma", "hip"), ("hip", "hip"),
    ("cuda", "cuda"), ("metal", "metal"), ("sycl", "sycl"),
)  # fmt: skip


@lru_cache(maxsize=1024)
def find_engine(text: str) -> EngineRun | None:
    """The engine that `text` names, None where nothing like it is known."""
    low = text.lower()
    for mark, engine, program in _ENGINES:
        if mark in low:
            ggml = engine in (Engine.LLAMA_CPP, Engine.IK_LLAMA_CPP)
            backend = next((name for word, name in _BACKENDS if word in low), "") if ggml else ""
            return EngineRun(engine, backend, program)
    return None


@dataclass(frozen=True, slots=True)
class PrecisionRun:
    """A precision as a source names it.

    Attributes:
        key: key of the precision.
        weights_bytes: size of the file where the source states it, else None.
    """

    key: str
    weights_bytes: float | None = None


@lru_cache(maxsize=4096)
def find_precision(text: str, native: str, engine: Engine, rank: int) -> PrecisionRun | None:
    """The precision that `text` names.

    Args:
        text: as the source writes it; "" or "not stated" takes what the engine would.
        native: precision of the published weights.
        engine: which decides what "fp8" or "not stated" means.
        rank: compute capability times ten; decides what a benchmark entry that does not say it uses.
    """
    low = text.lower().strip()
    size = re.search(r"([\d.]+) gib", low)
    weights = float(size[1]) * 2**30 if size else None
    key = _by_words(low, native, engine, rank) or _by_type(low)
    if engine in (Engine.LLAMA_CPP, Engine.IK_LLAMA_CPP) and key:
        key = _GGUF_OF.get(key, key)
        if native == "mxfp4" and PRECISIONS[key].nominal_bits > _FOUR_BIT_FILE:
            # converters leave four-bit experts as they are, and name the file after the rest
            key = "mxfp4" if key in ("f16", "bf16") else "mxfp4_moe"
    return PrecisionRun(key, weights) if key else None


_GGUF_OF = {
    "mxfp4": "mxfp4_moe",
    "fp8": "q8_0",
    "int8": "q8_0",
    "int4": "q4_0",
    "gptq": "q4_0",
    "awq": "q4_0",
    "nvfp4": "mxfp4_moe",
}


def _by_words(low: str, native: str, engine: Engine, rank: int) -> str | None:
    ggml = engine in (Engine.LLAMA_CPP, Engine.IK_LLAMA_CPP)
    four_native = native if native in ("mxfp4", "nvfp4") else ""
    if not low or low.startswith(("(gemm , moe )", "native", "not stated", "as published")):
        if ggml:
            return four_native if four_native == "mxfp4" else "q4_k_m"
        return native
    if low.startswith("see submission"):
        return "nvfp4" if rank >= _FOUR_BITS else "fp8"
    for mark, key in (("16-bit", "bf16"), ("bfloat16", "bf16"), ("bf16", "bf16"), ("fp8 checkpoint", "fp8")):
        if low.startswith(mark):
            return key
    if low.startswith(("fp4", "nvfp4", "fp8")):  # weights published in four bits stay so, whatever meets them
        return four_native or ("fp8" if low.startswith("fp8") else "nvfp4")
    return None


def _by_type(low: str) -> str | None:
    """A type name, or the nearest known type of the same number of bits."""
    head = re.split(r"[(,]", low)[0].strip()
    head = re.sub(r"^(ud|oq|exl2|mlx|mixed)[- ]*", lambda m: "q" if m[1] == "oq" else "", head)
    head = head.replace(" - medium", "_m").replace(" - small", "_s").replace(" - large", "_l")
    candidates = [head, head.split(" ")[0], head.split("-")[0]]
    candidates += [re.sub(r"_(xl|l|xxl)$", suffix, one) for one in candidates[:2] for suffix in ("_m", "", "_s")]
    candidates += [re.sub(r"_r\d+$", "", one) for one in candidates]
    for candidate in candidates:
        try:
            return parse_precision(candidate).key
        except DsdeskError:
            continue
    bits = re.search(r"([\d.]+) ?bpw", low) or re.search(r"(?:iq|q|int|uint)(\d)", low) or re.search(r"(\d) ?bit", low)
    return _nearest(float(bits[1]), imatrix="iq" in low) if bits else None


def _nearest(bits: float, *, imatrix: bool) -> str | None:
    named = {key: p for key, p in PRECISIONS.items() if key.startswith("iq" if imatrix else "q")}
    return min(named, key=lambda key: (abs(named[key].nominal_bits - bits - 0.4), key)) if named else None


@dataclass(frozen=True, slots=True)
class LayoutRun:
    """How a run was spread.

    Attributes:
        plan: of the devices that decode.
        prefill: of the devices that read prompts, None where the same do both.
        decode_copies: workers that decode.
        prefill_copies: workers that read prompts.
        offloaded: whether experts lie in host memory.
        counted: whether the source prints how many devices a worker has where others print its plan.
    """

    plan: ParallelPlan
    prefill: ParallelPlan | None = None
    decode_copies: int = 1
    prefill_copies: int = 1
    offloaded: bool = False
    counted: bool = False


_LAYER_SPLIT = frozenset({Engine.LLAMA_CPP, Engine.IK_LLAMA_CPP, Engine.KTRANSFORMERS, Engine.MLX})
_WRITERS = 4  # where their number is not printed: equal runs that are printed in full have three to nine
_NODE = 8  # devices
_WORKER = r"(\d*)x?\(tp(\d+) dp(\d*) ep(\d*)\)"


@lru_cache(maxsize=4096)
def find_layout(text: str, devices: int, engine: Engine) -> LayoutRun:
    """The parallel sizes that `text` states, completed from the number of devices."""
    low = text.lower()
    if low.startswith("disagg"):
        return _apart(low, devices, engine)
    offloaded = "cpu" in low
    if engine in _LAYER_SPLIT:
        return LayoutRun(ParallelPlan(pp=devices), offloaded=offloaded)
    if match := re.fullmatch(r"dep(\d+)", low):
        n = int(match[1])
        return LayoutRun(ParallelPlan(dp=n, ep=n))
    if match := re.fullmatch(r"tep(\d+)", low):
        n = int(match[1])
        return LayoutRun(ParallelPlan(tp=n, ep=n))
    sizes = {name: int(number) for name, number in re.findall(r"\b(attn_dp|moe_tp|moe_ep|tp|pp|ep|dp)(\d+)", low)}
    if not sizes:
        return LayoutRun(ParallelPlan(tp=devices))
    return LayoutRun(_sized({name: max(1, size) for name, size in sizes.items()}))


def _sized(sizes: dict[str, int]) -> ParallelPlan:
    tp, pp = sizes.get("tp", 1), sizes.get("pp", 1)
    ep = sizes.get("moe_ep", sizes.get("ep", 1))
    dp = sizes.get("attn_dp", sizes.get("dp", 1))
    cut = sizes.get("moe_tp", 1)
    if ep > 1 and cut == ep and max(tp, dp) == ep * ep:  # n devices cannot do both: n was counted twice
        tp, dp, cut = min(tp, ep), min(dp, ep), 1
    if cut * ep > tp * dp:  # experts lie on as many devices as attention, in vLLM EP = TP * DP
        tp = max(tp, cut * ep // dp)
    return ParallelPlan(tp=tp, pp=pp, ep=ep, dp=dp)


def wide(plan: ParallelPlan, experts: int) -> ParallelPlan:
    """A plan of many devices whose TP no head count allows, as a source prints it that counts devices only.

    Such runs keep attention in copies and spread the experts. Source: DeepSeek-V3, arXiv 2412.19437, section 3.4.
    """
    return ParallelPlan(dp=plan.devices, ep=plan.devices) if plan.tp >= _MANY and experts >= plan.devices else plan


def _apart(low: str, devices: int, engine: Engine) -> LayoutRun:
    """Prompts and answers on workers of their own ("disaggregated").

    A worker of TensorRT-LLM that reads prompts feeds several that write answers, unless these span machines.
    """
    found = re.findall(_WORKER, low)
    if len(found) != len(("prefill", "decode")):
        return LayoutRun(ParallelPlan(tp=devices))
    sides = []
    for copies, tp, dp, ep in found:
        sides.append((int(copies or 1), ParallelPlan(tp=int(tp), dp=max(1, int(dp or 1)), ep=max(1, int(ep or 1)))))
    (prefill_copies, prefill), (decode_copies, decode) = sides
    counted = not found[0][0]
    if counted and engine is Engine.TENSORRT_LLM and decode.devices <= _NODE:
        decode_copies = _WRITERS
    return LayoutRun(decode, prefill, decode_copies, prefill_copies, counted=counted)


@lru_cache(maxsize=4096)
def find_depth(notes: str) -> int:
    """Tokens already in the cache when a prompt was read, from notes such as "depth N_KV=2048" or "@ d65536"."""
    for pattern in (
        r"n_kv=(\d+)",
        r"kv depth (\d+)",
        r"@ ?d(\d+)",
        r"depth[ =](\d+)",
        r"(\d+) new tokens up to ctx (\d+)",
    ):
        if match := re.search(pattern, notes.lower()):
            return int(match[1]) if match.re.groups == 1 else max(0, int(match[2]) - int(match[1]))
    return 0


def find_file_bytes(notes: str) -> float | None:
    """Size of the weight file, where the source states it ("GGUF 11.27 GiB")."""
    match = re.search(r"gguf ([\d.]+) gib", notes.lower())
    return float(match[1]) * 2**30 if match else None


def find_chunk(notes: str) -> int | None:
    """Tokens read in one pass, where the source states it."""
    low = notes.lower()
    moved = re.search(r"n_ubatch \d+ fa (\d{2,})", low)  # columns that slipped by one: flash attention is 0 or 1
    match = moved or re.search(r"n_ubatch[ =](\d+)", low) or re.search(r"pp chunk (\d+)", low)
    return int(match[1]) if match else None


# Mean tokens (in, out) of the requests of MLPerf inference by benchmark, None where no document prints a mean. Out:
# tokens_per_sample of the references, mlcommons/inference, language/llama2-70b/README.md at 00bf8346,
# language/llama3.1-405b/README.md at 0fa0692b, language/mixtral-8x7b/README.md at 003d4d3a (read 2026-11-25). In: no
# document prints one. Prompts of the 405B benchmark are whole reports and books (LongBench, LongDataCollections, RULER,
# GovReport: mlcommons/inference_policies pull request 304 of 2024-12-13); 9,000 is fitted: with it the forecast of its
# offline submissions is right in the median.
_SUITE = (
    ("llama2-70b", None, 294.45),
    ("llama3.1-405b", 9000.0, 684.68),
    ("mixtral-8x7b", None, 144.84),
)


@lru_cache(maxsize=256)
def suite_lengths(model: str) -> tuple[float | None, float | None]:
    """Mean tokens in and out of the requests of a benchmark suite, by the model as its results name it."""
    low = model.lower()
    if low.startswith("mlperf "):
        for name, tokens_in, tokens_out in _SUITE:
            if name in low:
                return tokens_in, tokens_out
    return None, None
