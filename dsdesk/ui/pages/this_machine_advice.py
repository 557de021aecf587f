"""What the machine can run now, ranked by a wish, and what to add to it; worked out aside."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from dsdesk.base.message import N_, Message
from dsdesk.base.units import Quantity, Unit, best_bytes, format_number
from dsdesk.build.serving import Served
from dsdesk.detect.advice import READABLE_TOK_S, Run, Verdict, Wish, ranked, table
from dsdesk.detect.serving_machine import host_power_w, served_by
from dsdesk.detect.snapshot import Snapshot
from dsdesk.detect.to_get import to_get
from dsdesk.detect.upgrades import Action, Room, Upgrade, upgrades
from dsdesk.llm.architecture import Llm
from dsdesk.project.project import Workload
from dsdesk.sizing.precisions import PRECISIONS
from dsdesk.ui.desk import Desk
from dsdesk.ui.figures import DASH, billions, engine_name, interval, short_money, tokens
from dsdesk.ui.icons import icon
from dsdesk.ui.itemmodels.table import Column
from dsdesk.ui.tasks import Task
from dsdesk.ui.theme import SPACE, status_colour
from dsdesk.ui.widgets.card import Card
from dsdesk.ui.widgets.fields import Choice, CountSpin, QuantitySpin, on_change
from dsdesk.ui.widgets.table import Table
from dsdesk.ui.widgets.text import caption, explanation, paragraph
from dsdesk.ui.words import _, say

if TYPE_CHECKING:
    from dsdesk.build.catalog import Catalog

_ROW, _HEADER, _SHOWN = 4 * SPACE, 5 * SPACE, 10
# As the standards write them; they are names in every language.
_PLUGS = {"12v_2x6": "12V-2x6", "12vhpwr": "12VHPWR", "pcie_8pin": "PCIe 8-pin", "pcie_6pin": "PCIe 6-pin",
          "eps_8pin": "EPS 8-pin"}  # fmt: skip
_DRAWINGS = {Verdict.FITS: "good", Verdict.OFFLOAD: "warning", Verdict.NO: "error", Verdict.UNKNOWN: "unchecked"}


@dataclass(frozen=True, slots=True)
class Advice:
    """What was worked out for one machine."""

    served: Served
    rows: tuple[Run, ...]
    offers: tuple[Upgrade, ...]
    llms: dict[str, Llm]


def advise(snapshot: Snapshot, workload: Workload, room: Room, catalog: "Catalog", task: Task) -> Advice:
    """The whole table and the offers."""
    served = served_by(snapshot, catalog)
    llms = tuple(catalog.llms())
    task.report(0.2, Message(N_("Working out what fits")))
    rows = table(llms, served, workload)
    task.report(0.7, Message(N_("Looking for what to add")))
    best = next((row for row in ranked(rows) if row.verdict is Verdict.FITS), None)
    told = replace(room, host_w=host_power_w(snapshot, catalog))
    return Advice(served, rows, upgrades(llms, served, best, catalog, told), {llm.id: llm for llm in llms})


class AdviceCard(Card):
    """A table of what runs, and the offers below it.

    Signals:
        picked: a Run that the user wants to plan with.
    """

    picked = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(_("What it can run"), parent)
        self._desk = desk
        self._snapshot: Snapshot | None = None
        self._advice: Advice | None = None
        self._task: Task | None = None
        self._asked: Workload | None = None
        self._about = explanation()
        self.body.addWidget(self._about)
        self._build_wish()
        self._table = self._build_table()
        self.body.addWidget(self._table)
        self._get = paragraph()
        self._plan = QPushButton(_("&Plan with this row"))
        self._plan.setEnabled(False)
        self._plan.setToolTip(
            _("The machine and this model become the project's; the Deploy page has the command that starts it.")
        )
        self._plan.clicked.connect(lambda _checked=False: self._pick())
        row = QHBoxLayout()
        row.addWidget(self._get, 1)
        row.addWidget(self._plan)
        self.body.addLayout(row)
        self._build_offers()

    def _build_wish(self) -> None:
        self._wish = Choice(
            [
                (Wish.MODEL, _("The best model that is fast enough")),
                (Wish.SPEED, _("The fastest")),
                (Wish.CONTEXT, _("The longest context")),
            ]
        )
        self._wish.show_key(Wish.MODEL)
        self._wish.setAccessibleName(_("What is best"))
        self._faster = QuantitySpin(Unit.TOK_S, maximum=1000, step=5)
        self._faster.setAccessibleName(_("At least so fast"))
        self._faster.show_quantity(READABLE_TOK_S)
        self._all = QCheckBox(_("Also what does not fit"))
        for field in (self._wish, self._faster, self._all):
            on_change(field, self._show)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        for field in (self._wish, self._faster, self._all):
            row.addWidget(field)
        row.addStretch(1)
        self.body.addLayout(row)

    def _build_table(self) -> Table[Run]:
        columns: tuple[Column[Run], ...] = (
            Column(title=_("Model"), text=lambda run: run.name, icon=_mark, tip=_tip, stretches=True),
            Column(title=_("Size"), is_number=True, text=lambda run: billions(run.parameters)),
            Column(title=_("Precision"), text=lambda run: PRECISIONS[run.precision].name),
            Column(title=_("Engine"), text=lambda run: engine_name(run.engine)),
            Column(title=_("Where it lies"), text=_verdict_word),
            Column(title=_("Speed [tok/s]"), is_number=True, text=_speed),
            Column(title=_("Interval"), is_number=True, text=_interval),
            Column(title=_("Context"), is_number=True, text=lambda run: tokens(run.context)),
        )
        made: Table[Run] = Table(_("What it can run"), columns)
        made.setFixedHeight(_HEADER + _ROW * _SHOWN + SPACE)
        made.chosen.connect(self._choose)
        made.opened.connect(lambda _run: self._pick())
        return made

    def _build_offers(self) -> None:
        self.body.addWidget(explanation(_("What to add: say what cannot be read, and only what goes in is offered.")))
        self._psu = QuantitySpin(Unit.WATT, maximum=10_000, step=50, optional=True)
        self._case = QuantitySpin(Unit.MM, maximum=600, step=5, optional=True)
        self._slots = CountSpin(minimum=-1, maximum=16, optional=True)
        self._psu.show_quantity(None)
        self._case.show_quantity(None)
        self._slots.show_count(None)
        asked = QHBoxLayout()
        asked.setSpacing(3 * SPACE)
        for words, field in (
            (_("Power supply"), self._psu),
            (_("Longest card"), self._case),
            (_("Free ×16 slots"), self._slots),
        ):
            cell = QVBoxLayout()
            cell.setSpacing(SPACE // 2)
            cell.addWidget(caption(words))
            field.setAccessibleName(words)
            cell.addWidget(field)
            asked.addLayout(cell)
            on_change(field, self._work_out)
        asked.addStretch(1)
        self.body.addLayout(asked)
        columns: tuple[Column[Upgrade], ...] = (
            Column(title=_("What"), text=_offer_word, stretches=True),
            Column(title=_("Price"), is_number=True, text=_price),
            Column(title=_("It then runs"), text=_enables, stretches=True),
            Column(title=_("Speed [tok/s]"), is_number=True, text=lambda one: _speed(one.enables)),
            Column(title=_("Power drawn"), is_number=True, text=_power),
            Column(title=_("Plugs"), text=_plugs),
        )
        self._offers: Table[Upgrade] = Table(_("What to add"), columns)
        self._offers.setFixedHeight(_HEADER + _ROW * 4 + SPACE)
        self.body.addWidget(self._offers)
        self._no_offer = explanation(_("Nothing with a known price would run a larger model here, or the same faster."))
        self._no_offer.hide()
        self.body.addWidget(self._no_offer)

    # -------------------------------------------------------------------------------------------------------- showing

    def show_machine(self, snapshot: Snapshot) -> None:
        """Work out the table for a machine; without a catalogue or a known accelerator there is none."""
        self._snapshot = snapshot
        if snapshot.host.free_x16_slots is not None:
            self._slots.show_count(snapshot.host.free_x16_slots)
        if snapshot.host.psu_w is not None:
            self._psu.show_quantity(snapshot.host.psu_w)
        known = any(gpu.part_id or gpu.certainty in {"modified", "virtual"} for gpu in snapshot.gpus)
        self.setVisible(known and self._desk.store.catalog is not None)
        if known:
            self._work_out()

    def show_workload(self, workload: Workload) -> None:
        """Work it out anew where the project asks something else of the machine."""
        if self._asked is not None and workload != self._asked and self._snapshot is not None:
            self._work_out()

    def _work_out(self) -> None:
        catalog, snapshot = self._desk.store.catalog, self._snapshot
        if catalog is None or snapshot is None:
            return
        if self._task is not None:
            self._task.cancel()
        slots = self._slots.count()
        room = Room(psu_w=self._psu.quantity(), case_mm=self._case.quantity(), free_slots=slots)
        workload = self._asked = self._workload()
        self._task = self._desk.tasks.run(
            Message(N_("Working out what this machine can run")),
            lambda task: advise(snapshot, workload, room, catalog, task),
            self.show_advice,
            owner=self,
        )

    def _workload(self) -> Workload:
        return self._desk.store.project.configuration.workload

    def show_advice(self, advice: Advice) -> None:
        """Show what was worked out."""
        self._task, self._advice = None, advice
        self._offers.show_rows(advice.offers)
        self._offers.setVisible(bool(advice.offers))
        self._offers.setFixedHeight(_HEADER + _ROW * max(1, len(advice.offers)) + SPACE)
        self._about.setText(_about(advice.served))
        self._no_offer.setVisible(not advice.offers)
        self._show()

    def _show(self) -> None:
        if self._advice is None:
            return
        faster = self._faster.quantity()
        rows = ranked(self._advice.rows, self._wish.key(), READABLE_TOK_S if faster is None else faster)
        self._faster.setVisible(self._wish.key() is not Wish.SPEED)
        self._table.show_rows([row for row in rows if row.fits or self._all.isChecked()])
        self._choose(None)

    def _choose(self, run: Run | None) -> None:
        self._plan.setEnabled(run is not None and run.fits)
        if run is None or self._advice is None:
            self._get.setText("")
        elif run.fits:
            self._get.setText(say(to_get(run, self._advice.llms[run.model])))
        else:
            self._get.setText(say(run.because) if run.because else "")

    def _pick(self) -> None:
        run = self._table.current_row()
        if run is not None and run.fits:
            self.picked.emit(run)


def _about(served: Served) -> str:
    """What the table was worked out for."""
    if served.accelerator is None:
        return _("The accelerators are not in the catalogue.")
    size = "" if served.memory_bytes is None else best_bytes(served.memory_bytes).text()
    told = _("Worked out for {count} × {name} with {size} each.", count=served.count,
             name=served.accelerator.full_name, size=size)  # fmt: skip
    if served.others:
        told += " " + _("Not used: {others}; engines want equal cards.", others=served.others)
    return told


def _mark(run: Run) -> QIcon:
    drawing = _DRAWINGS[run.verdict]
    return icon(drawing, status_colour(drawing))


def _tip(run: Run) -> str | None:
    return say(run.because) if run.because else None


def _verdict_word(run: Run) -> str:
    if run.verdict is Verdict.OFFLOAD:
        return _("{count} layers in host memory", count=run.offload_layers)
    return {
        Verdict.FITS: _("on the accelerators"),
        Verdict.NO: _("does not fit"),
        Verdict.UNKNOWN: _("not known"),
    }[run.verdict]


def _speed(run: Run | None) -> str:
    return format_number(run.decode_tok_s.estimate) if run and run.decode_tok_s else DASH


def _interval(run: Run) -> str:
    return interval(run.decode_tok_s) if run.decode_tok_s else DASH


def _offer_word(offer: Upgrade) -> str:
    return {
        Action.ONE_MORE: _("One more {name}", name=offer.name),
        Action.REPLACE: _("{name} in its place", name=offer.name),
        Action.FIRST: _("A {name}", name=offer.name),
        Action.NEW: _("A new machine: {name}", name=offer.name),
    }[offer.action]


def _price(offer: Upgrade) -> str:
    return short_money(offer.price.money) if offer.price else DASH


def _enables(offer: Upgrade) -> str:
    run = offer.enables
    return DASH if run is None else f"{run.name} · {PRECISIONS[run.precision].name}"


def _power(offer: Upgrade) -> str:
    return DASH if offer.power_w is None else Quantity(offer.power_w, Unit.WATT).text()


def _plugs(offer: Upgrade) -> str:
    return ", ".join(f"{count} × {_PLUGS.get(plug, plug)}" for plug, count in offer.connectors) or DASH
