"""What an error of NVIDIA's library means, and what to do about it."""

from dsdesk.base.message import N_, Message

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
