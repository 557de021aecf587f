"""The structure of the document for those who hear it: headings, paragraphs, tables, figures and fields, in order.

Source: ISO 32000-1:2008, 14.7 (logical structure) and 14.8 (tagged PDF). What is not marked (rules, tints, running head
and foot) is decoration.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFObject, PDFObjectReference, PDFString
from reportlab.pdfgen.canvas import Canvas

from dsdesk.quote.pdf_objects import PdfDocument, document_of

_LEAVES = frozenset({"H1", "H2", "P", "TH", "TD", "Figure"})  # elements that hold content themselves


@dataclass(slots=True, eq=False)
class Element:
    """An element of the structure.

    Attributes:
        role: its standard type, such as "TD".
        parent: what it stands in, None for the document.
        alt: what a figure shows, in words.
        kids: elements, marks (page, number) and fields (widget, page) in reading order.
    """

    role: str
    parent: "Element | None" = None
    alt: str = ""
    kids: list[Any] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Mark:
    page: PDFObjectReference
    number: int


@dataclass(frozen=True, slots=True)
class _Field:
    widget: PDFObjectReference
    page: PDFObjectReference


class Tags:
    """Collects the structure while pages are drawn, and writes it at the end.

    Attributes:
        root: the document.
    """

    def __init__(self) -> None:
        self.root = Element("Document")
        self._now = self.root
        self._pages: dict[int, list[Element]] = {}  # by page number: the element of each mark
        self._fields: list[Element] = []
        self._is_silent = False

    @contextmanager
    def element(self, role: str, alt: str = "") -> Iterator[None]:
        """What is drawn meanwhile belongs to a new element."""
        outer, self._now = self._now, Element(role, self._now, alt)
        outer.kids.append(self._now)
        try:
            yield
        finally:
            self._now = outer

    @contextmanager
    def mark(self, canvas: Canvas, role: str) -> Iterator[None]:
        """What is drawn meanwhile is content of the present element, or of a new one where that holds none itself."""
        if self._is_silent:
            yield
            return
        if self._now.role not in _LEAVES:
            with self.element(role), self.mark(canvas, role):
                yield
            return
        marks = self._pages.setdefault(canvas.getPageNumber(), [])
        self._now.kids.append(_Mark(document_of(canvas).thisPageRef(), len(marks)))
        code: list[str] = vars(canvas)["_code"]
        code.append(f"/{self._now.role} <</MCID {len(marks)}>> BDC")
        marks.append(self._now)
        try:
            yield
        finally:
            code.append("EMC")

    @contextmanager
    def figure(self, canvas: Canvas, alt: str) -> Iterator[None]:
        """A drawing as a whole, with what it shows in words."""
        with self.element("Figure", alt), self.mark(canvas, "Figure"):
            self._is_silent = True
            try:
                yield
            finally:
                self._is_silent = False

    @contextmanager
    def decoration(self, canvas: Canvas) -> Iterator[None]:
        """What is drawn meanwhile is read by nobody: running head and foot."""
        code: list[str] = vars(canvas)["_code"]
        code.append("/Artifact BMC")
        before, self._is_silent = self._is_silent, True
        try:
            yield
        finally:
            self._is_silent = before
            code.append("EMC")

    def widget(self, widget: PDFObjectReference, page: PDFObjectReference) -> int:
        """A form field where it is drawn; returns its key, counted from the first page's on."""
        found = Element("Form", self._now, kids=[_Field(widget, page)])
        self._now.kids.append(found)
        self._fields.append(found)
        return _FIRST_FIELD + len(self._fields) - 1

    def write(self, canvas: Canvas) -> None:
        """Put the structure into the document that `canvas` writes."""
        document = document_of(canvas)
        root = PDFObjectReference("structure")
        references: dict[int, PDFObjectReference] = {}
        top = _written(self.root, root, references, document)
        numbers: list[Any] = []
        for page, marks in sorted(self._pages.items()):
            numbers += [page, PDFArray([references[id(one)] for one in marks])]
        for at, one in enumerate(self._fields):
            numbers += [_FIRST_FIELD + at, references[id(one)]]
        tree = document.Reference(PDFDictionary({"Nums": PDFArray(numbers)}), "parentTree")
        about = {
            "Type": PDFName("StructTreeRoot"),
            "K": top,
            "ParentTree": tree,
            "ParentTreeNextKey": _FIRST_FIELD + len(self._fields),
        }
        document.Reference(PDFDictionary(about), "structure")
        catalog = document.Catalog
        catalog.__NoDefault__ = [*catalog.__NoDefault__, "StructTreeRoot", "MarkInfo"]
        catalog.StructTreeRoot = root
        catalog.MarkInfo = PDFDictionary({"Marked": "true"})


