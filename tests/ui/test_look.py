"""Colours can be read, icons are of one hand."""

import re

import pytest
from PySide6.QtGui import QColor, QPalette

from dsdesk.base import assets
from dsdesk.hardware.vocabulary import PartKind
from dsdesk.ui.pages import ENTRIES
from dsdesk.ui.theme import theme
from dsdesk.ui.widgets.badge import DRAWINGS

ENOUGH = 4.5  # WCAG 2.2, success criterion 1.4.3

TEXTS = ("WindowText", "Text", "PlaceholderText", "Link")
GROUNDS = ("Window", "Base", "AlternateBase", "Light")


def _luminance(colour: QColor) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF())


def contrast(one: QColor, other: QColor) -> float:
    """Contrast ratio of two colours. Source: WCAG 2.2, definition of contrast ratio and relative luminance."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_that_of_the_standard():
    assert contrast(QColor("black"), QColor("white")) == pytest.approx(21.0)
    assert contrast(QColor("#777777"), QColor("white")) == pytest.approx(4.48, abs=0.01)  # WCAG's well-known near miss


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_on_every_ground(qapp, scheme):
    worn = theme(scheme)
    roles = QPalette.ColorRole
    texts = {name: worn.palette.color(roles[name]) for name in TEXTS} | worn.status
    poor = {
        (name, ground): round(contrast(colour, worn.palette.color(roles[ground])), 2)
        for name, colour in texts.items()
        for ground in GROUNDS
        if contrast(colour, worn.palette.color(roles[ground])) < ENOUGH
    }
    assert not poor
    assert contrast(worn.palette.color(roles.HighlightedText), worn.palette.color(roles.Highlight)) >= ENOUGH
    assert contrast(worn.palette.color(roles.ToolTipText), worn.palette.color(roles.ToolTipBase)) >= ENOUGH


def test_every_drawing_that_is_named_is_there():
    wanted = {entry.icon for entry in ENTRIES} | {kind.value for kind in PartKind} | set(DRAWINGS.values())
    drawn = {path.stem for path in assets.resource("icons").glob("*.svg")}
    assert wanted <= drawn


def test_drawings_have_one_stroke_and_take_the_colour_of_text():
    for path in assets.resource("icons").glob("*.svg"):
        if path.stem == "dsdesk":
            continue  # the mark of the program has colours of its own
        text = path.read_text(encoding="utf-8")
        assert set(re.findall(r'stroke-width="([\d.]+)"', text)) == {"1.6"}, path.name
        assert 'stroke="currentColor"' in text, path.name
        assert 'viewBox="0 0 24 24"' in text, path.name
