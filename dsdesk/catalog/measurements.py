"""Measured speeds: the published ones of db/measured.csv, and the user's own with what they say of their machines."""

import csv
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from dsdesk.base.errors import CatalogError
from dsdesk.base.message import Message
from dsdesk.llm.precision import Engine
from dsdesk.measured.comparison import Compared, Comparer, own_speeds
from dsdesk.measured.exchange import measurement_of
from dsdesk.measured.measurement import Measurement
from dsdesk.measured.run import MeasuredRun, runs_of
from dsdesk.sizing.forecast_cases import Names
from dsdesk.sizing.own_speed import OwnSpeeds

if TYPE_CHECKING:
    from sqlmodel import Session

    _Write = Callable[[Callable[[Session], None]], None]

Row = TypeVar("Row")


class _Rows(Protocol):
    def own_measurements(self) -> list[tuple[int, str, int]]: ...


@dataclass(frozen=True, slots=True)
class OwnMeasurement:
    """A measurement of the user's own.

    Attributes:
        id: by which it is removed.
        is_used: whether forecasts are calibrated with it.
        compared: with the forecast of the catalogue.
    """

    id: int
    is_used: bool
    compared: Compared


class MeasurementShelf:
    """Keeps the user's own measurements and finds those that may be shown; what follows is worked out once."""

    def __init__(self, published: Path, rows: _Rows, names: Names, write: "_Write") -> None:
        self._published, self._rows, self._names, self._write = published, rows, names, write
        self._shown: dict[tuple[str, str], list[MeasuredRun]] | None = None
        self.forget()

    def forget(self) -> None:
        """Read the user's own measurements again when they are asked for."""
        self._mine: tuple[OwnMeasurement, ...] | None = None
        self._speeds: OwnSpeeds | None = None

    def kept(self) -> tuple[tuple[Measurement, bool], ...]:
        """The user's own as they were read, oldest first, and whether forecasts are calibrated with each."""
        rows = ((measurement_of(json.loads(facts)), bool(used)) for _, facts, used in self._rows.own_measurements())
        return tuple((one, used) for one, used in rows if one is not None)

    def all(self) -> tuple[OwnMeasurement, ...]:
        """The user's own, oldest first, each beside its forecast."""
        if self._mine is None:
            rows = self._rows.own_measurements()
            comparer = Comparer(self._names) if rows else None
            self._mine = tuple(
                OwnMeasurement(number, bool(used), comparer.compare(one))
                for number, facts, used in rows
                if comparer is not None and (one := measurement_of(json.loads(facts))) is not None
            )
        return self._mine

    @property
    def speeds(self) -> OwnSpeeds:
        """What those in use say of the user's machines."""
        if self._speeds is None:
            self._speeds = own_speeds(one.compared for one in self.all() if one.is_used)
        return self._speeds

    def runs(self, device_id: str, llm_id: str) -> tuple[MeasuredRun, ...]:
        """Published runs of a model on a device, then the user's own."""
        if self._shown is None:
            self._shown = _published(self._published)
        mine = runs_of(tuple(one.compared for one in self.all()))
        own = [run for run in mine if (run.device, run.llm) == (device_id, llm_id)]
        return (*self._shown.get((device_id, llm_id), ()), *own)

    def add(self, measurements: Iterable[Measurement]) -> int:
        """Keep those that are not there yet; returns how many were new.

        Raises:
            CatalogError: the own database cannot be written.
        """
        known = {one for one, _used in self.kept()}
        fresh = [one for one in dict.fromkeys(measurements) if one not in known]

        def insert(session: "Session") -> None:
            from dsdesk.catalog.tables import OwnMeasurementRow

            for one in fresh:
                session.add(OwnMeasurementRow(facts=facts_of(one), used=1))

        if fresh:
            self._write(insert)
        return len(fresh)

    def remove(self, numbers: Iterable[int]) -> None:
        """Forget these.

        Raises:
            CatalogError: one of them is not there.
        """
        from dsdesk.catalog.tables import OwnMeasurementRow

        def delete(session: "Session") -> None:
            for number in numbers:
                session.delete(_found(session.get(OwnMeasurementRow, number), number))

        self._write(delete)

    def use(self, numbers: Iterable[int], *, used: bool) -> None:
        """Calibrate with these, or leave them out.

        Raises:
            CatalogError: one of them is not there.
        """
        from dsdesk.catalog.tables import OwnMeasurementRow

        def change(session: "Session") -> None:
            for number in numbers:
                row = _found(session.get(OwnMeasurementRow, number), number)
                row.used = int(used)
                session.add(row)

        self._write(change)


def facts_of(measurement: Measurement) -> str:
    """A measurement as its row holds it."""
    return json.dumps(asdict(measurement), ensure_ascii=False)


def _found(row: Row | None, number: int) -> Row:
    if row is None:
        raise CatalogError(Message("There is no measurement number {number}.", number=number))
    return row


def _published(path: Path) -> dict[tuple[str, str], list[MeasuredRun]]:
    """Published runs by device and model; catalogues of before have none."""
    found: dict[tuple[str, str], list[MeasuredRun]] = {}
    if not path.is_file():
        return found
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(line for line in file if not line.startswith("#")):
                run = _run(row)
                found.setdefault((run.device, run.llm), []).append(run)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CatalogError(
            Message("{file} is damaged ({error}); install dsdesk again.", file=str(path), error=str(error))
        ) from error
    return found


def _run(row: dict[str, str]) -> MeasuredRun:
    def speed(name: str) -> float | None:
        return float(row[name]) if row[name] else None

    return MeasuredRun(
        llm=row["llm"],
        device=row["device"],
        devices=int(row["devices"]),
        engine=Engine(row["engine"]),
        precision=row["precision"],
        input_tokens=float(row["input_tokens"]),
        output_tokens=float(row["output_tokens"]),
        requests=float(row["requests"]),
        tok_s_user=speed("tok_s_user"),
        tok_s_total=speed("tok_s_total"),
        prefill_tok_s=speed("prefill_tok_s"),
        source=row["source"],
        date=row["source_date"],
    )
