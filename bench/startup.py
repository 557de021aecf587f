"""How long a double-click takes to a shown window, against an empty PySide6 window: the ratio is at most 2.5.

    python bench/startup.py [ROUNDS]

Each round starts fresh interpreters, in turn, without a screen unless QT_QPA_PLATFORM says otherwise; the fastest of
each counts, since everything that disturbs makes it slower. A window counts as shown when its first frame is painted:
menu, rail and strip; the page follows at once.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MOST = 2.5

EMPTY = """
import time; began = time.perf_counter()
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication([])
window = QMainWindow()
window.resize(1280, 800)
window.show()
application.processEvents()
print(time.perf_counter() - began)
"""

DSDESK = """
import time; began = time.perf_counter()
from dsdesk.ui.settings import load_settings
from dsdesk.ui.application import dress, make_application
from dsdesk.ui.desk import language_of
from dsdesk.ui.instance import Instance
from dsdesk.ui.session import Session
from dsdesk.ui.words import speak
settings = load_settings()
speak(language_of(settings))
application = make_application()
instance = Instance()
assert instance.is_first()
dress(application, settings)
session = Session(application, settings, instance)
session.window.restore_place()
session.window.show()
session.window.repaint()
print(time.perf_counter() - began)
session.tasks.stop()
"""


def seconds(script: str, home: str) -> float:
    """What one fresh interpreter says."""
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ, "DSDESK_HOME": home, "PYTHONPATH": str(ROOT)}
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment)
    return float(told.stdout.split()[-1])


def main() -> int:
    """Measure, print as JSON, fail above the limit."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    with tempfile.TemporaryDirectory() as home:
        seconds(DSDESK, home)  # byte code, and the disk's cache
        measured = [(seconds(EMPTY, home), seconds(DSDESK, home)) for _ in range(rounds)]
    empty, shown = (min(column) for column in zip(*measured, strict=True))
    ratio = shown / empty
    print(json.dumps({"empty_s": round(empty, 3), "dsdesk_s": round(shown, 3), "ratio": round(ratio, 2), "most": MOST}))
    return 0 if ratio <= MOST else 1


if __name__ == "__main__":
    raise SystemExit(main())
