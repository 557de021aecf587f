"""The headline of the Performance page: every figure of the forecast with its interval and its explanation."""

from typing import TYPE_CHECKING

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QGridLayout, QLabel

from dsdesk.base.source import Unknown
from dsdesk.base.units import Estimate, Unit, format_number
from dsdesk.sizing.results import Forecast
from dsdesk.sizing.throughput_figures import why_of
from dsdesk.ui.figures import interval, limit_word
from dsdesk.ui.theme import SPACE, current, status_colour
from dsdesk.ui.widgets.badge import Badge
from dsdesk.ui.widgets.card import Card
from dsdesk.ui.widgets.text import caption, explanation, figure
from dsdesk.ui.widgets.why import WhyButton, labelled
from dsdesk.ui.words import _, say

if TYPE_CHECKING:
    from dsdesk.evaluate import Evaluation

_COLUMNS = 4


class Headline(Card):
    """Eight figures, what limits them, and how near to measurements they are."""

    def __init__(self) -> None:
        super().__init__(_("Forecast"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * SPACE)
        grid.setVerticalSpacing(2 * SPACE)
        self.body.addLayout(grid)
        names = {
            "prefill_tok_s": _("Reading the prompt"),
            "decode_tok_s_per_user": _("Answer of each user"),
            "decode_tok_s_total": _("Answers of all users"),
            "output_tok_s_total": _("All users, prompts included"),
            "ttft_ms": _("Wait for the first token"),
            "tpot_ms": _("Time for each further token"),
            "requests_s": _("Requests answered"),
            "gpu_power_w": _("Power of all accelerators"),
        }
        self._figures: dict[str, tuple[QLabel, QLabel, WhyButton]] = {}
        for position, (field, name) in enumerate(names.items()):
            number, why, between = figure("–"), WhyButton(name), caption()
            cell = labelled(name, number, why)
            layout = cell.layout()
            if layout is not None:
                layout.addWidget(between)
            number.setAccessibleName(name)
            self._figures[field] = (number, between, why)
            grid.addWidget(cell, *divmod(position, _COLUMNS))
        for column in range(_COLUMNS):
            grid.setColumnStretch(column, 1)
        self._limit, self._distance = Badge(), Badge()
        self._told = explanation()
        self.body.addSpacing(SPACE)
        self.body.addWidget(self._limit)
        self.body.addWidget(self._told)
        self.body.addSpacing(SPACE)
        self.body.addWidget(self._distance)
        self._far = explanation()
        self.body.addWidget(self._far)

    def show_evaluation(self, evaluation: "Evaluation") -> None:
        """Show the forecast, or why there is none."""
        forecast = evaluation.forecast
        known = forecast if isinstance(forecast, Forecast) else None
        for field, (number, between, why) in self._figures.items():
            estimate: Estimate | None = getattr(known, field) if known else None
            why.explain_with(why_of(known, field) if known and estimate else None)
            number.setText(f"{format_number(estimate.estimate)} {_UNITS[field].value}" if estimate else "–")
            between.setText(_("80 %: {interval}", interval=interval(estimate)) if estimate else " ")
        for badge in (self._limit, self._distance, self._far):
            badge.setVisible(known is not None)
        if known is None:
            because = say(forecast) if isinstance(forecast, Unknown) else ""
            self._told.setText(because or _("Choose a model, and put an accelerator into the machine."))
            return
        self._show_words(known)

    def _show_words(self, forecast: Forecast) -> None:
        words = limit_word(forecast.limited_by)
        accent = current().palette.color(QPalette.ColorRole.Link)
        self._limit.show_status("speed", _sentence(words), accent)
        self._told.setText(_LIMITS[forecast.limited_by.value]())
        drawing, heading, text = _distance(forecast.distance)
        if forecast.own_measurements:
            count = forecast.own_measurements
            drawing, heading = "good", _("Calibrated with {count} measurements of your own", count=count)
            text = _("Their factor is in every figure; those of this model narrow its interval.")
        self._distance.show_status(drawing, heading, status_colour(drawing))
        self._far.setText(text)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _distance(distance: str) -> tuple[str, str, str]:
    if distance == "near":
        return "good", _("Near to measurements"), _("Published runs of this accelerator and engine stand behind it.")
    if distance == "family":
        return (
            "warning",
            _("Measured on relatives"),
            _("Published runs of this engine on other accelerators of the same maker stand behind it; the interval is "
              "wider."),
        )  # fmt: skip
    return (
        "unchecked",
        _("Far from any measurement"),
        _("No published run is close to this case; the interval is the widest. Measure before you buy many."),
    )


_UNITS = {
    "prefill_tok_s": Unit.TOK_S,
    "decode_tok_s_per_user": Unit.TOK_S,
    "decode_tok_s_total": Unit.TOK_S,
    "output_tok_s_total": Unit.TOK_S,
    "ttft_ms": Unit.MILLISECOND,
    "tpot_ms": Unit.MILLISECOND,
    "requests_s": Unit.REQ_S,
    "gpu_power_w": Unit.WATT,
}

_LIMITS = {
    "memory_bandwidth": lambda: _(
        "Every token reads the weights again: faster memory or fewer bits a weight would help, more compute would not."
    ),
    "compute": lambda: _(
        "The matrix units are the limit: more or faster accelerators, or a format they run faster, would help."
    ),
    "links": lambda: _(
        "The accelerators wait for one another: a faster link, or splitting over fewer of them, would help."
    ),
    "overhead": lambda: _(
        "The steps are so short that starting them takes most of the time: more requests at once would use it better."
    ),
    "host_memory": lambda: _(
        "A part of the weights lies in host memory: more accelerator memory, or fewer bits a weight, would help most."
    ),
    "capacity": lambda: _(
        "Model and context are larger than the accelerators' memory: fewer bits, less context or more memory is needed."
    ),
}
