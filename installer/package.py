"""Makes installers: `installer/dev.py package [deb|portable|windows|macos]`, by default what this system can make."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import package_deb
import package_elf
import package_freeze
import package_macos
import package_portable
import package_windows
import sbom
from console import SetupError, say

_ON: Mapping[str, tuple[str, ...]] = {"linux": ("deb", "portable"), "win32": ("windows",), "darwin": ("macos",)}
_MAKERS: Mapping[str, Callable[[Path], Path]] = {
    "deb": package_deb.build,
    "portable": package_portable.build,
    "windows": package_windows.build,
    "macos": package_macos.build,
}


def package(arguments: list[str]) -> int:
    """Make the installers that are named into dist/, each with its list of parts, and the sums of all."""
    again = "--frozen" in arguments  # with the folder of the last time
    names = [one for one in arguments if one != "--frozen"] or list(_ON.get(sys.platform, ()))
    wrong = [one for one in names if one not in _MAKERS]
    if wrong or not names:
        raise SetupError(f"There is no installer called {', '.join(wrong)}; there are {', '.join(_MAKERS)}.")
    interpreter = package_freeze.python()
    folder = package_freeze.FOLDER
    native = [one for one in names if one in _ON.get(sys.platform, ())]
    if native and not (again and folder.is_dir()):
        folder = package_freeze.freeze()
        if sys.platform.startswith("linux"):
            package_elf.strip_python(folder)
            gone = package_elf.prune(folder)
            package_freeze.set_times(folder)
            say(f"{gone // 2**20} MiB of libraries that nothing uses were left out.")
    for name in names:
        made = _MAKERS[name](folder)
        sbom.write(made, interpreter)
        say(f"{made}: {made.stat().st_size / 1e6:.1f} MB")
    say(f"Sums: {sbom.write_sums(package_freeze.DIST)}")
    return 0
