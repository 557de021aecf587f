"""Signed bundles in the window: looked at beside it, shown with what they change, then taken or gone without trace."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from dsdesk.base.errors import DsdeskError
from dsdesk.base.message import N_, Message
from dsdesk.project.project import Project
from dsdesk.ui.desk import Desk
from dsdesk.ui.dialogs import ask
from dsdesk.ui.documents import BUNDLE
from dsdesk.ui.tasks import Task
from dsdesk.ui.words import _, say

if TYPE_CHECKING:
    from dsdesk.catalog.contents import Batch
    from dsdesk.catalog.store import Store
    from dsdesk.catalog.updates.changes import CatalogueChanges, ProjectChanges
    from dsdesk.catalog.updates.company_prices import SignedPrices
    from dsdesk.catalog.updates.stage import Staged


@dataclass(frozen=True, slots=True)
class CatalogueOffer:
    """A catalogue that could be taken, and what it would change.

    Attributes:
        staged: it; kept open until `held` is closed.
        held: what has to be let go, whatever the user says.
        in_use: version of the catalogue now.
        changes: of parts and models.
        projects: what becomes of the recent projects.
    """

    staged: "Staged"
    held: ExitStack
    in_use: str
    changes: "CatalogueChanges"
    projects: "tuple[ProjectChanges, ...]"

    def accept(self) -> None:
        """Use it from the next opening of the catalogue on.

        Raises:
            FileError: it cannot be written; nothing is changed.
        """
        with self.held:
            self.staged.accept()


class Updates(QObject):
    """Takes bundles, and takes them back."""

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk

    def show_state(self, window: QWidget) -> None:
        """What is in use, who may sign, and what can be done about it."""
        from dsdesk.ui.dialogs.updates import UpdatesDialog

        UpdatesDialog(window, self._desk, self).open()

    def choose(self, window: QWidget) -> None:
        """Let the user name a bundle."""
        if path := ask.file_to_open(window, _("Take an update"), _("Signed bundles") + f" (*{BUNDLE})"):
            self.take(window, path)

    def take(self, window: QWidget, path: Path, *, although_expired: bool = False) -> None:
        """Look at the bundle at `path` and show what it would change."""
        database = self._desk.database
        if database is None:  # double-clicked: the catalogue is still being opened
            once = Qt.ConnectionType.SingleShotConnection
            self._desk.parts_changed.connect(lambda: self.take(window, path, although_expired=although_expired), once)
            return
        open_project, recent = self._desk.store.project, tuple(map(Path, self._desk.settings.recent))

        def work(task: Task) -> "CatalogueOffer | SignedPrices":
            from dsdesk.catalog.updates.bundle import kind_of_file
            from dsdesk.catalog.updates.manifest import BundleKind

            if kind_of_file(path) is BundleKind.PRICES:
                from dsdesk.catalog.updates.company_prices import read_signed_prices

                return read_signed_prices(path, database, although_expired=although_expired)
            return _offer(path, database, (open_project, recent), task, although_expired=although_expired)

        self._desk.tasks.run(
            Message(N_("Looking at {file}"), file=path.name),
            work,
            lambda found: self._show(window, found),
            failed=lambda error: self._refused(window, path, error),
            owner=window,
        )

    def _refused(self, window: QWidget, path: Path, error: DsdeskError) -> None:
        from dsdesk.catalog.updates.refusal import Reason, RefusedError

        if isinstance(error, RefusedError) and error.reason is Reason.EXPIRED:
            if ask.confirm(window, say(error.message), [], _("Look at it all the same")):
                self.take(window, path, although_expired=True)
            return
        ask.tell_error(window, error)

    def _show(self, window: QWidget, found: "CatalogueOffer | SignedPrices") -> None:
        from dsdesk.ui.dialogs.update_offer import CatalogueOfferDialog, PricesOfferDialog

        if isinstance(found, CatalogueOffer):
            dialog = CatalogueOfferDialog(window, found)
            dialog.accepted.connect(lambda: self._accept(window, found))
            dialog.rejected.connect(found.held.close)
            dialog.open()
            return
        prices = PricesOfferDialog(window, found)
        prices.accepted.connect(lambda: self._keep(window, found))
        prices.open()

    def _accept(self, window: QWidget, offer: CatalogueOffer) -> None:
        self._desk.tasks.run(
            Message(N_("Taking the catalogue")),
            lambda _task: offer.accept(),
            lambda _none: self._desk.catalogue_replaced.emit(),
            failed=lambda error: ask.tell_error(window, error),
            owner=window,
        )

    def _keep(self, window: QWidget, prices: "SignedPrices") -> None:
        database = self._desk.database
        if database is None:
            return

        def kept(batch: "Batch") -> None:
            self._desk.open_database(database)
            ask.tell(window, _("{count} prices were taken. The Catalogue page can take them back.", count=batch.prices))

        self._desk.tasks.run(
            Message(N_("Taking the prices")),
            lambda _task: prices.keep(database),
            kept,
            failed=lambda error: ask.tell_error(window, error),
            owner=window,
        )

    def take_back(self, window: QWidget) -> None:
        """Go back to the catalogue before the last update."""
        from dsdesk.catalog.updates.installed import undo

        try:
            undo()
        except DsdeskError as error:
            ask.tell_error(window, error)
            return
        self._desk.catalogue_replaced.emit()


def _offer(
    path: Path,
    database: "Store",
    projects: tuple[Project, tuple[Path, ...]],
    task: Task,
    *,
    although_expired: bool,
) -> CatalogueOffer:
    from dsdesk.catalog.updates.changes import ProjectChanges, catalogue_changes, differences, project_changes
    from dsdesk.catalog.updates.stage import staged

    open_project, recent = projects
    with ExitStack() as held:
        new = held.enter_context(staged(path, although_expired=although_expired, progress=task.report))
        changes = catalogue_changes(database, new.store)
        shown = ProjectChanges(path=None, changes=differences(open_project, database, new.store))
        others = project_changes((one for one in recent if one.exists()), database, new.store)
        return CatalogueOffer(new, held.pop_all(), database.version, changes, (shown, *others))
