"""Drawings of the nodes: processors, accelerators, and what joins them."""

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from dsdesk.charts.node import NodeSketch
from dsdesk.quote.paper import CELL_BOLD, DEEP, FAINT, PALE, RULE, SMALL, WHITE
from dsdesk.quote.tagging import pictured
from dsdesk.quote.text import Run, TextBlock
from dsdesk.quote.voice import Voice

_GAP = 14.0
_HEAD = 18.0
_BOX = 26.0
_JOIN = 20.0
_NAMED = 60.0  # least width of a box with a name in it [pt]
_TOLD, _ROOM = 12, 150.0  # lines and height that the details may take
_MOST = 8  # boxes in a row; more are told by number


class NodeRow(Flowable):
    """One or two nodes side by side."""

    def __init__(self, nodes: tuple[NodeSketch, ...], voice: Voice) -> None:
        super().__init__()
        self.nodes, self.voice = nodes, voice

    def wrap(self, available_width: float, _available_height: float) -> tuple[float, float]:
        """Platypus asks for the size."""
        self.width = available_width
        self.wide = (available_width - _GAP) / 2
        self.high = max(self._height(node) for node in self.nodes)
        return available_width, self.high + 8

    def _height(self, node: NodeSketch) -> float:
        joins = _JOIN * bool(node.processors and node.accelerators) + _JOIN * bool(node.direct_link)
        boxes = _BOX * (bool(node.processors) + bool(node.accelerators))
        return _HEAD + boxes + joins + self._details(node).height_in(self.wide - 16) + 14

    def _details(self, node: NodeSketch) -> TextBlock:
        """What the boxes do not say: names of numbered ones, memory, drives, network."""
        numbered = [
            f"{number} × {name}"
            for parts in (node.processors, node.accelerators)
            for name, number in parts
            if self._only_numbered(parts)
        ]
        told = [*numbered, *node.details]
        if len(told) > _TOLD:
            told = [*told[: _TOLD - 1], "…"]
        block = TextBlock((Run(self.voice.glyphs.printable(one), SMALL),) for one in told)
        return block.cut(self.wide - 16, _ROOM)[0] or block

    def _only_numbered(self, parts: tuple[tuple[str, int], ...]) -> bool:
        """Whether the boxes of these parts are too narrow for a name."""
        pieces = parts[0][1]
        return len(parts) == 1 and pieces <= _MOST and (self.wide - 16) / pieces <= _NAMED

    def draw(self) -> None:
        """Platypus draws at the row's own origin."""
        for index, node in enumerate(self.nodes):
            with pictured(self.canv, _words(node)):
                self._node(node, index * (self.wide + _GAP), 8 + self.high - self._height(node))

    def _node(self, node: NodeSketch, x: float, y: float) -> None:
        canvas, high = self.canv, self._height(node)
        canvas.setStrokeColor(RULE)
        canvas.setFillColor(FAINT)
        canvas.setLineWidth(0.7)
        canvas.roundRect(x, y, self.wide, high, 4, stroke=1, fill=1)
        title = f"{node.count} × {node.name}" if node.count > 1 else node.name
        self._text(title, x + 8, y + high - 4, self.wide - 16, bold=True)
        at = y + high - _HEAD
        if node.processors:
            self._boxes(node.processors, x, at)
            at -= _BOX
        if node.processors and node.accelerators:
            self._join(x, at, node.host_link, thick=0.8)
            at -= _JOIN
        if node.accelerators:
            self._boxes(node.accelerators, x, at)
            at -= _BOX
        if node.direct_link:
            self._join(x, at, node.direct_link, thick=2.4)
            at -= _JOIN
        self._details(node).draw_on(canvas, x + 8, at - 5, self.wide - 16)

    def _boxes(self, parts: tuple[tuple[str, int], ...], x: float, top: float) -> None:
        """Equal boxes, one a piece, or one with the number where there are many."""
        pieces = [name for name, number in parts for _ in range(number)]
        if len(pieces) > _MOST or len(parts) > 1:
            pieces = [f"{number} × {name}" for name, number in parts]
        room = (self.wide - 16) / len(pieces)
        for index, name in enumerate(pieces):
            left = x + 8 + index * room
            self.canv.setFillColor(PALE)
            self.canv.setStrokeColor(DEEP)
            self.canv.setLineWidth(0.6)
            self.canv.rect(left + 1, top - _BOX + 2, room - 2, _BOX - 4, stroke=1, fill=1)
            shown = f"{index}" if self._only_numbered(parts) else name
            block = TextBlock(((Run(self.voice.glyphs.printable(shown), SMALL),),), align="center")
            upper, _ = block.cut(room - 6, _BOX - 6)
            if upper is not None:
                shift = (_BOX + upper.height_in(room - 6)) / 2
                upper.draw_on(self.canv, left + 3, top - _BOX + shift, room - 6)

    def _join(self, x: float, top: float, label: str, *, thick: float) -> None:
        canvas: Canvas = self.canv
        middle = top - _JOIN / 2
        canvas.setStrokeColor(DEEP)
        canvas.setLineWidth(thick)
        canvas.line(x + 20, middle, x + self.wide - 20, middle)
        if label:
            block = TextBlock(((Run(label, SMALL),),), align="center")
            wide = block.natural_width() + 8
            canvas.setFillColor(WHITE)
            canvas.rect(x + self.wide / 2 - wide / 2, middle - 5, wide, 10, stroke=0, fill=1)
            block.draw_on(canvas, x, middle + 5, self.wide)

    def _text(self, text: str, x: float, top: float, room: float, *, bold: bool = False, align: str = "left") -> None:
        style = CELL_BOLD if bold else SMALL
        upper, _ = TextBlock(((Run(self.voice.glyphs.printable(text), style),),), align=align).cut(room, style.leading)
        if upper is not None:
            upper.draw_on(self.canv, x, top, room)


def _words(node: NodeSketch) -> str:
    """What the drawing shows, for those who hear it."""
    parts = [f"{number} × {name}" for name, number in (*node.processors, *node.accelerators)]
    links = [link for link in (node.host_link, node.direct_link) if link]
    return f"{node.count} × {node.name}: {', '.join((*parts, *links, *node.details))}"
