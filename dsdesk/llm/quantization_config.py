"""A checkpoint's `quantization_config`: which tensors it stores in which format."""

import re
from collections.abc import Iterable, Mapping

from dsdesk.base.errors import InputError
from dsdesk.base.message import Message
from dsdesk.llm.architecture import TensorRole as Role
from dsdesk.llm.fields import Fields
from dsdesk.llm.precision import Storage, StoredFormat

FP8_BLOCK = StoredFormat(name="FP8 128 x 128", bits=8, block_rows=128, block_columns=128, scale_bits=32)
FP8_TENSOR = StoredFormat(name="FP8 per tensor", bits=8, block_rows=0, block_columns=0, scale_bits=32, tensor_bits=32)
FP8_CHANNEL = StoredFormat(name="FP8 per channel", bits=8, block_columns=0, scale_bits=32)
INT8_CHANNEL = StoredFormat(name="INT8 per channel", bits=8, block_columns=0, scale_bits=32)
MXFP4 = StoredFormat(name="MXFP4", bits=4, block_columns=32, scale_bits=8)
MXFP8 = StoredFormat(name="MXFP8", bits=8, block_columns=32, scale_bits=8)
NVFP4 = StoredFormat(name="NVFP4", bits=4, block_columns=16, scale_bits=8, tensor_bits=64)
NF4 = StoredFormat(name="NF4", bits=4 + 8 / 64 + 32 / (64 * 256))
NF4_SINGLE = StoredFormat(name="NF4 without double quantisation", bits=4 + 32 / 64)

MATRICES = {
    Role.ATTN_Q: "self_attn.q_proj",
    Role.ATTN_K: "self_attn.k_proj",
    Role.ATTN_V: "self_attn.v_proj",
    Role.ATTN_QKV: "self_attn.qkv_proj",
    Role.ATTN_GATE: "self_attn.g_proj",
    Role.ATTN_OUT: "self_attn.o_proj",
    Role.MLA_Q_A: "self_attn.q_a_proj",
    Role.MLA_Q_B: "self_attn.q_b_proj",
    Role.MLA_KV_A: "self_attn.kv_a_proj_with_mqa",
    Role.MLA_KV_B: "self_attn.kv_b_proj",
    Role.INDEXER: "self_attn.indexer.wq_b",
    Role.FFN_GATE: "mlp.gate_proj",
    Role.FFN_UP: "mlp.up_proj",
    Role.FFN_DOWN: "mlp.down_proj",
    Role.EXPERT_GATE: "mlp.experts.0.gate_proj",
    Role.EXPERT_UP: "mlp.experts.0.up_proj",
    Role.EXPERT_DOWN: "mlp.experts.0.down_proj",
    Role.SHARED_GATE: "mlp.shared_experts.gate_proj",
    Role.SHARED_UP: "mlp.shared_experts.up_proj",
    Role.SHARED_DOWN: "mlp.shared_experts.down_proj",
    Role.SSM_IN: "linear_attn.in_proj",
    Role.SSM_OUT: "linear_attn.out_proj",
    Role.HEAD: "lm_head",
}
_EXPERTS = (Role.EXPERT_GATE, Role.EXPERT_UP, Role.EXPERT_DOWN)
_LAYER = re.compile(r"layers\.(\d+)\.")
_MOST = 0.5


def grouped(bits: int, group: int, *, scale_bits: float = 16, row_bits: int = 0) -> StoredFormat:
    """Integer weights with one scale for `group` weights of a row, or for the whole row where `group` is -1."""
    return StoredFormat(
        name=f"INT{bits} group {group}",
        bits=bits,
        block_columns=max(0, group),
        scale_bits=scale_bits,
        row_bits=row_bits,
    )


def read_storage(fields: Fields) -> Storage | None:
    """What the config says of its storage, None where it says nothing.

    Raises:
        InputError: the method is one that this program does not know.
    """
    section = fields.section("quantization_config", "compression_config")
    if section is None:
        return None
    method = section.text("quant_method", "quant_algo", default="").lower()
    reader = _READERS.get(method)
    if reader is None:
        raise InputError(
            Message(
                "The model's config names the quantisation method {method}, which dsdesk does not know.", method=method
            )
        )
    return reader(section, fields)


def _kept(section: Fields, layers: int, roles: Iterable[Role]) -> frozenset[Role]:
    """The roles that the config keeps out of quantisation."""
    entries: list[str] = []
    for name in ("modules_to_not_convert", "ignore", "ignored_layers", "exclude_modules", "llm_int8_skip_modules"):
        entries.extend(one for one in section.items(name) or () if isinstance(one, str))
    kept = set()
    for role in roles:
        module = MATRICES[role]
        hits = [entry for entry in entries if _matches(entry, module)]
        numbered = {found.group(1) for entry in hits if (found := _LAYER.search(entry))}
        if any(not _LAYER.search(entry) for entry in hits) or len(numbered) > _MOST * layers:
            kept.add(role)
    return frozenset(kept)


def _matches(entry: str, module: str) -> bool:
    """Whether an exclusion names `module`: a module path, a glob, or a simple regular expression.

    Expressions come from strange files and are therefore not run: only `.*`, `.`, and one alternation are understood.
    """
    entry = entry[:200].removeprefix("re:").replace("\\.", ".").strip("^$")
    found = re.search(r"\(([\w|]+)\)", entry)
    if found:
        return any(_matches(entry.replace(found.group(0), one), module) for one in found.group(1).split("|"))
    entry = _LAYER.sub("layers.*.", entry).replace(".*", "*").replace("*", "\0")
    full = f"model.layers.7.{module}" if module != "lm_head" else module
    position, first = 0, True
    for piece in (one.strip(".") for one in entry.split("\0")):
        if not piece:
            first = False
            continue
        at = full.find(piece, position)
        if at < 0 or (first and at > 0 and full[at - 1] != "."):
            return False
        position, first = at + len(piece), False
    if position == 0:
        return False
    return position == len(full) or full[position] in "." or entry.endswith("\0")


