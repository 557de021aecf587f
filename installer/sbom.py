"""The list of parts of a package, as CycloneDX 1.6 JSON, and the sums of what is handed on."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

import package_freeze
import package_licences
import package_system


def write(package: Path, interpreter: Path, system: Sequence[package_system.SystemPart] = ()) -> Path:
    """Write the list of parts beside `package`; gives its path. The same build gives the same bytes.

    Args:
        package: what is handed on.
        interpreter: Python of the environment that is packed.
        system: libraries of the system that went in.
    """
    version = package_freeze.version()
    digest = _sha256(package)
    components = [_component(one) for one in package_licences.components(interpreter)]
    names = {str(one["name"]).lower(): str(one["bom-ref"]) for one in components}
    top = f"pkg:generic/dsdesk@{version}"
    beside = [*_besides(), *(_system(one) for one in system)]
    held = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, digest)}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(package_freeze.epoch(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {
                "type": "application",
                "bom-ref": top,
                "name": "dsdesk",
                "version": version,
                "licenses": [{"expression": "Apache-2.0"}],
                "hashes": [{"alg": "SHA-256", "content": digest}],
            },
        },
        "components": [*components, *beside],
        "dependencies": [
            {"ref": top, "dependsOn": sorted([*names.values(), *(str(one["bom-ref"]) for one in beside)])},
            *_dependencies(interpreter, names),
        ],
    }
    target = package.with_name(f"{package.name}.cdx.json")
    target.write_text(json.dumps(held, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return target


def _component(one: package_licences.Component) -> dict[str, Any]:
    name = one.name.lower().replace("_", "-")
    reference = f"pkg:pypi/{name}@{one.version}"
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": reference,
        "name": one.name,
        "version": one.version,
        "purl": reference,
        "licenses": [{"license": {"name": one.licence}}],
    }
    if one.inside:
        component["components"] = [_part(part, f"{reference}/{number}") for number, part in enumerate(one.inside, 1)]
    return component


def _part(one: package_licences.Inside, reference: str) -> dict[str, Any]:
    said = {"version": one.version, "purl": one.purl, "scope": "optional" if one.is_optional else "required"}
    licence = {"licenses": [{"license": {"name": one.licence}}]} if one.licence else {}
    known = {key: value for key, value in said.items() if value}
    return {"type": "library", "bom-ref": reference, "name": one.name, **known, **licence}


def _system(one: package_system.SystemPart) -> dict[str, Any]:
    reference = f"pkg:deb/debian/{quote(one.name, safe='.-')}@{quote(one.version, safe='.-~')}?arch=amd64"
    return {
        "type": "library",
        "bom-ref": reference,
        "name": one.name,
        "version": one.version,
        "purl": reference,
        "licenses": [{"license": {"name": f"see licences/debian-{one.name}.txt"}}],
        "description": ", ".join(one.libraries),
    }


def _besides() -> list[dict[str, Any]]:
    import platform

    return [
        {
            "type": "platform",
            "bom-ref": f"pkg:generic/cpython@{platform.python_version()}",
            "name": "CPython",
            "version": platform.python_version(),
            "licenses": [{"license": {"id": "PSF-2.0"}}],
        },
        {
            "type": "library",
            "bom-ref": "qt",
            "name": "Qt, as PySide6 brings it",
            "licenses": [{"license": {"id": "LGPL-3.0-only"}}],
        },
        {
            "type": "data",
            "bom-ref": "noto-sans-sc",
            "name": "Noto Sans SC",
            "licenses": [{"license": {"id": "OFL-1.1"}}],
        },
        {
            "type": "data",
            "bom-ref": "catalogue",
            "name": "dsdesk catalogue (see licences/data-ATTRIBUTION.md)",
            "licenses": [{"license": {"name": "ODC-By 1.0, CC-BY-4.0, CC0-1.0"}}],
        },
    ]


def _dependencies(interpreter: Path, names: dict[str, str]) -> list[dict[str, Any]]:
    found = []
    for one in package_licences.components(interpreter):
        words = {need.replace("(", " ").split("[")[0].split(" ")[0] for need in one.needs}
        plain = {word.rstrip("<>=!~;0123456789.,").lower() for word in words}
        refs = sorted(names[word] for word in plain if word in names)
        found.append({"ref": names[one.name.lower()], "dependsOn": refs})
    return found


def write_sums(folder: Path) -> Path:
    """Write SHA256SUMS of everything in `folder`, as `sha256sum -c` reads it."""
    target = folder / "SHA256SUMS"
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.name not in _NOT_SUMMED)
    target.write_text("".join(f"{_sha256(path)}  {path.name}\n" for path in files), encoding="utf-8")
    return target


_NOT_SUMMED = {"SHA256SUMS", "SHA256SUMS.minisig"}


def _sha256(path: Path) -> str:
    summed = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            summed.update(piece)
    return summed.hexdigest()
