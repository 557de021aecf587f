import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsdesk.base.errors import FileError
from dsdesk.sizing.memory_cases import answer, run_memory_cases
from tests.llm.model_files import TINY, gguf_bytes, tiny_tensors
from tests.sizing.library import library

COLUMNS = ["engine", "model", "precision", "kv_precision", "gpu", "gpu_count", "parallelism", "context_tokens", "flags"]
COLUMNS += ["metric", "value", "unit", "notes"]


class Models:
    def llms(self):
        return library().values()


def run(tmp_path, *rows):
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    with source.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    run_memory_cases(Models(), source, target)
    with target.open(newline="") as file:
        return list(csv.DictReader(file))


def row(**changes):
    return {"engine": "llama.cpp", "model": "LLaMA 3 8B (Meta-Llama-3-8B)", "precision": "Q4_K - Medium"} | changes


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (row(metric="model_size", unit="GiB"), 4.58),
        (row(metric="file_size", unit="GiB", engine=""), 4.58),
        (row(metric="kv_cache_total", unit="MiB", kv_precision="f16", context_tokens="8192"), 1024),
        (
            row(
                metric="compute_buffer",
                unit="MiB",
                context_tokens="8192",
                gpu="RTX 3090 24GB",
                gpu_count="1",
                notes="CUDA0",
            ),
            560,
        ),
        (row(metric="weights_on_device", unit="MiB", gpu_count="4", notes="CUDA3"), 1307.55),
        (row(metric="weights_on_device", unit="MiB", gpu_count="4", notes="CPU"), 281.81),
        (row(metric="model_size", unit="GiB", model="gpt-oss-20b-F16", precision="F16"), 12.83),
        (
            row(metric="file_size", unit="GiB", model="DeepSeek-V3.2", precision="FP8 block128 (native)", engine=""),
            642.12,
        ),
    ],
)
def test_published_values_come_out(tmp_path, case, expected):
    (told,) = run(tmp_path, case)
    assert told["status"] == "ok", told["reason"]
    assert float(told["predicted"]) == pytest.approx(expected, rel=0.005)


def hybrid(model, precision, ubatch, mla, context, **changes):
    asked = {"flags": f"ubatch={ubatch} mla={mla} fa=1 amb=512"}
    asked |= {"engine": "ik_llama.cpp", "kv_precision": "q8_0", "gpu": "NVIDIA GeForce RTX 4090 24GB", "gpu_count": "1"}
    asked |= {"metric": "compute_buffer", "unit": "MiB", "notes": "CUDA_Host"} | changes
    return row(model=model, precision=precision, context_tokens=str(context), **asked)


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        # start-up logs in ik_llama.cpp's discussions 258 and 357, issues 437 and 629, pull request 616
        (hybrid("DeepSeek V3 0324", "Q4_K - Medium", 512, 3, 32768), 176.01),  # the host computes the experts
        (hybrid("DeepSeek R1 0528 Bf16", "Q4_K_R4", 2048, 3, 32768), 704.02),
        (
            hybrid("DeepSeek R1 0528", "IQ3_K_R4 - 3.4325 bpw", 4096, 3, 61440, gpu_count="2"),
            1072.05,
        ),  # and here copies
        (hybrid("Qwen3 235B A22B", "IQ3_K - 3.4325 bpw", 2048, 0, 32768), 288.02),
        (hybrid("Qwen3 235B A22B", "Q8_0", 512, 0, 32768), 128.01),
        (hybrid("Kimi-K2-Instruct", "IQ3_XXS - 3.0625 bpw", 512, 3, 2048), 162.01),
        (
            hybrid(
                "DeepSeek R1", "Q6_K", 32, 1, 2048, flags="ubatch=32 mla=2 fa=0 amb=64", gpu_count="16", notes="CUDA3"
            ),
            40.33,
        ),
    ],
)
def test_the_hosts_buffer_follows_who_computes_the_experts(tmp_path, case, expected):
    (told,) = run(tmp_path, case)
    assert float(told["predicted"]) == pytest.approx(expected, rel=0.03), told["reason"]


def test_a_buffer_that_depends_on_a_version_not_named_is_not_told(tmp_path):
    case = hybrid("DeepSeek R1", "Q6_K", 512, 2, 2048, gpu_count="16", notes="CUDA1")
    (told,) = run(tmp_path, case)
    assert told["status"] == "unknown"
    assert "names no version" in told["reason"]


