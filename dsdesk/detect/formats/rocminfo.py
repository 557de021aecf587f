"""`rocminfo`: agents of AMD's runtime, processors and accelerators."""

import re

from dsdesk.detect.formats.capture import Capture, Format
from dsdesk.detect.formats.words import hex_digits, whole
from dsdesk.detect.snapshot import CpuFacts, Gpu, PciPlace, Snapshot

_KIB = 1024


def _recognises(capture: Capture) -> bool:
    return "HSA Agents" in capture.text or "HSA System Attributes" in capture.text


def _read(capture: Capture) -> Snapshot:
    agents = re.split(r"^\*+ *\nAgent \d+ *\n\*+ *$", capture.text, flags=re.MULTILINE)[1:]
    gpus = tuple(_gpu(agent) for agent in agents if _fact(agent, "Device Type") == "GPU")
    processors = [agent for agent in agents if _fact(agent, "Device Type") == "CPU"]
    threads = [whole(_fact(agent, "Compute Unit")) for agent in processors]
    cpu = CpuFacts(
        name=_fact(processors[0], "Marketing Name") if processors else "",
        sockets=len(processors) or None,
        threads=sum(one for one in threads if one) or None,
    )
    return Snapshot(gpus=gpus, cpu=cpu)


def _fact(agent: str, name: str) -> str:
    found = re.search(rf"^  {re.escape(name)}: +(\S.*?) *$", agent, re.MULTILINE)
    return found[1] if found else ""


def _gpu(agent: str) -> Gpu:
    bdf, domain = whole(_fact(agent, "BDFID")), whole(_fact(agent, "Domain"))
    device = hex_digits((re.search(r"\((0x[0-9a-f]+)\)", _fact(agent, "Chip ID")) or ["", ""])[1])
    sizes = re.findall(r"Segment: +GLOBAL; FLAGS: COARSE GRAINED *\n +Size: +(\d+)", agent)
    # BDFID packs bus, device and function as PCI does: eight, five and three bits.
    address = "" if not bdf else f"{domain or 0:04x}:{bdf >> 8:02x}:{bdf >> 3 & 31:02x}.{bdf & 7}"
    return Gpu(
        name=_fact(agent, "Marketing Name"),
        vendor="amd",
        memory_bytes=int(sizes[0]) * _KIB if sizes else None,
        pci=PciPlace(address=address),
        pci_id=f"1002:{device}" if device else "",
        compute_id=_fact(agent, "Name"),
    )


FORMAT = Format(key="rocminfo", title="rocminfo", recognises=_recognises, read=_read)
