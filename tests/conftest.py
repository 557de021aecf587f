"""What every test stands on: no screen, nobody's own folders, one language for the machine's own words."""

import os

# Before anything imports Qt: with no display and no platform named, Qt ends the interpreter.
os.environ["QT_QPA_PLATFORM"] = os.environ.get("DSDESK_TEST_PLATFORM", "offscreen")
os.environ.pop("QT_STYLE_OVERRIDE", None)  # a person's own style changes what fits
os.environ["QT_SCALE_FACTOR"] = "1"
os.environ["LC_ALL"] = "C.UTF-8"

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine must not fail a property, and CI must fail again on what failed once.
settings.register_profile("dsdesk", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("dsdesk")


@pytest.fixture(autouse=True)
def user_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that stands for all of the user's own; new for each test."""
    home = tmp_path / "dsdesk-home"
    monkeypatch.setenv("DSDESK_HOME", str(home))
    return home


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    """Fail a test that leaves a thread running: it would meet the next test, or the end of the interpreter."""
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        thread.join(timeout=2)
    left = [thread.name for thread in set(threading.enumerate()) - before if not thread.daemon]
    assert not left, f"still running: {', '.join(left)}"
