"""Machine-readable copies inside the PDF, as associated files (PDF 2.0, 14.13; PDF/A-3 uses the same)."""

import hashlib
from dataclasses import dataclass

from reportlab.pdfbase.pdfdoc import (
    PDFArray,
    PDFDictionary,
    PDFName,
    PDFObjectReference,
    PDFStream,
    PDFString,
    PDFZCompress,
)
from reportlab.pdfgen.canvas import Canvas

from dsdesk.quote.pdf_objects import PdfDocument, document_of, named_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that travels inside the PDF.

    Attributes:
        name: of the file.
        media_type: such as "application/json".
        description: one sentence for the viewer's list.
        content: the bytes.
        relationship: "Data", "Source" or "Alternative".
    """

    name: str
    media_type: str
    description: str
    content: bytes
    relationship: str = "Alternative"


def attach(canvas: Canvas, attachments: tuple[Attachment, ...]) -> None:
    """Put the files into the document that `canvas` writes."""
    if not attachments:
        return
    document = document_of(canvas)
    specs = [(one.name, _file(document, one)) for one in sorted(attachments, key=lambda one: one.name)]
    names = [item for name, reference in specs for item in (PDFString(name), reference)]
    catalog = document.Catalog
    named_in(document)["EmbeddedFiles"] = PDFDictionary({"Names": PDFArray(names)})
    catalog.__NoDefault__ = [*catalog.__NoDefault__, "AF"]
    catalog.AF = PDFArray([reference for _, reference in specs])


def _file(document: PdfDocument, attachment: Attachment) -> PDFObjectReference:
    stream = PDFStream(content=attachment.content, filters=[PDFZCompress])
    stream.dictionary.dict |= {
        "Type": PDFName("EmbeddedFile"),
        "Subtype": f"/{attachment.media_type.replace('/', '#2F')}",
        "Params": PDFDictionary(
            {
                "Size": len(attachment.content),
                "CheckSum": f"<{hashlib.md5(attachment.content, usedforsecurity=False).hexdigest()}>",
            }
        ),
    }
    embedded = document.Reference(stream, f"embedded:{attachment.name}")
    spec = PDFDictionary(
        {
            "Type": PDFName("Filespec"),
            "F": PDFString(attachment.name),
            "UF": PDFString(attachment.name),
            "Desc": PDFString(attachment.description),
            "AFRelationship": PDFName(attachment.relationship),
            "EF": PDFDictionary({"F": embedded, "UF": embedded}),
        }
    )
    return document.Reference(spec, f"filespec:{attachment.name}")
