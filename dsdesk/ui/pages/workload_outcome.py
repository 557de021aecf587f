"""What the workload means: memory for the sessions, speed against what is wanted."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel, QVBoxLayout

from dsdesk.base.source import Unknown
from dsdesk.base.units import Estimate, Quantity, Unit, best_bytes, format_number
from dsdesk.project.project import UseCase
from dsdesk.sizing.results import Forecast, MemoryNeed
from dsdesk.sizing.throughput_figures import why_of
from dsdesk.ui.figures import interval, limit_word
from dsdesk.ui.theme import status_colour
from dsdesk.ui.widgets.badge import Badge
from dsdesk.ui.widgets.card import Card
from dsdesk.ui.widgets.memory_bar import MemoryLegend
from dsdesk.ui.widgets.text import explanation, figure
from dsdesk.ui.widgets.why import WhyButton, labelled
from dsdesk.ui.words import _, say

if TYPE_CHECKING:
    from dsdesk.evaluate import Evaluation


class Outcome(Card):
    """The figures at the right of the Workload page."""

    def __init__(self) -> None:
        super().__init__(_("What that means"))
        self._kv, self._kv_why = self._add(_("Memory for the workload"))
        self._parts = MemoryLegend(columns=1)
        self.body.addWidget(self._parts)
        self._speed, self._speed_why = self._add(_("Speed for each user"))
        self._speed_verdict = Badge()
        self.body.addWidget(self._speed_verdict)
        self._wait, self._wait_why = self._add(_("Wait for the first word"))
        self._wait_verdict = Badge()
        self.body.addWidget(self._wait_verdict)
        self._rate, self._rate_why = self._add(_("All sessions together"))
        self._told = explanation()
        self.body.addWidget(self._told)
        self.body.addStretch(1)

    def _add(self, name: str) -> tuple["_Figure", WhyButton]:
        shown = _Figure()
        why = WhyButton(name)
        block = QVBoxLayout()
        block.setSpacing(0)
        block.addWidget(labelled(name, shown.number, why))
        block.addWidget(shown.detail)
        self.body.addLayout(block)
        return shown, why

    def show_evaluation(self, evaluation: "Evaluation") -> None:
        """Show what follows from the workload."""
        need = evaluation.need if isinstance(evaluation.need, MemoryNeed) else None
        self._kv_why.explain_with(need.why if need else None)
        is_training = evaluation.configuration.workload.use_case is UseCase.FINETUNE
        self._parts.setVisible(is_training and need is not None)
        self._parts.show_need(need, evaluation.memory_bytes_available)
        if need is None:
            self._kv.tell("–", say(evaluation.need) if isinstance(evaluation.need, Unknown) else _("choose a model"))
        elif is_training:
            fullest = max(one.total_bytes for one in need.devices)
            detail = _("{bytes} on each accelerator", bytes=best_bytes(fullest))
            self._kv.tell(best_bytes(need.total_bytes).text(), detail)
        else:
            each = best_bytes(need.kv_cache_bytes_per_token)
            self._kv.tell(best_bytes(need.kv_cache_bytes).text(), _("of KV cache, {bytes} a token", bytes=each))
        self._show_forecast(evaluation)

    def _show_forecast(self, evaluation: "Evaluation") -> None:
        forecast, workload = evaluation.forecast, evaluation.configuration.workload
        known = forecast if isinstance(forecast, Forecast) else None
        asked = (
            (self._speed_why, "decode_tok_s_per_user"),
            (self._wait_why, "ttft_ms"),
            (self._rate_why, "output_tok_s_total"),
        )
        for why, field in asked:
            why.explain_with(why_of(known, field) if known else None)
        self._speed_verdict.setVisible(known is not None and workload.decode_tok_s_min is not None)
        self._wait_verdict.setVisible(known is not None and workload.ttft_s_max is not None)
        if known is None:
            for one in (self._speed, self._wait, self._rate):
                one.tell("–", "")
            because = say(forecast) if isinstance(forecast, Unknown) else ""
            self._told.setText(because or _("Choose a model and an accelerator to see the speed."))
            return
        self._told.setText(limit_word(known.limited_by))
        self._speed.estimate(known.decode_tok_s_per_user, Unit.TOK_S)
        self._wait.estimate(known.ttft_ms, Unit.MILLISECOND)
        total = Quantity(known.output_tok_s_total.estimate, Unit.TOK_S)
        requests = Quantity(known.requests_s.estimate, Unit.REQ_S)
        self._rate.tell(total.text(), _("{requests}, prompts included", requests=requests))
        if workload.decode_tok_s_min is not None:
            _judge(self._speed_verdict, known.decode_tok_s_per_user, at_least=workload.decode_tok_s_min)
        if workload.ttft_s_max is not None:
            _judge(self._wait_verdict, known.ttft_ms, at_most=workload.ttft_s_max * 1000)


class _Figure:
    def __init__(self) -> None:
        self.number: QLabel = figure("–")
        self.detail: QLabel = explanation()

    def tell(self, number: str, detail: str) -> None:
        self.number.setText(number)
        self.detail.setText(detail)
        self.detail.setVisible(bool(detail))

    def estimate(self, estimate: Estimate, unit: Unit) -> None:
        number = f"{format_number(estimate.estimate)} {unit.value}"
        self.tell(number, _("80 %: {interval} {unit}", interval=interval(estimate), unit=unit.value))


def _judge(badge: Badge, estimate: Estimate, *, at_least: float | None = None, at_most: float | None = None) -> None:
    """Whether a wish is met: surely, perhaps (the interval spans it), or surely not."""
    if at_least is not None:
        surely, perhaps = estimate.low80 >= at_least, estimate.high80 >= at_least
    else:
        limit = at_most or 0.0
        surely, perhaps = estimate.high80 <= limit, estimate.low80 <= limit
    if surely:
        badge.show_good(_("as wanted"))
    elif perhaps:
        badge.show_status("warning", _("may miss what is wanted"), status_colour("warning"))
    else:
        badge.show_status("error", _("less than wanted"), status_colour("error"))
