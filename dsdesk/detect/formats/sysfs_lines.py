"""Files of /sys/class/drm as `grep . FILES` prints them: the folder of a card, a line a fact.

They are set up again for a moment, so that the readers of a machine read them as they read any /sys.
"""

import re
import tempfile
from pathlib import Path

from dsdesk.detect.formats.capture import Capture, Format
from dsdesk.detect.linux_tree import read_tree
from dsdesk.detect.snapshot import Snapshot

_LINE = re.compile(r"^/sys/class/drm/(card\d+/device/(?:hwmon/hwmon\d+/)?\w+):(.*)$", re.MULTILINE)
_MOST_LINES = 20_000


def _recognises(capture: Capture) -> bool:
    return "/sys/class/drm/card" in capture.text and _LINE.search(capture.text) is not None


def _read(capture: Capture) -> Snapshot:
    files: dict[str, list[str]] = {}
    for found in list(_LINE.finditer(capture.text))[:_MOST_LINES]:
        files.setdefault(found[1], []).append(found[2])
    with tempfile.TemporaryDirectory(prefix="dsdesk-tree-") as folder:
        for name, lines in files.items():
            target = Path(folder, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return read_tree(Path(folder))


FORMAT = Format(key="sysfs-lines", title="grep . /sys/class/drm/card*/device/*", recognises=_recognises, read=_read)
