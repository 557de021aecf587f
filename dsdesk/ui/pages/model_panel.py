"""The right side of the Model page: the chosen model, its precision, what runs it, and what that takes."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout

from dsdesk.base.message import N_, Message
from dsdesk.base.source import Unknown
from dsdesk.base.units import Unit, best_bytes
from dsdesk.llm.architecture import Llm
from dsdesk.llm.precision import Engine
from dsdesk.project.edits import change_configuration
from dsdesk.project.project import Speculation
from dsdesk.sizing.precisions import KV_FORMATS, PRECISIONS, weights_bytes
from dsdesk.sizing.results import MemoryNeed
from dsdesk.sizing.speculation import MOST_DRAFTS, USUAL_ACCEPTANCE, tokens_a_pass
from dsdesk.sizing.support import Level, Support, runs
from dsdesk.ui.figures import DASH, billions, engine_name, memory_text, parameters_of, tokens
from dsdesk.ui.pages.model_places import PlacesCard
from dsdesk.ui.pages.model_reach import ReachCard
from dsdesk.ui.theme import SPACE, status_colour
from dsdesk.ui.widgets.badge import Badge
from dsdesk.ui.widgets.card import Card, Stacked
from dsdesk.ui.widgets.fields import Choice, CountSpin, Form, QuantitySpin, on_change
from dsdesk.ui.widgets.memory_bar import MemoryLegend
from dsdesk.ui.widgets.text import explanation, figure, section
from dsdesk.ui.widgets.why import WhyButton
from dsdesk.ui.words import _, say

if TYPE_CHECKING:
    from dsdesk.evaluate import Evaluation

_WIDTH = 41 * SPACE
_LEVELS = {
    Level.NATIVE: ("good", N_("Runs natively")),
    Level.WEIGHTS_ONLY: ("good", N_("Runs with packed weights")),
    Level.EMULATED: ("warning", N_("Runs emulated")),
    Level.NO: ("error", N_("Does not run")),
    Level.UNKNOWN: ("unchecked", N_("Not known")),
}
_LICENCES = {"mit": "MIT", "apache-2.0": "Apache-2.0"}  # as SPDX writes them; others stay as their makers do


class ModelPanel(QScrollArea):
    """Choices and consequences.

    Signals:
        edited: an Edit of the project.
    """

    edited = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFixedWidth(_WIDTH)
        self.viewport().setAutoFillBackground(False)
        inner = Stacked()
        self.setWidget(inner)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, SPACE, 0)
        column.setSpacing(2 * SPACE)
        column.addWidget(self._model_card())
        column.addWidget(self._running_card())
        column.addWidget(self._memory_card())
        self._places, self._reach = PlacesCard(), ReachCard()
        column.addWidget(self._places)
        column.addWidget(self._reach)
        column.addStretch(1)

    def _model_card(self) -> Card:
        card = Card()
        self._name = section("")
        self._name.setWordWrap(True)
        self._facts = explanation()
        card.body.addWidget(self._name)
        card.body.addWidget(self._facts)
        return card

    def _running_card(self) -> Card:
        card = Card(_("Stored and run as"))
        form = Form()
        card.body.addLayout(form)
        self._precision = form.add(_("&Precision"), Choice())
        self._kv = form.add(_("&KV cache"), Choice([(key, one.name) for key, one in KV_FORMATS.items()]))
        self._engine = form.add(_("En&gine"), Choice([(engine, engine_name(engine)) for engine in Engine]))
        self._drafts = form.add(_("&Drafted tokens"), CountSpin(maximum=MOST_DRAFTS))
        self._accepted = form.add(_("Drafts accep&ted"), QuantitySpin(Unit.PERCENT, maximum=100))
        on_change(self._precision, self._change_precision)
        on_change(self._kv, self._change_kv)
        on_change(self._engine, self._change_engine)
        on_change(self._drafts, self._change_drafts)
        on_change(self._accepted, self._change_drafts)
        self._drafting = explanation()
        card.body.addWidget(self._drafting)
        self._support = Badge()
        self._because = explanation()
        card.body.addWidget(self._support)
        card.body.addWidget(self._because)
        return card

    def _memory_card(self) -> Card:
        card = Card(_("Memory"))
        row = QHBoxLayout()
        self._total, self._why = figure(), WhyButton(_("Memory"))
        row.addWidget(self._total)
        row.addWidget(self._why)
        row.addStretch(1)
        card.body.addLayout(row)
        self._legend = MemoryLegend(columns=2)
        card.body.addWidget(self._legend)
        self._verdict, self._rule = explanation(), explanation()
        card.body.addWidget(self._verdict)
        card.body.addWidget(self._rule)
        return card

    # ---------------------------------------------------------------------------------------------------------- edits

    def _change_precision(self) -> None:
        key = self._precision.key()
        text = Message(N_("Precision {precision}"), precision=PRECISIONS[key].name)
        self.edited.emit(change_configuration(text, precision=key))

    def _change_kv(self) -> None:
        key = self._kv.key()
        text = Message(N_("KV cache {precision}"), precision=KV_FORMATS[key].name)
        self.edited.emit(change_configuration(text, kv_precision=key))

    def _change_engine(self) -> None:
        engine = self._engine.key()
        text = Message(N_("Engine {engine}"), engine=engine_name(engine))
        self.edited.emit(change_configuration(text, engine=Engine(engine)))

    def _change_drafts(self) -> None:
        count, share = self._drafts.value(), self._accepted.quantity() or 0.0
        wanted = Speculation(draft_tokens=count, acceptance=share) if count else None
        self.edited.emit(change_configuration(Message(N_("{count} drafted tokens"), count=count), speculation=wanted))

    # -------------------------------------------------------------------------------------------------------- showing

    def show_evaluation(self, evaluation: "Evaluation") -> None:
        """Show the choices and what follows."""
        configuration = evaluation.configuration
        self._show_model(evaluation.llm)
        self._offer_precisions(evaluation)
        self._precision.show_key(configuration.precision)
        self._kv.show_key(configuration.kv_precision)
        self._engine.show_key(configuration.engine)
        self._show_drafts(configuration.speculation)
        self._show_support(evaluation)
        self._show_memory(evaluation)
        self._places.show_evaluation(evaluation)
        self._reach.show_evaluation(evaluation)
        QTimer.singleShot(0, self, self._widen)  # fields are polished by then

    def _widen(self) -> None:
        """As wide as its fields in letters of any size; the list beside it has the rest."""
        if (inner := self.widget()) is not None:
            self.setFixedWidth(max(_WIDTH, inner.minimumSizeHint().width() + 2 * SPACE))

    def _show_model(self, llm: Llm | Unknown | None) -> None:
        if not isinstance(llm, Llm):
            self._name.setText(_("No model yet"))
            self._facts.setText(say(llm) or _("Choose one in the table, or use your own weights."))
            return
        shape = llm.architecture
        self._name.setText(llm.name)
        active = llm.active_parameters_published or shape.active_parameters
        size = billions(parameters_of(llm))
        facts = [_("{parameters} parameters, {layers} layers", parameters=size, layers=shape.layer_count or DASH)]
        if shape.experts is not None:
            facts.append(
                _(
                    "{active} active: {top} of {routed} experts a token",
                    active=billions(active),
                    top=shape.experts.top_k,
                    routed=shape.experts.routed,
                )
            )
        facts.append(_("context up to {tokens}", tokens=tokens(shape.max_context_tokens)))
        licence = _LICENCES.get(llm.licence, llm.licence)
        facts.append(" · ".join(one for one in (llm.organisation, licence, llm.released) if one))
        self._facts.setText("\n".join(filter(None, facts)))
        self._facts.setToolTip("\n".join(f"{one.text} ({one.date or DASH})" for one in llm.sources))

    def _offer_precisions(self, evaluation: "Evaluation") -> None:
        device, engine = evaluation.accelerator, evaluation.configuration.engine
        offered = []
        for key, precision in PRECISIONS.items():
            support = runs(device, precision, engine) if device is not None else None
            is_refused = support is not None and support.level is Level.NO
            offered.append((key, precision.name, say(support.because) if support and is_refused else ""))
        self._precision.offer(offered)

    def _show_drafts(self, wanted: Speculation | None) -> None:
        self._drafts.show_count(wanted.draft_tokens if wanted else 0)
        if wanted or not self._accepted.value():
            self._accepted.show_quantity(wanted.acceptance if wanted else USUAL_ACCEPTANCE)
        self._accepted.setEnabled(wanted is not None)
        self._drafting.setVisible(wanted is not None)
        self._drafting.setText(
            _(
                "{tokens} tokens a pass with this share, which is an assumption about your traffic: DeepSeek-V3 kept "
                "85 to 90 % of its second tokens (arXiv 2412.19437), other models and further tokens keep fewer.",
                tokens=f"{tokens_a_pass(wanted):.2f}",
            )
        )

    def _show_support(self, evaluation: "Evaluation") -> None:
        device, configuration = evaluation.accelerator, evaluation.configuration
        precision = PRECISIONS.get(configuration.precision)
        if device is None or precision is None:
            self._support.hide()
            self._because.setText(_("Add an accelerator to see which precisions it runs natively."))
            return
        support: Support = runs(device, precision, configuration.engine)
        drawing, words = _LEVELS[support.level]
        self._support.show()
        self._support.show_status(drawing, _(words), status_colour(drawing))
        self._because.setText(_("{part}: {reason}", part=device.name, reason=say(support.because)))
        self._because.setToolTip(_("Source: {source}", source=support.source) if support.source else "")

    def _show_memory(self, evaluation: "Evaluation") -> None:
        need = evaluation.need if isinstance(evaluation.need, MemoryNeed) else None
        number, verdict = memory_text(evaluation)
        self._total.setText(number)
        self._verdict.setText(verdict)
        self._why.explain_with(need.why if need else None)
        self._legend.show_need(need, evaluation.memory_bytes_available)
        rule, llm = evaluation.rule_of_thumb_bytes, evaluation.llm
        stored = weights_bytes(llm, evaluation.configuration.precision) if isinstance(llm, Llm) else None
        is_known = rule is not None and need is not None and isinstance(stored, int)
        self._rule.setVisible(is_known)
        if rule is not None and isinstance(stored, int):
            self._rule.setText(
                _(
                    "The guide's rule of thumb (1 GB for 0.6 billion parameters at FP16) says {rule} for the weights; "
                    "they are {weights}.",
                    rule=best_bytes(rule),
                    weights=best_bytes(stored),
                )
            )
