import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsdesk.base.errors import InputError
from dsdesk.base.source import Unknown
from dsdesk.llm.architecture import AttentionKind
from dsdesk.llm.config_json import read_config
from dsdesk.llm.precision import Engine
from dsdesk.sizing.kv_cache import cache_row
from dsdesk.sizing.memory import fullest_bytes, need
from dsdesk.sizing.memory_capacity import cache_budget, cache_tokens
from dsdesk.sizing.memory_engine import SORTED_BYTES, Step, activation_bytes, first_step
from dsdesk.sizing.memory_graph import Graph, graph_bytes, input_bytes
from dsdesk.sizing.offload import copies_experts, left_on_drive
from dsdesk.sizing.precisions import parse_kv_precision
from dsdesk.sizing.results import MemoryNeed, ParallelPlan
from tests.sizing.library import library, model

MIB, GIB = 2**20, 2**30


def answer_of(name: str, precision: str = "bf16", **changes: Any) -> MemoryNeed | Unknown:
    question: dict[str, Any] = {
        "kv_precision": "bf16",
        "engine": Engine.VLLM,
        "context_tokens": 131072,
        "sequences": 1,
        "plan": ParallelPlan(),
    }
    return need(model(name), precision=precision, **(question | changes))


def ask(name: str, precision: str = "bf16", **changes: Any) -> MemoryNeed:
    answer = answer_of(name, precision, **changes)
    assert isinstance(answer, MemoryNeed)
    return answer


# Bytes a token that grow, and GiB at 131,072 tokens, 16-bit rows (V4 in its FP8 rows); published formulas worked out.
WORKED = [
    ("deepseek-llm-67b-base", 389_120, 47.50),
    ("DeepSeek-V2-Lite", 31_104, 3.80),
    ("DeepSeek-V3", 70_272, 8.58),
    ("DeepSeek-V3.2", 78_324, 9.56),
    ("DeepSeek-V4-Flash", 3_850.25, 0.48),
    ("DeepSeek-V4-Pro", 5_511.4375, 0.69),
    ("DeepSeek-R1-Distill-Qwen-32B", 262_144, 32.00),
    ("Qwen3-Next-80B-A3B-Instruct", 24_576, 3.07),
    ("Qwen3.5-27B", 65_536, 8.14),
    ("gpt-oss-20b", 24_576, 3.00),
    ("GLM-5", 100_152, 12.23),
    ("GLM-5.2", 92_628, 11.31),
    ("Kimi-K3", 27_648, 3.79),
    ("MiniMax-M2", 253_952, 31.00),
    ("gemma-3-27b-it", 81_920, 10.41),
    ("phi-4", 204_800, 25.00),
]


@pytest.mark.parametrize(("name", "per_token", "gib"), WORKED)
def test_the_cache_of_every_attention_kind(name, per_token, gib):
    answer = ask(name)
    assert answer.kv_cache_bytes_per_token == per_token
    assert answer.kv_cache_bytes / GIB == pytest.approx(gib, abs=0.011)


def test_v41_stores_four_sets_of_rows_for_forty_layers():
    # 3 x 528 / 2 + 528 = 1,320 bytes a token for the rows; eight layers keep indexer keys of 132 bytes.
    answer = ask("DeepSeek-V4.1-Flash", "mxfp4")
    assert answer.kv_cache_bytes_per_token == 1320 + 3 * 132 / 2 + 5 * 132
    # The n-gram tables, 384,006,168 + 384,016,682 rows of 256, lie in host memory.
    assert answer.host_bytes == 2 * 256 * (384_006_168 + 384_016_682)


def test_a_vllm_log_prints_the_same_bytes_a_token():
    # vLLM log of the Qwen3-8B shape: 147,456 bytes a token.
    assert ask("Qwen3-8B").kv_cache_bytes_per_token == 147_456


