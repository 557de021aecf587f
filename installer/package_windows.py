"""The Windows setup.

On Windows the program is frozen there and packed by makensis. Elsewhere PyInstaller cannot make it: there the setup is
assembled from what was frozen on Windows before and copied to build/package/windows/dsdesk.
"""

import shutil
import sys
from pathlib import Path

import package_freeze
from console import ROOT, SetupError, say, succeeds

_COPIED = package_freeze.BUILD / "windows" / "dsdesk"


def build(folder: Path) -> Path:
    """Make setup.exe of the frozen folder; gives its path."""
    source = folder if sys.platform == "win32" else _COPIED
    if not (source / "dsdesk.exe").is_file():
        raise SetupError(
            "The Windows program is frozen on Windows only. Run `py installer\\dev.py package windows` there, or copy "
            f"its build\\package\\dist\\dsdesk to {_COPIED} and run this again to assemble the setup here."
        )
    makensis = shutil.which("makensis")
    if makensis is None:
        raise SetupError("makensis is missing. Install NSIS 3 (Debian: sudo apt-get install nsis).")
    package_freeze.DIST.mkdir(exist_ok=True)
    target = package_freeze.DIST / f"dsdesk-{package_freeze.version()}-x64-setup.exe"
    say(f"Packing {target.name}.")
    values = {
        "VERSION": package_freeze.version(),
        "SOURCE": source,
        "TARGET": target,
        "ICON": package_freeze.STAGED / "dsdesk.ico",
        "LICENCE": ROOT / "LICENSE",
    }
    flags = [f"-D{name}={value}" for name, value in values.items()]
    script = ROOT / "installer" / "windows" / "dsdesk.nsi"
    if not succeeds([makensis, "-V2", "-INPUTCHARSET", "UTF8", *flags, script],
                    environment=package_freeze.build_environment()):  # fmt: skip
        raise SetupError("makensis failed; the lines above say why.", status=1)
    return target
