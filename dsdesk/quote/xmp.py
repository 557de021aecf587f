"""What the file is about, as XMP: the same as its information dictionary, for archives and search.

Source: ISO 16684-1:2019 (XMP), ISO 32000-1:2008, 14.3.2.
"""

from xml.sax.saxutils import escape

from reportlab.pdfbase.pdfdoc import PDFName, PDFStream
from reportlab.pdfgen.canvas import Canvas

from dsdesk.quote.archival import IDENTIFIED
from dsdesk.quote.pdf_objects import document_of

PRODUCER = "dsdesk, ReportLab"

_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<pdf:Keywords>{keywords}</pdf:Keywords>
<pdf:Producer>{producer}</pdf:Producer>
<xmp:CreatorTool>dsdesk</xmp:CreatorTool>{dates}
</rdf:Description>{identified}</rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


def describe(
    canvas: Canvas,
    *,
    title: str,
    author: str,
    subject: str,
    language: str,
    keywords: tuple[str, ...],
    day: str,
    archival: bool,
) -> None:
    """Put the packet into the document that `canvas` writes; `day` is the ISO date of issue or ""."""
    dates = f"\n<xmp:CreateDate>{escape(day[:10])}</xmp:CreateDate>" if day else ""
    packet = _PACKET.format(
        title=escape(title),
        author=escape(author),
        subject=escape(subject),
        language=escape(language),
        keywords=escape(", ".join(keywords)),
        producer=PRODUCER,
        dates=dates,
        identified=IDENTIFIED if archival else "",
    )
    stream = PDFStream(content=packet.encode("utf-8", "replace"))
    stream.dictionary.dict |= {"Type": PDFName("Metadata"), "Subtype": PDFName("XML")}
    document = document_of(canvas)
    catalog = document.Catalog
    catalog.__NoDefault__ = [*catalog.__NoDefault__, "Metadata"]
    catalog.Metadata = document.Reference(stream, "xmp")
