"""The columns of the guide's claims, and verdicts as drawing, word and colour."""

from PySide6.QtGui import QColor, QIcon

from dsdesk.base.source import Unknown
from dsdesk.base.units import Quantity, Unit
from dsdesk.claims.claim import Claim, Figure, Strength, Verdict
from dsdesk.ui.figures import DASH
from dsdesk.ui.icons import icon
from dsdesk.ui.itemmodels.table import Column
from dsdesk.ui.theme import SPACE, status_colour
from dsdesk.ui.words import _, say

_DRAWINGS = {
    Verdict.AGREES: "good",
    Verdict.WRONG: "error",
    Verdict.DEPENDS: "warning",
    Verdict.UNPROVEN: "unchecked",
}


def verdict_word(verdict: Verdict) -> str:
    """A verdict in a word."""
    return {
        Verdict.AGREES: _("agrees"),
        Verdict.WRONG: _("wrong"),
        Verdict.DEPENDS: _("depends"),
        Verdict.UNPROVEN: _("no proof found"),
    }[verdict]


def verdict_count(verdict: Verdict, count: int) -> str:
    """How many claims have a verdict."""
    return {
        Verdict.AGREES: _("{count} agree", count=count),
        Verdict.WRONG: _("{count} wrong", count=count),
        Verdict.DEPENDS: _("{count} depend", count=count),
        Verdict.UNPROVEN: _("{count} without proof", count=count),
    }[verdict]


def verdict_drawing(verdict: Verdict) -> str:
    """Its drawing, which is also the name of its colour."""
    return _DRAWINGS[verdict]


def verdict_colour(verdict: Verdict) -> QColor:
    """Its colour."""
    return status_colour(_DRAWINGS[verdict])


def strength_text(strength: Strength) -> str:
    """How sure a verdict is, in words."""
    return {
        Strength.A: _("A: shown by arithmetic, or by a source that states it"),
        Strength.B: _("B: strong, but secondary or partly by absence"),
        Strength.C: _("C: doubtful, so never called wrong"),
    }[strength]


def figure_text(figure: Figure | Unknown | None) -> str:
    """A figure with its unit and interval."""
    return figure.text() if isinstance(figure, Figure) else DASH


def difference_text(claim: Claim) -> str:
    """Ours over the guide's, such as "+35 %"."""
    if claim.difference is None:
        return DASH
    number = Quantity(claim.difference, Unit.PERCENT).text(0)
    if number.startswith("0"):
        return number
    return number.replace("-", "\N{MINUS SIGN}") if number.startswith("-") else f"+{number}"


def _icon(claim: Claim) -> QIcon:
    return icon(_DRAWINGS[claim.verdict], verdict_colour(claim.verdict), in_table=True)


def _our_tip(claim: Claim) -> str:
    return say(claim.our_value) if isinstance(claim.our_value, Unknown) else figure_text(claim.our_value)


def claim_columns() -> tuple[Column[Claim], ...]:
    """What the table shows."""
    return (
        Column(title=_("Row"), text=lambda claim: claim.g, sort=lambda claim: int(claim.g.strip("G") or 0)),
        Column(title=_("The guide says"), text=lambda claim: say(claim.text), tip=lambda claim: claim.quote,
               stretches=True),
        Column(title=_("Its figure"), text=lambda claim: figure_text(claim.guide_value), is_number=True,
               share=0.16, tip=lambda claim: figure_text(claim.guide_value),
               sort=lambda claim: claim.guide_value.value if claim.guide_value else None),
        Column(title=_("Ours"), text=lambda claim: figure_text(claim.our_value), is_number=True,
               sort=lambda claim: claim.our_value.value if isinstance(claim.our_value, Figure) else None,
               share=0.2, tip=_our_tip),
        Column(title=_("Difference"), text=difference_text, is_number=True, sort=lambda claim: claim.difference),
        Column(title=_("Verdict"), text=lambda claim: verdict_word(claim.verdict), icon=_icon,
               colour=lambda claim: verdict_colour(claim.verdict), width=18 * SPACE),
    )  # fmt: skip
