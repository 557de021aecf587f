"""reportlab's document beneath the canvas, as far as form, attachments and metadata need it; it is not in its types."""

from typing import Any, Protocol, cast

from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFObjectReference
from reportlab.pdfgen.canvas import Canvas


class PdfDocument(Protocol):
    """The document that a canvas writes into.

    Attributes:
        Catalog: the root of the file.
        info: its information dictionary.
        idToObject: its named objects.
    """

    Catalog: Any
    info: Any
    idToObject: dict[str, Any]  # noqa: N815 - reportlab's name

    def Reference(self, obj: object, name: str | None = None) -> PDFObjectReference:  # noqa: N802 - reportlab's name
        """Register an object and refer to it."""
        ...

    def thisPageRef(self) -> PDFObjectReference:  # noqa: N802 - reportlab's name
        """A reference to the page that is being drawn."""
        ...


def named_in(document: PdfDocument) -> dict[str, Any]:
    """The name trees of the document, by their kind; made where there are none yet."""
    if getattr(document.Catalog, "Names", None) is None:
        document.Catalog.Names = PDFDictionary({})
    names: dict[str, Any] = document.Catalog.Names.dict
    return names


def document_of(canvas: Canvas) -> PdfDocument:
    """The document that `canvas` writes into."""
    return cast("PdfDocument", vars(canvas)["_doc"])
