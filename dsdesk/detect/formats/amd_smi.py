"""`amd-smi static`, `list`, `metric` and `topology`, as text and as JSON: the same tree under the same names.

Source: AMD SMI documentation, "amd-smi CLI" (field names of these commands, ROCm 5.7 to 7.2).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from dsdesk.detect.formats.capture import Capture, Format
from dsdesk.detect.formats.nvidia_fields import product_name
from dsdesk.detect.formats.words import (
    generation,
    hex_digits,
    lanes,
    number,
    pci_address,
    said,
    size_bytes,
    version,
    whole,
)
from dsdesk.detect.snapshot import Gpu, Link, PciPlace, Snapshot

_LINE = re.compile(r"^( *)([A-Z][A-Z0-9_ ]*): *(.*?) *$")
_MARKS = ("MARKET_NAME: ", " BDF: ", "TOTAL_VRAM: ", "SOCKET_POWER: ", "MAX_POWER: ", "GFX_ACTIVITY: ")
Tree = Mapping[str, Any]


def _recognises(capture: Capture) -> bool:
    text = capture.text
    if any(mark in text for mark in _MARKS) and re.search(r"^GPU: \d+ *$", text, re.MULTILINE):
        return True
    return '"gpu"' in text and any(isinstance(tree, dict) and _is_ours(tree) for tree in _trees(capture))


def _is_ours(tree: Tree) -> bool:
    return "gpu" in tree and bool({"asic", "bus", "vram", "links", "limit", "mem_usage", "bdf"} & set(tree))


def _trees(capture: Capture) -> Iterator[Tree]:
    """One tree a card, keys in small letters."""
    value = capture.json
    if isinstance(value, dict):
        value = next((value[key] for key in ("gpu_data", "topology", "gpus") if key in value), [])
    if isinstance(value, list) and value and not isinstance(value[0], dict):
        value = []
    if isinstance(value, list) and value:
        yield from (tree for tree in value if isinstance(tree, dict))
        return
    for block in re.split(r"^(?=GPU: \d)", capture.text, flags=re.MULTILINE):
        if block.startswith("GPU: "):
            yield _tree(block)


def _tree(block: str) -> Tree:
    root: dict[str, Any] = {}
    stack: list[tuple[int, dict[str, Any]]] = [(-1, root)]
    for line in block.split("\n"):
        found = _LINE.match(line)
        if not found:
            continue
        depth, key = len(found[1]), found[2].strip().lower()
        while stack[-1][0] >= depth and len(stack) > 1:
            stack.pop()
        if found[3] or depth == 0:
            stack[-1][1].setdefault(key, found[3])
        else:
            inside: dict[str, Any] = {}
            stack[-1][1].setdefault(key, inside)
            stack.append((depth, inside))
    return root


def _get(tree: Tree, *path: str) -> str:
    """The text at a path; a value with its unit is {"value": 32, "unit": "GT/s"} in JSON."""
    value: Any = tree
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    if isinstance(value, dict) and "value" in value:
        return said(f"{value['value']} {value.get('unit', '')}")
    return "" if isinstance(value, dict | list) else said(value)


def _read(capture: Capture) -> Snapshot:
    trees = [tree for tree in _trees(capture) if "gpu" in tree]
    gpus = tuple(_gpu(tree) for tree in trees)
    place = {gpu.index: position for position, gpu in enumerate(gpus)}
    kinds: dict[tuple[int, int], str] = {}
    for tree in trees:
        links = tree.get("links")
        for link in links if isinstance(links, list) else ():
            a, b = whole(_get(tree, "gpu")), whole(_get(link, "gpu"))
            kind = _get(link, "link_type").upper()
            if a in place and b in place and a != b and kind and kind != "SELF":
                kinds.setdefault((min(place[a], place[b]), max(place[a], place[b])), kind)
    return Snapshot(gpus=gpus, links=tuple(Link(a=a, b=b, kind=kind) for (a, b), kind in sorted(kinds.items())))


def _gpu(tree: Tree) -> Gpu:
    device = hex_digits(_get(tree, "asic", "device_id"))
    pci_id = f"1002:{device}" if device else ""
    limit = number(_get(tree, "limit", "max_power")) or number(_get(tree, "limit", "ppt0", "max_power_limit"))
    cap = number(_get(tree, "limit", "socket_power")) or number(_get(tree, "limit", "ppt0", "socket_power_limit"))
    subsystem = (hex_digits(_get(tree, "asic", "subvendor_id")), hex_digits(_get(tree, "asic", "subsystem_id")))
    share = number(_get(tree, "usage", "gfx_activity"))
    total = _get(tree, "vram", "size") or _get(tree, "mem_usage", "total_vram")
    # An integrated chip reports a limit of 0 W, and as its memory what it takes of the host's before all else.
    is_shared = number(_get(tree, "limit", "max_power")) == 0
    return Gpu(
        name=_name(tree, pci_id),
        vendor="amd",
        index=whole(_get(tree, "gpu")),
        memory_bytes=None if is_shared else size_bytes(total) or None,
        memory_free_bytes=size_bytes(_get(tree, "mem_usage", "free_vram")),
        unified_memory=is_shared,
        pci=PciPlace(
            address=pci_address(_get(tree, "bus", "bdf") or _get(tree, "bdf") or _get(tree, "asic", "pci_bdf")),
            gen_now=generation(_get(tree, "pcie", "speed")),
            gen_max=generation(_get(tree, "bus", "max_pcie_speed")),
            width_now=lanes(_get(tree, "pcie", "width")),
            width_max=lanes(_get(tree, "bus", "max_pcie_width")),
        ),
        subsystem=":".join(subsystem) if all(subsystem) else "",
        power_w=number(_get(tree, "power", "socket_power") or _get(tree, "power", "average_socket_power")),
        temperature_c=number(_get(tree, "temperature", "hotspot") or _get(tree, "temperature", "edge")),
        utilisation=None if share is None else share / 100,
        pci_id=pci_id,
        driver=version(_get(tree, "driver", "version")),
        compute_id=_get(tree, "asic", "target_graphics_version"),
        power_limit_w=(cap or limit) or None,
        power_max_w=limit or None,
        power_min_w=number(_get(tree, "limit", "min_power")) or None,
        numa_node=whole(_get(tree, "numa", "node")),
    )


def _name(tree: Tree, pci_id: str) -> str:
    """The market name, or the board's where the first is only the PCI id, as releases before 6.4 print it."""
    revision = hex_digits(_get(tree, "asic", "rev_id"))[-2:]
    market, board = _get(tree, "asic", "market_name"), _get(tree, "board", "product_name")
    return product_name(market if not market.lower().startswith("0x") else board, pci_id, "", revision)


FORMAT = Format(key="amd-smi", title="amd-smi static, list, metric, topology", recognises=_recognises, read=_read)
