"""The fields of a PDF as PDFium reads them: names and values. No script is run; the caller holds PDFium's lock."""

import ctypes
from collections.abc import Iterator
from typing import Any

from pypdfium2 import raw  # type: ignore[import-untyped]


def fields(document: Any) -> dict[str, str]:  # noqa: ANN401 - pypdfium2 carries no types
    """Values of all fields by name; {} in a document whose form was not initialised or that has none."""
    return dict(_fields(document)) if document.formenv is not None else {}


def _fields(document: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - pypdfium2 carries no types
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
