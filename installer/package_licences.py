"""The licence of everything in the package, as texts beside it and as rows for the list of parts."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from console import ROOT, SetupError

# Asked inside the environment that is packed: what is installed there, its licence files, and what a wheel says of the
# libraries that were built into it (PEP 770: lists of parts in a folder of their own).
_LISTING = """
import importlib.metadata as metadata, json
rows = []
for one in metadata.distributions():
    said = one.metadata
    classifiers = [line.rpartition(' :: ')[2] for line in said.get_all('Classifier', ())
                   if line.startswith('License ::')]
    words = ('LICEN', 'COPYING', 'NOTICE', 'AUTHORS')
    files = [str(one.locate_file(path)) for path in one.files or ()
             if '.dist-info' in str(path) and any(word in path.name.upper() for word in words)]
    lists = [path for path in one.files or () if '.dist-info/sboms/' in str(path) and path.suffix == '.json']
    inside = [part for path in lists for part in json.loads(path.read_text('utf-8')).get('components', ())]
    needs = [line.split(';')[0].strip() for line in one.requires or () if 'extra ==' not in line]
    rows.append({'name': said['Name'], 'version': one.version, 'licence': said.get('License-Expression')
                 or ', '.join(classifiers) or (said.get('License') or '').split(chr(10))[0][:80], 'files': files,
                 'needs': needs, 'inside': inside})
print(json.dumps(rows))
"""
_BESIDES = (
    "Python: Python Software Foundation License 2.",
    "Qt: GNU LGPL 3; its libraries lie as files beside the program and may be replaced.",
    "Noto Sans SC: SIL Open Font License 1.1.",
)
# Installed for building, not part of what is handed on (PyInstaller's start-up code is: GPL 2 with its exception).
BUILD_ONLY = {
    "altgraph",
    "macholib",
    "packaging",
    "pefile",
    "pyinstaller-hooks-contrib",
    "pywin32-ctypes",
    "setuptools",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A part of the package that somebody else wrote.

    Attributes:
        name: on the package index.
        version: as installed.
        licence: SPDX expression where its metadata has one, else its own words.
        files: its licence texts.
        needs: the requirements that its metadata names.
        inside: libraries of others that were built into it, as it says itself.
    """

    name: str
    version: str
    licence: str
    files: tuple[Path, ...]
    needs: tuple[str, ...]
    inside: tuple["Inside", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Inside:
    """A library inside a wheel.

    Attributes:
        name: its own.
        version: empty where the wheel does not say.
        purl: where it comes from, as a package URL.
        licence: SPDX expression or name, empty where the wheel does not say.
        is_optional: it is named as one that need not be there.
    """

    name: str
    version: str
    purl: str
    licence: str
    is_optional: bool


def components(interpreter: Path) -> tuple[Component, ...]:
    """Every Python package that goes in, by name."""
    asked = subprocess.run([str(interpreter), "-c", _LISTING], capture_output=True, text=True, check=False)
    if asked.returncode:
        raise SetupError(f"The licences could not be listed: {asked.stderr.strip().splitlines()[-1]}", status=1)
    found = [
        Component(
            name=str(row["name"]),
            version=str(row["version"]),
            licence=str(row["licence"]) or "see its texts",
            files=tuple(Path(file) for file in row["files"]),
            needs=tuple(row["needs"]),
            inside=_inside(str(row["name"]), row["inside"]),
        )
        for row in json.loads(asked.stdout)
        if str(row["name"]).lower() not in BUILD_ONLY
    ]
    return tuple(sorted(found, key=lambda one: one.name.lower()))


def _inside(holder: str, rows: list[dict[str, Any]]) -> tuple[Inside, ...]:
    own = f"pkg:pypi/{holder.lower()}@"
    found = {
        Inside(
            name=str(row["name"]),
            version=str(row.get("version", "")),
            purl=str(row.get("purl", "")),
            licence=_licence(row.get("licenses") or ()),
            is_optional=row.get("scope") == "optional",
        )
        for row in rows
        if row.get("scope") != "excluded" and not str(row.get("purl", "")).lower().startswith(own)
    }
    return tuple(sorted(found))


def _licence(said: Sequence[dict[str, Any]]) -> str:
    words = [one.get("expression") or one["license"].get("id") or one["license"].get("name", "") for one in said]
    return " AND ".join(words)


def collect(interpreter: Path, target: Path) -> None:
    """Copy every licence text below `target`, with one page that lists them."""
    target.mkdir(parents=True)
    shutil.copy(ROOT / "LICENSE", target / "dsdesk-Apache-2.0.txt")
    shutil.copy(ROOT / "resources" / "fonts" / "OFL.txt", target / "NotoSansSC-OFL-1.1.txt")
    shutil.copy(ROOT / "db" / "parts" / "ATTRIBUTION.md", target / "data-ATTRIBUTION.md")
    lines = ["What this package is made of, and under which licence each part comes.", ""]
    for one in components(interpreter):
        lines.append(f"{one.name} {one.version}: {one.licence}")
        inside = [each for each in one.inside if not each.is_optional]
        lines += [f"    with {each.name} {each.version}: {each.licence or 'see its texts'}" for each in inside]
        for number, file in enumerate(sorted(one.files)):
            name = f"{one.name}-{number}-{file.name}" if number else f"{one.name}-{file.name}"
            shutil.copyfile(file, target / name)
    lines += ["", *_BESIDES]
    (target / "README.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
