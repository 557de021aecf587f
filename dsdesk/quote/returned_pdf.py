"""A filled form: the values of its fields, and the mark from the copy that travels inside. No script is run."""

import json
from typing import Any

import pypdfium2 as pdfium  # type: ignore[import-untyped]

from dsdesk.base.errors import FileError
from dsdesk.base.message import N_, Message
from dsdesk.quote.copies import FORMAT, JSON_NAME
from dsdesk.quote.doubts import Doubt
from dsdesk.quote.offer import Written
from dsdesk.quote.pdf_fields import fields
from dsdesk.quote.pdfium import PDFIUM
from dsdesk.quote.signed import doubts_about


def read_pdf(content: bytes, name: str) -> Written:
    """The fields of a returned form.

    Raises:
        FileError: it is no readable PDF, or has no form left: printed, scanned or flattened.
    """
    with PDFIUM:
        filled, mark, doubts = _contents(content, name)
    if not filled:
        text = N_(
            "{path} has no form fields: it was printed, scanned or flattened. Ask for the file itself or the XLSX."
        )
        raise FileError(Message(text, path=name))
    # "L3_unit_price" is "L3.unit_price": the first underscore stands for the dot that PDF keeps for itself.
    entries = {key.replace("_", ".", 1): value for key, value in filled.items() if value}
    return Written(source=name, mark=mark, entries=entries, doubts=doubts)


def _contents(content: bytes, name: str) -> tuple[dict[str, str], dict[str, str], tuple[Doubt, ...]]:
    """Fields, mark, and what is to be said of signatures."""
    document = None
    try:
        document = pdfium.PdfDocument(content)
        document.init_forms()
        return fields(document), _mark(document), tuple(doubts_about(document, content))
    except pdfium.PdfiumError as error:
        if "password" in str(error):
            raise FileError(Message(N_("{path} opens only with a password, so it was not read."), path=name)) from error
        reason = str(error).rstrip(".")
        raise FileError(Message(N_("{path} is damaged: {reason}."), path=name, reason=reason)) from error
    finally:
        if document is not None:
            document.close()


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
