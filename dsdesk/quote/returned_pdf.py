"""A filled form: the values of its fields, and the mark from the copy that travels inside."""

import json
from io import BytesIO
from typing import Any

from dsdesk.base.errors import FileError
from dsdesk.base.message import N_, Message
from dsdesk.quote.copies import FORMAT, JSON_NAME
from dsdesk.quote.offer import Written

# "L3_unit_price" -> "L3.unit_price": the first underscore stands for the dot that PDF keeps for itself.


def read_pdf(content: bytes, name: str) -> Written:
    """The fields of a returned form.

    Raises:
        FileError: it is no readable PDF, or has no form left: printed, scanned or flattened.
    """
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(BytesIO(content))
        fields = reader.get_fields() or {}
        mark = _mark(reader)
    except (PyPdfError, ValueError, KeyError, RecursionError) as error:
        raise FileError(Message(N_("{path} is damaged: {reason}."), path=name, reason=str(error))) from error
    if not fields:
        text = N_(
            "{path} has no form fields: it was printed, scanned or flattened. Ask for the file itself or the XLSX."
        )
        raise FileError(Message(text, path=name))
    entries = {key.replace("_", ".", 1): _text(field.get("/V")) for key, field in fields.items()}
    return Written(source=name, mark=mark, entries={key: text for key, text in entries.items() if text})


def _text(value: object) -> str:
    return "" if value is None or not isinstance(value, str) else value


def _mark(reader: Any) -> dict[str, str]:  # noqa: ANN401 - pypdf is imported late
    """Number, revision and checksum from the JSON copy; empty where it was lost on the way."""
    for attached in reader.attachments.get(JSON_NAME, []):
        try:
            copy = json.loads(attached)
        except ValueError:
            continue
        if isinstance(copy, dict) and copy.get("format") == FORMAT:
            return {key: str(copy.get(key, "")) for key in ("number", "revision", "checksum", "currency")}
    return {}
