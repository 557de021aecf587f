"""The fields of the terms, described as data: which there are, in which group, and how each is typed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QPlainTextEdit, QPushButton, QWidget

from dsdesk.base.message import N_
from dsdesk.ui.pages.quote_picture import PictureField
from dsdesk.ui.theme import SPACE
from dsdesk.ui.widgets.fields import Choice, CountSpin, on_change, show_checked, show_text
from dsdesk.ui.words import _

INCOTERMS = ("EXW", "FCA", "CPT", "CIP", "DAP", "DPU", "DDP", "FAS", "FOB", "CFR", "CIF")
_WIDE = 39 * SPACE
_FRAME = """
QPlainTextEdit { border: 1px solid palette(mid); border-radius: 6px; background: palette(base); padding: 2px; }
QPlainTextEdit:focus { border: 1px solid palette(highlight); }
"""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the terms.

    Attributes:
        name: of the attribute; "buyer.name" for one of a company.
        label: with its mnemonic or without.
        form: "line", "text", "date", "count", "optional", "yes", "picture", or the choices as (key, words).
        hint: below the field.
    """

    name: str
    label: str
    form: str | tuple[tuple[Any, str], ...] = "line"
    hint: str = ""


def _company(party: str) -> tuple[Field, ...]:
    return (
        Field(f"{party}.name", N_("Name")),
        Field(f"{party}.address", N_("Address"), "text"),
        Field(f"{party}.tax_id", N_("Tax number")),
        Field(f"{party}.bank", N_("Bank and account")),
        Field(f"{party}.contact", N_("Contact")),
        Field(f"{party}.phone", N_("Telephone")),
        Field(f"{party}.email", N_("E-mail")),
    )


GROUPS: tuple[tuple[str, tuple[Field, ...]], ...] = (
    (
        N_("Document"),
        (
            Field("prices", N_("Prices"), (("blank", N_("left blank for the supplier")),
                                           ("estimate", N_("our estimate")))),
            Field("language", N_("Language"), (("zh_CN", "中文"), ("en", "English"),
                                               ("both", N_("Chinese and English")))),
            Field("paper", N_("Paper"), (("A4", "A4"), ("Letter", "Letter"))),
            Field("number", N_("Number")),
            Field("revision", N_("Revision"), "count"),
            Field("issued_on", N_("Issued on"), "date"),
            Field("answer_by", N_("Answer by"), "line",
                  N_("A date, such as 2026-12-18; a time and its zone may follow.")),
            Field("valid_days", N_("Offer valid, days"), "optional"),
            Field("computes", N_("Form adds up"), "yes",
                  N_("By a script in the PDF, which some mail gateways refuse.")),
        ),
    ),
    (
        N_("Buyer"),
        (
            *_company("buyer"),
            Field("send_to", N_("Offers go to"), "line", N_("Empty: the buyer's e-mail.")),
            Field("logo", N_("Logo"), "picture"),
        ),
    ),
    (N_("Supplier"), _company("supplier")),
    (
        N_("Delivery"),
        (
            Field("incoterm", N_("Incoterm 2020"), tuple((one, one) for one in INCOTERMS)),
            Field("named_place", N_("Named place")),
            Field("delivery_address", N_("Delivery address"), "text"),
            Field("site_access", N_("Access to the site"), "text", N_("Floor, lift, door, unloading.")),
            Field("lead_time_days", N_("Lead time, days"), "optional"),
            Field("partial_delivery", N_("Partial delivery"), ((None, N_("supplier proposes")), (True, N_("allowed")),
                                                               (False, N_("not allowed")))),
        ),
    ),
    (
        N_("Payment and award"),
        (
            Field("payment_terms", N_("Payment terms"), "text"),
            Field("invoice", N_("Invoice")),
            Field("partial_award", N_("Lots may be split"), "yes"),
            Field("award_basis", N_("Basis of award"), "text"),
        ),
    ),
    (
        N_("Warranty"),
        (
            Field("warranty_months", N_("Warranty, months"), "count"),
            Field("warranty_on_site", N_("On site"), "yes"),
            Field("spares", N_("Spare parts"), "text"),
            Field("trade_in", N_("Trade-in"), "text", N_("Old equipment that the supplier takes in part payment.")),
        ),
    ),
    (
        N_("End use"),
        (
            Field("end_user", N_("End user"), "text", N_("Who will use it and where; export control asks for it.")),
            Field("end_use", N_("Used for"), "text"),
        ),
    ),
    (N_("Remarks"), (Field("notes", N_("Remarks"), "text"),)),
)  # fmt: skip


