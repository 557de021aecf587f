"""Accelerators by the names that measurements and drivers write, matched by rule.

A name is a core ("rtx 4090", "h100"), a form (PCIe, SXM, NVL) and a memory size. The core must agree; form and size
only where both names state them. A count before a name ("4x H100") is no part of it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from dsdesk.base.message import N_, Message
from dsdesk.base.source import Unknown
from dsdesk.hardware.parts import Accelerator

_NOISE = frozenset(
    [
        "nvidia",
        "rtx",
        "amd",
        "intel",
        "apple",
        "geforce",
        "instinct",
        "tesla",
        "radeon",
        "graphics",
        "generation",
        "edition",
        "workstation",
        "gpu",
        "virtualized",
        "cts",
        "modified",
        "mod",
        "china",
        "per",
        "module",
        "hbm2",
        "hbm2e",
        "hbm3",
        "hbm3e",
        "gddr6",
        "gddr6x",
        "gddr7",
        "nps1",
        "spx",
        "tensor",
        "core",
        "the",
        "desktop",
        "system",
        "oam",
        "hl",
        "soc",
        "grace",
        "hopper",
        "superchip",
    ]
)
_COUNTED = re.compile(r"\s*(\d{1,5})\s*[x\u00d7*]\s*(?=[^\W\d_]|\d{4})(.*)", re.IGNORECASE)
_NO_ACCELERATOR = re.compile(r"\s*(cpu\b|no gpu\b|none\b)", re.IGNORECASE)
_SIZE_TOLERANCE = 0.15  # 80 GB and 80 GiB name the same card
_MARKS = re.compile(r"\((?:r|tm)\)|[\N{TRADE MARK SIGN}\N{REGISTERED SIGN}]")
_GPU_CORES = re.compile(r"\b(\d+)[- ]core(?: gpu)?(?! cpu)")
_FORM = {"pcie": "pcie", "sxm": "sxm", "sxm2": "sxm", "sxm4": "sxm", "sxm5": "sxm", "nvl": "nvl"}


@dataclass(frozen=True, slots=True)
class DeviceName:
    """A name taken apart: possible cores, form ("" = not said), memory [GB] and GPU cores of a chip (0 = not said)."""

    cores: frozenset[frozenset[str]]
    form: str
    memory_gb: int
    gpu_cores: int = 0


@lru_cache(maxsize=4096)
def device_name(text: str) -> DeviceName:
    """Take `text` apart; what stands in brackets may be the name as well ("DGX Spark (GB10)")."""
    low = _MARKS.sub(" ", text.lower())
    low = re.sub(r"(\d+)\s*g(i?b)?\b", r"\1gb", low)
    units = _GPU_CORES.search(low)
    low = _GPU_CORES.sub(" ", low)
    outside = re.sub(r"\(.*?\)", " ", low)
    cores: set[frozenset[str]] = set()
    form, memory = "", 0
    for part in (outside, *re.findall(r"\((.*?)\)", low)):
        core = set()
        for token in _tokens(part):
            if token in _FORM:
                form = form or _FORM[token]
            elif re.fullmatch(r"\d+gb", token):
                memory = memory or int(token[:-2])
            elif token not in _NOISE and not re.fullmatch(r"\d+w", token):
                core.add(token)
        if core:
            cores.add(frozenset(core))
    return DeviceName(frozenset(cores), form, memory, int(units[1]) if units else 0)


def _tokens(text: str) -> list[str]:
    out: list[str] = []
    for token in re.split(r"[^a-z0-9+.]+", text.replace("max-q", "maxq")):
        token = re.sub(r"^rtx(?=.)", "", token)  # noqa: PLW2901 - "RTX4090"
        glued = re.fullmatch(r"(\d{4})(ti|d|super|s)", token)
        out += [glued[1], glued[2]] if glued else [token]
    return [token for token in out if token]


def counted(text: str) -> tuple[int, str]:
    """How many devices `text` speaks of, and what each is called: "4x RTX 4090" is four of "RTX 4090"."""
    found = _COUNTED.fullmatch(text)
    return (int(found[1]), found[2].strip()) if found and int(found[1]) else (1, text)


def devices_in_all(named: int, stated: int | None) -> int | Unknown:
    """How many devices there are, where the name speaks of `named` and a count of `stated`."""
    if named == 1:
        return stated or 1
    if stated in (None, 1, named):
        return named
    return Unknown(Message(N_("the name says {named} devices, the count says {stated}"), named=named, stated=stated))


def no_forecast(text: str) -> Message | None:
    """Why nothing is forecast for such a machine, whatever the catalogue holds; None where a device is named."""
    if _NO_ACCELERATOR.match(text):
        return Message(N_("a machine without an accelerator is not forecast"))
    if " + " in text:
        return Message(N_("different accelerators together are not forecast"))
    return None


def find_device(text: str, devices: Iterable[Accelerator]) -> Accelerator | None:
    """The accelerator that `text` names; where form or memory are not said, the smallest module of that core."""
    if no_forecast(text) is not None:
        return None
    devices = tuple(devices)
    name = counted(text)[1]
    for device in devices:
        # A driver's name may hold a size that is not the accelerator's: "GH200 480GB" counts the memory of the host.
        if name.casefold() in {written.casefold() for written in device.aliases}:
            return device
    wanted = device_name(name)
    found: list[tuple[tuple[float, ...], str, Accelerator]] = []
    for device in devices:
        for written in (device.name, *device.aliases):
            rank = _rank(wanted, device_name(written), device)
            if rank is not None:
                found.append((rank, device.id, device))
    return min(found, key=lambda one: one[:2])[2] if found else None


def _rank(wanted: DeviceName, have: DeviceName, device: Accelerator) -> tuple[float, ...] | None:
    if not wanted.cores & have.cores:
        return None
    if wanted.form and have.form and wanted.form != have.form:
        return None
    size = (device.memory_bytes or 0) / 1e9 or float(have.memory_gb)
    off = abs(size / wanted.memory_gb - 1) if wanted.memory_gb and size else 0.0
    if off > _SIZE_TOLERANCE and not device.unified_memory:
        return None
    units = device_name(device.name).gpu_cores
    if wanted.gpu_cores and units and wanted.gpu_cores != units:
        return None
    unsaid_form = {"": 0.0, "sxm": 1.0, "pcie": 2.0, "nvl": 3.0}[have.form] if not wanted.form else 0.0
    return (round(off, 2), unsaid_form, -float(units), size, float(len(device.name)))  # the whole chip, where not said
