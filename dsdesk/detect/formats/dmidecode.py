"""`dmidecode`: maker, board, processors and memory modules, as the firmware tells them."""

import re

from dsdesk.detect.formats.capture import Capture, Format
from dsdesk.detect.formats.words import said, size_bytes, whole
from dsdesk.detect.snapshot import CpuFacts, HostFacts, MemoryFacts, Snapshot

Facts = dict[str, str]
_PLACEHOLDERS = re.compile(
    r"to be filled by o\.?e\.?m\.?|system product name|system manufacturer|default string|o\.?e\.?m\.?|none|0+|x+",
    re.IGNORECASE,
)
# The firmware of virtual machines describes one module of no kind.
_NO_TYPES = {"RAM", "DRAM", "OTHER", "<OUT OF SPEC>"}


# With -q there are neither handles nor a first line, only titles and their facts.
_QUIET = re.compile(
    r"^(?:Memory Device|Processor Information|Base Board Information|System Information) *\n\t", re.MULTILINE
)


def _recognises(capture: Capture) -> bool:
    text = capture.text
    is_full = "# dmidecode" in text or "DMI type" in text
    return is_full or ("\n\t" in text and _QUIET.search(text) is not None)


def _read(capture: Capture) -> Snapshot:
    if re.search(r"^Handle 0x", capture.text, re.MULTILINE):
        blocks = re.split(r"^Handle 0x", capture.text, flags=re.MULTILINE)[1:]
    else:
        blocks = ["\n" + block for block in re.split(r"\n(?=\S)", capture.text)]
    structures = [_facts(block) for block in blocks]

    def all_of(title: str) -> list[Facts]:
        return [facts for name, facts in structures if name == title]

    system = next(iter(all_of("System Information")), {})
    board = next(iter(all_of("Base Board Information")), {})
    return Snapshot(
        host=HostFacts(
            maker=own_words(system.get("Manufacturer")) or own_words(board.get("Manufacturer")),
            product=own_words(system.get("Product Name")),
            board=own_words(board.get("Product Name")),
            free_x16_slots=_free_slots(all_of("System Slot Information")),
            psu_w=_supply_w(all_of("System Power Supply")),
        ),
        cpu=_cpu(all_of("Processor Information")),
        memory=_memory(all_of("Memory Device")),
    )


def _facts(block: str) -> tuple[str, Facts]:
    lines = block.split("\n")
    facts: Facts = {}
    for line in lines[2:]:
        key, colon, value = line.partition(":")
        if colon and line[:1] in "\t ":
            facts.setdefault(key.strip(), value.strip())
    return (lines[1].strip() if len(lines) > 1 else ""), facts


def own_words(text: str | None) -> str:
    """`text` unless the maker left the template's words in it."""
    found = said(text)
    return "" if _PLACEHOLDERS.fullmatch(found) else found


def _free_slots(slots: list[Facts]) -> int | None:
    """Openings of x16 that the firmware calls available, however they are wired; None where it lists none."""
    wide = [slot for slot in slots if "x16" in slot.get("Type", "")]
    return sum(slot.get("Current Usage") == "Available" for slot in wide) if wide else None


def _supply_w(supplies: list[Facts]) -> float | None:
    """Rating of the smallest supply that is present: the others may be there for the day it fails."""
    present = [one for one in supplies if "Not Present" not in one.get("Status", "")]
    ratings = [float(watts) for one in present if (watts := whole(one.get("Max Power Capacity")))]
    return min(ratings, default=None)


def _cpu(processors: list[Facts]) -> CpuFacts:
    present = [one for one in processors if "Unpopulated" not in one.get("Status", "") and said(one.get("Version"))]
    cores = [whole(one.get("Core Count")) for one in present]
    threads = [whole(one.get("Thread Count")) for one in present]
    return CpuFacts(
        name=said(present[0].get("Version")) if present else "",
        sockets=len(present) or None,
        cores=sum(one for one in cores if one) or None,
        threads=sum(one for one in threads if one) or None,
    )


def _memory(devices: list[Facts]) -> MemoryFacts:
    modules = []
    for device in devices:
        size = size_bytes(device.get("Size"))
        if not size:
            continue
        # SMBIOS 2 says Clock and MHz where 3 says Memory and MT/s; both count transfers.
        speed = whole(device.get("Configured Memory Speed")) or whole(device.get("Configured Clock Speed"))
        kind = said(device.get("Type"))
        modules.append((size, speed or whole(device.get("Speed")), "" if kind.upper() in _NO_TYPES else kind))
    total = sum(size for size, _, _ in modules)
    return MemoryFacts(total_bytes=total or None, slots=len(devices) or None, modules=tuple(modules))


FORMAT = Format(key="dmidecode", title="dmidecode", recognises=_recognises, read=_read)
