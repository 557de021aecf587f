"""A drawing as numbers, without a painter: boxes, and the lines that join them."""

from dataclasses import dataclass
from enum import StrEnum

from dsdesk.base.message import Message


class Tone(StrEnum):
    """What a box stands for; the painter chooses the ink."""

    FRAME = "frame"
    LABEL = "label"
    PART = "part"
    QUIET = "quiet"
    PLACE = "place"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A thing or a place.

    Attributes:
        x, y, width, height: in the units of the drawing, y grows downwards.
        tone: what it stands for.
        text: what is written in it.
        told: what else is known of it, for whoever points at it or hears it.
        line_no: the line of the plan it comes from, None without one.
    """

    x: float
    y: float
    width: float
    height: float
    tone: Tone = Tone.PART
    text: Message | str = ""
    told: tuple[Message | str, ...] = ()
    line_no: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """A line from one point to another; what is faster than the host's bus is drawn thick.

    Attributes:
        x1, y1, x2, y2: its ends, in the units of the drawing.
        text: written on it.
        at: where on the line, 0 = its first end.
        thick: whether it is.
    """

    x1: float
    y1: float
    x2: float
    y2: float
    text: Message | str = ""
    at: float = 0.5
    thick: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What is painted, back to front.

    Attributes:
        width, height: of everything, in its units.
        boxes: the later ones lie on top.
        joints: under the boxes.
        to_scale: whether width and height are of one unit, mm; else a unit of height is a row of text.
    """

    width: float
    height: float
    boxes: tuple[Box, ...] = ()
    joints: tuple[Joint, ...] = ()
    to_scale: bool = False

    def __bool__(self) -> bool:
        """Whether there is anything to paint."""
        return bool(self.boxes)
