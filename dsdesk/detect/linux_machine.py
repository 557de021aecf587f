"""A Linux machine below a root folder: this one, or a recorded tree."""

from pathlib import Path

from dsdesk.detect.habitat import read_host
from dsdesk.detect.kfd import with_kfd
from dsdesk.detect.linux import read_cpu, read_disks, read_memory
from dsdesk.detect.linux_gpu import scan_gpus
from dsdesk.detect.snapshot import Snapshot


def read_linux(root: Path) -> Snapshot:
    """Everything that needs neither rights nor a vendor's library.

    Args:
        root: folder with sys/, proc/, etc/.
    """
    bare, warnings = scan_gpus(root)
    gpus, links = with_kfd(bare, root / "sys/class/kfd/kfd/topology")
    return Snapshot(
        host=read_host(root),
        gpus=gpus,
        links=links,
        cpu=read_cpu(root),
        memory=read_memory(root),
        disks=read_disks(root),
        warnings=warnings,
    )
