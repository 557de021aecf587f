"""`lspci`, with -nn, -v, -vv, -vvv, -k or -n; with -mm and -vmm; and the tree of -tv."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import replace

from dsdesk.detect.formats.capture import Capture, Format
from dsdesk.detect.formats.nvidia_fields import is_unified, product_name
from dsdesk.detect.formats.words import generation, lanes, pci_address, whole
from dsdesk.detect.pci_names import VENDORS
from dsdesk.detect.snapshot import Gpu, PciPlace, Snapshot

_DEVICE = re.compile(
    r"^((?:[0-9a-f]{4}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-9a-f]) "
    r"(\S[^\[:\n]*?)(?: \[([0-9a-f]{4})\])?: (.+)$",
    re.MULTILINE | re.IGNORECASE,
)
_RECORD = re.compile(r"^Slot:\s+(\S+)", re.MULTILINE)
_QUOTED = re.compile(
    r'^((?:[0-9a-f]{4}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-9a-f]) "[^"\n]*" "[^"\n]*" "[^\n]*$', re.MULTILINE
)
_BRANCH = re.compile(r"\[([0-9a-f]{2})\][-+\\ ]*?-([0-9a-f]{2}\.[0-9a-f])  (\S[^\n]*)")
_PRODUCT = re.compile(r"\[(?!AMD)[^\]\n]{2,}\]")
_DOMAIN = re.compile(r"\[([0-9a-f]{4}):[0-9a-f]{2}(?:-[0-9a-f]{2})?\]")
_CLASSES = (
    "VGA compatible controller",
    "3D controller",
    "Display controller",
    "Processing accelerators",
    "Co-processor",
)
_CLASS_IDS = ("0300", "0302", "0380", "1200", "0b40")
_NOT_CARDS = re.compile(r"audio|usb|bridge|nvswitch|controller|serial|ucsi", re.IGNORECASE)
_MAKERS = {
    "nvidia": "10de",
    "advanced micro devices": "1002",
    "intel": "8086",
    "huawei": "19e5",
    "hygon": "1d94",
    "chengdu haiguang": "1d94",
    "chengdu c-3000": "1d94",
    "metax": "9999",
    "moore threads": "1ed5",
    "baidu": "1d22",
    "habana": "1da3",
    "alibaba": "1ded",
    "enflame": "1e36",
    "iluvatar": "1e3e",
}


def _recognises(capture: Capture) -> bool:
    text = capture.text
    if ": " in text and any(name in text for name in (*_CLASSES, *_CLASS_IDS)) and _DEVICE.search(text):
        return True
    return (
        ("Slot:" in text and _RECORD.search(text) is not None)
        or "-[0000:00]-" in text
        or ('" "' in text and bool(_QUOTED.search(text)))
    )


def _read(capture: Capture) -> Snapshot:
    readers = (_plain, _records, _quoted, _tree)
    found = (tuple(reader(capture.text)) for reader in readers)
    return Snapshot(gpus=next((gpus for gpus in found if gpus), ()))


def _plain(text: str) -> Iterator[Gpu]:
    devices = list(_DEVICE.finditer(text))
    ends = [device.start() for device in devices[1:]] + [len(text)]
    for device, end in zip(devices, ends, strict=False):
        if (device[3] or device[2]).lower() in _CLASS_IDS or device[2].strip() in _CLASSES:
            gpu = _named(device[1], device[4])
            if gpu:
                yield _with_details(gpu, text[device.end() : min(end, device.end() + 20_000)])


def _named(address: str, description: str) -> Gpu | None:
    """The card of "NVIDIA Corporation GA100 [A100 SXM4 80GB] [10de:20b2] (rev a1)", None for other makers."""
    ids = re.search(r"\[?\b([0-9a-f]{4}):([0-9a-f]{4})\b\]?", description)
    unnamed = re.search(r"\bDevice ([0-9a-f]{4})\b", description)
    vendor_id = ids[1] if ids else next((one for maker, one in _MAKERS.items() if maker in description.lower()), "")
    if vendor_id not in VENDORS:
        return None
    device_id = ids[2] if ids else unnamed[1] if unnamed else ""
    pci_id = f"{vendor_id}:{device_id}" if device_id else ""
    revision = re.search(r"\(rev ([0-9a-f]{2})\)", description)
    names = [
        name
        for name in re.findall(r"\[([^\]]+)\]", description)
        if ":" not in name and "AMD/ATI" not in name and name != "AMD"
    ]
    known = product_name("", pci_id, "", revision[1] if revision else "")
    name = known or (names[-1] if names else "")
    if not name and not unnamed:
        name = re.sub(r"\s*[\[(].*$", "", description)
    return Gpu(
        name=name,
        vendor=VENDORS[vendor_id],
        unified_memory=is_unified(name),
        pci=PciPlace(address=pci_address(address)),
        pci_id=pci_id,
    )


def _with_details(gpu: Gpu, block: str) -> Gpu:
    def found(pattern: str) -> re.Match[str] | None:
        return re.search(pattern, block)

    cap = found(r"LnkCap:[^\n]*Speed ([\d.]+GT/s)[^\n]*Width x(\d+)")
    now = found(r"LnkSta:[^\n]*Speed ([\d.]+GT/s)[^\n]*Width x(\d+)")
    subsystem = found(r"Subsystem:[^\n]*\[([0-9a-f]{4}:[0-9a-f]{4})\]") or found(
        r"Subsystem: ([0-9a-f]{4}:[0-9a-f]{4})"
    )
    node, driver = found(r"NUMA node: (\d+)"), found(r"Kernel driver in use: (\S+)")
    vendor, _, device = gpu.pci_id.partition(":")
    return replace(
        gpu,
        name=product_name("", gpu.pci_id, subsystem[1] if subsystem else "") or gpu.name
        if vendor and device
        else gpu.name,
        pci=replace(
            gpu.pci,
            gen_max=generation(cap[1].replace("GT", " GT")) if cap else None,
            width_max=lanes(cap[2]) if cap else None,
            gen_now=generation(now[1].replace("GT", " GT")) if now else None,
            width_now=lanes(now[2]) if now else None,
        ),
        subsystem=subsystem[1] if subsystem else "",
        numa_node=whole(node[1]) if node else None,
        driver=driver[1] if driver else "",
    )


def _records(text: str) -> Iterator[Gpu]:
    """Blocks of `lspci -vmm`: a line a fact, named."""
    for block in re.split(r"\n\s*\n", text):
        facts = dict(re.findall(r"^(\w+):\t *(\S[^\n]*?) *$", block, re.MULTILINE))
        if "Slot" not in facts or not _is_display(facts.get("Class", "")):
            continue
        vendor, device = facts.get("Vendor", ""), facts.get("Device", "")
        gpu = _named(facts["Slot"], _joined(vendor, device))
        if gpu:
            ids = [_last_id(facts.get(name, "")) for name in ("SVendor", "SDevice")]
            node = facts.get("NUMANode", "")
            yield replace(gpu, subsystem=":".join(ids) if all(ids) else "", numa_node=whole(node))


def _is_display(text: str) -> bool:
    return text in _CLASS_IDS or any(text.startswith(name) for name in _CLASSES)


def _last_id(text: str) -> str:
    found = re.search(r"(?:^|\[)([0-9a-f]{4})\]?$", text)
    return found[1] if found else ""


def _joined(vendor: str, device: str) -> str:
    ids = (_last_id(vendor), _last_id(device))
    names = f"{vendor.split(' [', maxsplit=1)[0]} {re.sub(r' *.[0-9a-f]{4}.$', '', device)}"
    return f"{names} [{ids[0]}:{ids[1]}]" if all(ids) else names


def _quoted(text: str) -> Iterator[Gpu]:
    """Lines of `lspci -mm`: words in quotes."""
    for line in _QUOTED.finditer(text):
        try:
            words = shlex.split(line[0])
        except ValueError:
            continue
        if len(words) > 3 and _is_display(words[1].split(" [")[0]):  # noqa: PLR2004 - address, class, maker, device
            gpu = _named(words[0], _joined(words[2], words[3]))
            if gpu:
                yield gpu


def _tree(text: str) -> Iterator[Gpu]:
    """Leaves of `lspci -tv` that carry a product name of a card."""
    domain = "0000"
    for line in text.split("\n"):
        root = _DOMAIN.search(line)
        domain = root[1] if root else domain
        leaf = _BRANCH.search(line)
        if leaf and _PRODUCT.search(leaf[3]) and not _NOT_CARDS.search(leaf[3].partition("[")[0]):
            gpu = _named(f"{domain}:{leaf[1]}:{leaf[2]}", leaf[3])
            if gpu:
                yield gpu


FORMAT = Format(key="lspci", title="lspci", recognises=_recognises, read=_read)