_FIRST_FIELD = 100_000  # keys below are page numbers


class _Object(PDFObject):
    """An element as it is written: short, since there are thousands. A mark on its own page is a bare number."""

    def __init__(self, element: Element, parent: PDFObjectReference, page: PDFObjectReference | None) -> None:
        self.element, self.parent, self.page = element, parent, page
        self.kids: list[Any] = []

    def format(self, document: Any) -> bytes:  # noqa: ANN401 - reportlab's document
        written = b"<</S/%s/P %s" % (self.element.role.encode(), self.parent.format(document))
        if self.page is not None:
            written += b"/Pg " + self.page.format(document)
        parts = [b"%d" % one if isinstance(one, int) else one.format(document) for one in self.kids]
        if parts:
            written += b"/K " + (parts[0] if len(parts) == 1 else b"[" + b" ".join(parts) + b"]")
        if self.element.alt:
            written += b"/Alt " + PDFString(self.element.alt).format(document)
        return written + b">>"


def _written(
    element: Element, parent: PDFObjectReference, references: dict[int, PDFObjectReference], document: PdfDocument
) -> PDFObjectReference:
    """Register an element and all below it."""
    me = references[id(element)] = PDFObjectReference(f"element{len(references)}")
    page = next((one.page for one in element.kids if isinstance(one, _Mark | _Field)), None)
    written = _Object(element, parent, page)
    kids = written.kids
    for kid in element.kids:
        if isinstance(kid, Element):
            kids.append(_written(kid, me, references, document))
        elif isinstance(kid, _Field):
            kids.append(PDFDictionary({"Type": PDFName("OBJR"), "Obj": kid.widget}))
        elif kid.page.name == page.name if page is not None else False:
            kids.append(kid.number)
        else:
            kids.append(PDFDictionary({"Type": PDFName("MCR"), "Pg": kid.page, "MCID": kid.number}))
    document.Reference(written, me.name)
    return me


def tags_of(canvas: Canvas) -> Tags | None:
    """The structure that a canvas collects, None for a canvas that collects none."""
    found: Tags | None = vars(canvas).get("tags")
    return found


@contextmanager
def tagged(canvas: Canvas, role: str) -> Iterator[None]:
    """What is drawn meanwhile belongs to an element of this role, where structure is collected."""
    tags = tags_of(canvas)
    if tags is None:
        yield
        return
    with tags.element(role):
        yield


@contextmanager
def marked(canvas: Canvas, role: str = "P") -> Iterator[None]:
    """What is drawn meanwhile is text to be read, where structure is collected."""
    tags = tags_of(canvas)
    if tags is None:
        yield
        return
    with tags.mark(canvas, role):
        yield


@contextmanager
def decorated(canvas: Canvas) -> Iterator[None]:
    """What is drawn meanwhile is no content."""
    tags = tags_of(canvas)
    if tags is None:
        yield
        return
    with tags.decoration(canvas):
        yield


@contextmanager
def pictured(canvas: Canvas, alt: str) -> Iterator[None]:
    """What is drawn meanwhile is one figure that shows `alt`."""
    tags = tags_of(canvas)
    if tags is None:
        yield
        return
    with tags.figure(canvas, alt):
        yield
