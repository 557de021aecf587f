"""Tables of cases: names as sources write them, statuses, and nothing but a reason where there is no physics."""

import csv

import pytest

from dsdesk.base.errors import FileError
from dsdesk.hardware.vocabulary import PartKind
from dsdesk.llm.precision import Engine
from dsdesk.sizing.forecast_cases import run_forecast_cases
from dsdesk.sizing.names import find_llm
from dsdesk.sizing.names_device import find_device
from dsdesk.sizing.names_run import find_depth, find_layout, find_precision
from tests.sizing.forecast_fakes import card, llm

LLMS = (llm("meta-llama/Llama-3.1-8B-Instruct"), llm("meta-llama/Llama-3.1-70B-Instruct"), llm("Qwen/Qwen3-32B"),
        llm("Qwen/Qwen3-235B-A22B-Instruct-2507"), llm("Qwen/Qwen3-235B-A22B"), llm("openai/gpt-oss-20b"),
        llm("deepseek-ai/DeepSeek-R1-Distill-Qwen-14B"), llm("deepseek-ai/DeepSeek-V3-0324"))  # fmt: skip
DEVICES = (
    card(id="3090", name="GeForce RTX 3090", memory_bytes=24 * 2**30),
    card(id="3090-ti", name="GeForce RTX 3090 Ti", memory_bytes=24 * 2**30),
    card(id="a100-40", name="A100 SXM4 40GB", memory_bytes=40 * 2**30),
    card(id="a100-pcie-80", name="A100 PCIe 80GB", memory_bytes=80 * 2**30),
    card(id="h100", name="H100 SXM5 80GB", memory_bytes=80 * 2**30),
    card(id="gb10", name="DGX Spark (GB10)", memory_bytes=128 * 10**9),
    card(id="gh200", name="GH200 Grace Hopper 96GB", memory_bytes=96 * 10**9, aliases=("NVIDIA GH200 480GB",)),
    card(id="a770", name="Arc A770", memory_bytes=16 * 2**30),
    card(id="b60", name="Arc Pro B60", memory_bytes=24 * 2**30),
    card(id="m1-max-24", name="M1 Max (24-core GPU)", memory_bytes=64 * 2**30, unified_memory=True),
    card(id="m1-max-32", name="M1 Max (32-core GPU)", memory_bytes=64 * 2**30, unified_memory=True),
    card(id="m4-max-32", name="M4 Max (32-core GPU)", memory_bytes=128 * 2**30, unified_memory=True),
)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Meta-Llama-3-8B", "meta-llama/Llama-3.1-8B-Instruct"),
        ("llama3.1:70b", "meta-llama/Llama-3.1-70B-Instruct"),
        ("MLPerf llama3.1-8b", "meta-llama/Llama-3.1-8B-Instruct"),
        ("nvidia/Qwen3-32B-NVFP4", "Qwen/Qwen3-32B"),
        ("Qwen3 235B A22B", "Qwen/Qwen3-235B-A22B"),
        ("Qwen/Qwen3-235B-A22B-Instruct-2507-FP8", "Qwen/Qwen3-235B-A22B-Instruct-2507"),
        ("gpt-oss-20b-mxfp4", "openai/gpt-oss-20b"),
        ("deepseek-r1:14b", "deepseek-ai/DeepSeek-R1-Distill-Qwen-14B"),
        ("DeepSeek V3 0324", "deepseek-ai/DeepSeek-V3-0324"),
        ("Llama 2 70B", None),
        ("Qwen2.5-32B", None),
        ("CodeLlama 34B", None),
    ],
)
def test_models_are_found_as_sources_write_them(written, found):
    answer = find_llm(written, LLMS)
    assert (answer.id if answer else None) == found


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("NVIDIA GeForce RTX 3090 24GB", "3090"),
        ("3090Ti", "3090-ti"),
        ("RTX3090Ti", "3090-ti"),
        ("2x RTX 3090", "3090"),
        ("4 \u00d7 RTX3090", "3090"),
        ("A100 80G", "a100-pcie-80"),
        ("4x NVIDIA H100 80GB HBM3", "h100"),
        ("8x 3090", "3090"),
        ("NVIDIA A100 (memory/form factor not stated)", "a100-40"),
        ("NVIDIA A100 PCIe 80GB", "a100-pcie-80"),
        ("Virtualized NVIDIA H100-SXM-80GB", "h100"),
        ("NVIDIA GB10 (DGX Spark) 128GB", "gb10"),
        ("NVIDIA GH200 480GB", "gh200"),
        ("NVIDIA GH200 Grace Hopper Superchip", "gh200"),
        ("Intel(R) Arc(TM) A770 Graphics", "a770"),
        ("Intel(R) Arc(TM) Pro B60 Graphics", "b60"),
        ("Apple M1 Max (24-core GPU) 64GB", "m1-max-24"),
        ("Apple M1 Max 64GB", "m1-max-32"),
        ("Apple M4 Max (32-core GPU) 36GB", "m4-max-32"),
        ("Apple M4 Max (40-core GPU) 64GB", None),
        ("NVIDIA GeForce RTX 3090 24GB + NVIDIA GeForce RTX 4090 24GB", None),
        ("CPU only: Intel Xeon 6980P", None),
        ("NVIDIA GeForce RTX 3080", None),
    ],
)
def test_devices_are_found_as_drivers_write_them(written, found):
    answer = find_device(written, DEVICES)
    assert (answer.id if answer else None) == found


