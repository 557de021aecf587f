"""Machine, as pictures: the slots of a node, how its parts are joined, its case from the open side, and the racks."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout

from dsdesk.build.machine import Build, ResolvedMachine
from dsdesk.charts.chassis import chassis
from dsdesk.charts.drawing import Drawing
from dsdesk.charts.link_words import LINK, pcie
from dsdesk.charts.node import OVER_HOST
from dsdesk.charts.rack import racks
from dsdesk.charts.rack_drawing import rack_front
from dsdesk.charts.slot_drawing import slot_drawing
from dsdesk.charts.slots import slot_sketches
from dsdesk.charts.topology import topology
from dsdesk.ui.theme import SPACE
from dsdesk.ui.widgets.card import Card, Stacked
from dsdesk.ui.widgets.drawing_view import DrawingView
from dsdesk.ui.widgets.text import explanation
from dsdesk.ui.words import _


class PicturePane(QScrollArea):
    """The pictures that a build has something to say in.

    Signals:
        chosen: number of the line of the thing that was clicked.
    """

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        inside = Stacked()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2 * SPACE)
        self._joined = self._drawing(_("How it is joined"), _("Links of the machine"))
        self._slots = self._drawing(_("Slots"), _("Slots of the machine"))
        self._links = explanation()
        self._slots[0].body.insertWidget(0, self._links)
        self._case = self._drawing(_("The case from its open side, lengths to scale"), _("Case of the machine"))
        both = QHBoxLayout()
        both.setSpacing(2 * SPACE)
        both.addWidget(self._slots[0], 1)
        both.addWidget(self._case[0], 1)
        self._racks = self._drawing(_("Racks from the front"), _("Racks"))
        self._unplaced = explanation("")
        self._racks[0].body.insertWidget(0, self._unplaced)
        self._column.addWidget(self._joined[0])
        self._column.addLayout(both)
        self._column.addWidget(self._racks[0])
        self._column.addStretch(1)
        self.setWidget(inside)

    def _drawing(self, heading: str, name: str) -> tuple[Card, DrawingView]:
        card, view = Card(heading), DrawingView(name)
        view.chosen.connect(self.chosen)
        card.body.addWidget(view)
        card.body.addStretch(1)
        return card, view

    def show_build(self, build: Build, machine: int | None) -> None:
        """Show a node of a build, or what its nodes share where `machine` is None."""
        node = build.machines[machine] if machine is not None else None
        self._show(self._joined, topology(node) if node else None)
        self._show(self._case, chassis(node) if node else None)
        stands = racks(build)
        self._show(self._racks, rack_front(stands))
        self._unplaced.setVisible(bool(stands.unplaced))
        self._unplaced.setText(_("Of no known height: {names}", names=", ".join(stands.unplaced)))
        self._slots[0].setVisible(node is not None)
        if node is not None:
            self._show_slots(node)

    def _show(self, shown: tuple[Card, DrawingView], drawing: Drawing | None) -> None:
        card, view = shown
        card.setVisible(bool(drawing))
        if drawing:
            view.show_drawing(drawing)

    def _show_slots(self, node: ResolvedMachine) -> None:
        joined = node.interconnect
        known = [pcie(joined.pcie)] if joined.pcie is not None else []
        if joined.kind not in OVER_HOST:
            known.append(LINK[joined.kind])
        sketches = slot_sketches(node)
        told = _("Between accelerators: {links}", links=" + ".join(known)) if known else ""
        if not sketches:
            told = _("The slots of this machine are not known.")
        self._links.setText(told)
        self._links.setVisible(bool(told))
        self._slots[1].show_drawing(slot_drawing(sketches))