def test_deepseek_v3_as_a_latent_and_as_full_heads():
    # ik_llama.cpp logs: 1,166.62 MiB at 32,768 tokens in q8_0; llama.cpp without MLA: 9,760 MiB at 2,048 tokens in F16.
    latent = ask("DeepSeek-V3", kv_precision="q8_0", engine=Engine.LLAMA_CPP, context_tokens=32768)
    assert latent.kv_cache_bytes / MIB == pytest.approx(1166.62, abs=0.01)
    (group,) = model("DeepSeek-V3").architecture.attention
    full = replace(group, kind=AttentionKind.FULL, kv_heads=128, head_dim=192)
    row = cache_row(full, parse_kv_precision("f16"), Engine.LLAMA_CPP, 2048, 1)
    assert row.layer_bytes * 61 / MIB == 9760


def test_an_antirez_ds4_session_of_v4_flash():
    # speed-bench/m2_ultra.csv: 52,184,460 bytes at 2,048 tokens and 926,033,292 at 65,536, FP32 rows, last logits, ids.
    flash = model("DeepSeek-V4-Flash")
    for context, published in ((2048, 52_184_460), (65536, 926_033_292)):
        rows = [
            cache_row(one, parse_kv_precision("f32"), Engine.MLX, context, 1) for one in flash.architecture.attention
        ]
        own = 4 * (flash.architecture.vocab_size + context)
        assert sum(row.layer_bytes * len(row.layers) for row in rows) + own == pytest.approx(published, rel=1e-5)


def test_llama_cpp_splits_layers_as_its_log_says():
    # Four equal GPUs, Llama 3 8B Q4_K_M, 8,192 tokens: weights 1130.62, 982.66, 982.66, 1307.55 MiB; cache 288 to 224.
    answer = ask(
        "Llama-3.1-8B-Instruct",
        "q4_k_m",
        engine=Engine.LLAMA_CPP,
        kv_precision="f16",
        context_tokens=8192,
        plan=ParallelPlan(pp=4),
    )
    assert [round(one.weights_bytes / MIB, 2) for one in answer.devices] == [1130.62, 982.66, 982.66, 1307.55]
    assert [one.kv_cache_bytes / MIB for one in answer.devices] == [288, 256, 256, 224]
    assert answer.host_bytes / MIB == pytest.approx(281.81, abs=0.01)
    whole = ask("Llama-3.1-8B-Instruct", "q4_k_m", engine=Engine.LLAMA_CPP)
    assert whole.weights_bytes / MIB == pytest.approx(4403.49, abs=0.01)


@pytest.mark.parametrize(
    ("name", "graph", "last", "published"),
    [
        ("Llama-3.1-8B-Instruct", Graph(slots=8192, flash=False), True, 560.00),
        ("Llama-3.1-8B-Instruct", Graph(slots=8192, flash=False, pipelined=True), True, 640.01),
        ("Qwen3-235B-A22B", Graph(slots=32768), True, 312.75),
        ("Qwen3-235B-A22B", Graph(slots=65536, tokens=4096), False, 896.03),
        ("Qwen3-32B", Graph(slots=40960, flash=False, host=True), True, 5252.01),
        ("DeepSeek-R1", Graph(slots=20480, flash=False, latent_mode=2, pipelined=True), False, 5718.01),
        ("DeepSeek-R1", Graph(slots=61440, tokens=4096, latent_mode=3, most_bytes=512 * MIB), False, 6632.03),
        ("Kimi-K2-Instruct", Graph(slots=2048, latent_mode=3, most_bytes=512 * MIB), True, 334.00),
    ],
)
def test_compute_buffers_as_logs_print_them(name, graph, last, published):
    assert graph_bytes(model(name), graph, last=last) / MIB == pytest.approx(published, rel=0.05)


def test_the_hosts_input_buffer_as_logs_print_it():
    llama = model("Llama-3.1-8B-Instruct")
    assert input_bytes(llama, Graph(slots=8192, flash=False)) / MIB == pytest.approx(24.01, abs=0.02)
    assert input_bytes(llama, Graph(slots=8192, flash=False, pipelined=True)) / MIB == pytest.approx(72.02, abs=0.03)


