"""Services that are priced beside the parts: the usual ones by key, anything else in the user's own words."""

from dataclasses import replace

from dsdesk.base.message import Message
from dsdesk.project.project import QuoteTerms
from dsdesk.quote.request import Service

SERVICES: dict[str, Message] = {
    "assembly": Message("Assembly, firmware updates, operating system and drivers"),
    "burn_in": Message("24 h burn-in at full load before dispatch, with the log"),
    "freight": Message("Freight, packing and insurance to the delivery address"),
    "installation": Message("Installation on site and hand-over with the acceptance tests"),
    "training": Message("Training of the operators"),
    "removal": Message("Removal of packing and of old equipment"),
}
NONE = "none"  # said instead of a service: no work is asked for beside the goods
_USUAL = ("assembly", "burn_in", "freight", "installation")


def services(terms: QuoteTerms) -> tuple[Service, ...]:
    """The services asked for, warranty, spares and trade-in among them, numbered S1, ..., then the options O1, ..."""
    wanted = () if NONE in terms.services else terms.services or _USUAL
    found = [Service(code="", title=SERVICES.get(key, key)) for key in wanted]
    if terms.warranty_months:
        detail = Message("Price it if it is not included in the price of the parts.")
        found.append(Service(code="", title=_warranty(terms), detail=detail))
    if terms.spares:
        title = Message("Spare parts kept for this project: {spares}", spares=terms.spares)
        found.append(Service(code="", title=title))
    if terms.trade_in:
        title = Message("Trade-in of old equipment: {items}", items=terms.trade_in)
        detail = Message("Enter what you pay as a negative amount.")
        found.append(Service(code="", title=title, detail=detail, credit=True))
    asked = (replace(one, code=f"S{index}") for index, one in enumerate(found, 1))
    options = (Service(code=f"O{index}", title=title) for index, title in enumerate(terms.options, 1))
    return (*asked, *options)


def _warranty(terms: QuoteTerms) -> Message:
    if terms.warranty_on_site:
        return Message("Warranty of {months} months on site, from acceptance", months=terms.warranty_months)
    return Message("Warranty of {months} months, from acceptance", months=terms.warranty_months)
