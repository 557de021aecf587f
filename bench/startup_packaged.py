"""How long the packaged program takes to a visible window, against running from source: the ratio is at most 1.5.

    python bench/startup_packaged.py [ROUNDS]      after `python3 installer/dev.py package`

Each round starts both in turn on a virtual screen of its own, with user folders made for the occasion; a window counts
once the screen says that it is visible. The median counts, since both are disturbed alike. Wants Xvfb and xdotool.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
FROZEN = ROOT / "build" / "package" / "dist" / "dsdesk" / "dsdesk"
MOST = 1.5
_LONGEST_S = 60.0


@contextmanager
def screen() -> Iterator[str]:
    """The name of a virtual screen that nobody else uses."""
    name = next(f":{number}" for number in range(97, 1000) if not Path(f"/tmp/.X{number}-lock").exists())
    # Without -noreset it begins anew whenever its last client leaves, and refuses whoever comes just then.
    command = ["Xvfb", name, "-screen", "0", "1600x1000x24", "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        while subprocess.call(
            ["xdotool", "getmouselocation"], stdout=-3, stderr=-3, env={**os.environ, "DISPLAY": name}
        ):
            time.sleep(0.05)
        yield name
    finally:
        server.terminate()
        server.wait()


def seconds(command: Sequence[object], display: str, home: str) -> float:
    """From the start of the program to its visible window."""
    environment = {
        **os.environ,
        "DISPLAY": display,
        "QT_QPA_PLATFORM": "xcb",
        "DSDESK_HOME": home,
        "PYTHONPATH": str(ROOT),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # a second start from source finds its byte code
    began = time.perf_counter()
    program = subprocess.Popen([str(one) for one in command], env=environment, stderr=subprocess.DEVNULL)
    try:
        asked = ["xdotool", "search", "--onlyvisible", "--class", "dsdesk"]
        while subprocess.call(asked, stdout=-3, stderr=-3, env=environment):
            if program.poll() is not None or time.perf_counter() > began + _LONGEST_S:
                raise RuntimeError(f"{command}: no window; it ended with {program.poll()}")
            time.sleep(0.005)
        return time.perf_counter() - began
    finally:
        program.kill()
        program.wait()


def main() -> int:
    """Measure, print as JSON, fail above the limit."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    source = [sys.executable, "-m", "dsdesk"]
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other, screen() as display:
        for _ in range(2):  # the catalogue is built once, then the disk's cache is warm
            seconds(source, display, one)
            seconds([FROZEN], display, other)
        measured = [(seconds(source, display, one), seconds([FROZEN], display, other)) for _ in range(rounds)]
    from_source, packaged = (median(column) for column in zip(*measured, strict=True))
    ratio = packaged / from_source
    told = {"source_s": round(from_source, 3), "packaged_s": round(packaged, 3), "ratio": round(ratio, 2), "most": MOST}
    print(json.dumps(told))
    return 0 if ratio <= MOST else 1


if __name__ == "__main__":
    raise SystemExit(main())
