"""The checksum that stands on every page: it changes with any word or number of the document, not with its layout.

A request shows no price of ours, so ours do not count in it: prices kept from one offer must not make another one an
answer to something else. Nor do the versions of dsdesk and its catalogue, which say nothing of what is asked.
"""

import hashlib
import json
from typing import Any, cast

from dsdesk.base.jsonable import jsonable
from dsdesk.base.translate import Language
from dsdesk.quote.request import Purpose, QuotationRequest

SHOWN = 12
_VERSIONS = ("app_version", "catalog_version")
_OURS = ("totals", "price_notes")
_COMPUTED = ("site", "tests", "sizing", "speed", "power", "nodes", "racks", "findings")


def canonical(request: QuotationRequest) -> bytes:
    """What is shown, as JSON in English, keys sorted, no white space: what the checksum is taken of."""
    content = cast("dict[str, Any]", jsonable(request, Language.ENGLISH))
    for name in (*_VERSIONS, *(_OURS if request.purpose is Purpose.REQUEST else ())):
        del content[name]
    if request.purpose is Purpose.REQUEST:
        for lot in content["lots"]:
            for line in lot["lines"]:
                del line["price"]
    return _compact(content)


def checksum(request: QuotationRequest) -> str:
    """The first twelve digits of the SHA-256 of the canonical form."""
    return hashlib.sha256(canonical(request)).hexdigest()[:SHOWN]


def asked_checksum(request: QuotationRequest) -> str:
    """The same of what the buyer asks: without what was computed for it, such as the forecast.

    A newer dsdesk or catalogue computes other acceptance values; an answer to the request that went out still answers
    what was asked.
    """
    content = json.loads(canonical(request))
    for name in _COMPUTED:
        del content[name]
    for lot in content["lots"]:
        for line in lot["lines"]:
            for requirement in line["requirements"]:
                del requirement["why"]
    return hashlib.sha256(_compact(content)).hexdigest()[:SHOWN]


def lines_checksum(request: QuotationRequest) -> str:
    """The same of what is priced alone: numbers, parts, quantities and services."""
    lines = [[line.no, line.part_id, line.mpn, line.quantity] for line in request.lines]
    services = [[one.code, jsonable(one.title, Language.ENGLISH)] for one in request.services]
    return hashlib.sha256(_compact([lines, services])).hexdigest()[:SHOWN]


def _compact(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "replace")
