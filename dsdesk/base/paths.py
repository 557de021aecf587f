"""The one door to the user's own folders. `DSDESK_HOME`, or a file `portable` beside the program, moves all of them."""

import os
import sys
from pathlib import Path

APP = "dsdesk"


def _override() -> Path | None:
    if home := os.environ.get("DSDESK_HOME"):
        return Path(home)
    beside = Path(sys.executable).resolve().parent
    return beside / "dsdesk-data" if (beside / "portable").exists() else None


def _folder(kind: str) -> Path:
    override = _override()
    if override is not None:
        folder = override / kind
    else:
        from platformdirs import PlatformDirs

        dirs = PlatformDirs(APP, appauthor=False)
        folder = Path({"data": dirs.user_data_dir, "config": dirs.user_config_dir, "state": dirs.user_state_dir}[kind])
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def data() -> Path:
    """The user's catalogue database and own parts."""
    return _folder("data")


def config() -> Path:
    """Preferences."""
    return _folder("config")


def state() -> Path:
    """Logs, crash reports, recovery copies."""
    return _folder("state")
