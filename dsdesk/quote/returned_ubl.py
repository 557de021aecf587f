"""A UBL 2.x Quotation: prices by the line that it answers. Documents with entities are refused unread."""

import xml.etree.ElementTree as ET
from decimal import Decimal, InvalidOperation

from dsdesk.base.errors import FileError
from dsdesk.base.message import N_, Message
from dsdesk.quote.offer import Written
from dsdesk.quote.ubl import CAC, CBC

_ROOT = "urn:oasis:names:specification:ubl:schema:xsd:Quotation-2"
_NAMES = {"cac": CAC, "cbc": CBC}


def read_ubl(content: bytes, name: str) -> Written:
    """The lines of a quotation.

    Raises:
        FileError: it is no XML, holds a document type, or is another document than a Quotation.
    """
    if b"<!" in content.replace(b"<!--", b"").replace(b"<![CDATA[", b""):
        raise FileError(Message(N_("{path} holds a document type or entities, which are not read."), path=name))
    try:
        root = ET.fromstring(content)
    except ET.ParseError as error:
        reason = str(error).rstrip(".")
        raise FileError(Message(N_("{path} is damaged: {reason}."), path=name, reason=reason)) from error
    if root.tag != f"{{{_ROOT}}}Quotation":
        raise FileError(Message(N_("{path} is not a UBL quotation."), path=name))
    entries: dict[str, str] = {}
    if supplier := root.findtext("cac:SellerSupplierParty/cac:Party/cac:PartyName/cbc:Name", "", _NAMES):
        entries["supplier.name"] = supplier
    for line in root.iterfind("cac:QuotationLine", _NAMES):
        _line(line, entries)
    return Written(source=name, mark=_mark(root), entries=entries)


def _mark(root: ET.Element) -> dict[str, str]:
    """Currency and the request that is answered; the checksum stands in a note, as we wrote it in ours."""
    mark = {"currency": root.findtext("cbc:PricingCurrencyCode", "", _NAMES)}
    answered = root.findtext("cac:RequestForQuotationDocumentReference/cbc:ID", "", _NAMES)
    mark["number"] = answered
    for note in root.iterfind("cbc:Note", _NAMES):
        text = note.text or ""
        if text.startswith("revision ") and ", checksum " in text:
            revision, _, found = text.removeprefix("revision ").partition(", checksum ")
            whole, _, asked = found.partition(", asked ")
            mark |= {"revision": revision.strip(), "checksum": whole.strip(), "asked_checksum": asked.strip()}
    return mark


def _line(line: ET.Element, entries: dict[str, str]) -> None:
    key = line.findtext("cbc:RequestForQuotationLineID", "", _NAMES) or line.findtext("cac:LineItem/cbc:ID", "", _NAMES)
    item = line.find("cac:LineItem", _NAMES)
    if not key or item is None:
        return
    price = item.findtext("cac:Price/cbc:PriceAmount", "", _NAMES)
    rate = item.findtext("cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:Percent", "", _NAMES) or item.findtext(
        "cac:Item/cac:ClassifiedTaxCategory/cbc:Percent", "", _NAMES
    )
    found = {
        "unit_price": price,
        "net": item.findtext("cbc:LineExtensionAmount", "", _NAMES),
        "quantity": _without_zeros(item.findtext("cbc:Quantity", "", _NAMES)),
        "mpn": item.findtext("cac:Item/cac:ManufacturersItemIdentification/cbc:ID", "", _NAMES),
        "vat": _without_zeros(rate),
        "lead_days": _days(item),
        "remark": " ".join(note.text or "" for note in line.iterfind("cbc:Note", _NAMES)),
    }
    entries.update({f"{key}.{field}": text for field, text in found.items() if text})
    for substitute in line.iterfind("cac:SellerProposedSubstituteLineItem/cac:Item", _NAMES):
        maker = substitute.findtext("cbc:BrandName", "", _NAMES)
        mpn = substitute.findtext("cac:ManufacturersItemIdentification/cbc:ID", "", _NAMES)
        entries[f"{key}.offered"] = " ".join(one for one in (maker, mpn) if one)


def _days(item: ET.Element) -> str:
    measure = item.find("cac:Delivery/cac:EstimatedDeliveryPeriod/cbc:DurationMeasure", _NAMES)
    return (measure.text or "") if measure is not None and measure.get("unitCode") == "DAY" else ""


def _without_zeros(rate: str) -> str:
    try:
        return f"{Decimal(rate).normalize():f}" if rate else ""
    except InvalidOperation:
        return rate
