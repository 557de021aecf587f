"""Time of the forecast: one, 200 points of a chart, and 10,000 rows of cases. Exits 1 when a limit is passed.

python bench/forecast_speed.py
"""

import csv
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dsdesk.catalog.text import read_parts
from dsdesk.hardware.parts import Accelerator, Part
from dsdesk.hardware.vocabulary import PartKind
from dsdesk.llm.architecture import Llm
from dsdesk.llm.library import load_library
from dsdesk.llm.precision import Engine
from dsdesk.project.project import ParallelChoice
from dsdesk.sizing.forecast_case import interconnect_of
from dsdesk.sizing.forecast_cases import run_forecast_cases
from dsdesk.sizing.model_run import ModelRun
from dsdesk.sizing.names import find_llm
from dsdesk.sizing.names_device import find_device
from dsdesk.sizing.parallel import choose
from dsdesk.sizing.results import HostSpeed
from dsdesk.sizing.throughput import forecast

ROOT = Path(__file__).resolve().parents[1]
LIMITS_S = {"one forecast": 0.002, "200 points": 0.05, "10,000 cases": 60.0}
COLUMNS = ("engine", "model", "precision", "gpu", "gpu_count", "parallelism", "isl", "osl", "concurrency_or_batch",
           "metric", "notes")  # fmt: skip


class Catalogue:
    """The catalogue as text."""

    def __init__(self) -> None:
        self._llms = load_library(ROOT / "db" / "llm")
        self._parts = read_parts(ROOT / "db" / "parts")

    def llms(self) -> tuple[Llm, ...]:
        """All models."""
        return self._llms

    def parts(self, kind: PartKind) -> list[Part]:
        """Parts of a kind."""
        return [part for part in self._parts if part.kind is kind]


def points(catalogue: Catalogue, number: int) -> float:
    """Seconds for a sweep of concurrency."""
    llm = find_llm("DeepSeek-V3", catalogue.llms())
    devices = [part for part in catalogue.parts(PartKind.ACCELERATOR) if isinstance(part, Accelerator)]
    device = find_device("H200", devices)
    assert llm is not None
    assert device is not None
    links = interconnect_of(device, 8)
    plan = choose(
        llm,
        precision="fp8",
        kv_precision="f16",
        engine=Engine.VLLM,
        device=device,
        devices=8,
        interconnect=links,
        choice=ParallelChoice(),
        context_tokens=2048,
        sequences=1,
    )
    run = ModelRun(
        llm=llm,
        precision="fp8",
        kv_precision="f16",
        engine=Engine.VLLM,
        device=device,
        plan=plan,
        interconnect=links,
        host=HostSpeed(),
    )
    start = time.perf_counter()
    for sequences in range(1, number + 1):
        forecast(run, input_tokens=1024, output_tokens=1024, sequences=sequences)
    return time.perf_counter() - start


def cases(catalogue: Catalogue, number: int) -> float:
    """Seconds for a table of cases."""
    models, cards = (
        ("Meta-Llama-3-8B", "DeepSeek-R1", "Qwen3-32B", "gpt-oss-120b"),
        ("RTX 4090", "H100 SXM", "B200 SXM"),
    )
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.csv"), Path(folder, "out.csv")
        with source.open("w", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            for i in range(number):
                writer.writerow(
                    {
                        "engine": "vLLM",
                        "model": models[i % 4],
                        "precision": "fp8",
                        "gpu": cards[i % 3],
                        "gpu_count": 8,
                        "parallelism": "tp8",
                        "isl": 128 + i,
                        "osl": 256,
                        "concurrency_or_batch": 1 + i % 64,
                        "metric": "tpot_ms",
                        "notes": "",
                    }
                )
        start = time.perf_counter()
        run_forecast_cases(catalogue, source, target)
        return time.perf_counter() - start


def main() -> int:
    """Measure and compare."""
    catalogue = Catalogue()
    points(catalogue, 5)
    taken = {
        "one forecast": points(catalogue, 50) / 50,
        "200 points": points(catalogue, 200),
        "10,000 cases": cases(catalogue, 10_000),
    }
    for name, seconds in taken.items():
        print(f"{name:14s} {seconds * 1e3:10.2f} ms  limit {LIMITS_S[name] * 1e3:.0f} ms")
    return int(any(taken[name] > limit for name, limit in LIMITS_S.items()))


if __name__ == "__main__":
    sys.exit(main())