HALO = "AMD Ryzen AI Max+ 395 (Radeon 8060S) 128GB"


@pytest.mark.parametrize(
    ("model", "precision", "engine", "context", "flags", "peak"),
    [
        # lhl/strix-halo-testing, llm-bench/*/README.md: max_mem over prompts of up to the tokens given
        ("gpt-oss-20b-F16", "F16", "hip", 4096, "", 14186),
        ("gpt-oss-20b-F16", "F16", "rocwmma", 4096, " -fa 1", 12811),
        ("gpt-oss-20b-F16", "F16", "vulkan_amdvlk", 4096, " -b 256", 14721),
        ("llama-2-7b.Q4_K_M", "Q4_K_M", "hip", 8192, "", 10824),
        ("llama-2-7b.Q4_K_M", "Q4_K_M", "rocwmma", 8192, " -fa 1", 8368),
        ("llama-2-7b.Q4_K_M", "Q4_K_M", "vulkan", 8192, "", 8717),
        ("Llama-3.1-8B.i1-Q4_K_M", "Q4_K_M", "hip", 8192, "", 8143),
    ],
)
def test_rocm_keeps_a_piece_of_scores_for_every_micro_batch(tmp_path, model, precision, engine, context, flags, peak):
    asked = {"engine": f"llama.cpp {engine}", "gpu": HALO, "gpu_count": "1", "context_tokens": str(context)}
    flags = f"llama.cpp-{engine}{flags}"
    (told,) = run(
        tmp_path, row(metric="peak_gpu_memory", unit="MiB", model=model, precision=precision, flags=flags, **asked)
    )
    assert float(told["predicted"]) == pytest.approx(peak, rel=0.05), told["reason"]


def test_rows_that_cannot_be_told_say_why_and_stop_nothing(tmp_path):
    answers = run(
        tmp_path,
        row(metric="model_size", unit="GiB", model="Nobody-7B"),
        row(metric="model_size", unit="GiB", model="GLM-4.6-UD-Q4_K_XL", precision="UD-Q4_K_XL"),
        row(metric="happiness", unit="GiB"),
        row(metric="model_size", unit="furlongs"),
        row(metric="model_size", unit="GiB"),
    )
    assert [one["status"] for one in answers] == ["unknown"] * 4 + ["ok"]
    assert all(one["reason"].endswith(".") for one in answers[:4])
    assert "no model called Nobody-7B" in answers[0]["reason"]


WORDS = ["ubatch", "ub", "b", "amb", "mla", "fa", "max-num-seqs", "max-num-batched-tokens", "gpu-memory-utilization"]


@given(
    flags=st.lists(
        st.tuples(
            st.sampled_from(WORDS), st.sampled_from(["", "0", "1", "3", "-1", "9" * 30, "abc", "1.5", "²", "nan"])
        ),
        max_size=6,
    ),
    engine=st.sampled_from(["llama.cpp hip", "ik_llama.cpp", "vLLM", "SGLang", "nobody", ""]),
    metric=st.sampled_from(["compute_buffer", "peak_gpu_memory", "kv_tokens", "kv_cache_total", "model_size", "x"]),
    name=st.sampled_from(["DeepSeek-R1", "Llama-2-7b-hf", "Qwen3-30B-A3B"]),
    place=st.sampled_from(["", "CUDA0", "CUDA_Host", "CPU", "CUDA99999"]),
    gpu=st.sampled_from(["", "RTX 3090 24GB", "0GB", "CPU only"]),
)
def test_no_row_stops_the_others(flags, engine, metric, name, place, gpu):
    asked = {"engine": engine, "model": name, "metric": metric, "notes": place, "gpu": gpu, "gpu_count": "2"}
    asked |= {"precision": "Q4_K_M", "flags": " ".join(f"{word}={value}" for word, value in flags), "unit": "MiB"}
    told = answer(asked, library().values())
    assert told["status"] in ("ok", "unknown")
    assert (told["predicted"] == "") == (told["status"] == "unknown")


