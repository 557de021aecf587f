"""AMD's compute driver in sysfs: which instruction set a card has, and xGMI links between cards.

Source: Linux kernel, drivers/gpu/drm/amd/amdkfd/kfd_topology.c (properties of nodes and io_links) and
kfd_crat.h (link type 11 is xGMI).
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from dsdesk.detect.pci_place import text
from dsdesk.detect.snapshot import Gpu, Link

_XGMI = 11
Properties = dict[str, int]


def with_kfd(gpus: tuple[Gpu, ...], topology: Path) -> tuple[tuple[Gpu, ...], tuple[Link, ...]]:
    """`gpus` with their instruction set, and the xGMI links between them.

    Args:
        gpus: with PCI addresses.
        topology: /sys/class/kfd/kfd/topology.
    """
    nodes = {number: properties for number, properties in _nodes(topology) if properties.get("gfx_target_version")}
    position = {gpu.pci.address: place for place, gpu in enumerate(gpus)}
    place_of = {number: position[at] for number, facts in nodes.items() if (at := _address(facts)) in position}
    found = list(gpus)
    for number, place in place_of.items():
        found[place] = replace(found[place], compute_id=_target(nodes[number]["gfx_target_version"]))
    pairs = {
        (min(a, b), max(a, b))
        for number, a in place_of.items()
        for link in _links(topology / "nodes" / str(number))
        if link.get("type") == _XGMI and (b := place_of.get(link.get("node_to", -1))) is not None and a != b
    }
    return tuple(found), tuple(Link(a=a, b=b, kind="XGMI") for a, b in sorted(pairs))


def _nodes(topology: Path) -> Iterator[tuple[int, Properties]]:
    folder = topology / "nodes"
    for node in sorted(folder.iterdir()) if folder.is_dir() else ():
        if node.name.isdecimal():
            yield int(node.name), _properties(node / "properties")


def _links(node: Path) -> Iterator[Properties]:
    folder = node / "io_links"
    for link in sorted(folder.iterdir()) if folder.is_dir() else ():
        yield _properties(link / "properties")


def _properties(file: Path) -> Properties:
    return {key: int(value) for key, value in re.findall(r"^(\w+) (\d+)$", text(file), re.MULTILINE)}


def _address(facts: Properties) -> str:
    """location_id packs bus, device and function as PCI does: eight, five and three bits."""
    at = facts.get("location_id", 0)
    return f"{facts.get('domain', 0):04x}:{at >> 8 & 255:02x}:{at >> 3 & 31:02x}.{at & 7}"


def _target(version: int) -> str:
    """110500 is gfx1150: major, minor and stepping with two digits each, the stepping in hex."""
    return f"gfx{version // 10000}{version // 100 % 100:x}{version % 100:x}"
