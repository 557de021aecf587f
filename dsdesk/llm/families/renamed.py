"""Decoders whose configs use words of their own: the words, beside the habits of the family.

Source: `transformers/models/{bloom,falcon,gptj,codegen,gpt_neo,gpt_bigcode,mpt,dbrx}` 5.24.0; the model code that the
checkpoints of Qwen and ChatGLM carry.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dsdesk.llm.architecture import Architecture
from dsdesk.llm.families.decoder import build_decoder
from dsdesk.llm.families.traits import Traits
from dsdesk.llm.fields import Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Renamed:
    """One family.

    Attributes:
        traits: its habits.
        words: the usual name of a field by the family's own; a dot enters a section.
        halved: the config's width counts gate and up projection together.
    """

    traits: Traits
    words: Mapping[str, str] = field(default_factory=dict)
    halved: bool = False


_BIASED = Traits(norm_bias=True, gated=False, ffn_bias=True, qkv_bias=True, out_bias=True, fused_qkv=True, wide=4)
_J = Traits(norms=1, norm_bias=True, gated=False, ffn_bias=True, qkv_bias=False, head_bias=True, wide=4)
_GPT = {"num_hidden_layers": "n_layer", "num_attention_heads": "n_head", "hidden_size": "n_embd"}
_DBRX = Traits(
    norm_bias=False, qkv_bias=False, fused_qkv=True, expert_width=("moe_intermediate_size",), shared_width=()
)

RENAMED: dict[str, Renamed] = {
    "bloom": Renamed(
        traits=replace(_BIASED, embed_norm=True, tied=True),
        words={"num_hidden_layers": "n_layer", "num_attention_heads": "n_head", "hidden_size": "n_embed"},
    ),
    "gptj": Renamed(
        traits=_J, words={**_GPT, "max_position_embeddings": "n_positions", "intermediate_size": "n_inner"}
    ),
    "codegen": Renamed(
        traits=replace(_J, fused_qkv=True),
        words={**_GPT, "max_position_embeddings": "n_positions", "intermediate_size": "n_inner"},
    ),
    "gpt_neo": Renamed(
        traits=replace(
            _BIASED, qkv_bias=False, out_bias=True, fused_qkv=False, tied=True, positions="max_position_embeddings"
        ),
        words={"num_hidden_layers": "num_layers", "num_attention_heads": "num_heads"},
    ),
    "mpt": Renamed(
        traits=Traits(gated=False, qkv_bias=False, ffn_bias=False, fused_qkv=True, tied=True, wide=4),
        words={
            "hidden_size": "d_model",
            "num_hidden_layers": "n_layers",
            "num_attention_heads": "n_heads",
            "num_key_value_heads": "attn_config.kv_n_heads",
            "max_position_embeddings": "max_seq_len",
        },
    ),
    "dbrx": Renamed(
        traits=_DBRX,
        words={
            "hidden_size": "d_model",
            "num_hidden_layers": "n_layers",
            "num_attention_heads": "n_heads",
            "num_key_value_heads": "attn_config.kv_n_heads",
            "max_position_embeddings": "max_seq_len",
            "moe_intermediate_size": "ffn_config.ffn_hidden_size",
            "num_experts": "ffn_config.moe_num_experts",
            "num_experts_per_tok": "ffn_config.moe_top_k",
        },
    ),
    "qwen": Renamed(
        traits=Traits(qkv_bias=True, out_bias=False, fused_qkv=True),
        words={"head_dim": "kv_channels", "max_position_embeddings": "seq_length"},
        halved=True,
    ),
    "chatglm": Renamed(
        traits=Traits(qkv_bias=None, out_bias=False, fused_qkv=True),
        words={
            "num_hidden_layers": "num_layers",
            "num_key_value_heads": "multi_query_group_num",
            "head_dim": "kv_channels",
            "intermediate_size": "ffn_hidden_size",
            "vocab_size": "padded_vocab_size",
            "max_position_embeddings": "seq_length",
            "attention_bias": "add_qkv_bias",
        },
    ),
}


def build_renamed(fields: Fields) -> Architecture:
    """A decoder of one of the families above.

    Raises:
        InputError: a field that the family needs is missing or absurd.
    """
    family = RENAMED[fields.text("model_type")]
    known = fields.renamed(family.words)
    if family.halved:
        known = known.with_values({"intermediate_size": known.integer("intermediate_size") // 2})
    return build_decoder(known, family.traits)


def build_bigcode(fields: Fields) -> Architecture:
    """StarCoder 1 and its kin: GPT-2 with one key/value head for all.

    Raises:
        InputError: a field is missing or absurd.
    """
    traits = replace(_BIASED, tied=True, positions="n_positions")
    known = fields.renamed({**_GPT, "max_position_embeddings": "n_positions", "intermediate_size": "n_inner"})
    one = fields.flag("multi_query", default=True)
    return build_decoder(known.with_values({"num_key_value_heads": 1}) if one else known, traits)


def build_falcon(fields: Fields) -> Architecture:
    """Falcon: one key/value head, or groups of them in the newer ones; attention and network side by side.

    Raises:
        InputError: a field is missing or absurd.
    """
    new = fields.flag("new_decoder_architecture")
    known = fields.renamed(
        {
            "num_hidden_layers": "n_layer",
            "num_attention_heads": "n_head",
            "intermediate_size": "ffn_hidden_size",
        }
    )
    heads = known.integer("num_attention_heads")
    kv_heads = fields.integer("num_kv_heads", "n_head_kv", default=heads) if new else heads
    if not new and fields.flag("multi_query", default=True):
        kv_heads = 1
    norms = 1 if fields.flag("parallel_attn", default=True) and not new else 2
    if new and fields.integer("num_ln_in_parallel_attn", default=2) == 1:
        norms = 1
    bias = fields.flag("bias")
    traits = replace(_BIASED, norms=norms, qkv_bias=bias, out_bias=bias, ffn_bias=bias, tied=True)
    return build_decoder(known.with_values({"num_key_value_heads": kv_heads}), traits)
