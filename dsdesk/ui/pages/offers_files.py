"""Files of the Offers page: returned ones read, memo and orders written, prices handed to the own price list."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from PySide6.QtWidgets import QWidget

from dsdesk.base.errors import DsdeskError
from dsdesk.base.message import N_, Message
from dsdesk.hardware.prices import Condition
from dsdesk.project.offers import ReceivedOffer
from dsdesk.ui.desk import Desk
from dsdesk.ui.dialogs import ask
from dsdesk.ui.pages.offers_state import Received
from dsdesk.ui.tasks import Task
from dsdesk.ui.words import _, say


@dataclass(frozen=True, slots=True)
class Read:
    """What came of files: those that are offers, and why the others are none."""

    offers: tuple[ReceivedOffer, ...]
    refused: tuple[Message, ...]


def read_files(paths: list[Path], task: Task) -> Read:
    """Every file that can be read as an offer."""
    from dsdesk.quote.returned import receive

    offers, refused = [], []
    for number, path in enumerate(paths):
        task.report(number / len(paths))
        try:
            offers.append(receive(path, date.today().isoformat()))
        except DsdeskError as error:
            refused.append(error.message)
    return Read(tuple(offers), tuple(refused))


def tell_refused(window: QWidget, found: Read) -> None:
    """Say why files were not taken."""
    if found.refused:
        ask.tell(window, "\n\n".join(say(one) for one in found.refused))


class OfferFiles:
    """Writes what follows from the offers; nothing that is there is replaced without asking."""

    def __init__(self, desk: Desk, window: QWidget) -> None:
        self._desk, self._window = desk, window

    def memo(self, shown: Received) -> None:
        """The award memo."""
        suggested = f"{shown.request.header.number or 'award'}-memo.pdf"
        pattern = _("PDF documents") + " (*.pdf)"
        path = ask.file_to_write(self._window, _("Write the award memo"), suggested, pattern, ".pdf")
        if path is not None:
            self._run(path.name, lambda task: [_write_memo(shown, path, task)])

    def orders(self, shown: Received) -> None:
        """A purchase order for each supplier that something was awarded to."""
        folder = ask.folder_to_open(self._window, _("Folder for the purchase orders"))
        if folder is None:
            return
        paths = order_paths(shown, folder)
        there = [path.name for path in paths if path.exists()]
        if there and not ask.confirm(self._window, _("Replace files that are there already?"), there, _("Replace")):
            return
        self._run(folder.name, lambda task: _write_orders(shown, paths, task))

    def _run(self, name: str, work: Callable[[Task], list[Path]]) -> None:
        def done(written: list[Path]) -> None:
            ask.tell(self._window, _("Written to {file}.", file="\n".join(map(str, written))))

        self._desk.tasks.run(
            Message(N_("Writing {file}"), file=name),
            work,
            done,
            failed=lambda error: ask.tell_error(self._window, error),
            owner=self._window,
        )

    def keep_prices(self, shown: Received, index: int) -> None:
        """Prices of an offer into the own price list, if the user agrees after seeing them."""
        from dsdesk.quote.awarding import price_points

        database, offer = self._desk.database, shown.comparison.offers[index]
        condition = Condition.USED if shown.evaluation.project.cost.condition == "used" else Condition.NEW
        points = tuple(price_points(offer, shown.request, date.today(), condition))
        if database is None or not points:
            ask.tell(self._window, _("No line of this offer has a price for the very part that was asked for."))
            return
        names = {point.part_id: database.part(point.part_id) for point in points}
        priced = [point for point in points if names[point.part_id] is not None]
        details = [say(problem) for problem in offer.problems]  # what is wrong with the whole, before its prices
        details += [
            f"{part.full_name}: {point.money.text()}" for point in priced if (part := names[point.part_id]) is not None
        ]
        text = _(
            "Keep {count} prices of {supplier} in your own price list?", count=len(priced), supplier=offer.supplier
        )
        if ask.confirm(self._window, text, details, _("Keep")):
            from dsdesk.catalog.own import Brought

            what = _("Offer of {supplier}", supplier=offer.supplier)
            database.add_import(Brought(what=what, source=offer.source, prices=tuple(priced)))
            self._desk.parts_changed.emit()
            self._desk.store.evaluate()


def order_paths(shown: Received, folder: Path) -> list[Path]:
    """Where the orders go: named by their number and supplier; two of one supplier never share a name."""
    from dsdesk.quote.award_export import order_number

    names = []
    for position, order in enumerate(shown.awarding.orders, 1):
        number = order_number(shown.request, position)
        names.append(_safe(f"{number or f'PO{position}'} {order.offer.supplier}".strip()))
    return [folder / f"{name}.pdf" for name in names]


def _safe(name: str) -> str:
    """A name that every file system takes."""
    return "".join("-" if one in '\\/:*?"<>|' or ord(one) < ord(" ") else one for one in name).strip(" .")[:120]


def _write_memo(shown: Received, path: Path, task: Task) -> Path:
    from dsdesk.project.file import write_atomically
    from dsdesk.quote.award_export import memo_pdf, outcomes
    from dsdesk.quote.layout_award import Memo

    task.report(0.1)
    found = outcomes(shown.evaluation, shown.catalog, shown.awarding)
    memo = Memo(request=shown.request, comparison=shown.comparison, awarding=shown.awarding, outcomes=found)
    terms = shown.evaluation.project.quote
    task.report(0.5)
    today = date.today().isoformat()
    write_atomically(path, memo_pdf(memo, terms=terms, day=today))
    return path


def _write_orders(shown: Received, paths: list[Path], task: Task) -> list[Path]:
    from dsdesk.project.file import write_atomically
    from dsdesk.quote.award_export import order_number, order_pdf

    terms, today = shown.evaluation.project.quote, date.today().isoformat()
    for position, (order, path) in enumerate(zip(shown.awarding.orders, paths, strict=True), 1):
        task.report((position - 1) / len(paths))
        number = order_number(shown.request, position)
        content = order_pdf(shown.request, order, number=number, terms=terms, day=today)
        write_atomically(path, content)
    return paths
