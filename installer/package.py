"""Makes installers: `installer/dev.py package [deb|portable|windows|macos]`, by default what this system can make.

`--sign KEY` signs the sums of all of them with a secret key of minisign; `--frozen` takes the folder of the last time.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import package_deb
import package_elf
import package_freeze
import package_macos
import package_portable
import package_system
import package_windows
import sbom
from console import ROOT, SetupError, say, succeeds

_ON: Mapping[str, tuple[str, ...]] = {"linux": ("deb", "portable"), "win32": ("windows",), "darwin": ("macos",)}
_MAKERS: Mapping[str, Callable[[Path], Path]] = {
    "deb": package_deb.build,
    "portable": package_portable.build,
    "windows": package_windows.build,
    "macos": package_macos.build,
}


def package(arguments: list[str]) -> int:
    """Make the installers that are named into dist/, each with its list of parts, and the sums of all."""
    arguments, key = _without_key(arguments)
    again = "--frozen" in arguments
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
            package_system.collect(package_system.parts(folder), folder / "_internal" / "licences")
            package_freeze.set_times(folder)
            say(f"{gone // 2**20} MiB of libraries that nothing uses were left out.")
    for name in names:
        made = _MAKERS[name](folder)
        sbom.write(made, interpreter, package_system.parts(folder))
        say(f"{made}: {made.stat().st_size / 1e6:.1f} MB")
    sums = sbom.write_sums(package_freeze.DIST)
    say(f"Sums: {sums}")
    sums.with_name(f"{sums.name}.minisig").unlink(missing_ok=True)  # of other sums
    if key is not None:
        _sign(sums, key, interpreter)
    return 0


def _without_key(arguments: list[str]) -> tuple[list[str], Path | None]:
    if "--sign" not in arguments:
        return arguments, None
    place = arguments.index("--sign")
    key = Path(arguments[place + 1]) if place + 1 < len(arguments) else None
    if key is None or not key.is_file():
        raise SetupError("--sign wants the file of a secret key, as `dsdesk catalog new-key` makes one.")
    return arguments[:place] + arguments[place + 2 :], key.resolve()


def _sign(sums: Path, key: Path, interpreter: Path) -> None:
    comment = f"dsdesk {package_freeze.version()} {package_freeze.build_name()} file:{sums.name}"
    if not succeeds([interpreter, ROOT / "installer" / "sign.py", sums, key, "--comment", comment]):
        raise SetupError("The sums were not signed; the line above says why.", status=1)