def test_llama_cpp_keeps_everything_where_every_layer_is_windowed():
    # llama.cpp src/models/phi3.cpp turns the window off; gemma 2 mixes windowed and full layers and keeps its windows.
    text = (
        '{"model_type": "phi3", "hidden_size": 3072, "num_hidden_layers": 32, "num_attention_heads": 32,'
        ' "intermediate_size": 8192, "vocab_size": 32064, "sliding_window": 2047}'
    )
    phi = read_config(text, id="local:phi")
    question: dict[str, Any] = {"precision": "bf16", "kv_precision": "f16", "context_tokens": 8192, "sequences": 1}
    whole = need(phi, engine=Engine.LLAMA_CPP, plan=ParallelPlan(), **question)
    paged = need(phi, engine=Engine.VLLM, plan=ParallelPlan(), **question)
    assert isinstance(whole, MemoryNeed)
    assert isinstance(paged, MemoryNeed)
    assert whole.kv_cache_bytes == 32 * 2 * 3072 * 2 * 8192
    assert paged.kv_cache_bytes < whole.kv_cache_bytes / 3


def test_tensor_parallelism_shares_heads_but_repeats_the_latent():
    one, eight = ask("DeepSeek-V3", "fp8"), ask("DeepSeek-V3", "fp8", plan=ParallelPlan(tp=8))
    assert eight.kv_cache_bytes == 8 * one.kv_cache_bytes
    assert eight.weights_bytes < 1.03 * one.weights_bytes
    llama = ask("Llama-3.1-8B-Instruct", plan=ParallelPlan(tp=4))
    assert llama.devices[0].kv_cache_bytes * 4 == llama.kv_cache_bytes == ask("Llama-3.1-8B-Instruct").kv_cache_bytes


def test_fewer_kv_heads_than_devices_stop_shrinking():
    # Qwen2.5-7B has four KV heads: eight devices hold each of them twice.
    four, eight = (ask("DeepSeek-R1-Distill-Qwen-7B", plan=ParallelPlan(tp=tp)) for tp in (4, 8))
    assert four.devices[0].kv_cache_bytes == eight.devices[0].kv_cache_bytes


def test_data_parallel_copies_share_the_sequences():
    one = ask("DeepSeek-V3", "fp8", sequences=8)
    eight = ask("DeepSeek-V3", "fp8", sequences=8, plan=ParallelPlan(dp=8, ep=8))
    assert eight.kv_cache_bytes == one.kv_cache_bytes
    assert eight.devices[0].weights_bytes < 0.2 * one.weights_bytes


def test_layers_kept_in_host_memory_leave_the_device():
    kept = ask("DeepSeek-R1-Distill-Qwen-32B", "q4_k_m", engine=Engine.LLAMA_CPP, offload_layers=32)
    whole = ask("DeepSeek-R1-Distill-Qwen-32B", "q4_k_m", engine=Engine.LLAMA_CPP)
    moved = whole.weights_bytes - kept.weights_bytes
    assert 0.45 < moved / whole.weights_bytes < 0.5
    assert kept.host_bytes - whole.host_bytes == pytest.approx(moved + whole.kv_cache_bytes / 2, abs=64)


def test_tokens_that_fit_in_a_published_log():
    # R1-Distill-Qwen-14B, BF16, two RTX 4090 at 0.98 of 23.55 GiB: 8.69 GiB for the cache on each.
    plan = ParallelPlan(tp=2)
    distill = model("DeepSeek-R1-Distill-Qwen-14B")
    budget = cache_budget(
        distill, precision="bf16", engine=Engine.VLLM, plan=plan, device_bytes=23.55 * GIB, fraction=0.98
    )
    assert not isinstance(budget, Unknown)
    assert budget / GIB == pytest.approx(8.69, rel=0.03)  # of the device that does not sample
    tokens = cache_tokens(distill, form=parse_kv_precision("bf16"), engine=Engine.VLLM, plan=plan, budget=8.69 * GIB)
    assert tokens == pytest.approx(8.69 * GIB / 98_304, rel=0.01)


