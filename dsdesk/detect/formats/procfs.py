"""/proc/cpuinfo, /proc/meminfo, /etc/os-release, and the firmware's memory table as udev keeps it."""

import re

from dsdesk.detect.formats.capture import Capture, Format
from dsdesk.detect.formats.dmidecode import own_words
from dsdesk.detect.linux import cpu_from, memory_from, modules_from_udev, os_name
from dsdesk.detect.snapshot import HostFacts, MemoryFacts, Snapshot

_DMI = re.compile(r"^/sys/class/dmi/id/(sys_vendor|product_name|board_name):(.*)$", re.MULTILINE)
_UNAME = re.compile(r"^Linux (\d\S*) (?:x86_64|aarch64|ppc64le|riscv64|loongarch64)$", re.MULTILINE)
_CPU = re.compile(r"^processor\s*: \d+$", re.MULTILINE)


def _recognises(capture: Capture) -> bool:
    text = capture.text
    return (
        ("processor" in text and _CPU.search(text) is not None)
        or ("MemTotal: " in text and re.search(r"^MemTotal: +\d+ kB", text, re.MULTILINE) is not None)
        or "MEMORY_DEVICE_" in text
        or "PRETTY_NAME=" in text
        or "/sys/class/dmi/id/" in text
        or ("Linux " in text and _UNAME.search(text) is not None)
    )


def _read(capture: Capture) -> Snapshot:
    memory = memory_from(capture.text)
    modules, slots = modules_from_udev(capture.text)
    total = memory.total_bytes or sum(size for size, _, _ in modules) or None
    firmware = dict(_DMI.findall(capture.text))
    kernel = _UNAME.search(capture.text)
    return Snapshot(
        host=HostFacts(
            os=os_name(capture.text),
            kernel=kernel[1] if kernel else "",
            maker=own_words(firmware.get("sys_vendor")),
            product=own_words(firmware.get("product_name")),
            board=own_words(firmware.get("board_name")),
        ),
        cpu=cpu_from(capture.text),
        memory=MemoryFacts(total_bytes=total, available_bytes=memory.available_bytes, modules=modules, slots=slots),
    )


FORMAT = Format(key="procfs", title="/proc/cpuinfo, /proc/meminfo", recognises=_recognises, read=_read)
