"""Fonts, fills, number formats and locks of the spreadsheet."""

from copy import copy
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from dsdesk.base.message import Message
from dsdesk.quote.fonts import cleaned
from dsdesk.quote.voice import Moment, Text, Voice

_HAIR = Side(style="hair", color="9AA6B2")
_BOX = Border(left=_HAIR, right=_HAIR, top=_HAIR, bottom=_HAIR)
_PALE = PatternFill("solid", fgColor="EDF1F5")
_LIGHT = PatternFill("solid", fgColor="FFF9DB")
_DARK = PatternFill("solid", fgColor="1D3F5E")
_MONEY = "#,##0.00"
_LONGEST_TITLE = 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """Writes cells in the language of the document.

    Attributes:
        voice: the language.
        asks: whether the supplier fills it in.
        worn: what a cell of each style wears in this workbook.
    """

    voice: Voice
    asks: bool
    worn: dict[str, Any] = field(default_factory=dict)

    def title(self, text: Message) -> str:
        """Text as the name of a sheet."""
        plain = "".join(character for character in self.voice.plain(text) if character not in "[]:*?/\\")
        return " ".join(plain.split())[:_LONGEST_TITLE]

    def write(self, sheet: Worksheet, place: str, value: Text | float | Decimal | None, *, style: str = "cell") -> None:
        """Put a value into a cell; `style` is words such as "money entry"."""
        cell = sheet[place]
        assert isinstance(cell, Cell)
        if isinstance(value, Message | Moment):
            cell.value = self.voice.plain(value)
            cell.data_type = "s"
        elif isinstance(value, str):
            cell.value = "\n".join(cleaned(line) for line in value.split("\n"))
            computed = "money" in style or "number" in style
            if not (computed and value.startswith("=")):
                cell.data_type = "s"  # a name that begins like a formula stays text
        else:
            cell.value = value
        self._dress(cell, style)

    def _dress(self, cell: Cell, style: str) -> None:
        """Dress the first cell of a style; openpyxl takes long over it, so the others copy what it wears."""
        styled: Any = cell  # its types do not tell of the style that may be copied
        known = self.worn.get(style)
        if known is not None:
            styled._style = copy(known)
            return
        _dress(cell, style.split())
        self.worn[style] = copy(styled._style)


def _dress(cell: Cell, styles: list[str]) -> None:
    cell.font = Font(name="Noto Sans SC", size=10)
    cell.alignment = Alignment(vertical="top", wrap_text="title" not in styles and "quiet" not in styles)
    for style in styles:
        if style in {"cell", "money", "number", "entry", "head", "total"}:
            cell.border = _BOX
        if style == "head":
            cell.font, cell.fill = Font(name="Noto Sans SC", size=10, bold=True, color="1D3F5E"), _PALE
        elif style == "title":
            cell.font = Font(name="Noto Sans SC", size=16, bold=True, color="1D3F5E")
        elif style == "quiet":
            cell.font = Font(name="Noto Sans SC", size=9, color="5A6672")
        elif style == "warning":
            cell.font, cell.fill = Font(name="Noto Sans SC", size=10, bold=True, color="FFFFFF"), _DARK
            cell.alignment = Alignment(wrap_text=False)
        elif style == "money":
            cell.number_format = _MONEY
        elif style == "total":
            cell.font = Font(name="Noto Sans SC", size=10, bold=True)
        elif style == "entry":
            cell.fill, cell.protection = _LIGHT, Protection(locked=False)


def finish_sheet(sheet: Worksheet, *, landscape: bool) -> None:
    """Lock the structure and set the page: one page wide, numbered."""
    sheet.protection.enable()
    sheet.protection.formatColumns = False  # widths may be changed
    sheet.protection.formatRows = False
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    footer = sheet.oddFooter
    if footer is not None and footer.right is not None:
        footer.right.text = "&P / &N"