@pytest.mark.parametrize("column", ["gpu_count", "context_tokens", "concurrency_or_batch"])
def test_absurd_counts_are_refused_at_once(column):
    asked = row(metric="peak_gpu_memory", unit="MiB", gpu=HALO, flags="llama.cpp-hip") | {"engine": "llama.cpp hip"}
    told = answer(asked | {column: "9" * 40}, library().values())
    assert "more than any engine counts to" in told["reason"]
    large = answer(asked | {"context_tokens": str(2**31)}, library().values())
    assert large["status"] == "ok"


@pytest.mark.parametrize(
    ("column", "text", "told"),
    [
        ("context_tokens", "-1", "no number of tokens"),
        ("context_tokens", "nan", "no number of tokens"),
        ("context_tokens", "1e30", "no number of tokens"),
        ("concurrency_or_batch", "-4", "less than one"),
        ("gpu_count", "0", "less than one"),
        ("gpu_count", "abc", "no number of accelerators"),
        ("gpu_count", "2.5", "no number of accelerators"),
    ],
)
def test_counts_that_are_none_are_refused(column, text, told):
    answered = answer(row(metric="kv_cache_total", unit="MiB") | {column: text}, library().values())
    assert answered["status"] == "unknown"
    assert told in answered["reason"]


def test_a_count_in_the_name_is_that_of_the_row_and_an_empty_row_is_called_empty(tmp_path):
    asked = row(metric="kv_cache_total", unit="MiB", gpu="4x RTX 3090 24GB", gpu_count="")
    plain = row(metric="kv_cache_total", unit="MiB", gpu="RTX 3090 24GB", gpu_count="4")
    named, stated, other = run(tmp_path, asked, plain, asked | {"gpu_count": "8"})
    assert named["status"] == stated["status"] == "ok"
    assert named["predicted"] == stated["predicted"]
    assert "the name says 4 devices, the count says 8" in other["reason"]
    assert answer(dict.fromkeys(asked, ""), library().values())["reason"] == "The row is empty."


def test_thousands_of_tokens_may_be_written_with_a_k():
    asked = row(metric="kv_cache_total", unit="MiB", kv_precision="f16", context_tokens="8k")
    assert float(answer(asked, library().values())["predicted"]) == 1024


def test_a_label_of_llama_bench_stands_for_model_and_precision():
    label = "llama 8B Q4_K - Medium"
    asked = {"model": label, "precision": label, "metric": "file_size", "unit": "GiB"}
    assert float(answer(asked, library().values())["predicted"]) == pytest.approx(4.58, rel=0.01)


@pytest.mark.parametrize(
    ("separator", "encoding"), [(",", "utf-8-sig"), (";", "utf-8"), ("\t", "utf-8"), (",", "utf-16")]
)
def test_tables_of_any_spreadsheet_are_read(tmp_path, separator, encoding):
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    text = "Model,Precision, Metric ,unit,status\r\nLlama-3.1-8B,Q4_K_M,model_size,GiB,old\r\n"
    source.write_bytes(text.replace(",", separator).encode(encoding))
    run_memory_cases(Models(), source, target)
    with target.open(newline="") as file:
        reader = csv.DictReader(file)
        (told,) = reader
    assert told["status"] == "ok"
    assert list(reader.fieldnames) == ["Model", "Precision", " Metric ", "unit", "predicted", "status", "reason"]


def test_a_row_may_name_a_file(tmp_path):
    path = tmp_path / "tiny.gguf"
    path.write_bytes(gguf_bytes(TINY, tiny_tensors()))
    (told,) = run(tmp_path, row(metric="model_size", unit="bytes", model=str(path), precision="F16"))
    assert float(told["predicted"]) == pytest.approx(2 * 93_120, rel=1e-4)


def test_a_file_without_the_columns_is_refused(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(FileError, match="lacks the columns model and metric"):
        run_memory_cases(Models(), path, tmp_path / "out.csv")
    with pytest.raises(FileError):
        run_memory_cases(Models(), tmp_path / "none.csv", tmp_path / "out.csv")


def test_a_close_relative_is_named(tmp_path):
    relative, own = run(
        tmp_path,
        row(metric="model_size", unit="GiB"),
        row(metric="model_size", unit="GiB", model="Llama-3.1-8B-Instruct"),
    )
    assert "Llama-3.1-8B-Instruct was taken" in relative["reason"]
    assert relative["status"] == own["status"] == "ok"
    assert own["reason"] == ""