def test_a_vllm_log_of_version_0_31_comes_out():
    # 79.25 GiB x 0.92: "Available KV cache memory: 56.21 GiB", "GPU KV cache size: 460,496 tokens"
    llama, plan = model("Llama-3.1-8B-Instruct"), ParallelPlan()
    budget = cache_budget(
        llama, precision="bf16", engine=Engine.VLLM, plan=plan, device_bytes=79.25 * GIB, fraction=0.92
    )
    assert not isinstance(budget, Unknown)
    assert budget / GIB == pytest.approx(56.21, rel=0.005)
    tokens = cache_tokens(llama, form=parse_kv_precision("bf16"), engine=Engine.VLLM, plan=plan, budget=budget)
    assert tokens == pytest.approx(460_496, rel=0.005)


def test_activations_where_all_logits_are_sorted():
    # vLLM pull request 10511, Llama 3 8B, 8,192 tokens, 256 sequences: 1.26 GiB on one card and on each of two
    step = Step(tokens=8192, sampled=256, logit_bytes=SORTED_BYTES)
    for tp in (1, 2):
        held = activation_bytes(
            model("Llama-3.1-8B-Instruct"), Engine.VLLM, 8192, 1, ParallelPlan(tp=tp), last=True, step=step
        )
        assert held / GIB == pytest.approx(1.26, rel=0.03)


def test_a_large_card_prepares_for_a_larger_step():
    assert first_step(79.2 * GIB).tokens > first_step(23.6 * GIB).tokens


def test_vllm_pads_experts_in_mxfp4():
    # vLLM issue 33155, gpt-oss-120b with its Triton kernels: "Model loading took 64.38 GiB memory"
    assert ask("gpt-oss-120b", "mxfp4").weights_bytes / GIB == pytest.approx(64.38, rel=0.005)
    assert ask("gpt-oss-120b", "mxfp4", engine=Engine.SGLANG).weights_bytes / GIB < 61


def test_tensorrt_llm_takes_a_share_of_what_is_free():
    # TensorRT-LLM issue 1400, Llama 2 7B in 8 bit on an A100 of 80 GB: 69,524,783,104 bytes, 132,608 tokens
    llama, plan = model("Llama-2-7b-hf"), ParallelPlan()
    asked = {"llm": llama, "engine": Engine.TENSORRT_LLM, "plan": plan}
    budget = cache_budget(precision="int8", device_bytes=79.25 * GIB, **asked)
    assert not isinstance(budget, Unknown)
    assert budget == pytest.approx(69_524_783_104, rel=0.01)
    tokens = cache_tokens(form=parse_kv_precision("f16"), budget=69_524_783_104, **asked)
    assert tokens == pytest.approx(132_608, abs=1)


def test_sglang_fills_what_weights_leave():
    # vLLM issue 21348: 367,404 tokens of Qwen3-235B on four cards at a static fraction of 0.93
    plan, llm = ParallelPlan(tp=4), model("Qwen3-235B-A22B")
    budget = cache_budget(llm, precision="fp8", engine=Engine.SGLANG, plan=plan, device_bytes=79.2 * GIB, fraction=0.93)
    assert not isinstance(budget, Unknown)
    tokens = cache_tokens(llm, form=parse_kv_precision("bf16"), engine=Engine.SGLANG, plan=plan, budget=budget)
    assert tokens == pytest.approx(367_404, rel=0.1)


@given(
    llm=st.sampled_from(sorted(library())),
    engine=st.sampled_from(Engine),
    context=st.integers(1, 200_000),
    sequences=st.integers(1, 64),
    tp=st.sampled_from([1, 2, 4, 8]),
    pp=st.integers(1, 4),
)
def test_devices_sum_up_and_more_context_never_needs_less(llm, engine, context, sequences, tp, pp):
    def of(tokens):
        return need(
            library()[llm],
            precision="fp8",
            kv_precision="f16",
            engine=engine,
            context_tokens=tokens,
            sequences=sequences,
            plan=ParallelPlan(tp=tp, pp=pp),
        )

    answer = of(context)
    if isinstance(answer, Unknown):
        return
    assert len(answer.devices) == tp * pp
    assert sum(one.total_bytes for one in answer.devices) == answer.total_bytes
    assert all(min(one.weights_bytes, one.kv_cache_bytes, one.activation_bytes) >= 0 for one in answer.devices)
    assert of(2 * context).kv_cache_bytes >= answer.kv_cache_bytes


