"""The fixed shape of a page: class attributes, `show_evaluation`, `state`, and edits that go out as one signal."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from dsdesk.checks.finding import Severity
from dsdesk.ui.desk import Desk
from dsdesk.ui.theme import SPACE
from dsdesk.ui.widgets.card import Stacked
from dsdesk.ui.widgets.text import explanation, title
from dsdesk.ui.words import _

if TYPE_CHECKING:
    from pathlib import Path

    from dsdesk.evaluate import Evaluation


class Progress(StrEnum):
    """How far a step of the rail is."""

    NONE = "none"  # a page that is not a step
    TO_DO = "todo"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class PageState:
    """What the rail shows beside a page.

    Attributes:
        progress: whether the step is done.
        worst: severity of the worst finding that belongs here, None without one.
        count: how many findings of that severity there are.
    """

    progress: Progress = Progress.NONE
    worst: Severity | None = None
    count: int = 0


class Page(QWidget):
    """A page of the rail. Subclasses fill `self.body` in `__init__` and follow the Evaluation in `show_evaluation`.

    A page is only shown evaluations while it is in front; the latest comes when it is brought there.

    Signals:
        edited: an Edit of the project.
        wanted: the NAME of another page, to go there.
        triggered: the id of a command of `ui/actions.py`, such as "export_pdf".
        files_wanted: paths to be opened as if they were dropped on the window.

    Attributes:
        NAME: stable key.
        TITLE: for rail and heading, an English text marked with N_.
        SUBTITLE: one sentence under the heading, "" for none.
        ICON: name of its drawing in resources/icons.
        SCROLLS: whether the page scrolls as a whole (else its table or list does).
        desk: what it is handed.
        header: row of the heading; add buttons to it.
        body: where its contents go.
    """

    NAME: ClassVar[str]
    TITLE: ClassVar[str]
    SUBTITLE: ClassVar[str] = ""
    ICON: ClassVar[str]
    SCROLLS: ClassVar[bool] = True

    edited = Signal(object)
    wanted = Signal(str)
    triggered = Signal(str)
    files_wanted = Signal(list)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.setObjectName(f"page_{self.NAME}")
        self.setAccessibleName(_(self.TITLE))
        inner = Stacked()
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(3 * SPACE, 2 * SPACE, 3 * SPACE, 2 * SPACE)
        layout.setSpacing(2 * SPACE)
        heading = QVBoxLayout()
        heading.setSpacing(SPACE // 2)
        heading.addWidget(title(_(self.TITLE)))
        if self.SUBTITLE:
            heading.addWidget(explanation(_(self.SUBTITLE)))
        self.header = QHBoxLayout()
        self.header.setSpacing(SPACE)
        self.header.addLayout(heading, 1)
        layout.addLayout(self.header)
        self.body = QVBoxLayout()
        self.body.setSpacing(2 * SPACE)
        layout.addLayout(self.body, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(_scrolling(inner) if self.SCROLLS else inner)

    def show_evaluation(self, evaluation: "Evaluation") -> None:
        """Show what follows from the project."""
        raise NotImplementedError

    @classmethod
    def state(cls, evaluation: "Evaluation") -> PageState:
        """What the rail says about this page."""
        del evaluation
        return PageState()

    def selection(self) -> object:
        """What is selected, to be handed to `select` of the page that takes this one's place."""
        return None

    def select(self, selection: object) -> None:
        """Select what another instance of this page had selected."""

    def take_files(self, paths: "list[Path]") -> None:
        """Open files that were dropped on the window and that belong to this page."""


def _scrolling(inner: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inner)
    return area
