"""The very first start by a double-click on a project: the catalogue is built while the project is read."""

import os
import subprocess
import sys
from pathlib import Path

from dsdesk.base import assets

SCRIPT = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from dsdesk.ui.application import dress, make_application
from dsdesk.ui.session import Session
from dsdesk.ui.settings import load_settings

application = make_application()
dress(application, load_settings())
session = Session(application, load_settings())
session.begin([Path(sys.argv[1])])


def look():
    if session.desk.store.evaluation is not None and not session.tasks.running:
        print(session.desk.store.project.configuration.model.llm_id)
        application.quit()


timer = QTimer()
timer.timeout.connect(look)
timer.start(50)
QTimer.singleShot(60_000, application.quit)
application.exec()
session.end()
"""


def test_first_start_with_a_project(tmp_path: Path):
    project = assets.factory_db() / "templates" / "scheme-1.dsdesk"
    environment = os.environ | {"DSDESK_HOME": str(tmp_path / "new"), "QT_QPA_PLATFORM": "offscreen"}
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(project)],
        check=False,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "Traceback" not in run.stderr
    assert run.stdout.strip() == "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B"