class TextArea(QPlainTextEdit):
    """A text of several lines, shown without signalling.

    Signals:
        typed: the user changed it.
    """

    typed = Signal()

    def __init__(self, lines: int = 3) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setStyleSheet(_FRAME)
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + 2 * SPACE)
        self.setFixedWidth(_WIDE)
        self.textChanged.connect(self.typed)

    def show_text(self, text: str) -> None:
        """Show a text; the cursor of somebody who types stays."""
        if self.toPlainText() != text:
            with QSignalBlocker(self):
                self.setPlainText(text)


class DateLine(QWidget):
    """An ISO date, with a button for today."""

    typed = Signal()

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE)
        self.line = QLineEdit()
        self.line.setPlaceholderText("2026-12-31")
        self.line.textEdited.connect(lambda _text: self.typed.emit())
        row.addWidget(self.line)
        today = QPushButton(_("Today"))
        today.clicked.connect(lambda _checked=False: self._use_today())
        row.addWidget(today)
        self.setFocusProxy(self.line)

    def _use_today(self) -> None:
        from datetime import date

        self.line.setText(date.today().isoformat())
        self.typed.emit()


@dataclass(frozen=True, slots=True)
class Bound:
    """A widget with how it is read and shown."""

    widget: QWidget
    read: Callable[[], object]
    show: Callable[[Any], None]


def bind(field: Field, changed: Callable[[], None]) -> Bound:
    """The widget of a field; `changed` is called when the user changed it."""
    form = field.form
    if isinstance(form, tuple):
        choice = Choice([(key, _(words)) for key, words in form])
        on_change(choice, changed)
        return Bound(choice, choice.key, choice.show_key)
    return _BINDERS[form](changed)


def _line(changed: Callable[[], None]) -> Bound:
    line = QLineEdit()
    line.setFixedWidth(_WIDE)
    on_change(line, changed)
    return Bound(line, line.text, lambda text: show_text(line, text))


def _text(changed: Callable[[], None]) -> Bound:
    area = TextArea()
    area.typed.connect(changed)
    return Bound(area, area.toPlainText, area.show_text)


def _date(changed: Callable[[], None]) -> Bound:
    field = DateLine()
    field.typed.connect(changed)
    return Bound(field, field.line.text, lambda text: show_text(field.line, text))


def _count(changed: Callable[[], None]) -> Bound:
    spin = CountSpin(maximum=1000)
    on_change(spin, changed)
    return Bound(spin, spin.value, spin.show_count)


def _optional(changed: Callable[[], None]) -> Bound:
    spin = CountSpin(maximum=1000, optional=True)
    on_change(spin, changed)
    return Bound(spin, spin.count, spin.show_count)


def _yes(changed: Callable[[], None]) -> Bound:
    box = QCheckBox()
    on_change(box, changed)
    return Bound(box, box.isChecked, lambda is_checked: show_checked(box, is_checked))


def _picture(changed: Callable[[], None]) -> Bound:
    field = PictureField()
    field.typed.connect(changed)
    return Bound(field, field.text, field.show_text)


_BINDERS: dict[str, Callable[[Callable[[], None]], Bound]] = {
    "line": _line,
    "text": _text,
    "date": _date,
    "count": _count,
    "optional": _optional,
    "yes": _yes,
    "picture": _picture,
}
