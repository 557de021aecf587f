"""What checks assume where no document was read, to be changed for this project."""

from dataclasses import replace
from math import isclose

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from dsdesk.base.message import N_, Message
from dsdesk.base.units import Quantity, Unit
from dsdesk.checks.assumed import GROUPS, AssumedValue, read_by
from dsdesk.project.assumptions import ASSUMED, Assumptions
from dsdesk.project.edits import Edit, change_site
from dsdesk.ui.theme import SPACE
from dsdesk.ui.widgets.card import Card
from dsdesk.ui.widgets.fields import Form, QuantitySpin
from dsdesk.ui.widgets.text import explanation
from dsdesk.ui.words import _, say

_MOST = 100_000.0
_HIGHEST = 84 * SPACE  # what a screen of 768 lines shows with its bars
_DECIMALS = {Unit.METRE: 1, Unit.KELVIN: 1}


class AssumptionsDialog(QDialog):
    """One field a number, each with what it is by default; `edit()` is what was changed."""

    def __init__(self, parent: QWidget, assumed: Assumptions, code: str = "") -> None:
        super().__init__(parent)
        self.setWindowTitle(_("What is assumed"))
        self._before = assumed
        self._spins: dict[str, QuantitySpin] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 2 * SPACE)
        layout.setSpacing(2 * SPACE)
        layout.addWidget(
            explanation(
                _("Engineering judgement that no document states. What a part publishes is always used before it.")
            )
        )
        inner = QWidget()
        cards = QGridLayout(inner)
        cards.setContentsMargins(0, 0, SPACE, 0)
        cards.setSpacing(2 * SPACE)
        area = QScrollArea()  # a small screen must still show the buttons
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        layout.addWidget(area, 1)
        for position, (title, values) in enumerate(GROUPS):
            cards.addWidget(self._group(title, values), position // 2, position % 2)
        layout.addWidget(self._buttons())
        whole = inner.sizeHint()
        self.resize(whole.width() + 8 * SPACE, min(whole.height() + 18 * SPACE, _HIGHEST))
        wanted = read_by(code)
        if wanted:
            spin = self._spins[wanted[0].field]
            spin.setFocus(Qt.FocusReason.OtherFocusReason)
            QTimer.singleShot(0, spin, lambda: area.ensureWidgetVisible(spin, 0, 6 * SPACE))

    def _group(self, title: str, values: tuple[AssumedValue, ...]) -> Card:
        card, form = Card(_(title)), Form()
        card.body.addLayout(form)
        card.body.addStretch(1)
        for value in values:
            spin = QuantitySpin(value.unit, maximum=_MOST, decimals=_DECIMALS.get(value.unit, 0))
            spin.setMinimum(0.0 if value.unit is Unit.WATT else 1.0)
            spin.show_quantity(getattr(self._before, value.field))
            usual = say(Message(N_("{value} by default"), value=Quantity(getattr(ASSUMED, value.field), value.unit)))
            spin.setToolTip(f"{usual} ({', '.join(value.codes)})")
            self._spins[value.field] = spin
            form.add(_(value.label), spin)
        return card

    def _buttons(self) -> QDialogButtonBox:
        kinds = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel | kinds.RestoreDefaults)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        buttons.button(kinds.RestoreDefaults).clicked.connect(self._restore)
        return buttons

    def _restore(self) -> None:
        for field, spin in self._spins.items():
            spin.show_quantity(getattr(ASSUMED, field))

    def edit(self) -> Edit | None:
        """The change of the project, None where nothing was changed."""
        read = {field: spin.quantity() or 0.0 for field, spin in self._spins.items()}
        changed = {field: value for field, value in read.items() if not isclose(value, getattr(self._before, field))}
        if not changed:
            return None
        return change_site(Message(N_("Change what is assumed")), assumed=replace(self._before, **changed))
