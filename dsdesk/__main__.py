"""`python -m dsdesk` and `dsdesk`: the window without arguments or with files to open, else the command line."""

import os
import sys
from pathlib import Path

_NVML_CHILD = "--detect-nvml-child"  # detect.nvml.CHILD_FLAG, said again: a double-click imports no detection
_OPENED_BY_DOUBLE_CLICK = {".dsdesk", ".dsdcat", ".gguf", ".safetensors"}


def main() -> int:
    """Decide between the two faces; returns the exit status."""
    arguments = sys.argv[1:]
    if arguments[:1] == [_NVML_CHILD]:
        from dsdesk.detect.nvml_child import main as nvml_child

        return nvml_child(arguments[1:])
    files = [Path(one) for one in arguments]
    if all(path.suffix in _OPENED_BY_DOUBLE_CLICK for path in files):
        if not _has_screen():
            sys.stderr.write("dsdesk: there is no screen here. Use the command line instead: dsdesk --help\n")
            return 2
        from dsdesk.app import run

        return run(files)
    from dsdesk.cli.main import main as command_line

    return command_line(arguments)


def _has_screen() -> bool:
    if sys.platform != "linux":
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


if __name__ == "__main__":
    raise SystemExit(main())