@pytest.mark.parametrize(
    ("written", "engine", "key"),
    [
        ("UD-Q4_K_XL", Engine.LLAMA_CPP, "q4_k_m"),
        ("Q4_K - Medium (357.623 GiB)", Engine.IK_LLAMA_CPP, "q4_k_m"),
        ("16-bit (not stated per row)", Engine.VLLM, "bf16"),
        ("fp8 (gemm fp8, moe fp8_block)", Engine.SGLANG, "fp8"),
        ("fp4 (gemm nvfp4, moe nvfp4)", Engine.TENSORRT_LLM, "nvfp4"),
        ("not stated in table", Engine.LLAMA_CPP, "q4_k_m"),
    ],
)
def test_precisions_are_found(written, engine, key):
    found = find_precision(written, "bf16", engine, 90)
    assert found is not None
    assert found.key == key


def test_a_stated_file_size_is_kept():
    found = find_precision("IQ3_K - 3.4325 bpw (106.830 GiB)", "bf16", Engine.IK_LLAMA_CPP, 86)
    assert found is not None
    assert found.weights_bytes == pytest.approx(106.83 * 2**30)


def test_layouts_are_read():
    assert find_layout("tp4 pp1 attn_dp1 moe_tp1 moe_ep4", 4, Engine.VLLM).plan.ep == 4
    assert find_layout("tp64 pp1 attn_dp1 moe_tp8 moe_ep8", 64, Engine.SGLANG).plan.tp == 8
    apart = find_layout("disagg prefill 2x(tp4 dp1 ep4) decode 1x(tp8 dp1 ep1)", 16, Engine.VLLM)
    assert apart.prefill is not None
    assert (apart.prefill.tp, apart.prefill_copies, apart.plan.tp) == (4, 2, 8)
    assert find_layout("layer split", 3, Engine.LLAMA_CPP).plan.pp == 3
    assert find_depth("llama-bench pp2048 @ d65536; fa 1") == 65536


class Catalogue:
    def llms(self):
        return LLMS

    def parts(self, kind: PartKind):
        return DEVICES if kind is PartKind.ACCELERATOR else ()


ROW = {
    "engine": "vLLM", "model": "Qwen3-32B", "precision": "fp8", "gpu": "H100 SXM 80GB", "gpu_count": "4",
    "parallelism": "tp4", "isl": "1024", "osl": "256", "concurrency_or_batch": "8", "metric": "tpot_ms", "value": "",
}  # fmt: skip


def run(tmp_path, *rows):
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    with source.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(ROW))
        writer.writeheader()
        writer.writerows({**ROW, **row} for row in rows)
    run_forecast_cases(Catalogue(), source, target)
    with target.open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_row_gets_a_number_with_its_interval_and_keeps_its_columns(tmp_path):
    (row,) = run(tmp_path, {})
    assert row["status"] == "ok"
    assert float(row["low80"]) < float(row["predicted"]) < float(row["high80"])
    assert row["model"] == "Qwen3-32B"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"parallelism": "tp5"}, "impossible"),
        ({"isl": "0"}, "impossible"),
        ({"osl": "0"}, "impossible"),
        ({"isl": "1000000000"}, "impossible"),
        ({"isl": "99999999999999"}, "impossible"),
        ({"osl": "nan"}, "unknown"),
        ({"isl": "long"}, "unknown"),
        ({"gpu_count": "2.5"}, "unknown"),
        ({"concurrency_or_batch": "0"}, "impossible"),
        ({"precision": "Q4_K_M"}, "impossible"),
        ({"gpu": "Some Card 9"}, "unknown"),
        ({"model": "Nobody-7B"}, "unknown"),
        ({"engine": "abacus"}, "unknown"),
        ({"metric": "happiness"}, "unknown"),
    ],
)
def test_a_row_outside_the_physics_gets_its_reason_and_no_number(tmp_path, change, status):
    (row,) = run(tmp_path, change)
    assert row["status"] == status
    assert row["predicted"] == ""
    assert row["reason"]


@pytest.mark.parametrize("count", ["", "1", "4"])
def test_a_count_in_the_name_counts(tmp_path, count):
    four, named = run(tmp_path, {}, {"gpu": "4x NVIDIA H100 80GB HBM3", "gpu_count": count})
    assert named["status"] == "ok"
    assert named["predicted"] == four["predicted"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"gpu": "4x H100 SXM 80GB", "gpu_count": "8"}, "the name says 4 devices, the count says 8"),
        ({"gpu": "RTX 3090 + RTX 4090"}, "different accelerators together are not forecast"),
        ({"gpu": "CPU only: Xeon 6980P"}, "a machine without an accelerator is not forecast"),
        (dict.fromkeys(ROW, ""), "the row is empty"),
    ],
)
def test_a_machine_that_is_not_forecast_is_told_truly(tmp_path, change, reason):
    (row,) = run(tmp_path, change)
    assert (row["status"], row["reason"]) == ("unknown", reason)


def test_a_file_without_the_columns_is_refused(tmp_path):
    source = tmp_path / "in.csv"
    source.write_text("a,b\n1,2\n")
    with pytest.raises(FileError):
        run_forecast_cases(Catalogue(), source, tmp_path / "out.csv")
