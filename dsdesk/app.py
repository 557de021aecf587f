"""The composition root: builds every long-lived object of the window, in this order, and nothing else.

1. preferences, 2. QApplication in its font and colours, 3. single instance, 4. crash reports, 5. runner, store, desk,
6. window, shown, 7. what may take its time: the catalogue (beside the window, with progress), recovery, listening.
"""

import signal
from pathlib import Path

from dsdesk.ui.application import dress, make_application
from dsdesk.ui.desk import language_of
from dsdesk.ui.instance import Instance
from dsdesk.ui.session import Session
from dsdesk.ui.settings import load_settings
from dsdesk.ui.words import speak


def run(files: list[Path]) -> int:
    """Show the window on `files` (at most one project, or files to drop on it) until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl+C in a terminal ends it; the recovery copy is there
    settings = load_settings()
    speak(language_of(settings))
    application = make_application()
    instance = Instance()
    if not instance.is_first() and instance.hand_over(files):
        return 0
    dress(application, settings)
    session = Session(application, settings, instance)
    session.begin(files)
    status = int(application.exec())
    session.end()
    return status
