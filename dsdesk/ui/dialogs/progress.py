"""How far a piece of work is that somebody waits for, with a button to stop it. It appears only if it takes a while."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressDialog, QWidget

from dsdesk.ui.tasks import Task, Tasks
from dsdesk.ui.words import _, say

_PATIENCE_MS = 500


def follow(window: QWidget, tasks: Tasks, task: Task) -> QProgressDialog:
    """Show the progress of `task` over `window` until it ends; cancelling drops its result."""
    dialog = QProgressDialog(say(task.title), _("Cancel"), 0, 100, window)
    dialog.setWindowTitle("dsdesk")
    dialog.setWindowModality(Qt.WindowModality.WindowModal)
    dialog.setMinimumDuration(_PATIENCE_MS)
    dialog.setAutoReset(False)
    dialog.setAutoClose(False)
    dialog.canceled.connect(task.cancel)

    def show() -> None:
        if task not in tasks.running:
            tasks.changed.disconnect(connection)
            dialog.canceled.disconnect(task.cancel)
            dialog.hide()  # closing it would say that it was cancelled
            dialog.deleteLater()
        elif task.fraction is not None and not dialog.wasCanceled():
            dialog.setValue(round(100 * task.fraction))

    connection = tasks.changed.connect(show)
    show()
    return dialog
