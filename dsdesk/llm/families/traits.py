"""What sets one ordinary decoder apart from another: biases, norms, fused tensors, how layers alternate.

The traits follow each family's published model code (`transformers/models/TYPE/modeling_TYPE.py`, version 5.24.0).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """The habits of one model type.

    Attributes:
        qkv_bias: biases on q, k, v; None = as the config's `attention_bias` says.
        out_bias: bias on the attention output; None = as `qkv_bias`.
        qk_norm: "" none, "head", "layer", "config" = "head" where `use_qk_norm` says so, "config_layer" = "layer" where
            it or `qk_layernorm` does.
        fused_qkv: q, k and v are one tensor in GGUF files.
        norms: norm vectors of the hidden size in one layer.
        norm_bias: norms have a bias of the same size (LayerNorm).
        parallel: the config's field that says that attention and network share their norm, "" = none.
        moe_norms: further norm vectors of the hidden size in layers with experts.
        sub_norms: norms before the output projection and before the down projection (BitNet).
        scalars: single learned numbers in one layer.
        embed_norm: there is a norm behind the embedding.
        gated: the feed-forward network has a gate (SwiGLU, GeGLU).
        ffn_bias: biases in the feed-forward network; None = as `mlp_bias` says.
        tied: whether the output matrix is the embedding where the config does not say.
        head_bias: the output matrix has a bias; else as `lm_head_bias` says.
        final_norm: there is a norm behind the last layer.
        wide: width of the feed-forward network in hidden sizes where the config does not say, 0 = it must say.
        positions: the config's field for a table of learned positions, "" = none.
        positions_more: rows of that table beyond what the field says.
        sliding: how layers alternate where `layer_types` is absent: "" all full, "all" all sliding, "even" every second
            (0, 2, ...), "config" where `sliding_window_pattern` says every n-th is full.
        window: the config's field for the window.
        router_bias: a score correction vector for each router; else as `moe_router_enable_expert_bias` says.
        dense_width: config fields for the width of dense layers.
        expert_width: config fields for the width of one expert.
        expert_bias: biases in the experts and router (gpt-oss).
        sinks: one learned sink logit a head.
        shared_width: config fields for the joint width of the shared experts; else shared count x expert width.
        shared_gate: a vector gates the shared expert.
        head_gate: a gate of one value a head.
        output_gate: a gate of the size of all heads, as a matrix of its own.
        query_gate: the query projection carries the output gate.
        mtp: shape of the MTP layers: "" none, "deepseek", "qwen", "mimo", "step".
    """

    qkv_bias: bool | None = None
    out_bias: bool | None = None
    qk_norm: str = ""
    fused_qkv: bool = False
    norms: int = 2
    norm_bias: bool = False
    parallel: str = ""
    moe_norms: int = 0
    sub_norms: bool = False
    scalars: int = 0
    embed_norm: bool = False
    gated: bool = True
    ffn_bias: bool | None = None
    tied: bool = False
    head_bias: bool = False
    final_norm: bool = True
    wide: int = 0
    positions: str = ""
    positions_more: int = 0
    sliding: str = ""
    window: str = "sliding_window"
    router_bias: bool = False
    dense_width: tuple[str, ...] = ("intermediate_size",)
    expert_width: tuple[str, ...] = ("moe_intermediate_size",)
    expert_bias: bool = False
    sinks: bool = False
    shared_width: tuple[str, ...] = ()
    shared_gate: bool = False
    head_gate: bool = False
    output_gate: bool = False
    query_gate: bool = False
    mtp: str = ""


_LLAMA = Traits()
_QWEN2 = Traits(qkv_bias=True, out_bias=False)
_GEMMA = Traits(tied=True)
_LAYER_NORM = Traits(norm_bias=True, gated=False, ffn_bias=True, qkv_bias=True, out_bias=True)
_GLM_MOE = Traits(out_bias=False, router_bias=True, qk_norm="config", mtp="deepseek")

DENSE: dict[str, Traits] = {
    "llama": _LLAMA,
    "mistral": Traits(sliding="all", qkv_bias=False),
    "ministral": Traits(sliding="all", qkv_bias=False),
    "ministral3": Traits(sliding="all", qkv_bias=False),
    "granite": _LLAMA,
    "seed_oss": Traits(out_bias=False),
    "qwen2": _QWEN2,
    "qwen3": Traits(qkv_bias=None, qk_norm="head"),
    "mimo": Traits(qkv_bias=True, out_bias=False, mtp="mimo"),
    "phi3": Traits(qkv_bias=False, fused_qkv=True, sliding="all"),
    "gemma": _GEMMA,
    "gemma2": Traits(tied=True, norms=4, sliding="even"),
    "gemma3_text": Traits(tied=True, norms=4, qk_norm="head", sliding="config"),
    "baichuan": Traits(qkv_bias=False),
    "internlm2": Traits(qkv_bias=False),
    "internlm3": Traits(),
    "glm": Traits(out_bias=False),
    "glm4": Traits(norms=4, out_bias=False),
    "cohere": Traits(norms=1, tied=True, qk_norm="config_layer"),
    "cohere2": Traits(norms=1, tied=True, sliding="config"),
    "ernie4_5": Traits(qkv_bias=False, ffn_bias=False),
    "exaone4": Traits(qkv_bias=False, qk_norm="head", sliding="config"),
    "olmo2": Traits(qk_norm="layer"),
    "olmo3": Traits(qk_norm="layer", sliding="config"),
    "smollm3": Traits(),
    "hunyuan_v1_dense": Traits(qk_norm="head"),
    "starcoder2": Traits(norm_bias=True, gated=False, ffn_bias=True, qkv_bias=True, out_bias=True, tied=True),
    "nemotron": Traits(norm_bias=True, gated=False),
    "phi": Traits(norms=1, norm_bias=True, gated=False, ffn_bias=True, qkv_bias=True, out_bias=True, head_bias=True),
    "gpt_neox": Traits(norm_bias=True, gated=False, ffn_bias=True, qkv_bias=True, out_bias=True, fused_qkv=True),
    "gpt2": Traits(
        norm_bias=True,
        gated=False,
        ffn_bias=True,
        qkv_bias=True,
        out_bias=True,
        fused_qkv=True,
        tied=True,
        positions="n_positions",
        wide=4,
    ),
    "opt": Traits(
        norm_bias=True,
        gated=False,
        ffn_bias=True,
        qkv_bias=True,
        out_bias=True,
        tied=True,
        dense_width=("ffn_dim",),
        positions="max_position_embeddings",
        positions_more=2,
    ),
    "stablelm": Traits(
        norm_bias=True,
        qkv_bias=None,
        out_bias=False,
        ffn_bias=False,
        qk_norm="config_layer",
        parallel="use_parallel_residual",
    ),
    "olmo": Traits(norms=0, final_norm=False),
    "exaone": _LLAMA,
    "qwen2_vl": _QWEN2,
    "qwen2_5_vl": _QWEN2,
    "qwen2_vl_text": _QWEN2,
    "qwen2_5_vl_text": _QWEN2,
    "qwen3_vl_text": Traits(qk_norm="head"),
    "glm4v_text": Traits(norms=4, qkv_bias=True, out_bias=False),
    "apertus": Traits(gated=False, qk_norm="head", scalars=4),
    "apertus1p5_text": Traits(gated=False, qk_norm="head", scalars=4),
    "arcee": Traits(gated=False),
    "helium": Traits(),
    "bitnet": Traits(sub_norms=True, tied=True),
    "cwm": Traits(qkv_bias=False),
    "diffllama": _LLAMA,
    "granite_swa": Traits(sinks=True),
    "granite_docling_text": Traits(tied=True),
    "glm_ocr_text": Traits(norms=4, qkv_bias=None, out_bias=False),
    "hyperclovax": Traits(norms=4),
    "internlm": Traits(qkv_bias=None),
    "iquestcoder": _LLAMA,
    "jais2": _LAYER_NORM,
    "minicpm": Traits(tied=True),
    "nanbeige": _LLAMA,
    "nanochat": Traits(norms=0, final_norm=False, gated=False),
    "orion": Traits(norm_bias=True, qkv_bias=False),
    "phi4_multimodal": Traits(qkv_bias=False, fused_qkv=True, sliding="all"),
    "vaultgemma": Traits(tied=True, sliding="even"),
}

MIXTURES: dict[str, Traits] = {
    "mixtral": Traits(qkv_bias=False, expert_width=("intermediate_size",), sliding="all"),
    "qwen2_moe": Traits(
        qkv_bias=True, out_bias=False, shared_width=("shared_expert_intermediate_size",), shared_gate=True
    ),
    "qwen3_moe": Traits(qk_norm="head"),
    "qwen3_vl_moe_text": Traits(qk_norm="head"),
    "glm4v_moe_text": Traits(out_bias=False, router_bias=True, qk_norm="config"),
    "afmoe": Traits(qk_norm="head", norms=4, output_gate=True, router_bias=True),
    "exaone_moe": Traits(qk_norm="head", router_bias=True, sliding="config"),
    "solar_open": Traits(out_bias=False, router_bias=True),
    "deepseek": Traits(),
    "glm4_moe": _GLM_MOE,
    "dots1": Traits(qk_norm="head", router_bias=True),
    "hunyuan_v1_moe": Traits(qk_norm="head"),
    "hy_v3": Traits(qk_norm="head", router_bias=True, mtp="deepseek"),
    "minimax_m2": Traits(qkv_bias=False, qk_norm="layer", router_bias=True, expert_width=("intermediate_size",)),
    "ernie4_5_moe": Traits(qkv_bias=False, router_bias=True),
    "gpt_oss": Traits(
        qkv_bias=True, out_bias=True, expert_width=("intermediate_size",), expert_bias=True, sinks=True, sliding="even"
    ),
    "laguna": Traits(
        qk_norm="head", head_gate=True, router_bias=True, shared_width=("shared_expert_intermediate_size",)
    ),
    "step3p7": Traits(
        qkv_bias=False,
        qk_norm="head",
        router_bias=True,
        head_gate=True,
        shared_width=("share_expert_dim", "share_expert_dims"),
        expert_width=("moe_intermediate_size",),
        mtp="step",
    ),
    "mimo_v2_flash": Traits(qkv_bias=False, router_bias=True),
    "olmoe": Traits(qk_norm="layer", expert_width=("intermediate_size",)),
    "granitemoe": Traits(expert_width=("intermediate_size",), tied=True),
    "granitemoeshared": Traits(expert_width=("intermediate_size",), shared_width=("shared_intermediate_size",)),
    "bailing_moe": Traits(qkv_bias=None, out_bias=False, qk_norm="config"),
    "cohere2_moe": Traits(norms=1, tied=True, expert_width=("intermediate_size",), sliding="config"),
    "flex_olmo": Traits(qk_norm="layer", expert_width=("intermediate_size",)),
    "granitemoe_swa": Traits(
        expert_width=("intermediate_size",), shared_width=("shared_intermediate_size",), sinks=True
    ),
    "mellum": Traits(qk_norm="head"),
    "sarvam_moe": Traits(qk_norm="head", out_bias=False, router_bias=True),
    "phimoe": Traits(norm_bias=True, expert_width=("intermediate_size",), qkv_bias=None),
}
