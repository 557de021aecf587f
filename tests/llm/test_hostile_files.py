"""Files that lie: one clear sentence, in under a second and 200 MB, never a crash."""

import contextlib
import json
import struct
import sys
import time
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsdesk.base.errors import DsdeskError
from dsdesk.llm.config_json import read_config
from dsdesk.llm.reader import read_model
from tests.llm.model_files import CONFIG, TINY, gguf_bytes, gguf_text, safetensors_bytes, tiny_tensors, write_folder

GGUF = gguf_bytes(TINY, tiny_tensors())
GGUF_HEAD = GGUF.index(b"blk.1.attn_norm.weight")
HEAD = b"GGUF" + struct.pack("<I", 3)


def refuse(read):
    """`read` must raise a DsdeskError, quickly and in little memory."""
    tracemalloc.start()
    started = time.perf_counter()
    with pytest.raises(DsdeskError) as caught:
        read()
    taken = time.perf_counter() - started
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken < 1
    assert peak < 200 * 2**20
    assert len(str(caught.value)) < 300
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (HEAD + struct.pack("<QQ", 2**60, 0), "claims 1152921504606846976 tensors"),
        (HEAD + struct.pack("<QQ", 0, 2**60), "metadata entries"),
        (HEAD + struct.pack("<QQ", 0, 1) + struct.pack("<Q", 2**63), "bytes in a text"),
        (HEAD + struct.pack("<QQ", 0, 1) + gguf_text("k") + struct.pack("<IIQ", 9, 8, 2**40), "values in a list"),
        (HEAD + struct.pack("<QQ", 0, 1) + gguf_text("k") + struct.pack("<I", 77), "unknown type"),
        (HEAD + struct.pack("<QQ", 0, 1) + gguf_text("k") + struct.pack("<IQ", 8, 2**60), "bytes in a text"),
        (
            HEAD + struct.pack("<QQ", 0, 1) + gguf_text("k") + struct.pack("<I", 9) + struct.pack("<IQ", 9, 1) * 10**5,
            "list",
        ),
        (b"GGML" + bytes(100), "not a GGUF file"),
        (b"GGUF" + struct.pack("<IQQ", 1, 0, 0), "version 1"),
        (HEAD + struct.pack("<QQ", 1, 0) + gguf_text("t") + struct.pack("<IQIQ", 1, 2**62, 1, 0), "beyond its own end"),
        (GGUF[:-100], "not fully downloaded"),
        (GGUF[:200], "damaged"),
        (GGUF.replace(b"block_count\x04\0\0\0\x02\0\0\0", b"block_count\x04\0\0\0\xff\xff\xff\xff"), "layers"),
    ],
)
def test_lying_gguf_files(tmp_path, content, said):
    path = tmp_path / "m.gguf"
    path.write_bytes(content)
    assert said in refuse(lambda: read_model(path))


def _safetensors(header):
    text = json.dumps(header).encode() if isinstance(header, dict) else header
    return struct.pack("<Q", len(text)) + text


@pytest.mark.parametrize(
    "content",
    [
        struct.pack("<Q", 2**60),
        struct.pack("<Q", 7 * 2**20) + b" " * (7 * 2**20),
        _safetensors(b"[" * 100_000),
        _safetensors(b"[]"),
        _safetensors(
            b'{"a":{"dtype":"I8","shape":[4],"data_offsets":[0,4]},"a":{"dtype":"I8","shape":[4],"data_offsets":[4,8]}}'
        )
        + b"\0" * 8,
        _safetensors({"a": {"dtype": "BF16", "shape": [4], "data_offsets": [0, 4]}}),
        _safetensors({"a": {"dtype": "BF16", "shape": [-4], "data_offsets": [0, 8]}}),
        _safetensors({"a": {"dtype": "BF16", "shape": [4], "data_offsets": [8, 0]}}),
        _safetensors({"a": {"dtype": "BF16", "shape": [4], "data_offsets": [0, 8]}}),
        _safetensors(
            {
                "a": {"dtype": "BF16", "shape": [4], "data_offsets": [0, 8]},
                "b": {"dtype": "BF16", "shape": [4], "data_offsets": [4, 12]},
            }
        )
        + b"\0" * 12,
    ],
)
def test_lying_safetensors_files(tmp_path, content):
    folder = write_folder(tmp_path / "m")
    (folder / "model.safetensors").write_bytes(content)
    refuse(lambda: read_model(folder))


