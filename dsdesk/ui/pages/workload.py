"""Workload: what the machine shall serve, and at once what that means for memory and speed."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QGridLayout, QWidget

from dsdesk.base.message import N_, Message
from dsdesk.base.units import Unit
from dsdesk.project.edits import change_configuration, change_workload
from dsdesk.project.project import UseCase
from dsdesk.project.templates import PRESETS
from dsdesk.ui.desk import Desk
from dsdesk.ui.pages.page import Page, PageState, Progress
from dsdesk.ui.pages.workload_load import UnderLoad
from dsdesk.ui.pages.workload_outcome import Outcome
from dsdesk.ui.pages.workload_slider import LoadSlider
from dsdesk.ui.theme import SPACE
from dsdesk.ui.widgets.card import Card, Tile
from dsdesk.ui.widgets.fields import Choice, CountSpin, Form, QuantitySpin, on_change, show_checked
from dsdesk.ui.words import _

if TYPE_CHECKING:
    from dsdesk.evaluate import Evaluation

_CASES = {
    UseCase.CHAT: ("chat", N_("Chat"), N_("Short questions, short answers.")),
    UseCase.RAG: ("rag", N_("Documents"), N_("Long prompts, short answers.")),
    UseCase.AGENTS: ("agents", N_("Agents and code"), N_("Many steps over long contexts.")),
    UseCase.BATCH: ("batch", N_("Batch"), N_("Many texts; nobody waits.")),
    UseCase.FINETUNE: ("finetune", N_("Fine-tuning"), N_("Your data into the weights.")),
}
_METHODS = (("full", N_("Full")), ("lora", N_("LoRA")), ("qlora", N_("QLoRA: LoRA over 4-bit weights")))
_OPTIMISERS = (("adamw", N_("AdamW")), ("adamw_8bit", N_("AdamW, 8-bit states")), ("adafactor", N_("Adafactor")))
_SHARDINGS = (
    ("none", N_("Nothing divided")),
    ("zero1", N_("ZeRO 1: optimiser")),
    ("zero2", N_("ZeRO 2: and gradients")),
    ("zero3", N_("ZeRO 3 or FSDP: and weights")),
)
_COLUMNS = 3
_WIDE = 118 * SPACE  # pixels from which three cards stand side by side
# Row, column, rows, columns of traffic, wishes, lengths, outcome, load and training.
_PLACES = {
    3: ((0, 0, 1, 1), (1, 0, 1, 1), (0, 1, 1, 1), (0, 2, 1, 1), (1, 1, 1, 2), (1, 1, 1, 2)),
    2: ((0, 0, 1, 1), (1, 0, 1, 1), (0, 1, 1, 1), (1, 1, 1, 1), (2, 0, 1, 2), (2, 0, 1, 2)),
}
_MOST_BY_SLIDER = 2048  # sessions; more can be typed


class WorkloadPage(Page):
    """Users, tokens, speed wanted."""

    NAME = "workload"
    TITLE = N_("Workload")
    SUBTITLE = N_("Choose what comes closest, then set the numbers to yours.")
    ICON = "workload"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.body.addLayout(self._cases())
        traffic, wishes, lengths = self._traffic(), self._wishes(), self._lengths()
        self._outcome, self._load, self._training = Outcome(), UnderLoad(desk), self._training_card()
        self._cards = QGridLayout()
        self._cards.setSpacing(2 * SPACE)
        # Load and training take one place: one of them is shown.
        self._placed = (traffic, wishes, lengths, self._outcome, self._load, self._training)
        self._columns = 0
        self._arrange(_COLUMNS)
        self.body.addLayout(self._cards)
        self._served: tuple[QWidget, ...] = (
            self._sequences, self._slider, self._input, self._output, self._per_day, self._shared, self._input_cv,
            self._output_cv, self._speed, self._wait, self._kept,
        )  # fmt: skip
        self.body.addStretch(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Two columns where three would have to be scrolled sideways."""
        super().resizeEvent(event)
        self._arrange(_COLUMNS if self.width() >= _WIDE else _COLUMNS - 1)

    def _arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for card, place in zip(self._placed, _PLACES[columns], strict=True):
            self._cards.addWidget(card, *place)
        for column in range(_COLUMNS):
            self._cards.setColumnStretch(column, int(column < columns))

    def _cases(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(SPACE)
        self._group = QButtonGroup(self)
        self._tiles: dict[UseCase, Tile] = {}
        for position, (case, (drawing, heading, text)) in enumerate(_CASES.items()):
            tile = Tile(drawing, _(heading), _(text))
            self._group.addButton(tile)
            tile.clicked.connect(lambda _checked=False, chosen=case: self._begin_with(chosen))
            self._tiles[case] = tile
            grid.addWidget(tile, 0, position)
            grid.setColumnStretch(position, 1)
        return grid

    def _traffic(self) -> Card:
        card = Card(_("Traffic"))
        form = Form()
        card.body.addLayout(form)
        self._sequences = form.add(
            _("&Sessions at once"),
            CountSpin(minimum=1, maximum=100_000),
            _("Requests that are being answered at the same moment."),
        )
        self._slider = LoadSlider(_MOST_BY_SLIDER, _("Sessions at once"))
        form.addRow("", self._slider)
        self._slider.moved.connect(lambda count: self._change("sequences", count))
        self._per_day = form.add(
            _("&Requests a day"),
            CountSpin(maximum=1_000_000_000, optional=True),
            _("They come at random at their mean rate; without it the sessions ask one after another."),
        )
        self._think = form.add(
            _("Pa&use of a user"),
            QuantitySpin(Unit.SECOND, maximum=86_400, decimals=0, step=5.0),
            _("Mean, between an answer and the next request."),
        )
        on_change(self._sequences, lambda: self._change("sequences", self._sequences.value()))
        on_change(self._per_day, lambda: self._change("requests_per_day", self._per_day.count()))
        on_change(self._think, lambda: self._change("think_s", self._think.quantity() or 0.0))
        card.body.addStretch(1)
        return card

    def _lengths(self) -> Card:
        card = Card(_("Lengths"))
        form = Form()
        card.body.addLayout(form)
        words = _("tokens")
        self._input = form.add(_("&Prompt, mean"), CountSpin(minimum=1, maximum=10_000_000, suffix=words))
        self._output = form.add(_("&Answer, mean"), CountSpin(maximum=10_000_000, suffix=words))
        self._context = form.add(
            _("&Context reserved"),
            CountSpin(minimum=1, maximum=10_000_000, suffix=words),
            _("The longest that one session may reach; memory is kept for it."),
        )
        self._shared = form.add(
            _("Shared &beginning"),
            CountSpin(maximum=10_000_000, suffix=words),
            _("Of all prompts, such as a system prompt: read once and kept."),
        )
        self._input_cv = form.add(_("Spread of prompts"), QuantitySpin(Unit.PERCENT, maximum=500, step=10.0))
        self._output_cv = form.add(
            _("Spread of answers"),
            QuantitySpin(Unit.PERCENT, maximum=500, step=10.0),
            _("Standard deviation of their length over the mean; 0 % = all alike."),
        )
        self._shared.setSingleStep(256)
        self._context.setSingleStep(1024)
        self._input.setSingleStep(256)
        self._output.setSingleStep(64)
        on_change(self._input, lambda: self._change("input_tokens", self._input.value()))
        on_change(self._output, lambda: self._change("output_tokens", self._output.value()))
        on_change(self._context, lambda: self._change("context_tokens", self._context.value()))
        on_change(self._shared, lambda: self._change("shared_tokens", self._shared.value()))
        on_change(self._input_cv, lambda: self._change("input_cv", self._input_cv.quantity() or 0.0))
        on_change(self._output_cv, lambda: self._change("output_cv", self._output_cv.quantity() or 0.0))
        card.body.addStretch(1)
        return card

    def _wishes(self) -> Card:
        card = Card(_("Wanted"))
        form = Form()
        card.body.addLayout(form)
        speed = QuantitySpin(Unit.TOK_S, maximum=10_000, decimals=1, optional=True)
        self._speed = form.add(_("Speed for each &user"), speed, _("While an answer is being written."))
        wait = QuantitySpin(Unit.SECOND, maximum=3600, decimals=1, step=0.5, optional=True)
        self._wait = form.add(_("&Longest wait"), wait, _("For the first word of an answer."))
        self._kept = form.add(
            _("&Of all requests"),
            QuantitySpin(Unit.PERCENT, maximum=100, decimals=1),
            _("So many shall have that speed and that wait; the rest may be slower."),
        )
        headroom = QuantitySpin(Unit.PERCENT, maximum=90)
        self._headroom = form.add(
            _("Hea&droom"), headroom, _("Memory and power kept free for the next model; the guide advises 15 to 20 %.")
        )
        on_change(self._speed, lambda: self._change("decode_tok_s_min", self._speed.quantity()))
        on_change(self._wait, lambda: self._change("ttft_s_max", self._wait.quantity()))
        on_change(self._kept, lambda: self._change("kept_share", self._kept.quantity() or 0.0))
        on_change(self._headroom, self._change_headroom)
        card.body.addStretch(1)
        return card

    def _training_card(self) -> Card:
        card = Card(_("Fine-tuning"))
        form = Form()
        card.body.addLayout(form)
        self._method = form.add(_("&Method"), Choice([(key, _(words)) for key, words in _METHODS]))
        self._recompute = form.add(
            _("Activation &checkpointing"),
            QCheckBox(),
            _("Computes activations again instead of keeping them: less memory, more time."),
        )
        self._optimiser = form.add(_("&Optimiser"), Choice([(key, _(words)) for key, words in _OPTIMISERS]))
        self._sharding = form.add(
            _("Over &accelerators"),
            Choice([(key, _(words)) for key, words in _SHARDINGS]),
            _("What the accelerators divide among them; the rest each of them holds in full."),
        )
        self._batch = form.add(
            _("Examples a &step"),
            CountSpin(minimum=1, maximum=4096),
            _("On each accelerator; an example is as long as the context reserved."),
        )
        self._rank = form.add(_("Ran&k of the adapters"), CountSpin(minimum=1, maximum=4096))
        on_change(self._optimiser, lambda: self._change("finetune_optimiser", self._optimiser.key()))
        on_change(self._sharding, lambda: self._change("finetune_sharding", self._sharding.key()))
        on_change(self._batch, lambda: self._change("finetune_batch", self._batch.value()))
        on_change(self._rank, lambda: self._change("finetune_rank", self._rank.value()))
        on_change(self._method, lambda: self._change("finetune_method", self._method.key()))
        on_change(self._recompute, lambda: self._change("finetune_recompute", self._recompute.isChecked()))
        card.body.addStretch(1)
        return card

    # ---------------------------------------------------------------------------------------------------------- edits

    def _begin_with(self, case: UseCase) -> None:
        before = self.desk.store.project.configuration.workload
        preset = PRESETS[case]
        kept = replace(
            preset,
            sequences=max(before.sequences, preset.sequences),
            requests_per_day=before.requests_per_day,
            decode_tok_s_min=before.decode_tok_s_min,
            ttft_s_max=before.ttft_s_max,
            kept_share=before.kept_share,
            think_s=before.think_s,
        )
        heading = Message(_CASES[case][1])
        self.edited.emit(change_configuration(Message(N_("Workload: {use}"), use=heading), workload=kept))

    def _change(self, field: str, value: object) -> None:
        self.edited.emit(change_workload(Message(N_("Change the workload")), f"workload.{field}", **{field: value}))

    def _change_headroom(self) -> None:
        share = self._headroom.quantity()
        if share is not None:
            self.edited.emit(change_configuration(Message(N_("Change the headroom")), "headroom", headroom=share))

    # -------------------------------------------------------------------------------------------------------- showing

    def show_evaluation(self, evaluation: "Evaluation") -> None:
        """Show the workload and what follows from it."""
        workload = evaluation.configuration.workload
        self._tiles[workload.use_case].setChecked(True)
        self._sequences.show_count(workload.sequences)
        self._input.show_count(workload.input_tokens)
        self._output.show_count(workload.output_tokens)
        self._context.show_count(workload.context_tokens)
        self._slider.show_count(workload.sequences)
        self._per_day.show_count(workload.requests_per_day)
        self._think.show_quantity(workload.think_s)
        self._shared.show_count(workload.shared_tokens)
        self._input_cv.show_quantity(workload.input_cv)
        self._output_cv.show_quantity(workload.output_cv)
        self._kept.show_quantity(workload.kept_share)
        self._speed.show_quantity(workload.decode_tok_s_min)
        self._wait.show_quantity(workload.ttft_s_max)
        self._headroom.show_quantity(evaluation.configuration.headroom)
        is_training = workload.use_case is UseCase.FINETUNE
        self._training.setVisible(is_training)
        for served in self._served:
            served.setEnabled(not is_training)  # nobody asks a model while it is trained
        self._think.setEnabled(not is_training and workload.requests_per_day is None)
        self._method.show_key(workload.finetune_method)
        self._optimiser.show_key(workload.finetune_optimiser)
        self._sharding.show_key(workload.finetune_sharding)
        self._batch.show_count(workload.finetune_batch)
        self._rank.show_count(workload.finetune_rank)
        self._rank.setEnabled(workload.finetune_method != "full")
        show_checked(self._recompute, workload.finetune_recompute)
        self._outcome.show_evaluation(evaluation)
        self._load.show_evaluation(evaluation)

    @classmethod
    def state(cls, evaluation: "Evaluation") -> PageState:
        """A workload is always there; it counts as chosen once there is a model to serve."""
        return PageState(Progress.DONE if evaluation.project.configuration.model.llm_id else Progress.TO_DO)


PAGE = WorkloadPage