def _storage(key: str, section: Fields, fields: Fields, form: StoredFormat, roles: Iterable[Role]) -> Storage:
    layers = fields.integer("num_hidden_layers", "n_layer", default=1)
    wanted = tuple(roles)
    kept = _kept(section, layers, wanted)
    return Storage(key=key, by_role=tuple((role.value, form) for role in wanted if role not in kept))


def _linear() -> tuple[Role, ...]:
    return tuple(role for role in MATRICES if role is not Role.HEAD)


def _fp8(section: Fields, fields: Fields) -> Storage:
    block = section.integers("weight_block_size")
    form = FP8_TENSOR
    if block is not None:
        if len(block) != 2 or min(block) < 1:  # noqa: PLR2004 - rows and columns
            raise InputError(
                Message(
                    "The model's config says {field} = {value}, which cannot be.",
                    field="weight_block_size",
                    value=str(block)[:40],
                )
            )
        bits = 8 if min(block) < 128 else 32  # noqa: PLR2004 - small blocks carry UE8M0 scales of one byte
        form = StoredFormat(
            name=f"FP8 {block[0]} x {block[1]}", bits=8, block_rows=block[0], block_columns=block[1], scale_bits=bits
        )
    whole = _storage("fp8", section, fields, form, _linear())
    if fields.text("expert_dtype") == "fp4" or section.text("expert_dtype") == "fp4":
        experts = {role.value for role in _EXPERTS}
        mixed = tuple((role, MXFP4 if role in experts else one) for role, one in whole.by_role)
        return Storage(key="mxfp4", by_role=mixed)
    return whole


def _mxfp4(section: Fields, fields: Fields) -> Storage:
    return _storage("mxfp4", section, fields, MXFP4, _EXPERTS)


def _integer(section: Fields, fields: Fields) -> Storage:
    """AWQ and GPTQ."""
    bits, group = (
        section.integer("bits", "w_bit", default=4),
        section.integer("group_size", "q_group_size", default=128, low=-1),
    )
    gptq = "gptq" in section.text("quant_method").lower()
    form = grouped(bits, group, scale_bits=16 + bits, row_bits=32 if gptq else 0)
    roles = (*_linear(), Role.HEAD) if section.flag("lm_head") else _linear()
    return _storage("int8" if bits == 8 else "gptq" if gptq else "awq", section, fields, form, roles)  # noqa: PLR2004


def _compressed(section: Fields, fields: Fields) -> Storage:
    """compressed-tensors: one group of weights is what checkpoints use."""
    groups = section.get("config_groups")
    first = (
        next((one for one in groups.values() if isinstance(one, Mapping)), {}) if isinstance(groups, Mapping) else {}
    )
    weights = Fields(first).section("weights")
    if weights is None:
        raise InputError(Message("The model's config lacks the field {field}.", field="config_groups.weights"))
    bits, kind = weights.integer("num_bits", default=8), weights.text("type", default="int")
    strategy, group = weights.text("strategy", default="channel"), weights.integer("group_size", default=-1, low=-1)
    form, key = _compressed_format(bits, kind, strategy, group, zero=not weights.flag("symmetric", default=True))
    return _storage(key, section, fields, form, (*_linear(), Role.HEAD))


def _compressed_format(bits: int, kind: str, strategy: str, group: int, *, zero: bool) -> tuple[StoredFormat, str]:
    if kind == "float" and bits == 4:  # noqa: PLR2004
        return (NVFP4, "nvfp4") if group == 16 else (MXFP4, "mxfp4")  # noqa: PLR2004
    if kind == "float":
        return {"tensor": FP8_TENSOR, "block": FP8_BLOCK}.get(strategy, FP8_CHANNEL), "fp8"
    if bits == 8:  # noqa: PLR2004
        return INT8_CHANNEL, "int8"
    return grouped(bits, group, scale_bits=16 + (bits if zero else 0)), "int4"


def _modelopt(section: Fields, fields: Fields) -> Storage:
    algorithm = section.text("quant_algo", "quant_method").upper()
    if "NVFP4" in algorithm or "FP4" in algorithm:
        return _storage("nvfp4", section, fields, NVFP4, (*_linear(), Role.HEAD))
    if "MXFP8" in algorithm:
        return _storage("mxfp8", section, fields, MXFP8, (*_linear(), Role.HEAD))
    return _storage("fp8", section, fields, FP8_TENSOR, (*_linear(), Role.HEAD))


def _bitsandbytes(section: Fields, fields: Fields) -> Storage:
    if section.flag("load_in_8bit", "_load_in_8bit"):
        return _storage("int8", section, fields, INT8_CHANNEL, _linear())
    form = NF4 if section.flag("bnb_4bit_use_double_quant") else NF4_SINGLE
    return _storage("nf4", section, fields, form, _linear())


def _fbgemm(section: Fields, fields: Fields) -> Storage:
    return _storage("fp8", section, fields, FP8_CHANNEL, _linear())


_READERS = {
    "fp8": _fp8,
    "fbgemm_fp8": _fbgemm,
    "mxfp4": _mxfp4,
    "awq": _integer,
    "gptq": _integer,
    "auto-round": _integer,
    "intel/auto-round": _integer,
    "compressed-tensors": _compressed,
    "modelopt": _modelopt,
    "modelopt_fp4": _modelopt,
    "nvfp4": _modelopt,
    "bitsandbytes": _bitsandbytes,
}
