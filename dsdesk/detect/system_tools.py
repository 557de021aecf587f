"""Tools of the operating system or of a maker, run with a time limit, and read as any capture of them is.

The readers of Windows and macOS follow the documented answers of Get-CimInstance and system_profiler; they have been
run on recorded answers only, not on such machines.
"""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace

from dsdesk.base import assets
from dsdesk.base.message import N_, Message
from dsdesk.detect.captures import read_text
from dsdesk.detect.nvml import NO_WINDOW
from dsdesk.detect.snapshot import Snapshot

TIMEOUT_S = 30.0
_PROFILES = ("SPHardwareDataType", "SPDisplaysDataType", "SPMemoryDataType", "SPNVMeDataType", "SPSoftwareDataType")


def system_command() -> tuple[str, ...]:
    """The command that describes this machine on an operating system other than Linux."""
    if sys.platform == "win32":
        script = str(assets.resource("detect", "probe.ps1"))
        return ("powershell", "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-File", script, "-")
    return ("system_profiler", *_PROFILES, "-json")


def ask_system() -> Snapshot:
    """What the operating system says, with a warning where it says nothing."""
    answer = output(system_command())
    if not answer:
        text = N_("The operating system did not answer. Only NVIDIA cards are read; enter other parts by hand.")
        return Snapshot(warnings=(Message(text),))
    return read_text(answer, system_command()[0])


def output(command: Sequence[str], timeout_s: float = TIMEOUT_S) -> str:
    """What a tool prints, "" when it is not there, fails to start or does not end in time."""
    try:
        done = subprocess.run(
            list(command),
            capture_output=True,
            timeout=timeout_s,
            check=False,
            stdin=subprocess.DEVNULL,
            creationflags=NO_WINDOW,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", errors="replace")


def with_tool(snapshot: Snapshot, command: Sequence[str]) -> Snapshot:
    """`snapshot` with the cards of one maker as its tool reports them, the addresses deciding which are which."""
    told = read_text(output(command), command[0]).gpus
    by_address = {gpu.pci.address: gpu for gpu in told if gpu.pci.address}
    gpus = []
    for gpu in snapshot.gpus:
        said = by_address.get(gpu.pci.address)
        if said is None:
            gpus.append(gpu)
        else:
            place = replace(gpu.pci, address=said.pci.address)
            gpus.append(replace(said, pci=place, pci_id=gpu.pci_id, subsystem=gpu.subsystem, numa_node=gpu.numa_node))
    return replace(snapshot, gpus=tuple(gpus))


def with_links(snapshot: Snapshot, command: Sequence[str]) -> Snapshot:
    """`snapshot` with the links that a maker's tool prints, where it counts as many cards as there are in all."""
    told = read_text(output(command), command[0])
    return replace(snapshot, links=told.links) if len(told.gpus) == len(snapshot.gpus) else snapshot
