import csv

import pytest

from dsdesk.base.errors import FileError
from dsdesk.sizing.memory_cases import run_memory_cases
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
    (answer,) = run(tmp_path, case)
    assert answer["status"] == "ok", answer["reason"]
    assert float(answer["predicted"]) == pytest.approx(expected, rel=0.005)


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


def test_a_row_may_name_a_file(tmp_path):
    path = tmp_path / "tiny.gguf"
    path.write_bytes(gguf_bytes(TINY, tiny_tensors()))
    (answer,) = run(tmp_path, row(metric="model_size", unit="bytes", model=str(path), precision="F16"))
    assert float(answer["predicted"]) == pytest.approx(2 * 93_120, rel=1e-4)


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
