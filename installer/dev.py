"""The one command of a checkout: makes its own environment, then runs dsdesk or its tests in it.

    python3 installer/dev.py run            the window
    python3 installer/dev.py run ARGS...    the command line: `run models --json`
    python3 installer/dev.py test           every check and test; `test -k power` hands the rest to pytest alone
    python3 installer/dev.py env            only the environment, with the tools for development
    python3 installer/dev.py lock           pins the dependencies of pyproject.toml anew (--upgrade: to the newest)
    python3 installer/dev.py package        installers into dist/; `package deb portable` only these
    python3 installer/dev.py package --sign KEY   and their sums signed

Standard library only, and readable by older Pythons, so that a wrong one can be told kindly.
"""

import os
import shutil
import subprocess
import sys

SUPPORTED = ((3, 11), (3, 12), (3, 13))


def _hand_over_to_a_supported_python() -> None:
    """Start again under a Python that dsdesk supports, or say which one to install."""
    folders = os.pathsep.join([os.environ.get("PATH", ""), "/opt/homebrew/bin", "/usr/local/bin"])
    launcher = shutil.which("py")  # Windows
    for major, minor in reversed(SUPPORTED):
        python = shutil.which(f"python{major}.{minor}", path=folders)
        for command in ([python], [launcher, f"-{major}.{minor}"]):
            words = [word for word in command if word]
            if len(words) == len(command) and _runs_as(words, (major, minor)):
                raise SystemExit(subprocess.call([*words, __file__, *sys.argv[1:]]))
    sys.stderr.write(
        "dsdesk needs Python 3.11, 3.12 or 3.13; this is {}.{} and none of them was found. "
        "Install one and run this again.\n".format(*sys.version_info[:2])
    )
    raise SystemExit(2)


def _runs_as(command: "list[str]", version: "tuple[int, int]") -> bool:
    probe = [*command, "-c", f"import sys; raise SystemExit(sys.version_info[:2] != {version})"]
    return subprocess.call(probe, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0


if sys.version_info[:2] not in SUPPORTED:
    _hand_over_to_a_supported_python()

import commands  # noqa: E402 - its syntax needs the version that was made sure of above

if __name__ == "__main__":
    raise SystemExit(commands.main(sys.argv[1:]))
