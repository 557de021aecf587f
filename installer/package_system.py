"""Libraries of the system that the frozen folder took along: which Debian package each is from, and its licence.

PyInstaller copies what Python and Qt are linked with. Elsewhere than on Debian nothing is found, and nothing is listed.
"""

import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

_CACHE = re.compile(r"^\s*(\S+) \(.*\) => (\S+)$", re.MULTILINE)
_DOCUMENTS = Path("/usr/share/doc")


@dataclass(frozen=True, slots=True, order=True)
class SystemPart:
    """A package of the system, some of whose libraries go in.

    Attributes:
        name: of the Debian package.
        version: as installed on the machine that builds.
        libraries: names of the files that were taken.
        documents: folder with its text of authors and licences.
    """

    name: str
    version: str
    libraries: tuple[str, ...]
    documents: Path


def parts(folder: Path) -> tuple[SystemPart, ...]:
    """The packages whose libraries lie in the frozen `folder`, by name; Python's own library is told elsewhere."""
    if shutil.which("dpkg-query") is None:
        return ()
    inside = {path.name for path in (folder / "_internal").glob("lib*.so*") if not path.is_symlink()}
    places = {name: path for name, path in _places().items() if name in inside and not name.startswith("libpython")}
    taken: dict[str, list[str]] = {}
    for name, owner in sorted(_owners(places).items()):
        taken.setdefault(owner, []).append(name)
    versions = dict(line.split("\t") for line in _told("-W", "-f", "${binary:Package}\t${Version}\n", *taken))
    return tuple(
        SystemPart(name.partition(":")[0], versions[name], tuple(libraries), _DOCUMENTS / name.partition(":")[0])
        for name, libraries in sorted(taken.items())
    )


def collect(found: Iterable[SystemPart], target: Path) -> None:
    """Copy the licence of each package into the folder `target`, and list them in its README.txt."""
    lines = ["", "Libraries of Debian packages, with the texts of their authors and licences:", ""]
    for one in found:
        lines.append(f"{one.name} {one.version}: {', '.join(one.libraries)}")
        text = one.documents / "copyright"
        if text.is_file():
            shutil.copyfile(text, target / f"debian-{one.name}.txt")
    with (target / "README.txt").open("a", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def _places() -> dict[str, Path]:
    """Where the loader of the system finds each library."""
    tool = shutil.which("ldconfig", path="/usr/sbin:/sbin:/usr/bin")
    told = subprocess.run([tool, "-p"], capture_output=True, text=True, check=True).stdout if tool else ""
    return {name: Path(place) for name, place in reversed(_CACHE.findall(told))}  # the first of a name counts


def _owners(places: Mapping[str, Path]) -> dict[str, str]:
    """The package of each library. Debian names a file with or without /usr, and as a link or as what it points to."""
    asked: dict[str, str] = {}
    for name, place in places.items():
        for path in (str(place), str(place.resolve())):
            asked |= {path: name, path.removeprefix("/usr"): name, f"/usr{path.removeprefix('/usr')}": name}
    found = {}
    for line in _told("-S", *asked):
        owner, _, path = line.rpartition(": ")
        if path in asked and not owner.startswith("diversion "):
            found[asked[path]] = owner.split(",")[0]
    return found


def _told(*arguments: str) -> list[str]:
    """Lines of dpkg-query; its status only says that one of the questions has no answer."""
    if len(arguments) == 1:
        return []
    asked = subprocess.run(["dpkg-query", *arguments], capture_output=True, text=True, check=False)
    return asked.stdout.splitlines()
