"""`python -m torch.utils.collect_env` and the reports of vLLM and SGLang that grew out of it."""

import re

from dsdesk.detect.formats.capture import Capture, Format
from dsdesk.detect.formats.nvidia_fields import is_unified
from dsdesk.detect.formats.words import said
from dsdesk.detect.snapshot import Gpu, HostFacts, Snapshot

_GPUS = re.compile(r"^(?:GPU models and configuration:|GPU \d+(?:,\d+)*:)", re.MULTILINE)
_CARD = re.compile(r"^(?:GPU models and configuration: *)?GPU (\d+(?:,\d+)*): *(\S[^\n]*?) *$", re.MULTILINE)
# A single card is told without a number, AMD's with its target in brackets.
_ALONE = re.compile(r"^GPU models and configuration: *(?!GPU \d)(\S[^\n]*?) *$", re.MULTILINE)
_MAKERS = {"nvidia": "nvidia", "tesla": "nvidia", "geforce": "nvidia", "amd": "amd", "radeon": "amd", "instinct": "amd"}


def _recognises(capture: Capture) -> bool:
    text = capture.text
    return "GPU models and configuration:" in text or (
        "Nvidia driver version:" in text and _GPUS.search(text) is not None
    )


def _fact(text: str, name: str) -> str:
    found = re.search(rf"^{re.escape(name)}: *([^\n]*)$", text, re.MULTILINE)
    return said(found[1]) if found and "Could not collect" not in found[1] else ""


def _read(capture: Capture) -> Snapshot:
    text = capture.text
    driver = _fact(text, "Nvidia driver version") or _fact(text, "CUDA Driver Version")
    gpus: dict[int, Gpu] = {}
    for card in _CARD.finditer(text):
        name = re.sub(r"\s*\(UUID:.*$", "", card[2])
        for index in (int(one) for one in card[1].split(",")):
            vendor = next(
                (maker for word, maker in _MAKERS.items() if word in name.lower()), "nvidia" if driver else ""
            )
            gpus.setdefault(index, Gpu(name=name, vendor=vendor, index=index, unified_memory=is_unified(name)))
    alone = _ALONE.search(text)
    if not gpus and alone and "Could not collect" not in alone[1] and "No CUDA" not in alone[1]:
        gpus[0] = _single(alone[1])
    return Snapshot(
        host=HostFacts(os=_fact(text, "OS"), nvidia_driver=driver.split(" ")[0]),
        gpus=tuple(gpus[index] for index in sorted(gpus)),
    )


def _single(said_name: str) -> Gpu:
    name, _, rest = said_name.partition(" (gfx")
    vendor = next((maker for word, maker in _MAKERS.items() if word in name.lower()), "nvidia")
    target = f"gfx{re.split('[:)]', rest)[0]}" if rest else ""
    return Gpu(name=name, vendor=vendor, index=0, unified_memory=is_unified(name), compute_id=target)


FORMAT = Format(key="collect-env", title="python -m torch.utils.collect_env", recognises=_recognises, read=_read)
