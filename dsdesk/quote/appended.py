"""What was done to a PDF after it was signed: only fields filled in, values of an offer changed, or something else.

ISO 32000-1:2008, 12.8.2.2 lets a form that is certified be filled in; what covers, hides or replaces what was signed is
no filling in. Pages are therefore compared as they look, without their fields, and so is what lies on them.
"""

import ctypes
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2 as pdfium  # type: ignore[import-untyped]
from pypdfium2 import raw

from dsdesk.quote.pdf_fields import fields

_SCALE = 0.5  # pixels a point: small, and yet every word leaves its ink
_PRICES = ("_unit_price", "_net", "_gross")


@dataclass(frozen=True, slots=True)
class Appended:
    """What the file has that the signed part has not.

    Attributes:
        only_fields: pages, files inside and what lies on the pages are the same: fields alone were filled in or signed.
        changed: names of fields whose value is another one, where prices stood in the part that was signed.
    """

    only_fields: bool
    changed: tuple[str, ...]


def appended(before: bytes, document: Any) -> Appended:  # noqa: ANN401 - pypdfium2 carries no types
    """What was done since `before`, the bytes that are signed; the caller holds the lock of PDFium."""
    try:
        earlier = pdfium.PdfDocument(before)
    except pdfium.PdfiumError:
        return Appended(only_fields=False, changed=())
    try:
        earlier.init_forms()
        return Appended(only_fields=_same(earlier, document), changed=tuple(_changed(earlier, document)))
    finally:
        earlier.close()


def _changed(earlier: Any, document: Any) -> Iterator[str]:  # noqa: ANN401 - pypdfium2 carries no types
    """Fields that are not what was signed; a request that was signed while it was empty is there to be filled in."""
    then, now = fields(earlier), fields(document)
    if any(value and name.endswith(_PRICES) for name, value in then.items()):
        yield from (name for name, value in now.items() if value != then.get(name, "") and not name.startswith("sign_"))


def _same(earlier: Any, document: Any) -> bool:  # noqa: ANN401 - pypdfium2 carries no types
    return (
        len(earlier) == len(document)
        and _inside(earlier) == _inside(document)
        and all(_same_page(earlier, document, number) for number in range(len(document)))
    )


def _inside(document: Any) -> dict[str, str]:  # noqa: ANN401 - pypdfium2 carries no types
    """Files inside, by name, with their digest."""
    held = (document.get_attachment(index) for index in range(document.count_attachments()))
    return {one.get_name(): hashlib.sha256(bytes(one.get_data())).hexdigest() for one in held}


def _same_page(earlier: Any, document: Any, number: int) -> bool:  # noqa: ANN401 - pypdfium2 carries no types
    then, now = earlier[number], document[number]
    try:
        lay, lies = list(_lying(then, earlier.formenv)), list(_lying(now, document.formenv))
        added = lies[len(lay) :]
        return (
            lies[: len(lay)] == lay
            and all(kind == raw.FPDF_FORMFIELD_SIGNATURE for _, kind, _ in added)
            and _drawn(then) == _drawn(now)
            and _look(then) == _look(now)
        )
    finally:
        then.close()
        now.close()


def _lying(page: Any, environment: Any) -> Iterator[tuple[int, int, tuple[float, ...]]]:  # noqa: ANN401
    """Annotations and fields in order: kind, kind of field (-1 for none), place."""
    for index in range(raw.FPDFPage_GetAnnotCount(page)):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        place = raw.FS_RECTF()
        raw.FPDFAnnot_GetRect(annotation, ctypes.byref(place))
        kind = raw.FPDFAnnot_GetFormFieldType(environment, annotation) if environment is not None else -1
        edges = tuple(round(edge, 1) for edge in (place.left, place.bottom, place.right, place.top))
        yield raw.FPDFAnnot_GetSubtype(annotation), kind, edges
        raw.FPDFPage_CloseAnnot(annotation)


def _drawn(page: Any) -> object:  # noqa: ANN401 - pypdfium2 carries no types
    """What the page itself draws: its text, and the place of each of its things."""
    text = page.get_textpage()
    said = text.get_text_range()
    text.close()
    return page.get_size(), said, [_placed(one) for one in page.get_objects()]


def _placed(thing: Any) -> object:  # noqa: ANN401 - pypdfium2 carries no types
    return thing.type, tuple(round(edge, 1) for edge in thing.get_bounds())


def _look(page: Any) -> bytes:  # noqa: ANN401 - pypdfium2 carries no types
    """The page as a grey picture without its fields: words in white or in a false face are other pixels."""
    bitmap = page.render(scale=_SCALE, may_draw_forms=False, draw_annots=False, grayscale=True)
    try:
        return bytes(bitmap.buffer)
    finally:
        bitmap.close()
