"""Nothing heavy stands between a double-click and the window."""

import os
import subprocess
import sys

HEAVY = ("sqlmodel", "sqlalchemy", "alembic", "numpy", "pyqtgraph", "reportlab", "openpyxl", "pynvml", "pydantic")

SHOWN = """
import sys
from dsdesk.ui.application import dress, make_application
from dsdesk.ui.session import Session
from dsdesk.ui.settings import Settings
application = make_application()
dress(application, Settings())
session = Session(application, Settings())
session.window.show()
print(*sorted(set(sys.modules) & set(sys.argv[1:])))
session.tasks.stop()
"""


def test_first_window_is_shown_without_the_heavy_ones(user_home):
    shown = subprocess.run(
        [sys.executable, "-c", SHOWN, *HEAVY], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert shown.stdout.split() == []
    assert shown.stderr == ""
