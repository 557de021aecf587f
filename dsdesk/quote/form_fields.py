"""The PDF as a form: text fields over the blank cells, in reading order, with an embedded Latin font.

The font of the fields holds the characters of Windows-1252; a form font cannot be subset by use, and one with all hanzi
would add megabytes. Numbers, dates and Latin text look the same in every viewer; for hanzi typed into a field a viewer
takes a font of its own. Totals are for the supplier to write unless the buyer wants a script (`form_script`): mail
gateways refuse PDFs with scripts, and dsdesk adds up again whatever comes back.
"""

from collections.abc import Mapping
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import (
    PDFArray,
    PDFDictionary,
    PDFName,
    PDFObject,
    PDFObjectReference,
    PDFStream,
    PDFString,
)
from reportlab.pdfgen.canvas import Canvas

from dsdesk.quote.fonts import REGULAR, width
from dsdesk.quote.grid import Entry
from dsdesk.quote.pdf_objects import PdfDocument, document_of, named_in
from dsdesk.quote.signature import reserve
from dsdesk.quote.tagging import tags_of

_FONT = "DsF"
_SIZE = 8.5
_MULTILINE = 1 << 12
_PRINT = 4
_SIGNED, _ONLY_ADDED_TO = 1, 2


def field_name(entry: str) -> str:
    """The name of the field of an entry: PDF keeps the dot for itself."""
    return entry.replace(".", "_")


class Form:
    """Collects the fields of a document while its pages are drawn, and closes the form at the end.

    `script` is what the document carries for viewers that run scripts, `computed` what computes a cell, by its name.

    Attributes:
        names: of the fields, in reading order.
    """

    def __init__(self, script: str = "", computed: Mapping[str, str] | None = None) -> None:
        self.names: list[str] = []
        self._script = script
        self._computed = computed or {}
        self._computing: dict[str, Any] = {}
        self._references: list[Any] = []

    def place(self, canvas: Canvas, entry: Entry, x: float, y: float, wide: float, high: float) -> None:
        """Put a field over a blank cell; x and y are in the coordinates of the drawing."""
        left, bottom = canvas.absolutePosition(x + 0.6, y + 0.6)
        right, top = left + wide - 1.2, bottom + high - 1.2
        document = document_of(canvas)
        widget = PDFDictionary(
            {
                "Subtype": PDFName("Widget"),
                "T": PDFString(field_name(entry.name)),
                "TU": _Hexadecimal(entry.tip),
                "Rect": _Compact(left, bottom, right, top),
                "F": _PRINT,
            }
        )
        widget.dict |= _kind(entry, multiline=top - bottom > 2.4 * _SIZE)
        if entry.value:
            widget.dict["AP"] = PDFDictionary({"N": self._appearance(document, entry, right - left, top - bottom)})
        if entry.name in self._computed:
            widget.dict["AA"] = PDFDictionary({"C": _action(self._computed[entry.name])})
        page: Any = canvas
        page._addAnnotation(widget)
        reference = page._annotationrefs[-1]
        if entry.name in self._computed:
            self._computing[entry.name] = reference
        self._references.append(reference)
        if (tags := tags_of(canvas)) is not None:
            widget.dict["StructParent"] = tags.widget(reference, document.thisPageRef())
        self.names.append(entry.name)

    def _appearance(self, document: PdfDocument, entry: Entry, wide: float, high: float) -> PDFObjectReference:
        """What a viewer shows for a value that is there from the beginning.

        Each field has its own: some programs write a new value into the stream that is there, shared or not.
        """
        shift = wide - 3 - width(entry.value, REGULAR, _SIZE) if entry.kind == "number" else 3
        text = entry.value.encode("cp1252", "replace").decode("cp1252")
        shown = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        place = f"{shift:.2f} {(high - _SIZE) / 2 + 1.5:.2f} Td"
        content = f"/Tx BMC q BT /{_FONT} {_SIZE} Tf {_INK} {place} ({shown}) Tj ET Q EMC"
        stream = PDFStream(content=content.encode("cp1252"))
        stream.dictionary.dict |= {
            "Type": PDFName("XObject"),
            "Subtype": PDFName("Form"),
            "BBox": PDFArray([0, 0, wide, high]),
            "Resources": PDFDictionary({"Font": PDFDictionary({_FONT: self._font(document)})}),
        }
        return document.Reference(stream, f"appearance:{entry.name}")

    def _font(self, document: PdfDocument) -> PDFObjectReference:
        known = "formFont" in document.idToObject
        return PDFObjectReference("formFont") if known else _embedded(document)

    def close(self, canvas: Canvas, *, room: int = 0) -> None:
        """Make the form known to the file, with `room` bytes for our own signature if there is to be one."""
        signed = [reserve(canvas, room)] if room else []
        if not self._references and not signed:
            return
        document = document_of(canvas)
        fonts = PDFDictionary({_FONT: self._font(document)})
        about = {
            "Fields": PDFArray([*self._references, *signed]),
            "DR": PDFDictionary({"Font": fonts}),
            "DA": PDFString(_DEFAULT),
            "NeedAppearances": "false",
        }
        if self._script:
            about["CO"] = PDFArray([self._computing[name] for name in self._computed if name in self._computing])
            script = PDFArray([PDFString("dsdesk"), _action(self._script)])
            named_in(document)["JavaScript"] = PDFDictionary({"Names": script})
        if signed:
            about["SigFlags"] = _SIGNED | _ONLY_ADDED_TO
        document.Catalog.AcroForm = PDFDictionary(about)


