"""Offers read back from the files that suppliers return: PDF forms, spreadsheets, UBL quotations."""

import hashlib
from io import BytesIO
from pathlib import Path

from dsdesk.base.errors import FileError, reason_of
from dsdesk.base.message import N_, Message
from dsdesk.project.offers import ReceivedOffer
from dsdesk.quote.offer import Offer, Written, kept, offer_of
from dsdesk.quote.request import QuotationRequest

LARGEST_BYTES = 32 * 1024 * 1024
_HEADER_WITHIN = 1024  # ISO 32000-1, annex H.3: viewers take a PDF with something before its header
_UTF_16 = (b"\xff\xfe<\0", b"\xfe\xff\0<")


def read_offer(path: Path, request: QuotationRequest) -> Offer:
    """The offer in the file at `path`, held against `request`.

    Raises:
        FileError: the file cannot be read, or it is none that a supplier fills in.
    """
    return offer_of(receive(path), request)


def receive(path: Path, day: str = "") -> ReceivedOffer:
    """What is written in the file at `path`, as the project keeps it; `day` is when it came.

    Raises:
        FileError: see `read_offer`.
    """
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise FileError(Message(N_("{path} is too large to be an offer."), path=str(path)))
        content = path.read_bytes()
    except OSError as error:
        reason = reason_of(error)
        raise FileError(Message(N_("{path} cannot be read: {reason}."), path=str(path), reason=reason)) from error
    return kept(read_written(content, path.name), hashlib.sha256(content).hexdigest(), day)


def read_written(content: bytes, name: str) -> Written:
    """What is written in a returned file, recognised by its content and not by its name.

    Raises:
        FileError: see `read_offer`.
    """
    if content.startswith(b"PK\x03\x04"):
        from dsdesk.quote.returned_xlsx import read_xlsx

        return read_xlsx(BytesIO(content), name)
    if content.startswith(_UTF_16) or content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        from dsdesk.quote.returned_ubl import read_ubl

        return read_ubl(content, name)
    if b"%PDF-" in content[:_HEADER_WITHIN]:
        from dsdesk.quote.returned_pdf import read_pdf

        return read_pdf(content, name)
    raise FileError(Message(N_("{path} is neither a PDF, nor a spreadsheet, nor a UBL quotation."), path=name))
