"""Files of the open project: new, open, save, recent; what is lost is asked about first."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from dsdesk.base.errors import DsdeskError
from dsdesk.project.project import CostAssumptions, Project
from dsdesk.ui.desk import Desk
from dsdesk.ui.dialogs import ask
from dsdesk.ui.nodes import in_words
from dsdesk.ui.words import _

SUFFIX = ".dsdesk"
BUNDLE = ".dsdcat"
_BEGINNING = 65_536  # bytes of a file that tell what it is
_WEIGHTS = {".gguf", ".safetensors"}


class Documents(QObject):
    """Opens and saves the project of the desk.

    Signals:
        opened: another project is shown; a page should be brought to the front.
    """

    opened = Signal()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk

    def name(self) -> str:
        """What to call the open project."""
        store = self._desk.store
        if store.path is not None:
            return store.path.stem
        return store.project.name or _("New project")

    def blank(self) -> Project:
        """A project in which nothing is chosen but what the preferences say."""
        return in_words(Project(cost=CostAssumptions(currency=self._desk.settings.currency.value)))

    def new(self, parent: QWidget) -> bool:
        """Begin anew."""
        return self.show(parent, self.blank())

    def show(self, parent: QWidget, project: Project) -> bool:
        """Show a project that has no file yet; False when the user keeps the present one."""
        if not self.may_close(parent):
            return False
        self._desk.store.open(project, None)
        self.opened.emit()
        return True

    def open_asking(self, parent: QWidget) -> None:
        """Let the user choose a file."""
        if path := ask.file_to_open(parent, _("Open a project"), _patterns()):
            self.open(parent, path)

    def open(self, parent: QWidget, path: Path) -> bool:
        """Open a file; what cannot be opened is told, and the present project stays."""
        from dsdesk.project.file import load

        try:
            project = load(path)
        except DsdeskError as error:
            if not path.exists():
                self._desk.forget(path)
            ask.tell_error(parent, error)
            return False
        if not self.may_close(parent):
            return False
        self._desk.store.open(project, path)
        self._desk.remember(path)
        self.opened.emit()
        return True

    def save(self, parent: QWidget) -> bool:
        """Save where it was opened from."""
        path = self._desk.store.path
        return self._write(parent, path) if path else self.save_as(parent)

    def save_as(self, parent: QWidget) -> bool:
        """Save where the user says."""
        suggested = f"{self.name()}{SUFFIX}"
        path = ask.file_to_write(parent, _("Save the project"), suggested, _patterns(), SUFFIX)
        return path is not None and self._write(parent, path)

    def _write(self, parent: QWidget, path: Path) -> bool:
        from dsdesk.project.file import save

        try:
            save(self._desk.store.project, path)
        except DsdeskError as error:
            ask.tell_error(parent, error)
            return False
        self._desk.store.saved(path)
        self._desk.remember(path)
        return True

    def may_close(self, parent: QWidget) -> bool:
        """Whether the open project may go: it is saved, or the user does not want it."""
        if self._desk.store.is_saved:
            return True
        answer = ask.unsaved(parent, self.name())
        return answer is ask.Answer.DISCARD or (answer is ask.Answer.SAVE and self.save(parent))

    def page_for(self, files: list[Path]) -> str:
        """The page that dropped files belong to."""
        first = files[0]
        if first.suffix == SUFFIX:
            return "start"
        if _is_offer(first):
            return "offers"
        if _is_benchmark(first):  # before models: llama-bench names the type of the model, as a config does
            return "performance"
        if first.suffix.lower() in _WEIGHTS or first.name == "config.json":
            return "model"
        has_weights = first.is_dir() and (
            (first / "config.json").exists() or any(one.suffix.lower() in _WEIGHTS for one in first.iterdir())
        )
        if has_weights or first.name.endswith(".safetensors.index.json") or _is_config(first):
            return "model"
        return "this_machine"


def _is_offer(path: Path) -> bool:
    """Whether a supplier returned it: a PDF, our spreadsheet, a UBL document; other workbooks may be price lists."""
    suffix = path.suffix.lower()
    if suffix == ".pdf":
        return path.is_file()
    if suffix in {".xlsx", ".xlsm"} and path.is_file():
        from dsdesk.quote.mark import is_ours

        return is_ours(path)
    if suffix == ".xml" and path.is_file():
        with path.open("rb") as file:
            return b"oasis:names:specification:ubl" in file.read(_BEGINNING)
    return False


def _is_benchmark(path: Path) -> bool:
    """Whether a benchmark wrote it: measured speeds belong beside the forecast."""
    from dsdesk.measured.reader import is_benchmark

    return path.is_file() and is_benchmark(path)


def _is_config(path: Path) -> bool:
    """Whether a JSON file of another name describes a model: people keep several configs in one folder."""
    if path.suffix.lower() != ".json" or not path.is_file():
        return False
    with path.open("rb") as file:
        beginning = file.read(_BEGINNING)
    return b'"architectures"' in beginning or b'"model_type"' in beginning


def _patterns() -> str:
    return _("dsdesk projects") + f" (*{SUFFIX})"
