"""What makes a document one that archives keep (PDF/A-3, level B): the colours it means, and its word for it.

Only documents without a form to fill in are such: PDF/A wants an appearance for each field, also for an empty one, and
programs that fill a form write into the appearance that is there.
Source: ISO 19005-3:2012, 6.2.3 (output intent), 6.6.4 (identification). The profile is sRGB as littleCMS makes it.
"""

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFStream, PDFString
from reportlab.pdfgen.canvas import Canvas

from dsdesk.quote.pdf_objects import document_of

IDENTIFIED = """
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
</rdf:Description>"""
_CREATED = slice(24, 36)  # the date in the head of an ICC profile (ICC.1:2010, 7.2.8)


def keep_colours(canvas: Canvas) -> None:
    """Say that the colours of the document that `canvas` writes are those of sRGB."""
    document = document_of(canvas)
    stream = PDFStream(content=_profile())
    stream.dictionary.dict["N"] = 3
    intent = PDFDictionary(
        {
            "Type": PDFName("OutputIntent"),
            "S": PDFName("GTS_PDFA1"),
            "OutputConditionIdentifier": PDFString("sRGB IEC61966-2.1"),
            "DestOutputProfile": document.Reference(stream, "sRGB"),
        }
    )
    catalog = document.Catalog
    catalog.__NoDefault__ = [*catalog.__NoDefault__, "OutputIntents"]
    catalog.OutputIntents = PDFArray([intent])


def _profile() -> bytes:
    from PIL import ImageCms

    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    made[_CREATED] = b"\x07\xea\x00\x01\x00\x01\x00\x00\x00\x00\x00\x00"  # equal documents have equal bytes
    return bytes(made)
