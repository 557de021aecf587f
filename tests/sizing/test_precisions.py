import time

import pytest

from dsdesk.base.errors import InputError
from dsdesk.base.source import Unknown
from dsdesk.llm.config_json import read_config
from dsdesk.sizing.formats import GGML, fitting
from dsdesk.sizing.precisions import (
    KV_FORMATS,
    PRECISIONS,
    file_bytes,
    parse_kv_precision,
    parse_precision,
    weights_bytes,
)
from tests.sizing.library import library, model

GIB = 2**30

# GiB of tensor data that publishers' files hold; file metadata adds some MB.
PUBLISHED_GGUF = [
    ("Llama-3.1-8B-Instruct", "q2_k", 2.960),
    ("Llama-3.1-8B-Instruct", "q3_k_m", 3.740),
    ("Llama-3.1-8B-Instruct", "q4_k_s", 4.370),
    ("Llama-3.1-8B-Instruct", "q4_k_m", 4.580),
    ("Llama-3.1-8B-Instruct", "q5_k_m", 5.330),
    ("Llama-3.1-8B-Instruct", "q6_k", 6.140),
    ("Llama-3.1-8B-Instruct", "q8_0", 7.960),
    ("Llama-3.1-70B-Instruct", "q4_k_m", 39.590),
    ("DeepSeek-R1-Distill-Qwen-7B", "q4_k_m", 4.360),
    ("Qwen2.5-72B-Instruct", "q4_k_m", 44.150),
    ("QwQ-32B", "q4_k_m", 18.533),
    ("Qwen3-235B-A22B", "q4_k_m", 132.386),
    ("Qwen3-235B-A22B", "q8_0", 232.769),
    ("DeepSeek-Coder-V2-Lite-Instruct", "q4_k_m", 9.649),
    ("DeepSeek-R1", "q8_0", 664.295),
    ("DeepSeek-R1", "q4_k_m", 376.650),
    ("gpt-oss-20b", "mxfp4_moe", 11.270),
    ("DeepSeek-R1-Distill-Qwen-32B", "q4_k_l", 18.999),
    ("DeepSeek-R1-Distill-Qwen-32B", "q3_k_xl", 16.671),
    ("DeepSeek-R1-Distill-Qwen-32B", "iq4_xs", 16.484),
]
PUBLISHED_SAFETENSORS = [
    ("DeepSeek-V3.2", "fp8", 642.120),
    ("Devstral-Small-2505", "bf16", 43.907),
    ("DeepSeek-OCR-2", "bf16", 6.314),
    ("DeepSeek-OCR", "bf16", 6.210),
]


def counted(size: int | Unknown) -> int:
    assert isinstance(size, int)
    return size


@pytest.mark.parametrize(("name", "precision", "published"), PUBLISHED_GGUF)
def test_gguf_sizes_are_within_one_and_a_half_percent_of_published_files(name, precision, published):
    assert counted(weights_bytes(model(name), precision)) / GIB == pytest.approx(published, rel=0.015)


@pytest.mark.parametrize(("name", "precision", "published"), PUBLISHED_SAFETENSORS)
def test_safetensors_sizes_are_within_half_a_percent_of_published_files(name, precision, published):
    assert counted(file_bytes(model(name), precision)) / GIB == pytest.approx(published, rel=0.005)


def test_rows_that_no_block_divides_take_the_quantisers_fallback():
    # Qwen2.5-0.5B has rows of 896, and DeepSeek-V2-Lite experts of 1408: no multiple of 256.
    assert fitting("Q4_K", 896) == GGML["Q5_0"]
    assert fitting("Q6_K", 1408) == GGML["Q8_0"]
    assert fitting("Q4_K", 4096) == GGML["Q4_K"]
    assert fitting("IQ4_XS", 33) == GGML["F16"]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Q4_K_M", "q4_k_m"),
        ("Q4_K - Medium", "q4_k_m"),
        ("Q5_K - Small", "q5_k_s"),
        ("FP8", "fp8"),
        ("FP8 block128 (native)", "fp8"),
        ("BF16", "bf16"),
        ("fp16", "f16"),
        ("W4A16", "int4"),
        ("AWQ", "awq"),
        ("MXFP4", "mxfp4"),
        ("NVFP4", "nvfp4"),
        ("8-bit", "int8"),
        ("IQ4_XS - 4.25 bpw", "iq4_xs"),
    ],
)
def test_precisions_are_read_as_people_write_them(text, key):
    assert parse_precision(text).key == key


@pytest.mark.parametrize("text", ["?", "UD-Q4_K_XL", "Q9_K", "banana"])
def test_a_precision_that_does_not_exist_is_said_to(text):
    with pytest.raises(InputError):
        parse_precision(text)
    with pytest.raises(InputError):
        parse_kv_precision(text)


def test_native_layouts_are_sized_as_they_are_stored():
    v4, kimi, oss = model("DeepSeek-V4-Flash"), model("Kimi-K2-Thinking"), model("gpt-oss-120b")
    assert (v4.native_precision, kimi.native_precision, oss.native_precision) == ("mxfp4", "int4", "mxfp4")
    # V4: experts at 4.25 bits, the rest at 8; K2 Thinking: experts alone at 4.5 bits.
    assert 4.25 < counted(weights_bytes(v4, "mxfp4")) * 8 / 284.3e9 < 4.45
    assert 4.5 < counted(weights_bytes(kimi, "int4")) * 8 / 1026.4e9 < 4.75


def test_no_precision_makes_a_model_smaller_than_its_bits_or_larger_than_fp32():
    for llm in library().values():
        answers = {key: weights_bytes(llm, key) for key in PRECISIONS}
        sizes = {key: size for key, size in answers.items() if isinstance(size, int)}
        if len(sizes) < len(answers):
            assert not sizes, llm.id
            continue
        assert max(sizes.values()) <= sizes["f32"] * 1.001, llm.id
        assert sizes["q4_k_m"] < sizes["q5_k_m"] < sizes["q6_k"] < sizes["q8_0"] < sizes["bf16"], llm.id


def test_all_models_at_all_precisions_are_sized_quickly():
    started = time.process_time()
    for llm in library().values():
        for key in PRECISIONS:
            weights_bytes(llm, key)
    assert time.process_time() - started < 1.0  # 0.3 s on an idle core; CI may be busy


def test_every_kv_format_states_its_bits():
    assert all(4 <= form.bits <= 32 and form.source for form in KV_FORMATS.values())


def test_an_unknown_architecture_is_unknown_at_every_precision():
    llm = read_config('{"model_type": "nobody", "vocab_size": 1000, "hidden_size": 64}', id="local:x")
    answer = weights_bytes(llm, "bf16")
    assert isinstance(answer, Unknown)
    assert "nobody" in answer.because.in_english()


@pytest.mark.parametrize(
    ("text", "near"),
    [("UD-Q4_K_XL", "Q4_K_M"), ("UD-IQ2_XXS", "IQ2_XXS"), ("IQ4_KS_R4", "Q4_K_M"), ("Q8_0_R8", "Q8_0")],
)
def test_a_mix_tuned_tensor_by_tensor_is_not_sized_by_its_name(text, near):
    with pytest.raises(InputError, match=f"tunes tensor by tensor.*choose {near},"):
        parse_precision(text)
