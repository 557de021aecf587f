"""What `nvidia-smi` says in place of an answer: no driver, another library, no card, a card that is lost."""

import re

from dsdesk.base.message import N_, Message
from dsdesk.detect.formats.capture import Capture, Format
from dsdesk.detect.formats.words import pci_address
from dsdesk.detect.snapshot import HostFacts, Snapshot
from dsdesk.detect.symptoms import nvml_symptom

# Beginnings of what it prints, and the error of the library below (texts of drivers 390 to 610; nvmlReturn_t).
_ERRORS = {
    "couldn't communicate with the NVIDIA driver": 9,
    "couldn't find libnvidia-ml.so": 12,
    "Driver/library version mismatch": 18,
    "Driver Not Loaded": 9,
    "NVML Shared Library Not Found": 12,
    "Insufficient Permissions": 4,
    "GPU access blocked by the operating system": 17,
    "Failed to initialize NVML: Unknown Error": 999,
    "Failed to initialize NVML: GPU is lost": 15,
}
_LOST = re.compile(r"Unable to determine the device handle for (?:GPU ?)?([0-9A-Fa-f:.]+)\s*: *([^\n.]*)")
_LIBRARY = re.compile(r"NVML library version: *([\d.]+)")
_MOST_CHARACTERS = 20_000  # a long text that merely mentions an error is a log, not an answer


def _recognises(capture: Capture) -> bool:
    text = capture.text
    if len(text) > _MOST_CHARACTERS:
        return False
    if "Option -m is missing its value" in text:
        return True
    return "No devices were found" in text or bool(_LOST.search(text)) or any(mark in text for mark in _marks(text))


def _marks(text: str) -> list[str]:
    is_answer = "NVIDIA-SMI" in text or "NVML" in text or "nvidia-smi" in text
    return [mark for mark in _ERRORS if is_answer and mark in text]


def _read(capture: Capture) -> Snapshot:
    text = capture.text
    warnings = [nvml_symptom(_ERRORS[mark]) for mark in _marks(text)]
    for lost in _LOST.finditer(text):
        sentence = N_(
            "The card at {address} is on the PCI bus but does not answer: power, riser or driver fault. Reboot."
        )
        warnings.append(Message(sentence, address=pci_address(lost[1]) or lost[1]))
    if "No devices were found" in text:
        found_none = N_(
            "The NVIDIA driver runs but finds no card. Look at lspci: a card that is missing there has no power or no "
            "contact; one that is there may be held by another driver."
        )
        warnings.append(Message(found_none))
    if "Option -m is missing its value" in text:
        cannot = N_(
            "nvidia-smi of this driver cannot tell on Windows how the cards are joined; releases from 610 on can."
        )
        warnings.append(Message(cannot))
    library = _LIBRARY.search(text)
    return Snapshot(
        host=HostFacts(nvidia_driver=library[1] if library else ""), warnings=tuple(dict.fromkeys(warnings))
    )


FORMAT = Format(key="nvidia-message", title="nvidia-smi", recognises=_recognises, read=_read)
