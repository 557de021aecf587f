"""Accelerators by the names that measurements and drivers write, matched by rule.

A name is a core ("rtx 4090", "h100"), a form (PCIe, SXM, NVL) and a memory size. The core must agree; form and size
only where both names state them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

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
    ]
)
_SIZE_TOLERANCE = 0.15  # 80 GB and 80 GiB name the same card
_FORM = {"pcie": "pcie", "sxm": "sxm", "sxm2": "sxm", "sxm4": "sxm", "sxm5": "sxm", "nvl": "nvl"}


@dataclass(frozen=True, slots=True)
class DeviceName:
    """A name taken apart: possible cores, form ("" = not said) and memory [GB] (0 = not said)."""

    cores: frozenset[frozenset[str]]
    form: str
    memory_gb: int


@lru_cache(maxsize=4096)
def device_name(text: str) -> DeviceName:
    """Take `text` apart; what stands in brackets may be the name as well ("DGX Spark (GB10)")."""
    low = re.sub(r"(\d+)\s*g(i?)b\b", r"\1gb", text.lower().replace("\N{TRADE MARK SIGN}", ""))
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
    return DeviceName(frozenset(cores), form, memory)


def _tokens(text: str) -> list[str]:
    out: list[str] = []
    for token in re.split(r"[^a-z0-9+.]+", text.replace("max-q", "maxq")):
        glued = re.fullmatch(r"(\d{4})(ti|d|super|s)", token)
        out += [glued[1], glued[2]] if glued else [token]
    return [token for token in out if token]


def find_device(text: str, devices: Iterable[Accelerator]) -> Accelerator | None:
    """The accelerator that `text` names; where form or memory are not said, the smallest module of that core."""
    if " + " in text or text.startswith("CPU only"):
        return None
    wanted = device_name(text)
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
    unsaid_form = {"": 0.0, "sxm": 1.0, "pcie": 2.0, "nvl": 3.0}[have.form] if not wanted.form else 0.0
    return (round(off, 2), unsaid_form, size, float(len(device.name)))
