"""The checksum that stands on every page: it changes with any word or number of the request, not with its layout."""

import hashlib
import json

from dsdesk.base.jsonable import jsonable
from dsdesk.base.translate import Language
from dsdesk.quote.request import QuotationRequest

SHOWN = 12


def canonical(request: QuotationRequest) -> bytes:
    """The request as JSON in English, keys sorted, no white space: what the checksum is taken of."""
    content = jsonable(request, Language.ENGLISH)
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "replace")


def checksum(request: QuotationRequest) -> str:
    """The first twelve digits of the SHA-256 of the canonical form."""
    return hashlib.sha256(canonical(request)).hexdigest()[:SHOWN]
