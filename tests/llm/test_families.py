"""Architectures that the library does not hold, against published counts and counts of public code."""

import json

import pytest

from dsdesk.llm.architecture import AttentionKind, TensorRole
from dsdesk.llm.config_json import read_config

SIGLIP = {"hidden_size": 1152, "intermediate_size": 4304, "num_hidden_layers": 27, "image_size": 896, "patch_size": 14}
PIXTRAL = {"hidden_size": 1024, "intermediate_size": 4096, "num_hidden_layers": 24, "patch_size": 14, "head_dim": 64}


def read(**config):
    return read_config(json.dumps(config), id="local:x").architecture


def layers(kind, count=2, **more):
    base = {
        "model_type": kind,
        "hidden_size": 64,
        "num_hidden_layers": count,
        "num_attention_heads": 4,
        "vocab_size": 100,
    }
    return base | more


# The defaults of the config classes of transformers 5.24.0, counted by building the models there without weights.
COUNTED = [
    (
        {"model_type": "gpt2", "vocab_size": 50257, "n_positions": 1024, "n_embd": 768, "n_layer": 12, "n_head": 12},
        124_439_808,
    ),
    (
        {
            "model_type": "gpt_neox",
            "vocab_size": 50432,
            "hidden_size": 6144,
            "num_hidden_layers": 44,
            "num_attention_heads": 64,
            "intermediate_size": 24576,
            "tie_word_embeddings": False,
        },
        20_554_567_680,
    ),
    (
        {
            "model_type": "minicpm3",
            "vocab_size": 73448,
            "hidden_size": 2560,
            "intermediate_size": 6400,
            "num_hidden_layers": 62,
            "num_attention_heads": 40,
            "kv_lora_rank": 256,
            "q_lora_rank": 768,
            "qk_nope_head_dim": 64,
            "qk_rope_head_dim": 32,
            "v_head_dim": 64,
            "tie_word_embeddings": True,
        },
        4_073_875_968,
    ),
    (
        {
            "model_type": "phi",
            "vocab_size": 51200,
            "hidden_size": 2048,
            "intermediate_size": 8192,
            "num_hidden_layers": 24,
            "num_attention_heads": 32,
            "tie_word_embeddings": False,
        },
        1_418_270_720,
    ),
]


@pytest.mark.parametrize(("config", "published"), COUNTED, ids=lambda value: str(value)[:30])
def test_counts_agree_with_the_public_model_code(config, published):
    assert read(**config).parameters == published


def test_vision_towers_agree_with_what_published_counts_leave_over():
    # gemma-3-27b: 27,432,406,640 published, 27,009,346,304 of them text; Devstral Small 2: 438,958,080 and scalars.
    gemma = layers("gemma3_text", intermediate_size=128, hidden_size=5376)
    towers = (
        ("gemma3", SIGLIP, gemma, 423_060_336),
        ("mistral3", PIXTRAL, gemma | {"model_type": "mistral", "hidden_size": 5120}, 438_958_080),
    )
    for outer, vision, text, published in towers:
        tensors = read(model_type=outer, text_config=text, vision_config=vision).tensors
        assert sum(one.parameters for one in tensors if one.role is TensorRole.VISION) == published


def test_a_vision_tower_of_an_unknown_kind_is_said_not_to_be_counted():
    architecture = read(
        model_type="someone_vl", text_config=layers("llama", intermediate_size=128), vision_config={"depth": 3}
    )
    assert architecture.tensors
    assert "vision tower is not counted" in architecture.unknown[0].in_english()


def test_layers_that_share_a_cache_store_none():
    text = layers(
        "gemma4_text",
        4,
        intermediate_size=128,
        sliding_window=512,
        layer_types=["sliding_attention", "full_attention"] * 2,
        num_kv_shared_layers=2,
        hidden_size_per_layer_input=8,
        vocab_size_per_layer_input=100,
    )
    architecture = read(model_type="gemma4", text_config=text)
    assert sum(len(one.layers) for one in architecture.attention if one.kv_shared) == 2
    assert sum(one.count for one in architecture.tensors if one.role is TensorRole.ATTN_K) == 2
    assert [one.parameters for one in architecture.tensors if one.role is TensorRole.LOOKUP] == [100 * 4 * 8]


@pytest.mark.parametrize(
    ("config", "key", "roles"),
    [
        ({"quant_method": "awq", "bits": 4, "group_size": 128}, "awq", {"attn_q", "ffn_up"}),
        ({"quant_method": "gptq", "bits": 8, "group_size": -1}, "int8", {"attn_q", "ffn_up"}),
        ({"quant_method": "fp8", "weight_block_size": [128, 128]}, "fp8", {"attn_q", "ffn_up"}),
        ({"quant_method": "bitsandbytes", "load_in_4bit": True}, "nf4", {"attn_q", "ffn_up"}),
        (
            {"quant_method": "modelopt", "quant_algo": "NVFP4", "ignore": ["lm_head", "*self_attn*"]},
            "nvfp4",
            {"ffn_up"},
        ),
        (
            {
                "quant_method": "compressed-tensors",
                "config_groups": {"group_0": {"weights": {"num_bits": 8, "type": "float", "strategy": "channel"}}},
                "ignore": ["lm_head", "re:.*self_attn.*"],
            },
            "fp8",
            {"ffn_up"},
        ),
    ],
)
def test_quantisation_configs_say_what_is_stored_how(config, key, roles):
    text = json.dumps(layers("llama", intermediate_size=128) | {"quantization_config": config})
    llm = read_config(text, id="local:x")
    assert llm.native_precision == key
    assert llm.storage is not None
    stored = {role for role, _ in llm.storage.by_role}
    assert roles == {"attn_q", "ffn_up"} & stored
    assert "lm_head" not in stored
    assert "head" not in stored


def test_an_exclusion_cannot_hang_the_reader():
    evil = {"quant_method": "fp8", "modules_to_not_convert": ["re:(a+)+$" * 20, "re:" + "(.*)" * 50, "*" * 5000]}
    read_config(json.dumps(layers("llama", intermediate_size=128) | {"quantization_config": evil}), id="local:x")


def test_an_unknown_method_is_said_and_the_shape_is_still_read():
    text = json.dumps(layers("llama", intermediate_size=128) | {"quantization_config": {"quant_method": "magic"}})
    architecture = read_config(text, id="local:x").architecture
    assert architecture.tensors
    assert "magic" in architecture.unknown[0].in_english()


def test_windowed_and_full_layers_are_kept_apart():
    config = layers("gemma2", 4, intermediate_size=128, sliding_window=4096)
    kinds = {one.kind: one.layers for one in read(**config).attention}
    assert kinds == {AttentionKind.FULL: (1, 3), AttentionKind.SLIDING: (0, 2)}
