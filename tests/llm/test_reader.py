import json

import pytest

from dsdesk.base.errors import FileError
from dsdesk.llm.architecture import AttentionKind
from dsdesk.llm.reader import read_model
from tests.llm.model_files import (
    CONFIG,
    TINY,
    gguf_bytes,
    safetensors_bytes,
    tiny_tensors,
    write_folder,
)

TENSORS = {"model.embed_tokens.weight": (300, 64), "model.layers.0.self_attn.q_proj.weight": (64, 64)}


def test_a_gguf_is_read_with_its_tensors_as_they_are(tmp_path):
    path = tmp_path / "tiny-F16.gguf"
    path.write_bytes(gguf_bytes(TINY, tiny_tensors()))
    llm = read_model(path)
    assert llm.native_precision == "f16"
    assert llm.own_tensor_bytes == 2 * llm.architecture.parameters == 2 * 93_120
    (group,) = llm.architecture.attention
    assert (group.kind, group.layers, group.heads, group.kv_heads, group.head_dim) == (
        AttentionKind.FULL,
        (0, 1),
        4,
        2,
        16,
    )
    assert llm.architecture.tied_embeddings
    assert llm.architecture.vocab_size == 300


def test_a_split_set_is_read_whole_from_any_part(tmp_path):
    first, second = tmp_path / "m-00001-of-00002.gguf", tmp_path / "m-00002-of-00002.gguf"
    first.write_bytes(gguf_bytes(TINY, tiny_tensors((0,))))
    second.write_bytes(gguf_bytes({"split.no": 1, "split.count": 2}, tiny_tensors((1,), ends=False)))
    whole = tmp_path / "w.gguf"
    whole.write_bytes(gguf_bytes(TINY, tiny_tensors()))
    assert read_model(second).own_tensor_bytes == read_model(whole).own_tensor_bytes
    second.unlink()
    with pytest.raises(FileError, match="1 of 2 files are missing, the first is m-00002-of-00002"):
        read_model(first)


def test_files_converted_without_mla_keep_full_heads_and_new_ones_a_latent(tmp_path):
    base = {
        "general.architecture": "deepseek2",
        "deepseek2.block_count": 1,
        "deepseek2.embedding_length": 64,
        "deepseek2.attention.head_count": 128,
        "deepseek2.attention.key_length": 192,
        "deepseek2.attention.value_length": 128,
        "deepseek2.attention.kv_lora_rank": 512,
        "deepseek2.rope.dimension_count": 64,
    }
    tensors = {"token_embd.weight": (64, 300), "blk.0.attn_kv_a_mqa.weight": (64, 576)}
    old, new = tmp_path / "old.gguf", tmp_path / "new.gguf"
    old.write_bytes(gguf_bytes(base | {"deepseek2.attention.head_count_kv": 128}, tensors))
    mla = {"deepseek2.attention.key_length_mla": 192, "deepseek2.attention.value_length_mla": 128}
    new.write_bytes(gguf_bytes(base | mla | {"deepseek2.attention.head_count_kv": 1}, tensors))
    assert read_model(old).architecture.attention[0].kind is AttentionKind.FULL
    group = read_model(new).architecture.attention[0]
    assert (group.kind, group.kv_lora_rank, group.rope_dim) == (AttentionKind.MLA, 512, 64)


@pytest.mark.parametrize(
    ("arch", "listed", "full"),
    [
        ("gemma3", None, (5,)),
        ("gemma2", None, (1, 3, 5)),
        ("mimo2", [0, 1, 1, 1, 1, 0], (0, 5)),
        ("llama", None, tuple(range(6))),
    ],
)
def test_windowed_layers_are_the_ones_that_llama_cpp_takes(tmp_path, arch, listed, full):
    metadata = {
        "general.architecture": arch,
        f"{arch}.block_count": 6,
        f"{arch}.embedding_length": 64,
        f"{arch}.attention.head_count": 4,
        f"{arch}.attention.sliding_window": 512,
    }
    if listed:
        metadata[f"{arch}.attention.sliding_window_pattern"] = listed
    tensors = {f"blk.{layer}.attn_q.weight": (64, 64) for layer in range(6)}
    path = tmp_path / "m.gguf"
    path.write_bytes(gguf_bytes(metadata, tensors))
    attention = read_model(path).architecture.attention
    assert next(one.layers for one in attention if one.kind is AttentionKind.FULL) == full


def test_a_folder_gives_the_configs_shape_and_the_files_bytes(tmp_path):
    llm = read_model(write_folder(tmp_path / "mine", tensors=TENSORS))
    assert llm.id == "local:mine"
    assert llm.own_tensor_bytes == 2 * (300 * 64 + 64 * 64)
    assert llm.architecture.layer_count == 2


def test_files_of_an_unknown_architecture_still_tell_elements_and_bytes(tmp_path):
    llm = read_model(write_folder(tmp_path / "mine", CONFIG | {"model_type": "novel"}, TENSORS))
    assert llm.own_tensor_bytes == 2 * (300 * 64 + 64 * 64)
    assert not llm.architecture.tensors
    assert "hold 23296 elements" in llm.architecture.unknown[1].in_english()


def test_an_index_without_its_shards_states_the_total(tmp_path):
    folder = write_folder(tmp_path / "mine")
    index = folder / "model.safetensors.index.json"
    index.write_text(
        json.dumps({"metadata": {"total_size": 12345}, "weight_map": {"a": "model-00001-of-00002.safetensors"}})
    )
    assert read_model(folder).own_tensor_bytes == 12345
    assert read_model(index).own_tensor_bytes == 12345


def test_mtp_tensors_are_not_counted_as_loaded(tmp_path):
    extra = TENSORS | {"model.layers.2.self_attn.q_proj.weight": (64, 64), "mtp.fc.weight": (64, 64)}
    assert read_model(write_folder(tmp_path / "mine", tensors=extra)).own_tensor_bytes == 2 * (300 * 64 + 64 * 64)


def test_weights_without_a_config_say_what_is_missing(tmp_path):
    path = tmp_path / "model.safetensors"
    path.write_bytes(safetensors_bytes(TENSORS))
    with pytest.raises(FileError, match=r"no config\.json beside the weights"):
        read_model(path)


def test_the_native_precision_is_that_of_the_files_where_the_config_is_silent(tmp_path):
    config = {key: value for key, value in CONFIG.items() if key != "torch_dtype"}
    assert read_model(write_folder(tmp_path / "mine", config, TENSORS)).native_precision == "bf16"


@pytest.mark.parametrize("name", ["nothing.gguf", "picture.png", "empty.gguf"])
def test_what_is_no_model_gets_one_sentence(tmp_path, name):
    path = tmp_path / name
    if name != "nothing.gguf":
        path.write_bytes(b"" if "empty" in name else b"\x89PNG")
    with pytest.raises(FileError) as caught:
        read_model(path)
    assert str(caught.value).endswith(".")
