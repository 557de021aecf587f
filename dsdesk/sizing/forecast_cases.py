"""Thousands of cases from a table in one process: the columns of measurements in, a forecast beside each row out.

Added are `predicted`, `low80` and `high80` in the unit of the row's metric, `status` (ok, unknown, impossible) and
`reason`. A row outside the physics gets its reason and never a number.
"""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

from dsdesk.base.errors import DsdeskError, FileError
from dsdesk.base.message import Message
from dsdesk.hardware.parts import Accelerator, Part
from dsdesk.hardware.vocabulary import PartKind
from dsdesk.llm.architecture import Llm
from dsdesk.sizing.calibration import Calibration, calibration
from dsdesk.sizing.forecast_answer import REGIME, predict
from dsdesk.sizing.forecast_resolve import Refusal, Resolver, Status

ADDED = ("predicted", "low80", "high80", "status", "reason")
_READ = (
    "engine", "model", "precision", "gpu", "gpu_count", "parallelism", "cpu_ram", "isl", "osl", "concurrency_or_batch",
    "metric", "notes", "source_date",
)  # fmt: skip
_NEEDED = frozenset({"model", "gpu", "metric"})
_TIMES = frozenset({"tpot_ms", "ttft_ms"})


class Names(Protocol):
    """Where models and devices come from; `build.catalog.Catalog` is one."""

    def llms(self) -> Iterable[Llm]:
        """All language models."""
        ...

    def parts(self, kind: PartKind) -> Iterable[Part]:
        """All parts of a kind."""
        ...


def run_forecast_cases(catalog: Names, in_path: Path, out_path: Path) -> None:
    """Forecast every row of `in_path` into `out_path`.

    Raises:
        FileError: a file cannot be read or written, or lacks the columns `model`, `gpu` and `metric`.
    """
    try:
        with in_path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            columns = list(reader.fieldnames or ())
            rows = [dict(row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FileError(Message("The file {file} cannot be read as CSV.", file=str(in_path))) from error
    if not set(columns) >= _NEEDED:
        raise FileError(Message("The file {file} lacks the columns model, gpu and metric.", file=str(in_path)))
    fitted = calibration()
    devices = [part for part in catalog.parts(PartKind.ACCELERATOR) if isinstance(part, Accelerator)]
    resolver = Resolver(catalog.llms(), devices, fitted)
    kept = [name for name in columns if name not in ADDED]
    try:
        with out_path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [*kept, *ADDED], extrasaction="ignore")
            writer.writeheader()
            writer.writerows({**row, **answer(row, resolver, fitted)} for row in rows)
    except OSError as error:
        raise FileError(Message("The file {file} cannot be written.", file=str(out_path))) from error


def answer(row: Mapping[str, str | None], resolver: Resolver, fitted: Calibration) -> Mapping[str, str]:
    """What is added to one row."""
    try:
        case = resolver.case({name: (row.get(name) or "").strip() for name in _READ})
    except DsdeskError as error:
        case = Refusal(Status.UNKNOWN, error.message)
    if isinstance(case, Refusal):
        return {**dict.fromkeys(ADDED, ""), "status": case.status.value, "reason": case.because.in_english()}
    value = predict(case)
    spread = fitted.spread(REGIME[case.metric], case.decode.distance, case.decode.factors)
    return {
        "predicted": f"{value:.6g}",
        "low80": f"{value * spread.low:.6g}",
        "high80": f"{value * spread.high:.6g}",
        "status": Status.OK.value,
        "reason": "; ".join(one.in_english() for one in case.assumed),
    }
