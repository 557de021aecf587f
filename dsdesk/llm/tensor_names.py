"""Tensor names of GGUF and safetensors files into roles and layers.

Source: `gguf` 0.19.0 `constants.py` TENSOR_NAMES; Hugging Face module names as in `transformers` 5.24.0.
"""

import re

from dsdesk.llm.architecture import TensorRole as Role

_GGUF_LAYER = re.compile(r"^blk\.(\d{1,4})\.(.+)$")
_HF_LAYER = re.compile(r"(?:^|\.)(?:layers|h|blocks|block)\.(\d{1,4})\.(.+)$")

_GGUF = (
    ("attn_qkv", Role.ATTN_QKV),
    ("attn_q_a", Role.MLA_Q_A),
    ("attn_q_b", Role.MLA_Q_B),
    ("attn_kv_a", Role.MLA_KV_A),
    ("attn_kv_b", Role.MLA_KV_B),
    ("attn_k_b", Role.MLA_KV_B),
    ("attn_v_b", Role.MLA_KV_B),
    ("attn_kv", Role.MLA_KV_A),
    ("attn_gate", Role.ATTN_GATE),
    ("attn_output", Role.ATTN_OUT),
    ("attn_q", Role.ATTN_Q),
    ("attn_k", Role.ATTN_K),
    ("attn_v", Role.ATTN_V),
    ("indexer", Role.INDEXER),
    ("compressor", Role.COMPRESSOR),
    ("ffn_gate_inp", Role.ROUTER),
    ("ffn_gate_tid2eid", Role.ROUTER),
    ("exp_probs_b", Role.ROUTER),
    ("ffn_gate_exps", Role.EXPERT_GATE),
    ("ffn_up_exps", Role.EXPERT_UP),
    ("ffn_gate_up_exps", Role.EXPERT_UP),
    ("ffn_down_exps", Role.EXPERT_DOWN),
    ("ffn_gate_shexp", Role.SHARED_GATE),
    ("ffn_up_shexp", Role.SHARED_UP),
    ("ffn_down_shexp", Role.SHARED_DOWN),
    ("ffn_gate", Role.FFN_GATE),
    ("ffn_up", Role.FFN_UP),
    ("ffn_down", Role.FFN_DOWN),
    ("ssm_conv1d", Role.SSM_CONV),
    ("ssm_in", Role.SSM_IN),
    ("ssm_out", Role.SSM_OUT),
    ("ssm_", Role.SSM_STATE),
)
_GGUF_ENDS = {"token_embd.weight": Role.EMBED, "output.weight": Role.HEAD, "output_norm.weight": Role.NORM}


def gguf_role(name: str) -> tuple[Role, int | None]:
    """What a GGUF tensor does, and in which layer (None outside the layers)."""
    found = _GGUF_LAYER.match(name)
    if name == "per_layer_token_embd.weight":
        return Role.LOOKUP, None
    if found is None:
        return _GGUF_ENDS.get(name, Role.OTHER), None
    layer, rest = int(found.group(1)), found.group(2)
    if "norm" in rest:
        return Role.NORM, layer
    if rest.endswith(".bias") and not rest.startswith("exp_probs"):
        return Role.BIAS, layer
    for start, role in _GGUF:
        if rest.startswith(start):
            return role, layer
    return Role.OTHER, layer


def hf_layer(name: str) -> int | None:
    """The layer in a safetensors name, None outside the layers."""
    found = _HF_LAYER.search(name)
    return int(found.group(1)) if found else None


def is_mtp(name: str, layers: int) -> bool:
    """Whether a safetensors name belongs to multi-token-prediction layers."""
    if name.startswith(("mtp.", "model.mtp.")) or ".mtp_" in name:
        return True
    if "vision" in name or "visual" in name:
        return False
    layer = hf_layer(name)
    return layer is not None and layer >= layers > 0
