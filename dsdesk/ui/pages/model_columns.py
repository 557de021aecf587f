"""The columns of the library."""

from PySide6.QtGui import QColor, QIcon

from dsdesk.base.units import Quantity, Unit, best_bytes
from dsdesk.ui.figures import DASH, billions, parameters_of, tokens
from dsdesk.ui.icons import icon
from dsdesk.ui.itemmodels.table import Column
from dsdesk.ui.survey import ModelRow
from dsdesk.ui.theme import status_colour
from dsdesk.ui.words import _


def _active(row: ModelRow) -> int | None:
    llm = row.llm
    if llm.architecture.experts is None:
        return None  # dense: every parameter is used, and saying so again would only hide the others
    return llm.active_parameters_published or llm.architecture.active_parameters


def _fits_word(row: ModelRow) -> str:
    if row.fits:
        return _("fits")
    if row.with_host:
        return _("with host memory")
    return DASH if row.fits is None else _("too big")


def _fits_status(row: ModelRow) -> str:
    if row.fits:
        return "good"
    if row.with_host:
        return "warning"
    return "" if row.fits is None else "error"


def _fits_icon(row: ModelRow) -> QIcon | None:
    status = _fits_status(row)
    return icon(status, status_colour(status), in_table=True) if status else None


def _fits_colour(row: ModelRow) -> QColor | None:
    status = _fits_status(row)
    return status_colour(status) if status else None


def model_columns() -> list[Column[ModelRow]]:
    """What the library says of each model."""
    return [
        Column(
            title=_("Model"),
            text=lambda row: row.llm.name,
            tip=lambda row: row.llm.id,
            words=lambda row: f"{row.llm.id} {row.llm.organisation} {row.llm.family} {row.llm.licence}",
            stretches=True,
        ),
        Column(
            title=_("Parameters"),
            text=lambda row: billions(parameters_of(row.llm)),
            sort=lambda row: parameters_of(row.llm),
            is_number=True,
        ),
        Column(
            title=_("Active"),
            text=lambda row: billions(_active(row)),
            sort=_active,
            is_number=True,
            gives_way=True,
        ),
        Column(
            title=_("Context"),
            text=lambda row: tokens(row.llm.architecture.max_context_tokens),
            sort=lambda row: row.llm.architecture.max_context_tokens,
            is_number=True,
            gives_way=True,
        ),
        Column(
            title=_("Weights"),
            text=lambda row: DASH if row.weights_bytes is None else _weight(row.weights_bytes),
            sort=lambda row: row.weights_bytes,
            is_number=True,
            tip=lambda _row: _("All tensors at the precision chosen at the right"),
        ),
        Column(
            title=_("This machine"),
            text=_fits_word,
            sort=lambda row: None if row.fits is None else (2 if row.fits else int(row.with_host)),
            icon=_fits_icon,
            colour=_fits_colour,
        ),
    ]


def _weight(count: int) -> str:
    return best_bytes(count).text() if count < 2**40 else Quantity(count, Unit.GIB).text()
