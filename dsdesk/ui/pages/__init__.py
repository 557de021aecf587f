"""The pages of the rail, one line each. A page's file is imported when it is first needed; it names its class PAGE."""

from dataclasses import dataclass
from importlib import import_module

from dsdesk.base.message import N_
from dsdesk.ui.pages.page import Page


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the rail.

    Attributes:
        name: NAME of the page, and its module in this package.
        title: what the rail calls it.
        icon: its drawing.
        is_step: a step of the way, or a page that stands by.
    """

    name: str
    title: str
    icon: str
    is_step: bool = True

    def load(self) -> type[Page]:
        """The class of the page."""
        module = import_module(f"dsdesk.ui.pages.{self.name}")
        page: type[Page] = module.PAGE
        return page


ENTRIES = (
    Entry("start", N_("Start"), "start"),
    Entry("model", N_("Model"), "model"),
    Entry("workload", N_("Workload"), "workload"),
    Entry("machine", N_("Machine"), "machine"),
    Entry("checks", N_("Checks"), "checks"),
    Entry("performance", N_("Performance"), "performance"),
    Entry("cost", N_("Cost"), "cost"),
    Entry("deploy", N_("Deploy"), "deploy"),
    Entry("quote", N_("Quote"), "quote"),
    Entry("offers", N_("Offers"), "offers", is_step=False),
    Entry("compare", N_("Compare"), "compare", is_step=False),
    Entry("this_machine", N_("This machine"), "this_machine", is_step=False),
    Entry("catalogue", N_("Catalogue"), "catalogue", is_step=False),
    Entry("claims", N_("Claims"), "claims", is_step=False),
)
