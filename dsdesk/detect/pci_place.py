"""Small files of sysfs, and the link of a PCI device in them."""

import re
from pathlib import Path

from dsdesk.detect.snapshot import PciPlace

_GT_S = {2.5: 1, 5.0: 2, 8.0: 3, 16.0: 4, 32.0: 5, 64.0: 6}


def text(path: Path) -> str:
    """The content of a small file without surrounding blanks, "" when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip().strip("\0").strip()
    except OSError:
        return ""


def number(path: Path) -> int | None:
    """The whole number in a file, None when there is none."""
    content = text(path)
    return int(content) if re.fullmatch(r"-?\d{1,18}", content) else None


def pci_place(device: Path, address: str = "") -> PciPlace:
    """Place and link of the PCI device whose sysfs folder is `device`.

    Args:
        device: its folder.
        address: if the folder is not named by it.
    """

    def gen(name: str) -> int | None:
        found = re.match(r"([\d.]+)", text(device / name))
        return _GT_S.get(float(found[1])) if found and found[1].count(".") <= 1 else None

    def width(name: str) -> int | None:
        lanes = number(device / name)
        return lanes if lanes and lanes < 255 else None  # noqa: PLR2004 - sysfs says 255 for "unknown"

    return PciPlace(
        address=address or device.name,
        gen_now=gen("current_link_speed"),
        gen_max=gen("max_link_speed"),
        width_now=width("current_link_width"),
        width_max=width("max_link_width"),
    )
