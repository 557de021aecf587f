"""config.json into an Llm: which family it is, what it stores, and what cannot be told."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

from dsdesk.base.errors import FileError, InputError
from dsdesk.base.message import Message
from dsdesk.llm.architecture import Architecture, Llm
from dsdesk.llm.families import delta_hybrids, hybrids, mla, others, renamed, state_space
from dsdesk.llm.families.decoder import build_decoder
from dsdesk.llm.families.deepseek_v4 import build_deepseek_v4
from dsdesk.llm.families.deepseek_v41 import build_deepseek_v41
from dsdesk.llm.families.defaults import TEXT
from dsdesk.llm.families.gemma3n import build_gemma3n
from dsdesk.llm.families.gemma4 import build_gemma4
from dsdesk.llm.families.longcat import build_longcat
from dsdesk.llm.families.short_conv import build_liquid
from dsdesk.llm.families.traits import DENSE, MIXTURES
from dsdesk.llm.families.vision import add_vision
from dsdesk.llm.fields import Fields
from dsdesk.llm.quantization_config import read_storage

_LARGEST_TEXT = 16 * 2**20
_TEXT_SECTIONS = ("text_config", "language_config", "llm_config", "language_model_config", "thinker_config")
_DTYPES = {"bfloat16": "bf16", "float16": "f16", "float32": "f32", "half": "f16"}


def _deepseek_v2(fields: Fields) -> Architecture:
    """DeepSeek-V2, or the older attention under the same name where `use_mla` is off (DeepSeek-OCR)."""
    if fields.get("use_mla") is False or not fields.has("kv_lora_rank"):
        return build_decoder(fields.with_values({"v_head_dim": None}), MIXTURES["deepseek"])
    return mla.build_latent(fields, mla.V2)


_BUILDERS: dict[str, Callable[[Fields], Architecture]] = {
    "deepseek_v2": _deepseek_v2,
    "deepseek_v3": lambda fields: mla.build_latent(fields, mla.V3),
    "deepseek_v32": lambda fields: mla.build_latent(fields, mla.V3),
    "kimi_k2": lambda fields: mla.build_latent(fields, mla.V3),
    "glm_moe_dsa": lambda fields: mla.build_latent(fields, mla.V3),
    "glm4_moe_lite": lambda fields: mla.build_latent(fields, mla.V3),
    "hy_v4": mla.build_hy_v4,
    "mistral4": lambda fields: mla.build_latent(fields, mla.MISTRAL),
    "mistral_large3": lambda fields: mla.build_latent(fields, mla.MISTRAL),
    "minicpm3": lambda fields: mla.build_latent(fields, mla.SMALL),
    "youtu": lambda fields: mla.build_latent(fields, mla.SMALL),
    "deepseek_v4": build_deepseek_v4,
    "deepseek_v41_text": build_deepseek_v41,
    "qwen3_next": hybrids.build_qwen_hybrid,
    "qwen3_5_text": hybrids.build_qwen_hybrid,
    "qwen3_5_moe_text": hybrids.build_qwen_hybrid,
    "kimi_linear": hybrids.build_kimi_linear,
    "minimax_text_01": hybrids.build_minimax,
    "minimax_m1": hybrids.build_minimax,
    "minimax": hybrids.build_minimax,
    "nemotron_h": hybrids.build_nemotron_h,
    "granitemoehybrid": hybrids.build_granite_hybrid,
    "llama4_text": others.build_llama4,
    "gemma4_text": build_gemma4,
    "gemma4_unified_text": build_gemma4,
    "minimax_m3": others.build_minimax_m3,
    "minimax_m3_vl_text": others.build_minimax_m3,
    "nemotron-nas": others.build_nemotron_nas,
    "gemma3n_text": build_gemma3n,
    "longcat_flash": build_longcat,
    "bailing_hybrid": delta_hybrids.build_bailing_hybrid,
    "glm5_next_text": delta_hybrids.build_glm5_next,
    "olmo_hybrid": delta_hybrids.build_olmo_hybrid,
    "qwen4_exp_text": delta_hybrids.build_qwen4,
    "mllama_text_model": others.build_mllama,
    "hy_v4_vl_text": mla.build_hy_v4,
    "axk1": lambda fields: mla.build_latent(fields, mla.NORMED),
    "sarvam_mla": lambda fields: mla.build_latent(fields, mla.SCORED),
    "mamba": state_space.build_mamba,
    "falcon_mamba": state_space.build_mamba,
    "mamba2": state_space.build_mamba2,
    "jamba": state_space.build_jamba,
    "bamba": state_space.build_bamba,
    "falcon_h1": state_space.build_falcon_h1,
    "lfm2": build_liquid,
    "lfm2_moe": build_liquid,
    "lfm3": build_liquid,
    "falcon": renamed.build_falcon,
    "gpt_bigcode": renamed.build_bigcode,
    **dict.fromkeys(renamed.RENAMED, renamed.build_renamed),
}


def read_config(text: str, *, id: str, name: str = "") -> Llm:  # noqa: A002 - the contract's word
    """The model that a config.json describes.

    Args:
        text: content of the file.
        id: library id, or "local:NAME".
        name: how people call it; the id where it is "".

    Raises:
        FileError: it is not JSON.
        InputError: it is JSON, but not of a language model, or a field is missing or absurd.
    """
    return build_llm(parse_config(text), id=id, name=name)


def parse_config(text: str) -> Mapping[str, object]:
    """The config as a mapping.

    Raises:
        FileError: the text is too large, not JSON, nested too deep, or not an object.
    """
    if len(text) > _LARGEST_TEXT:
        raise FileError(
            Message("The config.json is {size} MB large; a model's config has a few KB.", size=len(text) >> 20)
        )
    try:
        values = json.loads(text)
    except RecursionError as error:
        raise FileError(Message("The config.json is nested too deep to be a model's config.")) from error
    except ValueError as error:
        where = f"{getattr(error, 'lineno', 1)}:{getattr(error, 'colno', 1)}"
        raise FileError(Message("The config.json is not valid JSON (line {where}).", where=where)) from error
    if not isinstance(values, dict):
        raise FileError(Message("The config.json does not hold a JSON object."))
    return values


def build_llm(config: Mapping[str, object], *, id: str, name: str = "") -> Llm:  # noqa: A002
    """The model that a parsed config describes.

    Raises:
        InputError: it is not of a language model, or a field is missing or absurd.
    """
    fields = text_fields(config)
    outer = Fields(config)
    architecture = read_architecture(fields, outer)
    unknown = list(architecture.unknown)
    storage = None
    try:
        storage = read_storage(fields)
    except InputError as error:
        unknown.append(error.message)
    dtype = fields.text("torch_dtype", "dtype")
    native = storage.key if storage else _DTYPES.get(dtype, "bf16")
    return Llm(
        id=id,
        name=name or id.rpartition("/")[2],
        family=architecture.model_type,
        organisation="",
        architecture=replace(architecture, unknown=tuple(unknown)),
        native_precision=native,
        storage=storage,
    )


def partly_known(config: Mapping[str, object], because: Message, *, id: str, name: str) -> Llm:  # noqa: A002
    """What a config tells of a model whose fields do not suffice to count its tensors."""
    fields = text_fields(config)
    architecture = replace(_unknown(fields, fields.text("model_type")), unknown=(because,))
    native = _DTYPES.get(fields.text("torch_dtype", "dtype"), "bf16")
    return Llm(id=id, name=name, family="", organisation="", architecture=architecture, native_precision=native)


def text_fields(config: Mapping[str, object]) -> Fields:
    """The section that describes the language model, which multimodal configs nest."""
    outer = Fields(config)
    section = outer.section(*_TEXT_SECTIONS)
    if section is None:
        return outer
    section = section.section(*_TEXT_SECTIONS) or section
    return section.with_defaults(TEXT.get(section.text("model_type")) or {})


def read_architecture(fields: Fields, outer: Fields) -> Architecture:
    """The architecture, or what can be told of one that this program does not know.

    Raises:
        InputError: the config is of no language model, or a field is missing or absurd.
    """
    kind = fields.text("model_type") or outer.text("model_type")
    builder = _BUILDERS.get(kind)
    traits = DENSE.get(kind) or MIXTURES.get(kind)
    if builder is None and traits is None:
        return _unknown(fields, kind)
    architecture = builder(fields) if builder else build_decoder(fields, traits)  # type: ignore[arg-type]
    return add_vision(architecture, outer)


# Encoders, and encoders with a decoder: what they are for is not what is planned here.
_NOT_DECODERS = frozenset(
    (
        "albert",
        "bart",
        "bert",
        "camembert",
        "clip",
        "deberta-v2",
        "distilbert",
        "electra",
        "mbart",
        "modernbert",
        "mpnet",
        "mt5",
        "roberta",
        "siglip",
        "t5",
        "t5gemma",
        "whisper",
        "xlm-roberta",
    )
)


def _unknown(fields: Fields, kind: str) -> Architecture:
    """What the usual fields tell of a model whose layers are not known."""
    if not fields.has("hidden_size", "n_embd", "d_model", "vocab_size", "model_type", "architectures"):
        raise InputError(
            Message("The config.json does not describe a language model: it has no model_type and no vocab_size.")
        )
    because = Message(
        "dsdesk does not know the architecture {kind}; its tensors and its cache cannot be counted.", kind=kind or "?"
    )
    if kind in _NOT_DECODERS or fields.get("is_encoder_decoder") is True:
        because = Message(
            "{kind} is no model that continues a text token by token, but an encoder or an encoder with a decoder; "
            "dsdesk does not plan for these.",
            kind=kind or "?",
        )
    elif not fields.has("hidden_size", "n_embd", "d_model", "vocab_size", "num_hidden_layers", "n_layer"):
        because = Message("The config.json of {kind} does not give the size of its language model.", kind=kind or "?")
    if fields.has("hidden_size") and not fields.has("vocab_size") and not fields.has("num_hidden_layers"):
        because = Message("The config.json describes no language model (architecture {kind}).", kind=kind or "?")
    return Architecture(
        model_type=kind,
        hidden_size=fields.integer("hidden_size", "n_embd", "d_model", default=0, low=0),
        layer_count=fields.integer("num_hidden_layers", "n_layer", default=0, low=0),
        vocab_size=fields.integer("vocab_size", default=0, low=0),
        max_context_tokens=fields.integer("max_position_embeddings", default=0, low=0) or None,
        tensors=(),
        attention=(),
        unknown=(because,),
    )
