"""A recorded Linux tree as a machine: a whole root, or only the folders of its cards."""

import re
from pathlib import Path

from dsdesk.detect.kfd import with_kfd
from dsdesk.detect.linux_gpu import card_at
from dsdesk.detect.linux_machine import read_linux
from dsdesk.detect.pci_place import text
from dsdesk.detect.snapshot import Gpu, Snapshot


def read_tree(folder: Path) -> Snapshot:
    """The machine whose root, or whose /sys/class/drm, was copied to `folder`."""
    if (folder / "sys").is_dir() or (folder / "proc").is_dir():
        return read_linux(folder)
    gpus: list[Gpu] = []
    for card in sorted(folder.glob("card*/device")):
        event = text(card / "uevent")
        address = re.search(r"^PCI_SLOT_NAME=(\S+)$", event, re.MULTILINE)
        driver = re.search(r"^DRIVER=(\S+)$", event, re.MULTILINE)
        gpu = card_at(card, address[1] if address else "", driver[1] if driver else "")
        if gpu:
            gpus.append(gpu)
    cards, links = with_kfd(tuple(gpus), folder / "kfd/topology")
    return Snapshot(gpus=cards, links=links)
