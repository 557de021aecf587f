"""Each tool's results are told from their content and read whole; what is not understood is said line by line."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsdesk.base.errors import FileError
from dsdesk.measured.exchange import as_text
from dsdesk.measured.measurement import Told
from dsdesk.measured.reader import is_benchmark, read_file, read_text
from tests.measured.files import BENCH, MODEL, OLLAMA, SGLANG, SUMMARY, TABLE, VLLM, bench

DAMAGE = st.one_of(st.none(), st.text(max_size=8), st.floats(), st.booleans())


def values(text: str, told: Told = Told()):  # noqa: B008 - frozen
    return [(one.metric, one.value) for one in read_text(text, "file", told).measurements]


def test_llama_bench_json_says_what_was_run():
    found = read_text(bench({}, {"n_prompt": 512, "n_gen": 0, "n_depth": 4096, "avg_ts": 3000.0}), "b.json")
    write, read = found.measurements
    assert (write.metric, write.value, write.output_tokens, write.gpu, write.day) == (
        "decode_tok_s_per_user", 120.0, 128, "NVIDIA gpu-24", "2026-03-01",
    )  # fmt: skip
    assert write.model == "Test-Model-8B-Q4_K_M"
    assert write.precision == "Q4_K - Medium"
    assert "GGUF 4.582 GiB" in write.notes
    assert (read.metric, read.input_tokens) == ("prefill_tok_s", 512)
    assert "@ d4096" in read.notes


def test_llama_bench_as_lines_and_as_csv_says_the_same():
    lines = "\n".join(json.dumps({**BENCH, **change}) for change in ({}, {"n_prompt": 512, "n_gen": 0}))
    table = io.StringIO()
    writer = csv.DictWriter(table, list(BENCH))
    writer.writeheader()
    writer.writerows([BENCH, {**BENCH, "n_prompt": 512, "n_gen": 0}])
    as_json = read_text(bench({}, {"n_prompt": 512, "n_gen": 0}), "x").measurements
    for text in (lines, table.getvalue()):
        found = read_text(text, "x").measurements
        assert [(one.metric, one.value, one.notes, one.model) for one in found] == [
            (one.metric, one.value, one.notes, one.model) for one in as_json
        ]


def test_llama_bench_table_takes_the_device_from_the_lines_above():
    found = read_text(TABLE, "log.txt")
    assert [(one.metric, one.value, one.input_tokens) for one in found.measurements] == [
        ("prefill_tok_s", 4340.2, 512),
        ("decode_tok_s_per_user", 110.6, 4096),
        ("total_tok_s", 210.6, 64),
    ]
    assert {(one.gpu, one.gpu_count, one.model) for one in found.measurements} == {
        ("NVIDIA gpu-24", 1, "test model 8B")
    }
    assert all("fa 0" in one.notes for one in found.measurements)
    assert [one.line for one in found.skipped] == [8]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"n_gpu_layers": 0}, "processor"),
        ({"n_cpu_moe": 20}, "host"),
        ({"tensor_buft_overrides": "exps=CPU"}, "host"),
        ({"gpu_info": "NVIDIA gpu-24, NVIDIA gpu-48"}, "several kinds"),
        ({"avg_ts": 0}, "no speed"),
    ],
)
def test_what_cannot_be_compared_is_said_with_its_line(change, words):
    found = read_text(bench({}, change), "x")
    assert len(found.measurements) == 1
    (skipped,) = found.skipped
    assert skipped.line == 2
    assert words in skipped.because.in_english()


def test_two_equal_cards_are_counted_and_a_split_mode_of_none_uses_one():
    two = {"gpu_info": "NVIDIA gpu-24, NVIDIA gpu-24"}
    assert [one.gpu_count for one in read_text(bench(two, {**two, "split_mode": "none"}), "x").measurements] == [2, 1]


def test_vllm_json_gives_means_a_request():
    found = read_text(json.dumps(VLLM), "v.json", Told(gpu="gpu-80", gpu_count=2, parallelism="tp2"))
    assert values(json.dumps(VLLM)) == [("tpot_ms", 20.0), ("ttft_ms", 300.0), ("output_tok_s_total", 700.0)]
    one = found.measurements[0]
    assert (one.engine, one.model) == ("vLLM", MODEL)
    assert (one.input_tokens, one.output_tokens, one.concurrency) == (1024, 256, 16)
    assert (one.gpu, one.gpu_count, one.parallelism, one.day) == ("gpu-80", 2, "tp2", "2026-03-14")


def test_a_stream_of_requests_gives_times_per_token_at_the_requests_in_flight():
    stream = {**VLLM, "request_rate": 3.0, "max_concurrency": None}
    (one,) = read_text(json.dumps(stream), "v").measurements
    assert one.metric == "tpot_ms"
    assert one.concurrency == pytest.approx(3.0 * (0.3 + 255 * 0.02))  # Little: 3 requests/s for 5.4 s each


def test_sglang_lines_are_known_by_their_fields_and_speculation_is_refused():
    text = "\n".join([json.dumps(SGLANG), json.dumps({**SGLANG, "accept_length": 2.3}), "nonsense"])
    found = read_text(text, "s.jsonl", Told(model=MODEL, gpu="gpu-80"))
    assert {(one.engine, one.model, one.concurrency) for one in found.measurements} == {("SGLang", MODEL, 8)}
    assert [(one.line, one.because.in_english()) for one in found.skipped] == [
        (2, "the server drafts tokens (speculation), which the forecast leaves out"),
        (3, "the line is not valid JSON"),
    ]


def test_a_printed_summary_is_read_with_what_was_asked_for():
    found = read_text(SUMMARY * 2, "log.txt").measurements
    assert len(found) == 6
    assert (found[0].metric, found[0].value, found[0].concurrency, found[0].model) == ("tpot_ms", 40.14, 32, MODEL)
    assert found[3].line > found[0].line


def test_ollama_takes_its_model_from_the_command():
    assert values(OLLAMA) == [("prefill_tok_s", 3390.75), ("decode_tok_s_per_user", 113.98)]
    (read, write) = read_text(OLLAMA.replace(":8b", ":8b-q8_0"), "o").measurements
    assert (read.model, read.precision, read.input_tokens) == ("test-model:8b-q8_0", "q8_0", 321)
    assert write.output_tokens == 225


def test_what_was_exported_is_read_again():
    found = read_text(bench({}, {"n_prompt": 512, "n_gen": 0}), "b.json").measurements
    again = read_text(as_text(found), "own.json")
    assert again.measurements == found
    assert not again.skipped


@pytest.mark.parametrize("text", ["", "hello", "{}", "[1, 2]", '{"a": 1}', "a,b\n1,2", "| a | b |\n|--|--|\n| 1 | 2 |"])
def test_other_files_are_refused_in_one_sentence(text, tmp_path):
    path = tmp_path / "file.txt"
    path.write_text(text)
    assert not is_benchmark(path)
    with pytest.raises(FileError, match="no result of"):
        read_file(path)


def test_files_of_windows_consoles_are_read(tmp_path):
    path = tmp_path / "bench.txt"
    path.write_bytes(TABLE.encode("utf-16"))
    assert is_benchmark(path)
    assert len(read_file(path).measurements) == 3


@given(st.dictionaries(st.sampled_from(list(BENCH)), DAMAGE))
def test_damaged_records_never_raise(changes):
    found = read_text(json.dumps([{**BENCH, **changes}]), "x")
    assert len(found.measurements) + len(found.skipped) == 1
    assert all(one.value > 0 for one in found.measurements)


@given(st.dictionaries(st.sampled_from(list(VLLM)), DAMAGE))
def test_damaged_results_of_servers_never_raise(changes):
    found = read_text(json.dumps([{**VLLM, **changes}]), "x")
    assert found.measurements or found.skipped
    assert all(one.value > 0 and one.concurrency > 0 for one in found.measurements)
