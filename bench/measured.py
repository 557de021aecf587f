"""The published measurements as cases, for the fit and for the accuracy bench.

Reads ../shared/facts/measured, and db/published.csv, whose columns are the same.
"""

import csv
import re
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dsdesk.catalog.text import read_parts
from dsdesk.hardware.parts import Accelerator
from dsdesk.llm.library import load_library
from dsdesk.sizing.calibration import Calibration
from dsdesk.sizing.forecast_case import Case
from dsdesk.sizing.forecast_resolve import Refusal, Resolver

ROOT = Path(__file__).resolve().parents[1]
FACTS = ROOT.parent / "shared" / "facts" / "measured"
PUBLISHED = "published.csv"


@dataclass(frozen=True)
class Measured:
    """A measured row and its case."""

    row: dict[str, str]
    case: Case
    value: float
    device: str
    model: str

    @property
    def source(self) -> str:
        """Prefix of the row's id."""
        return self.row["id"].split("-")[0]


def rows(name: str) -> list[dict[str, str]]:
    """Rows of a file: of the project's own one, or of one beside the checkout."""
    folder = ROOT / "db" if name == PUBLISHED else FACTS
    with (folder / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def broken(row: dict[str, str]) -> bool:
    """Rows that measure something else: a reduced model, speculation, or what their source calls wrong."""
    notes = row["notes"]
    if re.search(r"6 experts|REDUCED|SUSPECT|\bMTP\b|speculative|RPC", notes):
        return True
    return "RPC" in row["parallelism"] or float(row["value"] or 0) <= 0


def resolver(calibration: Calibration) -> Resolver:
    """Over the catalogue as text."""
    parts = [part for part in read_parts(ROOT / "db" / "parts") if isinstance(part, Accelerator)]
    return Resolver(load_library(ROOT / "db" / "llm"), parts, calibration)


def load(
    calibration: Calibration,
    files: tuple[str, ...] = ("throughput.csv", "throughput_aic_silicon.csv", PUBLISHED),
    verbose: bool = False,
) -> list[Measured]:
    """Every row that is a case."""
    find = resolver(calibration)
    out, refused, seen = [], Counter(), set()
    for name in files:
        for row in rows(name):
            if broken(row):
                refused["left out: measures something else"] += 1
                continue
            case = find.case(row)
            if isinstance(case, Refusal):
                refused[f"{case.status}: {case.because.in_english()}"] += 1
                continue
            named = find.named(row)
            key = (
                named.llm.id,
                row["gpu"],
                row["gpu_count"],
                row["concurrency_or_batch"],
                row["metric"],
                row["value"],
                row["isl"],
                row["osl"],
                row["notes"][:40],
            )
            if row["id"].startswith("mlperf") and key in seen:
                refused["left out: one run filed twice"] += 1
                continue
            seen.add(key)
            out.append(Measured(row, case, float(row["value"]), named.device.id, named.llm.id))
    if verbose:
        for reason, number in refused.most_common(60):
            print(f"{number:5d}  {reason}")
    return out
