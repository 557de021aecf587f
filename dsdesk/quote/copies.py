"""The request as JSON, for programs that read it: documented in docs/method/quote.md, embedded in the PDF."""

import json
from decimal import Decimal
from typing import Any

from dsdesk.project.project import Company
from dsdesk.quote.checksum import asked_checksum, checksum, lines_checksum
from dsdesk.quote.request import Purpose, QuotationRequest, RequestLine
from dsdesk.quote.voice import Text, Voice

FORMAT = "dsdesk-request-for-quotation"
VERSION = 1
JSON_NAME = "request.json"


def json_copy(request: QuotationRequest, voice: Voice) -> bytes:
    """Everything that the document asks, in the document's language; prices only in an estimate."""
    content: dict[str, Any] = {
        **_header(request),
        "lots": [
            {"no": no, "title": voice.plain(lot.title), "lines": [_line(line, request, voice) for line in lot.lines]}
            for no, lot in enumerate(request.lots, 1)
        ],
        "services": [
            {
                "code": one.code,
                "title": voice.plain(one.title),
                "detail": _said(one.detail, voice),
                "optional": one.optional,
            }
            for one in request.services
        ],
        "terms": [
            {
                "name": one.name,
                "label": voice.plain(one.label),
                "value": _said(one.value, voice),
                "answered_by_supplier": one.by_supplier,
            }
            for one in request.terms
        ],
        "acceptance_tests": [
            {
                "code": one.code,
                "title": voice.plain(one.title),
                "method": voice.plain(one.method),
                "passes": voice.plain(one.passes),
            }
            for one in request.tests
        ],
        "notes": request.notes,
        "made_by": f"dsdesk {request.app_version}, catalogue {request.catalog_version}",
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def _header(request: QuotationRequest) -> dict[str, Any]:
    header = request.header
    return {
        "format": FORMAT,
        "version": VERSION,
        "purpose": "request" if request.purpose is Purpose.REQUEST else "estimate",
        "number": header.number,
        "revision": header.revision,
        "checksum": checksum(request),
        "asked_checksum": asked_checksum(request),
        "lines_checksum": lines_checksum(request),
        "title": header.title,
        "issued_on": header.issued_on,
        "answer_by": header.answer_by,
        "valid_days": header.valid_days,
        "currency": header.currency,
        "vat_percent": percent(header.tax_rate),
        "buyer": _party(request.buyer),
        "supplier": _party(request.supplier),
    }


def percent(rate: Decimal) -> str:
    """A rate such as 0.13 as "13"."""
    return f"{(rate * 100).normalize():f}"


def _said(text: Text | None, voice: Voice) -> str | None:
    return voice.plain(text) if text else None


def _party(company: Company) -> dict[str, str]:
    return {name: getattr(company, name) for name in ("name", "address", "tax_id", "bank", "contact", "phone", "email")}


def _line(line: RequestLine, request: QuotationRequest, voice: Voice) -> dict[str, Any]:
    content: dict[str, Any] = {
        "no": line.no,
        "kind": line.kind.value if line.kind is not None else None,
        "part_id": line.part_id,
        "manufacturer": line.manufacturer,
        "name": line.name,
        "mpn": line.mpn,
        "quantity": line.quantity,
        "unit": voice.plain(line.unit),
        "unit_code": line.unit_code,
        "equivalent_allowed": line.equivalent_allowed,
        "requirements": [
            {
                "no": no,
                "mandatory": one.mandatory,
                "label": voice.plain(one.label),
                "value": voice.plain(one.value),
                "why": voice.plain(one.why),
            }
            for no, one in enumerate(line.requirements, 1)
        ],
        "remarks": [voice.plain(one) for one in line.remark],
    }
    if request.purpose is Purpose.ESTIMATE:
        net, unit = line.price.net, line.price.unit_net
        content["estimate"] = {
            "unit_price": str(unit.amount) if unit is not None else None,
            "net": str(net.amount) if net is not None else None,
            "basis": voice.plain(line.price.basis),
        }
    return content