@pytest.mark.parametrize("shard", ["../w.safetensors", "/etc/w.safetensors", "..\\w.safetensors", "C:w.safetensors"])
def test_an_index_that_names_files_outside_its_folder(tmp_path, shard):
    folder = write_folder(tmp_path / "m", tensors={"lm_head.weight": (300, 64)})
    (tmp_path / "w.safetensors").write_bytes(safetensors_bytes({"lm_head.weight": (300, 64)}))
    index = {"metadata": {"total_size": 10}, "weight_map": {"a": "model.safetensors", "b": shard}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    assert "outside its folder" in refuse(lambda: read_model(folder))


@pytest.mark.skipif(sys.platform == "win32", reason="NTFS keeps no holes unless asked to")
def test_a_set_of_400_gb_is_read_by_its_headers(tmp_path):
    shards, rows = 40, 5_000_000_000 // (2 * 64)
    folder = write_folder(tmp_path / "m", CONFIG | {"num_hidden_layers": shards})
    names = [f"model-{one:05}-of-{shards:05}.safetensors" for one in range(1, shards + 1)]
    for number, name in enumerate(names):
        each = {f"model.layers.{number}.mlp.{part}_proj.weight": (rows, 64) for part in ("up", "down")}
        header, offset = {}, 0
        for key, shape in each.items():
            size = 2 * shape[0] * shape[1]
            header[key] = {"dtype": "BF16", "shape": list(shape), "data_offsets": [offset, offset + size]}
            offset += size
        with (folder / name).open("wb") as file:
            file.write(_safetensors(header))
            file.truncate(file.tell() + offset)  # a hole: no byte of it is on the drive
    index = {"metadata": {}, "weight_map": {f"t{one}": name for one, name in enumerate(names)}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    tracemalloc.start()
    llm = read_model(folder)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert llm.own_tensor_bytes == shards * 2 * rows * 64 * 2
    assert llm.own_tensor_bytes >= 399 * 10**9
    assert peak < 20 * 2**20


def test_a_gguf_that_ends_anywhere_in_its_header(tmp_path):
    path = tmp_path / "m.gguf"
    for keep in range(0, GGUF_HEAD, 13):
        path.write_bytes(GGUF[:keep])
        with pytest.raises(DsdeskError):
            read_model(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 100_000 + "]" * 100_000, "nested too deep"),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, "nested too deep"),
        ("{", "not valid JSON"),
        ("[]", "JSON object"),
        ("9" * 5000, "not valid JSON"),
        ("{}", "does not describe a language model"),
        (json.dumps(CONFIG | {"hidden_size": -64}), "hidden_size = -64"),
        (json.dumps(CONFIG | {"hidden_size": float("nan")}), "hidden_size"),
        (json.dumps(CONFIG | {"hidden_size": float("inf")}), "hidden_size"),
        (json.dumps(CONFIG | {"num_hidden_layers": 10**9}), "num_hidden_layers"),
        (json.dumps(CONFIG | {"vocab_size": 10**30}), "vocab_size"),
        (json.dumps(CONFIG | {"vocab_size": "many"}), "vocab_size"),
        (json.dumps({key: CONFIG[key] for key in CONFIG if key != "vocab_size"}), "lacks the field vocab_size"),
    ],
)
def test_absurd_configs(text, said):
    assert said in refuse(lambda: read_config(text, id="local:x"))


@pytest.mark.parametrize(
    "quantised",
    [
        {"quant_method": "fp8", "weight_block_size": [0, -1]},
        {"quant_method": "fp8", "weight_block_size": [128]},
        {"quant_method": "gptq", "bits": -4, "group_size": 0},
        {"quant_method": "awq", "bits": 4, "group_size": 10**30},
    ],
)
def test_an_absurd_quantization_config_is_said(quantised):
    llm = read_config(json.dumps(CONFIG | {"quantization_config": quantised}), id="local:x")
    assert "which cannot be" in llm.architecture.unknown[0].in_english()


def test_the_config_of_an_image_model_is_said_to_be_none():
    text = json.dumps({"model_type": "vit", "architectures": ["ViTModel"], "hidden_size": 768, "image_size": 224})
    llm = read_config(text, id="local:x")
    assert not llm.architecture.tensors
    assert "no language model" in llm.architecture.unknown[0].in_english()


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, len(GGUF) - 1), junk=st.binary(min_size=1, max_size=12), keep=st.integers(0, len(GGUF)))
def test_no_damage_to_a_gguf_crashes_the_reader(tmp_path, at, junk, keep):
    path = tmp_path / "m.gguf"
    path.write_bytes((GGUF[:at] + junk + GGUF[at + len(junk) :])[:keep])
    with contextlib.suppress(DsdeskError):
        assert read_model(path).own_tensor_bytes is not None


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 200), junk=st.binary(min_size=1, max_size=8))
def test_no_damage_to_a_safetensors_header_crashes_the_reader(tmp_path, at, junk):
    whole = safetensors_bytes({"model.layers.0.mlp.up_proj.weight": (64, 64), "lm_head.weight": (300, 64)})
    folder = write_folder(tmp_path / "m")
    (folder / "model.safetensors").write_bytes(whole[:at] + junk + whole[at + len(junk) :])
    with contextlib.suppress(DsdeskError):
        assert read_model(folder).own_tensor_bytes is not None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(CONFIG)), inner, max_size=4),
    max_leaves=8,
)


@given(
    changes=st.dictionaries(
        st.sampled_from([*CONFIG, "quantization_config", "text_config", "layer_types"]), JSON, max_size=4
    )
)
def test_no_config_crashes_the_reader(changes):
    with contextlib.suppress(DsdeskError):
        read_config(json.dumps(CONFIG | changes), id="local:x")
