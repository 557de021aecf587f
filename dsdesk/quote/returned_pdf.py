"""A filled form: the values of its fields, and the mark from the copy that travels inside. No script is run."""

import ctypes
import json
from collections.abc import Iterator
from typing import Any

import pypdfium2 as pdfium  # type: ignore[import-untyped]
from pypdfium2 import raw

from dsdesk.base.errors import FileError
from dsdesk.base.message import N_, Message
from dsdesk.quote.copies import FORMAT, JSON_NAME
from dsdesk.quote.doubts import Doubt
from dsdesk.quote.offer import Written
from dsdesk.quote.pdfium import PDFIUM
from dsdesk.quote.signed import doubts_about


def read_pdf(content: bytes, name: str) -> Written:
    """The fields of a returned form.

    Raises:
        FileError: it is no readable PDF, or has no form left: printed, scanned or flattened.
    """
    with PDFIUM:
        fields, mark, doubts = _contents(content, name)
    if not fields:
        text = N_(
            "{path} has no form fields: it was printed, scanned or flattened. Ask for the file itself or the XLSX."
        )
        raise FileError(Message(text, path=name))
    # "L3_unit_price" is "L3.unit_price": the first underscore stands for the dot that PDF keeps for itself.
    entries = {key.replace("_", ".", 1): value for key, value in fields.items() if value}
    return Written(source=name, mark=mark, entries=entries, doubts=doubts)


def _contents(content: bytes, name: str) -> tuple[dict[str, str], dict[str, str], tuple[Doubt, ...]]:
    """Fields, mark, and what is to be said of signatures."""
    document = None
    try:
        document = pdfium.PdfDocument(content)
        document.init_forms()
        fields = dict(_fields(document)) if document.formenv is not None else {}
        return fields, _mark(document), tuple(doubts_about(document, content))
    except pdfium.PdfiumError as error:
        reason = str(error).rstrip(".")
        raise FileError(Message(N_("{path} is damaged: {reason}."), path=name, reason=reason)) from error
    finally:
        if document is not None:
            document.close()


def _fields(document: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - pypdfium2 carries no types
    """Names and values of all fields, page by page."""
    environment = document.formenv
    for number in range(len(document)):
        page = document[number]
        for index in range(raw.FPDFPage_GetAnnotCount(page)):
            annotation = raw.FPDFPage_GetAnnot(page, index)
            name = _text(raw.FPDFAnnot_GetFormFieldName, environment, annotation)
            if name:
                yield name, _text(raw.FPDFAnnot_GetFormFieldValue, environment, annotation)
            raw.FPDFPage_CloseAnnot(annotation)
        page.close()


def _text(ask: Any, environment: Any, annotation: Any) -> str:  # noqa: ANN401 - functions of a C library
    """What `ask` writes into a buffer: UTF-16 with a closing zero."""
    size = ask(environment, annotation, None, 0)
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    ask(environment, annotation, buffer, size)
    return bytes(buffer)[: max(size - 2, 0)].decode("utf-16-le", "replace")


_MARKS = ("number", "revision", "checksum", "asked_checksum", "lines_checksum", "currency")


def _mark(document: Any) -> dict[str, str]:  # noqa: ANN401 - pypdfium2 carries no types
    """Number, revision and checksum from the JSON copy; empty where it was lost on the way."""
    for index in range(document.count_attachments()):
        attached = document.get_attachment(index)
        if attached.get_name() != JSON_NAME:
            continue
        try:
            copy = json.loads(bytes(attached.get_data()))
        except ValueError:
            continue
        if isinstance(copy, dict) and copy.get("format") == FORMAT:
            return {key: str(copy.get(key, "")) for key in _MARKS}
    return {}
