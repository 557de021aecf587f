"""A UBL 2.x Quotation: prices by the line that it answers. Documents with entities are refused unread."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

from dsdesk.base.errors import FileError
from dsdesk.base.message import N_, Message
from dsdesk.quote.doubts import Doubt, DoubtKind
from dsdesk.quote.offer import Written, gathered
from dsdesk.quote.ubl import CAC, CBC

_ROOT = "urn:oasis:names:specification:ubl:schema:xsd:Quotation-2"
_NAMES = {"cac": CAC, "cbc": CBC}
_EXACT = re.compile(r"[+-]?\d{1,40}(\.\d{1,40})?", re.ASCII)
_CHINESE = re.compile(rb"""\A(<\?xml[^>]{0,60}encoding\s*=\s*["'])(?:gbk|gb2312|gb18030)(["'])""", re.IGNORECASE)
_TOTALS = {
    "total.net": ("cac:QuotedMonetaryTotal/cbc:LineExtensionAmount",),
    "total.tax": ("cac:TaxTotal/cbc:TaxAmount",),
    "total.gross": (
        "cac:QuotedMonetaryTotal/cbc:TaxInclusiveAmount",
        "cac:QuotedMonetaryTotal/cbc:PayableAmount",
    ),
}
_KEY = re.compile(r"[LSO]\d+")


class _DeclaredError(Exception):
    """The document declares a type."""


class _Builder(ET.TreeBuilder):
    def doctype(self, *_named: object) -> None:
        """Called at the first sign of a document type, in any encoding, before anything of it is read."""
        raise _DeclaredError


def read_ubl(content: bytes, name: str) -> Written:
    """The lines of a quotation.

    Raises:
        FileError: it is no XML, holds a document type, or is another document than a Quotation.
    """
    if b"<!" in content.replace(b"\0", b"").replace(b"<!--", b"").replace(b"<![CDATA[", b""):
        raise _refused(name)
    try:
        root: ET.Element = ET.fromstring(_readable(content), ET.XMLParser(target=_Builder()))
    except _DeclaredError as error:
        raise _refused(name) from error
    except (ET.ParseError, ValueError, LookupError) as error:  # an encoding that is not known, or not understood
        reason = str(error).rstrip(".")
        raise FileError(Message(N_("{path} is damaged: {reason}."), path=name, reason=reason)) from error
    if root.tag != f"{{{_ROOT}}}Quotation":
        raise FileError(Message(N_("{path} is not a UBL quotation."), path=name))
    mark = _mark(root)
    entries: dict[str, str] = {}
    if supplier := root.findtext("cac:SellerSupplierParty/cac:Party/cac:PartyName/cbc:Name", "", _NAMES):
        entries["supplier.name"] = supplier
    for place, ways in _TOTALS.items():
        stated = (_amount(root.find(way, _NAMES), mark["currency"]) for way in ways)
        gathered(entries, ((place, text) for text in list(filter(None, stated))[:1]))
    for number, line in enumerate(root.iterfind("cac:QuotationLine", _NAMES), 1):
        gathered(entries, _line(line, number, mark["currency"]))
    return Written(source=name, mark=mark, entries=entries, doubts=tuple(_charges(root)))


def _refused(name: str) -> FileError:
    return FileError(Message(N_("{path} holds a document type or entities, which are not read."), path=name))


def _readable(content: bytes) -> bytes:
    """The document in an encoding that the parser knows: it has none of those of China."""
    declared = _CHINESE.match(content)
    if declared is None:
        return content
    text = content[declared.end() :].decode("gb18030")  # which holds GBK and GB 2312
    return declared[1] + b"UTF-8" + declared[2] + text.encode()


def _mark(root: ET.Element) -> dict[str, str]:
    """Currency and the request that is answered; the checksum stands in a note, as we wrote it in ours."""
    mark = {"currency": root.findtext("cbc:PricingCurrencyCode", "", _NAMES).strip()}
    answered = root.findtext("cac:RequestForQuotationDocumentReference/cbc:ID", "", _NAMES)
    mark["number"] = answered
    for note in root.iterfind("cbc:Note", _NAMES):
        text = note.text or ""
        if text.startswith("revision ") and ", checksum " in text:
            revision, _, found = text.removeprefix("revision ").partition(", checksum ")
            whole, _, asked = found.partition(", asked ")
            mark |= {"revision": revision.strip(), "checksum": whole.strip(), "asked_checksum": asked.strip()}
    return mark


def _charges(root: ET.Element) -> Iterator[Doubt]:
    """Allowances and charges beside the prices: they change what is paid, and the request has no cell for them."""
    for charge in root.iter(f"{{{CAC}}}AllowanceCharge"):
        amount = charge.find("cbc:Amount", _NAMES)
        sign = "" if charge.findtext("cbc:ChargeIndicator", "", _NAMES).strip() == "true" else "−"
        currency = amount.get("currencyID", "") if amount is not None else ""
        text = amount.text if amount is not None and amount.text else "?"
        yield Doubt(DoubtKind.CHARGE, f"{sign}{text.strip()} {currency}".strip())


def _line(line: ET.Element, number: int, currency: str) -> Iterator[tuple[str, str]]:
    item = line.find("cac:LineItem", _NAMES)
    own = item.findtext("cbc:ID", "", _NAMES).strip() if item is not None else ""
    answers = line.findtext("cbc:RequestForQuotationLineID", "", _NAMES).strip()
    key = answers or own
    if not _KEY.fullmatch(key):
        key = f"?{key or number}"  # told as a line that nobody asked for
    if item is None:
        return
    found = {
        "unit_price": _price(item, currency),
        "net": _amount(item.find("cbc:LineExtensionAmount", _NAMES), currency),
        "quantity": _without_zeros(item.findtext("cbc:Quantity", "", _NAMES)),
        "mpn": item.findtext("cac:Item/cac:ManufacturersItemIdentification/cbc:ID", "", _NAMES),
        "vat": _without_zeros(_rate(item)),
        "lead_days": _days(item),
        "remark": " ".join(note.text or "" for note in line.iterfind("cbc:Note", _NAMES)),
    }
    yield from ((f"{key}.{field}", text) for field, text in found.items() if text)
    for substitute in line.iterfind("cac:SellerProposedSubstituteLineItem/cac:Item", _NAMES):
        maker = substitute.findtext("cbc:BrandName", "", _NAMES)
        mpn = substitute.findtext("cac:ManufacturersItemIdentification/cbc:ID", "", _NAMES)
        named = " ".join(one for one in (maker, mpn) if one) or substitute.findtext("cbc:Name", "", _NAMES)
        yield f"{key}.offered", named


def _price(item: ET.Element, currency: str) -> str:
    """The price of one; that of several is given with their number, which no amount has."""
    price = _amount(item.find("cac:Price/cbc:PriceAmount", _NAMES), currency)
    several = _without_zeros(item.findtext("cac:Price/cbc:BaseQuantity", "", _NAMES))
    return price if several in {"", "1"} else f"{price} / {several}"


def _rate(item: ET.Element) -> str:
    return item.findtext("cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:Percent", "", _NAMES) or item.findtext(
        "cac:Item/cac:ClassifiedTaxCategory/cbc:Percent", "", _NAMES
    )


def _amount(element: ET.Element | None, currency: str) -> str:
    """An amount as a person would write it: with its currency where that is not the one of the document.

    Decimals of XML are exact; three of them are written as four, since "1.234" typed by a person may mean a thousand.
    """
    text = (element.text or "").strip() if element is not None else ""
    if not text or element is None:
        return ""
    if _EXACT.fullmatch(text) and len(text.partition(".")[2]) == 3:  # noqa: PLR2004
        text += "0"
    own = element.get("currencyID", "")
    return f"{own} {text}" if own and own != currency else text


def _days(item: ET.Element) -> str:
    measure = item.find("cac:Delivery/cac:EstimatedDeliveryPeriod/cbc:DurationMeasure", _NAMES)
    if measure is None or not (measure.text or "").strip():
        return ""
    days, unit = (measure.text or "").strip(), measure.get("unitCode", "")
    return days if unit == "DAY" else f"{days} {unit}".strip()


def _without_zeros(number: str) -> str:
    text = number.strip()
    return text.rstrip("0").rstrip(".") if _EXACT.fullmatch(text) and "." in text else text
