"""The request as UBL 2.1 RequestForQuotation, which procurement systems import.

Source: OASIS Universal Business Language 2.1, schema modules UBL-RequestForQuotation-2.1 and
UBL-CommonAggregateComponents-2.1.
An estimate has no such form: UBL knows no document that asks for nothing.
"""

import xml.etree.ElementTree as ET
from datetime import date

from dsdesk.base.message import Message
from dsdesk.project.project import Company
from dsdesk.quote.checksum import asked_checksum, checksum
from dsdesk.quote.fonts import cleaned
from dsdesk.quote.request import QuotationRequest, RequestLine, Service
from dsdesk.quote.voice import Voice

UBL_NAME = "request-ubl.xml"
ROOT = "urn:oasis:names:specification:ubl:schema:xsd:RequestForQuotation-2"
CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"


def ubl_request(request: QuotationRequest, voice: Voice) -> bytes | None:
    """The XML; None where UBL demands what the project does not say: a date of issue and at least one line."""
    if _day(request.header.issued_on) is None or not (request.lines or request.services):
        return None
    root = ET.Element(f"{{{ROOT}}}RequestForQuotation")
    header = request.header
    _basic(root, "UBLVersionID", "2.1")
    _basic(root, "ID", header.number or f"{header.title} r{header.revision}")
    _basic(root, "IssueDate", header.issued_on[:10])
    _basic(root, "IssueTime", "00:00:00")  # the schema demands a time; a date means from its beginning
    if _day(header.answer_by) is not None:
        _basic(root, "SubmissionDueDate", header.answer_by[:10])
    _basic(root, "Note", f"revision {header.revision}, checksum {checksum(request)}, asked {asked_checksum(request)}")
    for term in request.terms:
        if term.value:
            _basic(root, "Note", f"{voice.plain(term.label)}: {voice.plain(term.value)}")
    _basic(root, "PricingCurrencyCode", header.currency)
    _basic(root, "LineCountNumeric", str(len(request.lines) + len(request.services)))
    if header.valid_days is not None:
        period = _aggregate(root, "RequestedValidityPeriod")
        _basic(period, "DurationMeasure", str(header.valid_days), unitCode="DAY")
    _party(_aggregate(_aggregate(root, "SellerSupplierParty"), "Party"), request.supplier)
    _party(_aggregate(_aggregate(root, "BuyerCustomerParty"), "Party"), request.buyer)
    for line in request.lines:
        _line(root, line, voice)
    for service in request.services:
        _service(root, service, voice)
    for prefix, address in (("", ROOT), ("cac", CAC), ("cbc", CBC)):
        ET.register_namespace(prefix, address)
    ET.indent(root, " ")
    text: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return text


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _basic(parent: ET.Element, name: str, text: str, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, f"{{{CBC}}}{name}", attributes)
    element.text = cleaned(text)
    return element


def _aggregate(parent: ET.Element, name: str) -> ET.Element:
    return ET.SubElement(parent, f"{{{CAC}}}{name}")


def _party(party: ET.Element, company: Company) -> None:
    """Name, address, tax number and contact, in the order of the schema."""
    if company.name:
        _basic(_aggregate(party, "PartyName"), "Name", company.name)
    if company.address:
        line = _aggregate(_aggregate(party, "PostalAddress"), "AddressLine")
        _basic(line, "Line", company.address)
    if company.tax_id:
        tax = _aggregate(party, "PartyTaxScheme")
        _basic(tax, "CompanyID", company.tax_id)
        _basic(_aggregate(tax, "TaxScheme"), "ID", "VAT")
    contact = [("Name", company.contact), ("Telephone", company.phone), ("ElectronicMail", company.email)]
    if any(value for _, value in contact):
        element = _aggregate(party, "Contact")
        for name, value in contact:
            if value:
                _basic(element, name, value)


def _line(root: ET.Element, line: RequestLine, voice: Voice) -> None:
    outer = _aggregate(root, "RequestForQuotationLine")
    _basic(outer, "ID", f"L{line.no}")
    for remark in line.remark:
        _basic(outer, "Note", voice.plain(remark))
    inner = _aggregate(outer, "LineItem")
    _basic(inner, "ID", f"L{line.no}")
    _basic(inner, "Quantity", str(line.quantity), unitCode=line.unit_code)
    item = _aggregate(inner, "Item")
    _basic(item, "Name", line.name)
    if line.manufacturer:
        _basic(item, "BrandName", line.manufacturer)
    _basic(_aggregate(item, "BuyersItemIdentification"), "ID", line.part_id)
    if line.mpn:
        _basic(_aggregate(item, "ManufacturersItemIdentification"), "ID", line.mpn)
    for requirement in line.requirements:
        mark = "★ " if requirement.mandatory else ""
        found = _aggregate(item, "AdditionalItemProperty")
        _basic(found, "Name", mark + voice.plain(requirement.label))
        _basic(found, "Value", voice.plain(requirement.value))
    equivalent = _aggregate(item, "AdditionalItemProperty")
    _basic(equivalent, "Name", "equivalent allowed")
    _basic(equivalent, "Value", "true" if line.equivalent_allowed else "false")


def _service(root: ET.Element, service: Service, voice: Voice) -> None:
    outer = _aggregate(root, "RequestForQuotationLine")
    _basic(outer, "ID", service.code)
    inner = _aggregate(outer, "LineItem")
    _basic(inner, "ID", service.code)
    if service.optional:
        _basic(inner, "Note", voice.plain(Message("Option: priced apart and in none of the totals")))
    _basic(inner, "Quantity", "1", unitCode="C62")
    item = _aggregate(inner, "Item")
    _basic(item, "Name", voice.plain(service.title))
