"""What an error of NVIDIA's library means, and what to do about it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from dsdesk.base.message import N_, Message
from dsdesk.base.units import MIB, Quantity, Unit
from dsdesk.detect.nvml_card import is_wrong_driver
from dsdesk.detect.snapshot import Gpu, Habitat, Snapshot
from dsdesk.detect.whole_chip import with_whole_chip

# Codes of nvmlReturn_t (NVML API reference, "Device Structs / nvmlReturn_t"; the numbers are those of nvidia-ml-py).
_SYMPTOMS = {
    3: N_("NVIDIA's library does not support this query here; the fields concerned are shown as not reported."),
    4: N_("NVIDIA's library does not permit this user to ask. Everything that needs no permission is shown."),
    8: N_("A card reports too little power. Check its power connectors."),
    9: N_(
        "The NVIDIA driver is installed but not running: its kernel module is not loaded. Often Secure Boot or a "
        "kernel update is the cause; reboot, or rebuild the module."
    ),
    11: N_("The system blocks a card (interrupts). Check the BIOS and IOMMU settings."),
    12: N_("There is no NVIDIA driver library. Names come from the PCI bus, memory sizes from the catalogue."),
    14: N_("A card's InfoROM is damaged. It may work, but its maker should look at it."),
    15: N_("A card is on the bus but does not answer: power, riser or driver fault. Reboot, then check its seat."),
    16: N_("A card needs a reset before it can be used."),
    17: N_("The operating system blocks a card. Check the BIOS and IOMMU settings."),
    18: N_("The NVIDIA driver was updated while it was running: driver and library differ. Reboot."),
    999: N_("NVIDIA's library failed. In a container this often means that it lost its devices; restart it."),
}
NO_LIBRARY = 12


def nvml_symptom(code: int) -> Message:
    """The sentence for an error code."""
    text = _SYMPTOMS.get(code)
    if text is None:
        return Message(N_("NVIDIA's library answered with error {code}."), code=code)
    return Message(text)


_FORBIDDEN, _TOO_OLD = 4, {13, 25}


def refusals(refused: Iterable[Mapping[str, int]], driver: str) -> tuple[Message, ...]:
    """What single queries that a card refused mean, a sentence each.

    Args:
        refused: of every card, the error by the name of the query.
        driver: its version.
    """
    pairs = [pair for one in refused for pair in one.items()]
    forbidden = tuple(dict.fromkeys(name for name, code in pairs if code == _FORBIDDEN))
    missing = tuple(dict.fromkeys(name for name, code in pairs if code in _TOO_OLD))
    found = []
    if forbidden:
        found.append(Message(N_("Not permitted for this user: {fields}. Everything else is shown."), fields=forbidden))
    if missing:
        text = N_("Driver {version} is too old to tell {fields}; a newer one can.")
        found.append(Message(text, version=driver, fields=missing))
    codes = {code for _, code in pairs} - _TOO_OLD - {_FORBIDDEN}
    return (*found, *(nvml_symptom(code) for code in sorted(codes)))


_RECOVERY = {
    "Reset": N_("{name} needs a reset before it can be used."),
    "Reboot": N_("{name} needs a restart of the machine before it can be used."),
    "Drain P2P": N_("{name} should be emptied and reset: its links to other cards are faulty."),
    "Drain and Reset": N_("{name} should be emptied and reset as soon as its work is done."),
}


def recovery_symptom(name: str, action: str) -> tuple[Message, ...]:
    """What the driver wants to be done with a card (`gpu_recovery_action`, drivers from 550)."""
    return (Message(_RECOVERY[action], name=name),) if action in _RECOVERY else ()


def version_conflict(kernel: str, library: str) -> Message:
    """The sentence for error 18 where both versions are known."""
    text = N_("The NVIDIA driver was updated while it was running: module {kernel}, library {library}. Reboot.")
    return Message(text, kernel=kernel, library=library)


_SMALL_WINDOW = 256 * MIB


def with_findings(snapshot: Snapshot) -> Snapshot:
    """`snapshot` with a sentence for everything in it that a user should know about."""
    snapshot = with_whole_chip(snapshot)
    found = [message for gpu in snapshot.gpus for message in _about(gpu)]
    if is_wrong_driver(snapshot.host.nvidia_driver):
        text = N_("Driver {version} reports programs on the cards wrongly. Update it.")
        found.append(Message(text, version=snapshot.host.nvidia_driver))
    habitat = snapshot.host.habitat
    if habitat is Habitat.WSL and snapshot.gpus:
        found.append(Message(N_("This is WSL2: memory that other programs of Windows use cannot be told apart.")))
    if any(gpu.driver_model == "WDDM" for gpu in snapshot.gpus) and habitat is not Habitat.WSL:
        text = N_("Windows manages the memory of this card (WDDM): that of other programs cannot be told apart.")
        found.append(Message(text))
    passed_through = any(gpu.virtualisation == "Pass-Through" for gpu in snapshot.gpus)
    if (passed_through or habitat is Habitat.VIRTUAL) and snapshot.gpus:
        text = N_("This runs in a virtual machine: slots, links and limits of the real machine may be hidden.")
        found.append(Message(text))
    gpus = tuple(_with_unified_size(gpu, snapshot) for gpu in snapshot.gpus)
    return replace(snapshot, gpus=gpus, warnings=tuple(dict.fromkeys((*snapshot.warnings, *found))))


def _with_unified_size(gpu: Gpu, snapshot: Snapshot) -> Gpu:
    """A chip that shares the host's memory has as much as the host; its driver reports none."""
    if gpu.unified_memory and gpu.memory_bytes is None:
        return replace(gpu, memory_bytes=snapshot.memory.total_bytes)
    return gpu


def _about(gpu: Gpu) -> list[Message]:
    name = gpu.label
    found: list[Message] = []
    # The generation drops when a card is idle; the number of lanes does not.
    if gpu.pci.width_now and gpu.pci.width_max and gpu.pci.width_now < gpu.pci.width_max:
        text = N_(
            "{name} at {address} has {now} of {most} PCIe lanes. The slot may be wired so, the card badly seated, or "
            "another slot or drive takes its lanes."
        )
        found.append(Message(text, name=name, address=gpu.pci.address, now=gpu.pci.width_now, most=gpu.pci.width_max))
    window = gpu.visible_memory_bytes
    large = gpu.memory_bytes is None or gpu.memory_bytes > 2 * _SMALL_WINDOW
    if window is not None and window <= _SMALL_WINDOW and large and not gpu.unified_memory:
        text = N_("{name}: the processor sees only {window} of its memory at once. Turn on resizable BAR in the BIOS.")
        found.append(Message(text, name=name, window=Quantity(window, Unit.MIB)))
    if gpu.mig:
        text = N_("{name} is partitioned (MIG) into {count} parts; a program gets one of them, not the whole memory.")
        found.append(Message(text, name=name, count=len(gpu.slices)))
    if gpu.virtualisation.upper() == "VGPU":
        found.append(
            Message(N_("{name} is a virtual GPU: its size is that of its profile, its link unknown."), name=name)
        )
    return found
