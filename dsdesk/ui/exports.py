"""The quote written to a file, beside the window."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from dsdesk.base.message import N_, Message
from dsdesk.ui.desk import Desk
from dsdesk.ui.dialogs import ask
from dsdesk.ui.documents import Documents
from dsdesk.ui.tasks import Task
from dsdesk.ui.words import _

if TYPE_CHECKING:
    from dsdesk.build.catalog import Catalog
    from dsdesk.evaluate import Evaluation


class Exports:
    """Asks where to, writes, and shows where it lies."""

    def __init__(self, desk: Desk, documents: Documents) -> None:
        self._desk, self._documents = desk, documents

    def pdf(self, window: QWidget) -> None:
        """Write the PDF."""
        pattern = _("PDF documents") + " (*.pdf)"
        path = ask.file_to_write(window, _("Export the quote as PDF"), self._suggested(".pdf"), pattern, ".pdf")
        if path:
            self._write(window, path, _write_pdf)

    def xlsx(self, window: QWidget) -> None:
        """Write the spreadsheet."""
        pattern = _("Spreadsheets") + " (*.xlsx)"
        path = ask.file_to_write(window, _("Export the quote as XLSX"), self._suggested(".xlsx"), pattern, ".xlsx")
        if path:
            self._write(window, path, _write_xlsx)

    def _suggested(self, suffix: str) -> str:
        number = self._desk.store.project.quote.number
        return f"{number or self._documents.name()}{suffix}"

    def _write(self, window: QWidget, path: Path, write: "Callable[[Evaluation, Catalog, Path], None]") -> None:
        evaluation, catalog = self._desk.store.evaluation, self._desk.store.catalog
        if evaluation is None or catalog is None:
            return

        def work(_task: Task) -> Path:
            write(evaluation, catalog, path)
            return path

        self._desk.tasks.run(
            Message(N_("Writing {file}"), file=path.name),
            work,
            lambda written: _open(window, written),
            failed=lambda error: ask.tell_error(window, error),
            owner=window,
        )


def _open(window: QWidget, written: Path) -> None:
    """Show it in the program for such files; where there is none, say where it lies."""
    from PySide6.QtCore import QUrl
    from PySide6.QtGui import QDesktopServices

    if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(written))):
        ask.tell(window, _("Written to {file}.", file=written))


def _write_pdf(evaluation: "Evaluation", catalog: "Catalog", path: Path) -> None:
    from dsdesk.quote.export import write_pdf

    terms = evaluation.project.quote
    write_pdf(evaluation, catalog, path, language=terms.language, prices=terms.prices)


def _write_xlsx(evaluation: "Evaluation", catalog: "Catalog", path: Path) -> None:
    from dsdesk.quote.export import write_xlsx

    terms = evaluation.project.quote
    write_xlsx(evaluation, catalog, path, language=terms.language, prices=terms.prices)
