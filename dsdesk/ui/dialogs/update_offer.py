"""What a signed bundle would change, before anything is changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from dsdesk.ui.itemmodels.table import Column
from dsdesk.ui.pages.catalogue_words import label
from dsdesk.ui.theme import SPACE
from dsdesk.ui.widgets.table import Table
from dsdesk.ui.widgets.text import explanation, paragraph, section
from dsdesk.ui.words import _, say

if TYPE_CHECKING:
    from dsdesk.catalog.store import Store
    from dsdesk.catalog.updates.changes import CatalogueChanges, ProjectChanges
    from dsdesk.catalog.updates.company_prices import SignedPrices
    from dsdesk.catalog.updates.manifest import Manifest
    from dsdesk.ui.updates import CatalogueOffer


@dataclass(frozen=True, slots=True)
class _Change:
    """A row: whose answer or which part, what of it, and the two sides."""

    whose: str
    what: str
    before: str = ""
    after: str = ""


class _Offer(QDialog):
    """The frame of both kinds: a heading, whose it is, and a button that takes it."""

    def __init__(self, parent: QWidget, heading: str, whose: str, accept: str) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(heading)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 2 * SPACE)
        layout.setSpacing(SPACE)
        layout.addWidget(section(heading))
        layout.addWidget(explanation(whose))
        self._body = QVBoxLayout()
        self._body.setSpacing(SPACE)
        layout.addLayout(self._body, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton(accept, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self.resize(100 * SPACE, 75 * SPACE)

    def _add_table(self, heading: str, columns: tuple[Column[_Change], ...], rows: list[_Change]) -> None:
        title = QLabel(heading)
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        self._body.addWidget(title)
        table: Table[_Change] = Table(heading, columns)
        table.show_rows(rows)
        self._body.addWidget(table, 1)


class CatalogueOfferDialog(_Offer):
    """A new catalogue: how many parts differ, and what that does to the user's projects."""

    def __init__(self, parent: QWidget, offer: "CatalogueOffer") -> None:
        manifest = offer.staged.bundle.manifest
        heading = _("Catalogue {version}", version=manifest.version)
        super().__init__(parent, heading, _whose(manifest), _("&Use this catalogue"))
        self._body.addWidget(paragraph(_("In use now: {version}.", version=offer.in_use)))
        self._body.addWidget(paragraph(say(offer.changes.sentence())))
        self._show_projects(offer.projects)
        self._show_parts(offer.changes, offer.staged.store)
        self._body.addWidget(
            explanation(_("Your own parts, prices and models stay as they are. The update can be taken back."))
        )

    def _show_projects(self, projects: "tuple[ProjectChanges, ...]") -> None:
        rows = [row for project in projects for row in _of_project(project)]
        if not rows:
            self._body.addWidget(paragraph(_("No answer of your open and recent projects changes.")))
            return
        columns: tuple[Column[_Change], ...] = (
            Column(title=_("Project"), text=lambda row: row.whose, width=18 * SPACE),
            Column(title=_("Answer"), text=lambda row: row.what, width=20 * SPACE),
            Column(title=_("Now"), text=lambda row: row.before, tip=lambda row: row.before, width=26 * SPACE),
            Column(title=_("Then"), text=lambda row: row.after, tip=lambda row: row.after, stretches=True),
        )
        self._add_table(_("What it does to your projects"), columns, rows)

    def _show_parts(self, changes: "CatalogueChanges", then: "Store") -> None:
        columns: tuple[Column[_Change], ...] = (
            Column(title=_("Part or model"), text=lambda row: row.whose, width=42 * SPACE),
            Column(title=_("Change"), text=lambda row: row.what, tip=lambda row: row.what, stretches=True),
        )
        rows = [_Change(_name(one, then), what) for one, what in _of_parts(changes)]
        if rows:
            self._add_table(_("Parts and models that differ"), columns, rows)


class PricesOfferDialog(_Offer):
    """A company's signed price list: what was understood, and what was not."""

    def __init__(self, parent: QWidget, prices: "SignedPrices") -> None:
        heading = _("Prices of {company}", company=prices.company.name)
        super().__init__(parent, heading, _whose(prices.manifest), _("&Take the prices"))
        found = prices.found
        counts = _("{prices} prices; {problems} rows are left out.", prices=len(found.prices),
                   problems=len(found.problems))  # fmt: skip
        self._body.addWidget(paragraph(counts))
        columns: tuple[Column[_Change], ...] = (
            Column(title=_("Part"), text=lambda row: row.whose, stretches=True),
            Column(title=_("Price"), text=lambda row: row.what, is_number=True, width=20 * SPACE),
        )
        self._add_table(_("Prices"), columns, [_Change(one.part_id, one.money.text()) for one in found.prices])
        if found.problems:
            left_out: tuple[Column[_Change], ...] = (
                Column(title=_("Row"), text=lambda row: row.whose, width=20 * SPACE),
                Column(title=_("Why it is left out"), text=lambda row: row.what, stretches=True),
            )
            rows = [_Change(one.where, say(one.message)) for one in found.problems]
            self._add_table(_("Rows that are left out"), left_out, rows)


def _whose(manifest: "Manifest") -> str:
    return _(
        "The signatures hold. Published by {publisher} on {day}, good until {until}.",
        publisher=manifest.publisher or _("somebody who gives no name"),
        day=manifest.made_on.isoformat(),
        until=manifest.good_until.isoformat(),
    )


def _of_project(project: "ProjectChanges") -> Iterator[_Change]:
    name = project.path.stem if project.path else _("open project")
    if project.error is not None:
        yield _Change(name, _("cannot be compared"), after=say(project.error))
    for one in project.changes:
        yield _Change(name, say(one.title), say(one.before) or "–", say(one.after) or "–")


def _name(of: str, catalogue: "Store") -> str:
    part, llm = catalogue.part(of), catalogue.llm(of)
    return part.full_name if part else llm.name if llm else of


def _of_parts(changes: "CatalogueChanges") -> Iterator[tuple[str, str]]:
    for names, what in (
        (changes.removed, _("gone")),
        (changes.models_removed, _("gone")),
        (changes.added, _("new")),
        (changes.models_added, _("new")),
        (changes.models_changed, _("changed")),
    ):
        yield from ((name, what) for name in names)
    for part in changes.changed:
        fields = ", ".join(_("price") if name == "prices" else label(name) for name in part.fields)
        yield part.part_id, _("changed: {fields}", fields=fields)
