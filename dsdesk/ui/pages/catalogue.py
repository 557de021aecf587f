"""Catalogue: look any part up, with its sources and prices; add one's own; put parts into the machine."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from dsdesk.base.errors import DsdeskError
from dsdesk.base.message import N_, Message
from dsdesk.hardware.parts import Part
from dsdesk.hardware.prices import Price
from dsdesk.hardware.vocabulary import PartKind, Shelf
from dsdesk.project.edits import add_part
from dsdesk.ui.aside import Aside
from dsdesk.ui.desk import Desk
from dsdesk.ui.dialogs import ask
from dsdesk.ui.icons import icon
from dsdesk.ui.pages.catalogue_compare import MOST, CompareParts
from dsdesk.ui.pages.catalogue_details import PartDetails, same_price
from dsdesk.ui.pages.catalogue_import import Imports
from dsdesk.ui.pages.catalogue_own import OwnPartDialog
from dsdesk.ui.pages.catalogue_rows import OWN, PartRow, first_price, is_shared, part_columns
from dsdesk.ui.pages.page import Page
from dsdesk.ui.part_words import kind_word
from dsdesk.ui.theme import SMALL, SPACE, sized
from dsdesk.ui.widgets.fields import Choice, on_change
from dsdesk.ui.widgets.table import Table
from dsdesk.ui.widgets.text import caption, explanation
from dsdesk.ui.words import _, say

if TYPE_CHECKING:
    from dsdesk.catalog.contents import Contents
    from dsdesk.catalog.store import Store
    from dsdesk.evaluate import Evaluation

_PAUSE_MS = 120
_LIMIT = 400
_SHELVES = (("all", N_("All")), ("buildable", N_("buildable")), ("listed", N_("listed")), ("own", N_("your own")))


class CataloguePage(Page):
    """Search and table at the left, the part at the right."""

    NAME = "catalogue"
    TITLE = N_("Catalogue")
    ICON = "catalogue"
    SCROLLS = False

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._aside = Aside(desk.tasks, self, _PAUSE_MS)
        self._counting = Aside(desk.tasks, self)
        self._tray: tuple[Part, ...] = ()
        self._asked: tuple[object, ...] | None = None
        self._said = ""
        own = QPushButton(icon("add"), _("&Own part…"))
        own.clicked.connect(lambda _checked=False: self._ask_own())
        self._side = QPushButton(icon("compare"), "")
        self._side.clicked.connect(lambda _checked=False: self._show_side_by_side())
        self._clear = QPushButton(_("Empty the comparison"))
        self._clear.clicked.connect(lambda _checked=False: self._fill_tray(()))
        self.imports = Imports(desk, self)
        self.imports.done.connect(self._say)
        for button in (self._clear, self._side, self.imports.button(), own):
            self.header.addWidget(button)
        columns = QHBoxLayout()
        columns.setSpacing(2 * SPACE)
        self.body.addLayout(columns, 1)
        columns.addLayout(self._left(), 5)
        self._details = PartDetails()
        self._details.added.connect(self._add)
        self._details.compared.connect(lambda part: self._fill_tray((*self._tray, part)))
        self._details.priced.connect(self._add_price)
        self._details.price_removed.connect(self._remove_price)
        self._details.removed.connect(self._remove_own)
        columns.addWidget(self._details, 3)
        desk.parts_changed.connect(self._renew)
        self._details.show_part(None, None)
        self._fill_tray(())

    def _left(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(SPACE)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        self._search = QLineEdit()
        self._search.setPlaceholderText(_("Name, number or kind, such as 4090 or 三星 NVMe"))
        self._search.setAccessibleName(_("Search the catalogue"))
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(lambda _text: self._look_anew())
        kinds = [(None, _("All kinds")), *((kind, kind_word(kind)) for kind in PartKind)]
        self._kind, self._shelf = Choice(kinds), Choice([(key, _(words)) for key, words in _SHELVES])
        self._shelf.show_key("all")
        self._kind.setAccessibleName(_("Kind"))
        self._shelf.setAccessibleName(_("Shelf"))
        on_change(self._kind, self._look)
        on_change(self._shelf, self._keep)
        self._search.setMinimumWidth(26 * SPACE)
        for field in (self._kind, self._shelf):  # as wide as there is room; the list shows the words whole
            field.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            field.setMinimumWidth(10 * SPACE)
            field.view().setMinimumWidth(24 * SPACE)
        row.addWidget(self._search, 2)
        row.addWidget(self._kind, 1)
        row.addWidget(self._shelf, 1)
        column.addLayout(row)
        self._table: Table[PartRow] = Table(_("Parts"), part_columns())
        self._table.sort_by_clicks()
        self._table.chosen.connect(self._choose)
        column.addWidget(self._table, 1)
        self._found, self._contents = caption(), explanation()
        sized(self._contents, SMALL)
        column.addWidget(self._found)
        self._contents.setMinimumHeight(2 * self._contents.fontMetrics().lineSpacing())
        column.addWidget(self._contents)
        return column

    # ------------------------------------------------------------------------------------------------------ searching

    def _say(self, words: str) -> None:
        """Tell what was done, until something else is looked for."""
        self._said = words
        self._keep()

    def _look_anew(self) -> None:
        self._said = ""
        self._look()

    def _look(self) -> None:
        database = self.desk.database
        if database is None:
            return
        text, kind = self._search.text(), self._chosen_kind()
        question = (text, kind, database.version)
        if question == self._asked:
            return
        self._asked = question
        self._aside.ask(
            Message(N_("Searching the catalogue")), lambda _task: _find(database, text, kind), self._show_found
        )

    def _chosen_kind(self) -> PartKind | None:
        key = self._kind.key()
        return PartKind(key) if key else None  # Qt hands a plain text back

    def _show_found(self, rows: tuple[PartRow, ...]) -> None:
        kept = self._table.current_row()
        self._table.show_rows(rows)
        self._keep()
        if kept is not None:
            self._table.select_row(next((row for row in rows if row.part.id == kept.part.id), None))
        if self._table.current_row() is None and self._table.filter.rowCount():
            self._table.selectRow(0)
        if not rows:
            self._details.show_part(None, None)

    def _keep(self) -> None:
        shelf = self._shelf.key()
        accepts: dict[str, Callable[[PartRow], bool]] = {
            "buildable": lambda row: row.part.shelf is Shelf.BUILDABLE,
            "listed": lambda row: row.part.shelf is not Shelf.BUILDABLE,
            "own": lambda row: row.part.id.startswith(OWN),
        }
        self._table.filter.keep(accepts.get(shelf))
        self._found.setText(" ".join(filter(None, (self._said, self._counted()))))

    def _counted(self) -> str:
        shown = self._table.filter.rowCount()
        if not shown:
            return _("Nothing is called so. Try fewer words, another kind, or enter your own part.")
        if len(self._table.rows.rows) >= _LIMIT:
            return _("The first {count} are shown; type more to narrow it down.", count=shown)
        return _("{count} parts", count=shown)

    def _choose(self, row: PartRow | None) -> None:
        self._details.show_part(row.part if row else None, self.desk.database)

    # ----------------------------------------------------------------------------------------------------------- acts

    def _add(self, part: Part) -> None:
        machine = None if is_shared(part) else 0
        self.edited.emit(add_part(part.id, Message(N_("Add {part}"), part=part.full_name), machine=machine))
        self._say(_("{part} is in the machine now.", part=part.full_name))

    def _fill_tray(self, parts: tuple[Part, ...]) -> None:
        self._tray = tuple(dict.fromkeys(parts))[-MOST:]
        count = len(self._tray)
        self._side.setText(_("Side by side ({count})", count=count))
        self._side.setToolTip(", ".join(part.full_name for part in self._tray))
        self._side.setVisible(count > 0)
        self._side.setEnabled(count > 1)
        self._clear.setVisible(count > 0)

    def _show_side_by_side(self) -> None:
        database = self.desk.database
        CompareParts(self.window(), self._tray, database.prices if database is not None else None).open()

    def _ask_own(self) -> None:
        row = self._table.current_row()
        kind = self._chosen_kind() or (row.part.kind if row else PartKind.ACCELERATOR)
        dialog = OwnPartDialog(self.window(), kind)
        dialog.entered.connect(self.add_own)
        dialog.open()

    def add_own(self, part: Part) -> None:
        """Keep a part of the user's own."""
        done = _("{part} is one of your own parts now.", part=part.full_name)
        self._write(lambda database: database.add_own_part(part), done)
        self._search.setText(part.name)

    def _remove_own(self, part: Part) -> None:
        if ask.confirm(self, _("Remove {part} from your own parts?", part=part.full_name), (), _("Remove")):
            done = _("{part} is no part of your own any more.", part=part.full_name)
            self._write(lambda database: database.remove_own_part(part.id), done)

    def _add_price(self, price: Price) -> None:
        done = _("{price} is kept with your own prices.", price=price.money)
        self._write(lambda database: database.add_own_price(price), done)

    def _remove_price(self, price: Price) -> None:
        def remove(database: "Store") -> None:
            for number, own in database.own_prices():
                if same_price(own, price):
                    database.remove_own_price(number)
                    return

        self._write(remove, _("{price} is no price of your own any more.", price=price.money))

    def _write(self, change: "Callable[[Store], object]", done: str) -> None:
        """Change the user's layer beside the window; every page then answers from it."""
        database = self.desk.database
        if database is None:
            return
        self._say(_("Being written…"))  # the first time, the file of the user's own is made, which takes a while

        def show(_result: object) -> None:
            self._say(done)
            self.desk.open_database(database)

        def tell(error: DsdeskError) -> None:
            self._say("")
            ask.tell_error(self, error)

        title = Message(N_("Writing your own parts"))
        self.desk.tasks.run(title, lambda _task: change(database), show, failed=tell, owner=self)

    # -------------------------------------------------------------------------------------------------------- showing

    def show_evaluation(self, evaluation: "Evaluation") -> None:
        """Show the catalogue once it is open; the project does not change it."""
        del evaluation
        if self._asked is None:
            self._renew()

    def _renew(self) -> None:
        self._asked = None
        self._look()
        database = self.desk.database
        if database is not None:
            self._counting.ask(
                Message(N_("Counting the catalogue")), lambda _task: database.info(), self._show_contents
            )

    def _show_contents(self, contents: "Contents") -> None:
        buildable = sum(one.buildable for one in contents.kinds)
        self._contents.setText(
            _("Catalogue {version}: {parts} parts, {buildable} of them buildable, {own} your own; {prices} prices from "
              "{first} to {last}; {models} models", version=contents.version, parts=contents.parts,
              buildable=buildable, own=contents.own_parts, prices=contents.prices, first=contents.prices_from,
              last=contents.prices_to, models=contents.models)
        )  # fmt: skip
        self._contents.setToolTip("\n".join((*contents.attributions, *(say(one) for one in contents.notices))))

    def selection(self) -> object:
        """Words, kind and shelf."""
        return self._search.text(), self._kind.key(), self._shelf.key()

    def select(self, selection: object) -> None:
        """Words, kind and shelf of the page before."""
        if isinstance(selection, tuple):
            self._kind.show_key(selection[1])
            self._shelf.show_key(selection[2])
            self._search.setText(selection[0])
            self._look()


def _find(database: "Store", text: str, kind: PartKind | None) -> tuple[PartRow, ...]:
    found = []
    for part in database.search(text, kind, _LIMIT):
        prices = database.prices(part.id)
        found.append(PartRow(part, first_price(prices)))
    return tuple(found)


PAGE = CataloguePage