@pytest.mark.parametrize("plan", [ParallelPlan(tp=10**9), ParallelPlan(pp=300, tp=300)])
def test_more_accelerators_than_any_plan_has_are_refused_at_once(plan):
    with pytest.raises(InputError, match="at most 65536"):
        ask("DeepSeek-V3", "fp8", plan=plan)


def test_every_total_explains_itself():
    answer = ask("DeepSeek-V3", "fp8", plan=ParallelPlan(tp=8))
    assert answer.why is not None
    assert len(answer.why.parts) == 4
    for why in (answer.why, *answer.why.parts):
        assert why.formula
        assert why.source
    terms, total = answer.why.parts[0].formula.split(" GiB in ")[0].split(" = ")
    assert sum(float(term.split()[1]) for term in terms.split(" + ")) == pytest.approx(float(total), abs=0.05)
    # Every one of eight devices keeps the latent rows.
    assert "61 layers x ((512 + 64) x 2 B)" in answer.why.parts[1].formula
    assert "= 8.578 GiB; 68.625 GiB on devices" in answer.why.parts[1].formula
    assert "7,168" in answer.why.parts[2].formula
    assert "450 + graphs 500" in answer.why.parts[3].formula


def test_what_is_assumed_where_two_layouts_exist_is_said():
    said = [one.in_english() for one in ask("DeepSeek-V3", "q4_k_m", engine=Engine.LLAMA_CPP).assumed]
    assert any("before llama.cpp knew MLA" in one for one in said)


def test_unknown_models_and_absurd_questions():
    assert isinstance(answer_of("Janus-Pro-7B"), Unknown)
    with pytest.raises(InputError):
        ask("Qwen3-8B", context_tokens=0)
    with pytest.raises(InputError):
        ask("Qwen3-8B", "no such precision")


def test_one_question_takes_under_a_millisecond():
    ask("DeepSeek-V3", "fp8", plan=ParallelPlan(tp=8))
    started = time.process_time()
    for sequences in range(1, 51):
        ask("DeepSeek-V3", "fp8", plan=ParallelPlan(tp=8), sequences=sequences)
    assert (time.process_time() - started) / 50 < 0.003  # under 1 ms on an idle core; CI may be busy


@pytest.mark.parametrize("engine", [Engine.LLAMA_CPP, Engine.IK_LLAMA_CPP, Engine.KTRANSFORMERS])
def test_experts_leave_before_attention(engine):
    whole = ask("DeepSeek-V3", "q4_k_m", engine=engine)
    kept = ask("DeepSeek-V3", "q4_k_m", engine=engine, offload_layers=58)
    moved = whole.weights_bytes - kept.weights_bytes
    # 58 layers of 256 experts of 3 x 7168 x 2048 are 653.9 of 671.0 billion parameters.
    assert moved / whole.weights_bytes == pytest.approx(653.9 / 671.0, abs=0.01)
    assert kept.host_bytes - whole.host_bytes == pytest.approx(moved, abs=64)
    assert kept.kv_cache_bytes == whole.kv_cache_bytes
    if engine is Engine.KTRANSFORMERS:
        assert ask("DeepSeek-V3", "q4_k_m", engine=engine, offload_layers=99) == kept


def test_every_device_gives_experts_of_its_own():
    plan = ParallelPlan(pp=4)
    whole = ask("Qwen3-235B-A22B", "q4_k_m", engine=Engine.LLAMA_CPP, plan=plan)
    kept = ask("Qwen3-235B-A22B", "q4_k_m", engine=Engine.LLAMA_CPP, plan=plan, offload_layers=48)
    left = [one.weights_bytes / two.weights_bytes for one, two in zip(kept.devices, whole.devices, strict=True)]
    assert all(0.45 < one < 0.62 for one in left)


def test_experts_copied_for_long_prompts_as_a_log_shows():
    # ik_llama.cpp, Qwen3-235B with IQ4_K down experts (4.5 bits) in host memory, 4,096 and 2,048 tokens at a time:
    # CUDA0 compute buffer size = 2096.02 and 1264.01 MiB.
    qwen = model("Qwen3-235B-A22B")
    copied = round(128 * 4096 * 1536 * 4.5 / 8)
    for tokens, published in ((4096, 2096.02), (2048, 1264.01)):
        graph = Graph(slots=32768, tokens=tokens, copied_bytes=copied)
        assert graph_bytes(qwen, graph, last=False) / MIB == pytest.approx(published, abs=0.1)


