"""Thousands of cases from a table in one process: the columns of measurements in, a forecast beside each row out.

Added are `predicted`, `low80` and `high80` in the unit of the row's metric, `status` (ok, unknown, impossible) and
`reason`. A row outside the physics gets its reason and never a number.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

from dsdesk.base.errors import DsdeskError
from dsdesk.base.message import Message
from dsdesk.hardware.parts import Accelerator, Part
from dsdesk.hardware.vocabulary import PartKind
from dsdesk.llm.architecture import Llm
from dsdesk.sizing.calibration import Calibration, calibration
from dsdesk.sizing.case_table import read_table, write_table
from dsdesk.sizing.forecast_answer import REGIME, predict
from dsdesk.sizing.forecast_resolve import Refusal, Resolver, Status

ADDED = ("predicted", "low80", "high80", "status", "reason")
_READ = (
    "engine", "model", "precision", "gpu", "gpu_count", "parallelism", "cpu_ram", "isl", "osl", "concurrency_or_batch",
    "metric", "notes", "source_date",
)  # fmt: skip
_NEEDED = frozenset({"model", "gpu", "metric"})


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
    lacks = Message("The file {file} lacks the columns model, gpu and metric.", file=str(in_path))
    table = read_table(in_path, _NEEDED, lacks)
    fitted = calibration()
    devices = [part for part in catalog.parts(PartKind.ACCELERATOR) if isinstance(part, Accelerator)]
    resolver = Resolver(catalog.llms(), devices, fitted)
    write_table(out_path, table, ADDED, (answer(row, resolver, fitted) for row in table.rows))


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