def _action(script: str) -> PDFDictionary:
    return PDFDictionary({"S": PDFName("JavaScript"), "JS": PDFString(script)})


class _Compact(PDFObject):  # a rectangle to a hundredth of a point
    def __init__(self, *numbers: float) -> None:
        self.numbers = numbers

    def format(self, _document: object) -> bytes:
        return b"[" + b" ".join(f"{number:.2f}".encode() for number in self.numbers) + b"]"


class _Hexadecimal(PDFObject):  # text outside Latin at half of what octal escapes take
    def __init__(self, text: str) -> None:
        self.text = text

    def format(self, _document: object) -> bytes:
        if self.text.isascii() and not set(self.text) & set("\\()"):
            return f"({self.text})".encode()
        return f"<FEFF{self.text.encode('utf-16-be').hex()}>".encode()


_INK = "0.106 0.141 0.188 rg"
_DEFAULT = f"/{_FONT} {_SIZE} Tf {_INK}"


def _kind(entry: Entry, *, multiline: bool) -> dict[str, Any]:
    if entry.kind == "signature":
        return {"FT": PDFName("Sig")}
    kind: dict[str, Any] = {"FT": PDFName("Tx")}
    if entry.kind == "number":
        kind["Q"] = 2
    if entry.value:
        kind["V"] = kind["DV"] = PDFString(entry.value)
    if multiline and entry.kind == "text":
        kind["Ff"] = _MULTILINE
    return kind


def _embedded(document: PdfDocument) -> PDFObjectReference:
    """The regular face reduced to Windows-1252, its codes as they are there."""
    font: Any = pdfmetrics.getFont(REGULAR)
    codes = [_character(code) for code in range(256)]
    known = [code if code in font.face.charToGlyph else 0 for code in codes]
    name = f"DSFORM+{font.face.name.decode() if isinstance(font.face.name, bytes) else font.face.name}"
    described = font.face.addSubsetObjects(document, name, known)
    return document.Reference(
        PDFDictionary(
            {
                "Type": PDFName("Font"),
                "Subtype": PDFName("TrueType"),
                "BaseFont": PDFName(name),
                "Encoding": PDFName("WinAnsiEncoding"),
                "FirstChar": 0,
                "LastChar": 255,
                "Widths": PDFArray([font.face.getCharWidth(code) for code in known]),
                "FontDescriptor": described,
            }
        ),
        "formFont",
    )


def _character(code: int) -> int:
    if code < ord(" "):
        return 0
    try:
        return ord(bytes([code]).decode("cp1252"))
    except UnicodeDecodeError:
        return 0