def test_constants_are_told_with_their_evidence():
    said = " ".join(one.in_english() for one in ask("DeepSeek-V3", "fp8", plan=ParallelPlan(tp=8)).assumed)
    for part in ("450 MiB", "500 MiB", "256 MiB", "2048 tokens"):
        assert part in said


@pytest.mark.parametrize(
    ("name", "engine", "plan"),
    [("DeepSeek-V3", Engine.VLLM, ParallelPlan(tp=8)), ("Qwen3-32B", Engine.LLAMA_CPP, ParallelPlan(pp=2))],
)
def test_a_search_sees_the_same_fullest_device(name, engine, plan):
    asked = {"precision": "q4_k_m", "kv_precision": "f16", "engine": engine, "context_tokens": 4096, "sequences": 3}
    counted = ask(name, plan=plan, **asked)
    assert fullest_bytes(model(name), plan=plan, **asked) == max(one.total_bytes for one in counted.devices)


@pytest.mark.parametrize("plan", [ParallelPlan(), ParallelPlan(pp=2)])
def test_after_all_experts_whole_layers_leave_with_their_cache(plan):
    def of(layers):
        return ask("DeepSeek-V3", "q4_k_m", engine=Engine.LLAMA_CPP, plan=plan, offload_layers=layers)

    experts, mixed, everything = of(58), of(58 + 20), of(58 + 61)
    whole = experts.weights_bytes + experts.host_bytes
    assert mixed.weights_bytes < experts.weights_bytes
    assert mixed.kv_cache_bytes == pytest.approx(experts.kv_cache_bytes * 41 / 61, rel=1e-6)
    for one in (mixed, everything):
        # What lies where adds up to what there is: the cache of a layer goes where the layer is.
        both = one.weights_bytes + one.host_bytes + one.kv_cache_bytes
        assert both == pytest.approx(whole + experts.kv_cache_bytes, rel=1e-6)
    assert everything.kv_cache_bytes == 0
    assert any("as a whole" in one.in_english() for one in mixed.assumed)
    assert of(500) == everything


def test_weights_beyond_the_hosts_memory_stay_on_the_drive_of_engines_that_map_them():
    asked = {"host_bytes": 400 * GIB, "memory_bytes": 256 * GIB, "headroom": 0.25}
    assert left_on_drive(engine=Engine.LLAMA_CPP, **asked) == 208 * GIB
    assert left_on_drive(engine=Engine.KTRANSFORMERS, **asked) == 0
    assert left_on_drive(engine=Engine.LLAMA_CPP, **(asked | {"memory_bytes": None})) == 0


def test_ik_llama_cpp_leaves_small_batches_to_the_host():
    # ik_llama.cpp pull request 520: from 32 x 256 / 8 = 1,024 tokens on for DeepSeek
    deepseek = model("DeepSeek-V3")
    assert not copies_experts(deepseek, Engine.IK_LLAMA_CPP, 1023)
    assert copies_experts(deepseek, Engine.IK_LLAMA_CPP, 1024)
    assert copies_experts(deepseek, Engine.LLAMA_CPP, 32)


def test_a_large_device_is_needed_with_the_step_that_its_engine_starts_with():
    small, large = ask("Qwen3-8B"), ask("Qwen3-8B", device_bytes=80 * GIB)
    assert large.activation_bytes == activation_bytes(
        model("Qwen3-8B"), Engine.VLLM, 131072, 1, ParallelPlan(), last=True, step=first_step(80 * GIB)
    )
    assert large.activation_bytes > 3 * small.activation_bytes
    assert ask("Qwen3-8B", device_bytes=24 * GIB) == small
    for engine in (Engine.LLAMA_CPP, Engine.MLX):
        assert ask("Qwen3-8B", engine=engine, device_bytes=80 * GIB) == ask("Qwen3-8B", engine=engine)
    assert large.why is not None
    assert "8,192" in large.why.parts[2].formula
