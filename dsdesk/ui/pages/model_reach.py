"""How far the machine reaches with the chosen model, and what the next bigger model would take."""

from typing import TYPE_CHECKING

from dsdesk.base.units import best_bytes
from dsdesk.build.reach import Reach
from dsdesk.project.project import UseCase
from dsdesk.ui.figures import tokens
from dsdesk.ui.widgets.card import Card
from dsdesk.ui.widgets.text import NamedText
from dsdesk.ui.words import _

if TYPE_CHECKING:
    from dsdesk.evaluate import Evaluation


class ReachCard(Card):
    """Longest context, most sessions, tokens in the cache, the next bigger model."""

    def __init__(self) -> None:
        super().__init__(_("How far it reaches"))
        self._context = NamedText(_("Longest context"))
        self._sessions = NamedText(_("Most sessions"))
        self._cache = NamedText(_("Tokens in the cache"))
        self._next = NamedText(_("Next bigger model"))
        for line in (self._context, self._sessions, self._cache, self._next):
            self.body.addLayout(line)

    def show_evaluation(self, evaluation: "Evaluation") -> None:
        """Show what fits besides what is asked for."""
        reach = evaluation.reach
        is_training = evaluation.configuration.workload.use_case is UseCase.FINETUNE
        self._context.show_words(_context(reach) if reach else "")
        self._sessions.show_words(_sessions(reach, is_training=is_training) if reach else "")
        self._cache.show_words(_cache(reach) if reach else "")
        self._next.show_words(_next_model(evaluation))
        self.setVisible(reach is not None or evaluation.next_model is not None)


def _context(reach: Reach) -> str:
    if not reach.context_tokens:
        return _("not even 1024 tokens fit with the headroom")
    if reach.whole_context:
        return _("{tokens}, all that the model was made for", tokens=tokens(reach.context_tokens))
    return _("{tokens} for every session", tokens=tokens(reach.context_tokens))


def _sessions(reach: Reach, *, is_training: bool) -> str:
    if not reach.sequences:
        return _("not even one fits with the headroom")
    if is_training:
        return _("{count} examples a step on each accelerator", count=reach.sequences)
    return _("{count} at the context reserved", count=reach.sequences)


def _cache(reach: Reach) -> str:
    if reach.cache_tokens is None:
        return ""
    return _(
        "{tokens}, shared by all sessions, at the share of 0.9 that engines take", tokens=f"{reach.cache_tokens:,}"
    )


def _next_model(evaluation: "Evaluation") -> str:
    following = evaluation.next_model
    if following is None:
        return ""
    needed, available = following.need.total_bytes, evaluation.memory_bytes_available
    name, size = following.llm.name, best_bytes(needed)
    if available is None:
        return _("{model} would take {bytes}", model=name, bytes=size)
    if needed <= available * (1 - evaluation.configuration.headroom):
        return _("{model} would take {bytes}: it fits", model=name, bytes=size)
    more = best_bytes(needed / (1 - evaluation.configuration.headroom) - available)
    return _("{model} would take {bytes}: {more} of memory is missing", model=name, bytes=size, more=more)
