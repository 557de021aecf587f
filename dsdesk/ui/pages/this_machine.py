"""This machine: what is in it, matched with the catalogue, and made the project's machine by one button."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QProgressBar, QPushButton, QVBoxLayout, QWidget

from dsdesk.base.errors import DsdeskError
from dsdesk.base.message import N_, Message
from dsdesk.detect.advice import Run
from dsdesk.detect.probe import save_probe
from dsdesk.detect.snapshot import NO_ACCELERATOR, Snapshot
from dsdesk.ui.desk import Desk
from dsdesk.ui.dialogs import ask
from dsdesk.ui.focus import in_reading_order
from dsdesk.ui.icons import icon
from dsdesk.ui.nodes import speaking
from dsdesk.ui.pages.page import Page
from dsdesk.ui.pages.this_machine_advice import AdviceCard
from dsdesk.ui.pages.this_machine_bench import BenchCard
from dsdesk.ui.pages.this_machine_cards import GpuCard, disks_card, groups, host_card, links_card, with_part
from dsdesk.ui.pages.this_machine_live import LiveCard
from dsdesk.ui.pages.this_machine_paste import pasted_text
from dsdesk.ui.tasks import Task
from dsdesk.ui.theme import SPACE, status_colour
from dsdesk.ui.widgets.card import Card
from dsdesk.ui.widgets.text import explanation, paragraph
from dsdesk.ui.words import _, say

if TYPE_CHECKING:
    from dsdesk.build.catalog import Catalog
    from dsdesk.evaluate import Evaluation


def ask_machine(catalog: "Catalog | None", task: Task) -> Snapshot:
    """What this machine has, matched with the catalogue."""
    from dsdesk.detect import detect
    from dsdesk.detect.matching import matched

    snapshot = detect(progress=task.report)
    task.report(0.9, Message(N_("Looking it up in the catalogue")))
    return matched(snapshot, catalog) if catalog is not None else snapshot


def read_files(paths: list[Path], catalog: "Catalog | None", task: Task) -> Snapshot:
    """The machine that captures describe, matched with the catalogue."""
    from dsdesk.detect.captures import read_captures
    from dsdesk.detect.matching import matched

    snapshot = read_captures(paths)
    task.report(0.9, Message(N_("Looking it up in the catalogue")))
    return matched(snapshot, catalog) if catalog is not None else snapshot


def look_up(snapshot: Snapshot, catalog: "Catalog") -> Snapshot:
    """The same machine, matched with another catalogue."""
    from dsdesk.detect.matching import matched

    bare = replace(snapshot, gpus=tuple(replace(gpu, part_id="", certainty="", candidates=()) for gpu in snapshot.gpus))
    found = matched(bare, catalog)
    return replace(found, warnings=tuple(dict.fromkeys(found.warnings)))


def read_pasted(text: str, catalog: "Catalog | None", task: Task) -> Snapshot:
    """The machine that a pasted text describes, matched with the catalogue."""
    from dsdesk.detect.captures import read_text
    from dsdesk.detect.matching import matched

    snapshot = read_text(text, _("pasted text"))
    task.report(0.9, Message(N_("Looking it up in the catalogue")))
    return matched(snapshot, catalog) if catalog is not None else snapshot


class ThisMachinePage(Page):
    """Asks once when it is first shown, and again by a button."""

    NAME = "this_machine"
    TITLE = N_("This machine")
    SUBTITLE = N_("Read from the system itself; nothing is sent anywhere.")
    ICON = "this_machine"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._task: Task | None = None
        self._snapshot: Snapshot | None = None
        self._again = QPushButton(icon("refresh"), _("&Read again"))
        self._again.clicked.connect(lambda _checked=False: self.detect())
        captures = QPushButton(icon("folder"), _("&Open captures"))
        told = _("What another machine wrote down: nvidia-smi, rocm-smi, npu-smi, lspci, lscpu and others. "
                 "You can also drop files on the window.")  # fmt: skip
        captures.setToolTip(told)
        menu = QMenu(captures)
        menu.addAction(_("A file…"), self._ask_file)
        menu.addAction(_("A folder…"), self._ask_folder)
        menu.addAction(_("Pasted text…"), self._ask_text)
        menu.addSeparator()
        menu.addAction(_("Save the probe for another machine…"), self._ask_probe_folder)
        captures.setMenu(menu)
        self._use = QPushButton(_("&Use this machine"))
        self._use.setProperty("look", "primary")
        self._use.setEnabled(False)
        self._use.clicked.connect(lambda _checked=False: self._adopt())
        self.header.addWidget(self._again)
        self.header.addWidget(captures)
        self.header.addWidget(self._use)
        self.body.addWidget(self._progress_card())
        self._found = QVBoxLayout()
        self._found.setSpacing(2 * SPACE)
        self.body.addLayout(self._found)
        self._add_cards(desk)
        self._rest = QVBoxLayout()
        self._rest.setSpacing(2 * SPACE)
        self.body.addLayout(self._rest)
        self.body.addStretch(1)
        desk.tasks.changed.connect(self._show_progress)
        desk.parts_changed.connect(self._look_up_again)

    def _add_cards(self, desk: Desk) -> None:
        """What the machine does now, what it can run, and the user's own measurement of it."""
        self._live = LiveCard()
        self._live.failed.connect(lambda error: ask.tell_error(self, error))
        self._live.hide()
        self.body.addWidget(self._live)
        self._advice = AdviceCard(desk)
        self._advice.picked.connect(self._plan_with)
        self._advice.hide()
        self.body.addWidget(self._advice)
        self._bench = BenchCard(lambda: desk.database)
        self._bench.kept.connect(self._renew_forecasts)
        self._bench.hide()
        self.body.addWidget(self._bench)

    def _progress_card(self) -> Card:
        self._progress = Card()
        self._doing = paragraph()
        self._bar = QProgressBar()
        self._bar.setRange(0, 100)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(_("Progress"))
        cancel = QPushButton(_("&Cancel"))
        cancel.clicked.connect(lambda _checked=False: self._cancel())
        row = QHBoxLayout()
        row.addWidget(self._bar, 1)
        row.addWidget(cancel)
        self._progress.body.addWidget(self._doing)
        self._progress.body.addLayout(row)
        self._progress.hide()
        return self._progress

    # --------------------------------------------------------------------------------------------------------- asking

    def detect(self) -> None:
        """Ask the machine, beside the window."""
        catalog = self.desk.store.catalog
        self._begin(Message(N_("Reading this machine")), lambda task: ask_machine(catalog, task))

    def take_files(self, paths: list[Path]) -> None:
        """Show the machine that captures describe."""
        catalog = self.desk.store.catalog
        named = _("{files}: nothing in it describes a machine.", files=tuple(path.name for path in paths))
        self._begin(Message(N_("Reading captures")), lambda task: read_files(paths, catalog, task), named)

    def _ask_file(self) -> None:
        if path := ask.file_to_open(self, _("A capture of another machine"), _("All files") + " (*)"):
            self.take_files([path])

    def take_text(self, text: str) -> None:
        """Show the machine that a pasted text describes."""
        catalog = self.desk.store.catalog
        if text.strip():
            named = _("Nothing in the pasted text describes a machine.")
            self._begin(Message(N_("Reading captures")), lambda task: read_pasted(text, catalog, task), named)

    def _ask_text(self) -> None:
        self.take_text(pasted_text(self))

    def _ask_probe_folder(self) -> None:
        if folder := ask.folder_to_open(self, _("Where the probe goes, such as a stick")):
            self.save_probe(folder)

    def save_probe(self, folder: Path) -> None:
        """Write both scripts of the probe into a folder."""
        try:
            names = save_probe(folder)
        except DsdeskError as error:
            ask.tell_error(self, error)
            return
        ask.tell(self, _("Saved: {names}. On the other machine run one of them, bring its text file back, and open it "
                         "here.", names=names))  # fmt: skip

    def _ask_folder(self) -> None:
        if path := ask.folder_to_open(self, _("The folder with the captures of another machine")):
            self.take_files([path])

    def _begin(self, title: Message, work: Callable[[Task], Snapshot], nothing: str = "") -> None:
        """Read; captures in which there is `nothing` leave what is shown as it is."""
        self._stop()

        def show(snapshot: Snapshot) -> None:
            if nothing and not snapshot.sources:
                self._tell_nothing(nothing, snapshot)
            else:
                self.show_snapshot(snapshot)

        self._task = self.desk.tasks.run(title, work, show, failed=self._show_failure, owner=self)
        self._again.setEnabled(False)
        self._progress.show()
        self._show_progress()

    def _tell_nothing(self, nothing: str, snapshot: Snapshot) -> None:
        self._stop()
        wanted = _("Choose what nvidia-smi, rocm-smi, lspci, lscpu, dmidecode or the probe wrote, as it is.")
        ask.tell(self, "\n".join((nothing, wanted, *map(say, snapshot.warnings))))
        if self._snapshot is None:
            self.detect()

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._task = None
        self._again.setEnabled(True)
        self._progress.hide()

    def _cancel(self) -> None:
        self._stop()
        if self._snapshot is None:
            self._show([self._sentence("note", _("Reading was cancelled. Press “Read again” to start it anew."))])

    def _show_progress(self) -> None:
        task = self._task
        if task is not None:
            self._bar.setValue(round(100 * (task.fraction or 0.0)))
            self._doing.setText(say(task.doing or task.title))

    def _show_failure(self, error: DsdeskError) -> None:
        self._stop()
        self._show([self._sentence("error", say(error.message))])

    # -------------------------------------------------------------------------------------------------------- showing

    def show_evaluation(self, evaluation: "Evaluation") -> None:
        """Ask the machine when the page is first seen; the project does not change what is in it."""
        self._live.show_evaluation(evaluation)
        self._advice.show_workload(evaluation.configuration.workload)
        if self._snapshot is None and self._task is None:
            self.detect()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show what was found."""
        self._stop()
        self._snapshot = snapshot
        catalog = self.desk.store.catalog
        cards: list[QWidget] = []
        if snapshot.sources:
            cards.append(explanation(_("From captures of another machine: {files}", files=snapshot.sources)))
        if not snapshot.gpus:
            cards.append(self._nothing_card())
        for positions in groups(snapshot.gpus):
            card = GpuCard(positions, snapshot.gpus, catalog)
            card.chosen.connect(lambda part_id, at=positions: self._name(at, part_id))
            card.missing.connect(lambda: self.wanted.emit("catalogue"))
            cards.append(card)
        if snapshot.warnings:
            cards.append(self._warnings_card(snapshot.warnings))
        rest: list[QWidget] = [host_card(snapshot, catalog)]
        if len(snapshot.gpus) > 1 and snapshot.links:
            rest.append(links_card(snapshot))
        if snapshot.disks:
            rest.append(disks_card(snapshot.disks))
        self._show(cards, rest)
        self._live.show_machine(snapshot)
        self._advice.show_machine(snapshot)
        self._bench.setVisible(not snapshot.sources)
        in_reading_order(self)
        self._use.setEnabled(
            any(gpu.part_id for gpu in snapshot.gpus) or bool(snapshot.cpu.part_id or snapshot.host.part_id)
        )
        self._use.setToolTip(
            _("The parts that the catalogue knows become the project's machine; they are owned and cost nothing.")
        )

    def _nothing_card(self) -> Card:
        card = Card(_("No accelerator"))
        card.body.addWidget(explanation(_(NO_ACCELERATOR)))
        row = QHBoxLayout()
        go = QPushButton(_("Go to the machine"))
        go.clicked.connect(lambda _checked=False: self.wanted.emit("machine"))
        row.addWidget(go)
        row.addStretch(1)
        card.body.addLayout(row)
        return card

    def _warnings_card(self, warnings: tuple[Message, ...]) -> Card:
        card = Card(_("What could not be read, and what is wrong"))
        for warning in warnings:
            card.body.addWidget(self._sentence("warning", say(warning)))
        return card

    def _sentence(self, drawing: str, text: str) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE)
        mark = QLabel()
        colour = status_colour(drawing) if drawing in {"warning", "error"} else None
        mark.setPixmap(icon(drawing, colour).pixmap(QSize(18, 18)))
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(paragraph(text), 1)
        return line

    def _show(self, widgets: list[QWidget], rest: list[QWidget] | None = None) -> None:
        _fill(self._found, widgets)
        _fill(self._rest, rest or [])

    # ----------------------------------------------------------------------------------------------------------- acts

    def _name(self, positions: list[int], part_id: str) -> None:
        if self._snapshot is not None:
            self.show_snapshot(with_part(self._snapshot, positions, part_id))

    def _adopt(self) -> None:
        from dsdesk.detect.adopt import adopt_edit

        if self._snapshot is not None:
            self.edited.emit(speaking(adopt_edit(self._snapshot, self.desk.store.catalog)))
            self.wanted.emit("machine")

    def _plan_with(self, run: Run) -> None:
        from dsdesk.detect.adopt import run_edit

        if self._snapshot is not None:
            workload = self.desk.store.project.configuration.workload
            self.edited.emit(speaking(run_edit(self._snapshot, run, workload, self.desk.store.catalog)))
            self.wanted.emit("deploy")

    def _look_up_again(self) -> None:
        """Another catalogue may know what the one before did not; what the user said stays."""
        snapshot, catalog = self._snapshot, self.desk.store.catalog
        if snapshot is None or catalog is None or any(gpu.certainty == "user" for gpu in snapshot.gpus):
            return
        self.desk.tasks.run(
            Message(N_("Looking it up in the catalogue")),
            lambda _task: look_up(snapshot, catalog),
            self.show_snapshot,
            owner=self,
        )

    def _renew_forecasts(self) -> None:
        """Measurements change forecasts: evaluate anew."""
        if self.desk.database is not None:
            self.desk.open_database(self.desk.database)

    def selection(self) -> object:
        """What was found, so that a new window need not ask again."""
        return self._snapshot

    def select(self, selection: object) -> None:
        """Show what the page before had found."""
        if isinstance(selection, Snapshot):
            self.show_snapshot(selection)


def _fill(layout: QVBoxLayout, widgets: list[QWidget]) -> None:
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
    for widget in widgets:
        layout.addWidget(widget)


PAGE = ThisMachinePage
