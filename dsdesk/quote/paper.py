"""The printed page: sizes, margins, type and ink. Everything is readable in black and white."""

from dataclasses import dataclass

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.units import mm

from dsdesk.quote.fonts import BOLD, REGULAR

INK = HexColor(0x1B2430)
QUIET = HexColor(0x5A6672)  # 5.9:1 on white: second language, notes
DEEP = HexColor(0x1D3F5E)  # headings and rules that carry structure
PALE = HexColor(0xEDF1F5)  # heads of tables
FAINT = HexColor(0xF7F9FA)  # every other row, boxes
RULE = HexColor(0x9AA6B2)
HAIR = HexColor(0xCBD3DA)
WHITE = HexColor(0xFFFFFF)
ENTRY = HexColor(0xFFFDF4)  # what the supplier fills in


@dataclass(frozen=True, slots=True)
class Type:
    """A type style: face, size [pt] and ink."""

    font: str
    size: float
    ink: Color = INK

    @property
    def leading(self) -> float:
        """Distance of base lines [pt]; hanzi fill their square, so lines stand further apart than in Latin type."""
        return self.size * 1.34


TITLE = Type(BOLD, 20, DEEP)
SUBTITLE = Type(REGULAR, 10.5, QUIET)
HEADING = Type(BOLD, 11.5, DEEP)
HEADING_SECOND = Type(REGULAR, 9, QUIET)
BODY = Type(REGULAR, 8.6)
BODY_BOLD = Type(BOLD, 8.6)
BODY_SECOND = Type(REGULAR, 7.4, QUIET)
CELL = Type(REGULAR, 7.8)
CELL_BOLD = Type(BOLD, 7.8)
CELL_SECOND = Type(REGULAR, 6.7, QUIET)
HEAD = Type(BOLD, 7.2, DEEP)
HEAD_SECOND = Type(REGULAR, 6.3, QUIET)
SMALL = Type(REGULAR, 6.6, QUIET)
FIGURE = Type(BOLD, 12.5, INK)

_SIZES = {"A4": (210 * mm, 297 * mm), "Letter": (215.9 * mm, 279.4 * mm)}


@dataclass(frozen=True, slots=True)
class Paper:
    """A page and its margins [pt]."""

    name: str
    left: float = 15 * mm
    right: float = 15 * mm
    top: float = 21 * mm
    bottom: float = 17 * mm

    @property
    def size(self) -> tuple[float, float]:
        """Width and height."""
        return _SIZES[self.name]

    @property
    def text_width(self) -> float:
        """Width between the margins."""
        return self.size[0] - self.left - self.right

    @property
    def text_height(self) -> float:
        """Height between the margins."""
        return self.size[1] - self.top - self.bottom


def paper(name: str) -> Paper:
    """The paper called `name`, A4 where it is none that we know."""
    return Paper(name if name in _SIZES else "A4")
