"""Device types of NetBox (netbox-community/devicetype-library, CC0): one YAML file a device, or a checkout of many."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from dsdesk.base.errors import FileError
from dsdesk.base.message import Message
from dsdesk.catalog.fields import FieldError
from dsdesk.catalog.importers.imported import Imported, Problem, Tell, tell_nobody
from dsdesk.catalog.importers.simple_yaml import Document, Table, YamlError, parse
from dsdesk.catalog.text import part_from
from dsdesk.hardware.parts import Part
from dsdesk.hardware.vocabulary import PartKind

_KG_PER = {"kg": 1.0, "lb": 0.45359237, "g": 0.001, "oz": 0.028349523}
_FEWEST_PORTS_OF_A_SWITCH = 8
_FILES_A_REPORT = 50
_SPEED = re.compile(r"(\d+(?:\.\d+)?)(g)?base-(?:[a-z]+\d*-)?(.+)")
_PLUGS = {"qsfpdd": "qsfp-dd", "t": "rj45", "tx": "rj45", "sfpp": "sfp+"}


def read_device_types(path: Path, *, day: date, tell: Tell = tell_nobody) -> Imported:
    """The devices of a file, or of every YAML file under a folder; `tell` is told the share that is done.

    Raises:
        FileError: there is no device type there.
    """
    files = sorted([*path.rglob("*.yaml"), *path.rglob("*.yml")]) if path.is_dir() else [path]
    parts: dict[str, Part] = {}
    problems: list[Problem] = []
    for number, file in enumerate(files):
        if number % _FILES_A_REPORT == 0:
            tell(number / len(files))
        try:
            part = _part(parse(file.read_text(encoding="utf-8")), day)
        except FieldError as error:
            problems.append(Problem(file.name, error.message))
        except (OSError, UnicodeDecodeError, YamlError, KeyError, TypeError, ValueError):
            problems.append(Problem(file.name, Message("The file is not a device type of NetBox.")))
        else:
            parts[part.id] = part
    if not parts:
        raise FileError(Message("There are no device types of NetBox in {path}.", path=str(path)))
    return Imported(what="device types", source=str(path), parts=tuple(parts.values()), problems=tuple(problems))


def _tables(document: Document, key: str) -> list[Table]:
    held = document.get(key)
    return held if isinstance(held, list) else []


def _part(document: Document, day: date) -> Part:
    maker, model = str(document["manufacturer"]), str(document["model"])
    kind = _kind(document)
    slug = str(document.get("slug") or f"{maker}-{model}").lower().replace(" ", "-")
    table: dict[str, Any] = {
        "id": f"user:devicetype-{slug}",
        "manufacturer": maker,
        "name": model,
        "mpn": document.get("part_number"),
        "weight_kg": _weight(document),
        "notes": str(document.get("comments") or ""),
        "source": f"NetBox device type {slug} (netbox-community/devicetype-library, CC0 1.0)",
        "source_date": day.isoformat(),
        **_FIELDS[kind](document),
    }
    return part_from(kind, {name: value for name, value in table.items() if value is not None})


def _kind(document: Document) -> PartKind:
    """What a device is, which the library does not say: told by its outlets and ports."""
    if _tables(document, "power-outlets"):
        words = f"{document['model']} {document.get('comments')}".lower()
        return PartKind.UPS if "ups" in words else PartKind.PDU
    return PartKind.SWITCH if sum(_ports(document).values()) >= _FEWEST_PORTS_OF_A_SWITCH else PartKind.PLATFORM


def _weight(document: Document) -> float | None:
    weight, unit = document.get("weight"), str(document.get("weight_unit") or "kg")
    return round(weight * _KG_PER[unit], 2) if isinstance(weight, int | float) and unit in _KG_PER else None


def _ports(document: Document) -> Counter[tuple[float, str]]:
    found: Counter[tuple[float, str]] = Counter()
    for port in _tables(document, "interfaces"):
        match = _SPEED.fullmatch(str(port.get("type")))
        if match and not port.get("mgmt_only"):
            speed = float(match[1]) * (1e9 if match[2] else 1e6)
            found[(speed, _PLUGS.get(match[3], match[3]))] += 1
    return found


def _supplies(document: Document) -> tuple[int | None, float | None]:
    inlets = _tables(document, "power-ports")
    bays = [bay for bay in _tables(document, "module-bays") if re.match(r"(?i)psu|power supply", str(bay.get("name")))]
    draws = [draw for one in inlets if isinstance(draw := one.get("maximum_draw"), int | float)]
    return len(inlets) or len(bays) or None, max(draws, default=None)


def _switch(document: Document) -> Mapping[str, Any]:
    ports = sorted(_ports(document).items(), key=lambda one: -one[0][0])
    return {
        "rack_units": document.get("u_height"),
        "ports": [[count, speed, plug] for (speed, plug), count in ports],
        "max_power_w": _supplies(document)[1],
    }


def _platform(document: Document) -> Mapping[str, Any]:
    supplies, draw = _supplies(document)
    network = ", ".join(f"{count}x {speed / 1e9:g} Gbit/s {plug}" for (speed, plug), count in _ports(document).items())
    return {"rack_units": document.get("u_height") or None, "psus": supplies, "psu_w": draw, "network": network}


def _outlets(document: Document) -> str:
    counted = Counter(
        str(one.get("type")).removeprefix("iec-60320-").upper() for one in _tables(document, "power-outlets")
    )
    return ", ".join(f"{count}x {plug}" for plug, count in counted.items())


_FIELDS: Mapping[PartKind, Callable[[Document], Mapping[str, Any]]] = {
    PartKind.SWITCH: _switch,
    PartKind.PLATFORM: _platform,
    PartKind.PDU: lambda document: {"outlets": _outlets(document)},
    PartKind.UPS: lambda _document: {},
}
