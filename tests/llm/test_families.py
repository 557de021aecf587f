"""Architectures that the library does not hold, against published counts and counts of public code."""

import json
from pathlib import Path

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
COUNTED = json.loads((Path(__file__).parent / "counted.json").read_text(encoding="utf-8"))
MINICPM3 = {
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
}
# Element counts that the Hugging Face API reports, as in hf_models.json of llmfit 1.1.17: Qwen-72B and glm-4-9b
# (9,399,951,392, of which 32 are rotary frequencies); MiniCPM3's is its public model code's.
PUBLISHED = [
    (
        {
            "model_type": "qwen",
            "hidden_size": 8192,
            "num_hidden_layers": 80,
            "num_attention_heads": 64,
            "intermediate_size": 49152,
            "kv_channels": 128,
            "vocab_size": 152064,
            "no_bias": True,
        },
        72_287_920_128,
    ),
    (
        {
            "model_type": "chatglm",
            "add_qkv_bias": True,
            "ffn_hidden_size": 13696,
            "hidden_size": 4096,
            "kv_channels": 128,
            "multi_query_group_num": 2,
            "num_attention_heads": 32,
            "num_layers": 40,
            "padded_vocab_size": 151552,
        },
        9_399_951_360,
    ),
    (MINICPM3, 4_073_875_968),
]


@pytest.mark.parametrize("case", COUNTED, ids=lambda case: case["config"]["model_type"])
def test_counts_agree_with_the_public_model_code(case):
    architecture = read(**case["config"])
    assert sum(one.parameters for one in architecture.tensors if not one.mtp) == case["parameters"]
    assert not architecture.unknown


@pytest.mark.parametrize(("config", "published"), PUBLISHED, ids=lambda value: str(value)[:30])
def test_counts_agree_with_published_ones(config, published):
    assert read(**config).parameters == published


def test_ling_3_with_its_mtp_layer_has_the_published_count():
    config = next(one["config"] for one in COUNTED if one["config"]["model_type"] == "bailing_hybrid")
    assert read(**config).parameters == 127_486_405_600  # Hugging Face API, llmfit 1.1.17


def test_an_encoder_is_said_to_be_none_of_what_is_planned():
    architecture = read(model_type="t5", d_model=512, num_layers=6, vocab_size=32128, is_encoder_decoder=True)
    assert not architecture.tensors
    assert "encoder" in architecture.unknown[0].in_english()


def test_an_unknown_architecture_still_tells_its_size():
    architecture = read(model_type="novel", hidden_size=64, num_hidden_layers=3, vocab_size=100)
    assert (architecture.hidden_size, architecture.layer_count, architecture.vocab_size) == (64, 3, 100)
    assert "novel" in architecture.unknown[0].in_english()
    assert not architecture.tensors


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
