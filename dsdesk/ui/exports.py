"""The quote written to a file or sent to a printer, beside the window."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from dsdesk.base.errors import DsdeskError, InputError
from dsdesk.base.message import N_, Message
from dsdesk.ui.desk import Desk
from dsdesk.ui.dialogs import ask
from dsdesk.ui.documents import Documents
from dsdesk.ui.tasks import Task
from dsdesk.ui.words import _, say

if TYPE_CHECKING:
    from dsdesk.build.catalog import Catalog
    from dsdesk.evaluate import Evaluation
    from dsdesk.quote.export import Exported
    from dsdesk.quote.signature import Signer

Write = Callable[["Evaluation", "Catalog", Path, Callable[[float], None]], "Exported"]


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

    def signed_pdf(self, window: QWidget) -> None:
        """Write the PDF, signed with a certificate that is asked for; its passphrase is kept nowhere."""
        heading = _("Sign the quote")
        certificate = ask.file_to_open(window, _("Your certificate with its key"), _("Certificates") + " (*.p12 *.pfx)")
        if certificate is None:
            return
        if (signer := _signer(window, heading, certificate)) is None:
            return
        path = ask.file_to_write(window, heading, self._suggested(".pdf"), _("PDF documents") + " (*.pdf)", ".pdf")
        if path:
            self._write(window, path, partial(_write_pdf, signer=signer))

    def trust(self, window: QWidget) -> None:
        """Keep a certificate whose signatures on offers are believed."""
        from dsdesk.quote.signers import trust

        kinds = _("Certificates") + " (*.pem *.crt *.cer *.der)"
        path = ask.file_to_open(window, _("Trust the certificate of a signer"), kinds)
        if path is None:
            return
        try:
            names = trust(path)
        except DsdeskError as error:
            ask.tell_error(window, error)
            return
        ask.tell(window, _("Signatures are trusted that these vouch for: {names}", names="; ".join(names)))

    def xlsx(self, window: QWidget) -> None:
        """Write the spreadsheet."""
        pattern = _("Spreadsheets") + " (*.xlsx)"
        path = ask.file_to_write(window, _("Export the quote as XLSX"), self._suggested(".xlsx"), pattern, ".xlsx")
        if path:
            self._write(window, path, _write_xlsx)

    def print(self, window: QWidget) -> None:
        """Print what the preview shows."""
        if (printer := ask.printer(window, self._desk.store.project.quote.paper)) is not None:
            from dsdesk.ui.printing import Printing

            Printing(self._desk, window, printer).start()

    def _suggested(self, suffix: str) -> str:
        number = self._desk.store.project.quote.number
        return f"{number or self._documents.name()}{suffix}"

    def _write(self, window: QWidget, path: Path, write: Write) -> None:
        from dsdesk.ui.dialogs.progress import follow

        evaluation, catalog = self._desk.store.evaluation, self._desk.store.catalog
        if evaluation is None or catalog is None:
            return

        def work(task: Task) -> "Exported":
            return write(evaluation, catalog, path, task.report)

        task = self._desk.tasks.run(
            Message(N_("Writing {file}"), file=path.name),
            work,
            lambda exported: _show(window, path, exported),
            failed=lambda error: ask.tell_error(window, error),
            owner=window,
        )
        follow(window, self._desk.tasks, task)


def _signer(window: QWidget, heading: str, certificate: Path) -> "Signer | None":
    """The key of a certificate; a passphrase that does not open it is asked for again."""
    from dsdesk.quote.signature import read_signer

    while (passphrase := ask.secret(window, heading, _("Passphrase of {file}", file=certificate.name))) is not None:
        try:
            return read_signer(certificate, passphrase)
        except InputError as error:
            ask.tell_error(window, error)
        except DsdeskError as error:
            ask.tell_error(window, error)
            break
    return None


def _show(window: QWidget, path: Path, exported: "Exported") -> None:
    """Say what its reader will miss, then show it in the program for such files, or say where it lies."""
    from PySide6.QtCore import QUrl
    from PySide6.QtGui import QDesktopServices

    if exported.warnings:
        ask.tell(window, "\n\n".join(say(warning) for warning in exported.warnings))
    if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
        ask.tell(window, _("Written to {file}.", file=path))


def _write_pdf(
    evaluation: "Evaluation",
    catalog: "Catalog",
    path: Path,
    tell: Callable[[float], None],
    signer: "Signer | None" = None,
) -> "Exported":
    from dsdesk.quote.export import write_pdf

    terms = evaluation.project.quote
    return write_pdf(evaluation, catalog, path, language=terms.language, prices=terms.prices, tell=tell, signer=signer)


def _write_xlsx(evaluation: "Evaluation", catalog: "Catalog", path: Path, tell: Callable[[float], None]) -> "Exported":
    from dsdesk.quote.export import write_xlsx

    tell(0.0)
    terms = evaluation.project.quote
    return write_xlsx(evaluation, catalog, path, language=terms.language, prices=terms.prices)
