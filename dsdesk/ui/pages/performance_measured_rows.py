"""The columns of measured beside forecast."""

from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QIcon

from dsdesk.base.message import N_
from dsdesk.base.units import format_number
from dsdesk.ui.figures import interval
from dsdesk.ui.icons import icon
from dsdesk.ui.itemmodels.table import Column
from dsdesk.ui.theme import status_colour
from dsdesk.ui.words import _, say

if TYPE_CHECKING:
    from dsdesk.catalog.measurements import OwnMeasurement

_DASH = "–"
_METRICS = {
    "prefill_tok_s": (N_("reading the prompt"), "tok/s"),
    "decode_tok_s_per_user": (N_("answer of one user"), "tok/s"),
    "decode_tok_s_total": (N_("answers of all users"), "tok/s"),
    "output_tok_s_total": (N_("all users, prompts included"), "tok/s"),
    "total_tok_s": (N_("prompt and answer together"), "tok/s"),
    "tpot_ms": (N_("time for each further token"), "ms"),
    "ttft_ms": (N_("wait for the first token"), "ms"),
}


def measured_columns() -> "tuple[Column[OwnMeasurement], ...]":
    """What was measured, how, beside the forecast of the catalogue."""
    return (
        Column(title=_("What"), text=_what, icon=_used, tip=_because),
        Column(title=_("Model"), text=_model, stretches=True, tip=_because),
        Column(title=_("Accelerator"), text=_device, share=0.2),
        Column(title=_("Run"), text=conditions, share=0.25, tip=conditions),
        Column(title=_("Measured"), text=_value, sort=lambda row: row.compared.measurement.value, is_number=True),
        Column(title=_("Forecast"), text=_forecast, sort=_forecast_sort, is_number=True),
        Column(title=_("80 %"), text=_interval, is_number=True),
        Column(title=_("Measured / forecast"), text=_ratio, sort=_ratio_sort, is_number=True, colour=_ratio_colour),
    )


def _what(row: "OwnMeasurement") -> str:
    return _(_METRICS[row.compared.measurement.metric][0])


def _used(row: "OwnMeasurement") -> QIcon | None:
    name = "good" if row.is_used and row.compared.calibrates else "unchecked"
    return icon(name, status_colour(name))


def _because(row: "OwnMeasurement") -> str | None:
    if row.compared.because is not None:
        return say(row.compared.because)
    return _("Forecasts are calibrated with it.") if row.is_used else _("Left out of forecasts.")


def _model(row: "OwnMeasurement") -> str:
    compared = row.compared
    name = compared.llm.rpartition("/")[2] or compared.measurement.model or _DASH
    return f"{name} · {compared.measurement.precision}" if compared.measurement.precision else name


def _device(row: "OwnMeasurement") -> str:
    compared = row.compared
    name = compared.device_name or compared.measurement.gpu or _DASH
    return f"{compared.measurement.gpu_count} × {name}" if compared.measurement.gpu_count > 1 else name


def conditions(row: "OwnMeasurement") -> str:
    """Such as "llama-bench, 512 tokens in, 128 out, 16 requests"."""
    one = row.compared.measurement
    said = [one.program]
    if one.input_tokens:
        said.append(_("{count} tokens in", count=format_number(round(one.input_tokens))))
    if one.output_tokens:
        said.append(_("{count} out", count=format_number(round(one.output_tokens))))
    if one.concurrency > 1:
        said.append(_("{count} requests", count=format_number(round(one.concurrency))))
    return ", ".join(said)


def _value(row: "OwnMeasurement") -> str:
    one = row.compared.measurement
    return f"{format_number(one.value)} {_METRICS[one.metric][1]}"


def _forecast(row: "OwnMeasurement") -> str:
    found = row.compared.forecast
    return format_number(found.estimate) if found else _DASH


def _forecast_sort(row: "OwnMeasurement") -> float | None:
    return row.compared.forecast.estimate if row.compared.forecast else None


def _interval(row: "OwnMeasurement") -> str:
    return interval(row.compared.forecast) if row.compared.forecast else _DASH


def _ratio(row: "OwnMeasurement") -> str:
    return f"{row.compared.ratio:.2f}" if row.compared.ratio is not None else _DASH


def _ratio_sort(row: "OwnMeasurement") -> float | None:
    return row.compared.ratio


def _ratio_colour(row: "OwnMeasurement") -> QColor | None:
    return None if row.compared.is_inside or row.compared.forecast is None else status_colour("warning")
