"""`nvidia-smi -q`: a tree by indentation."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from dsdesk.base.message import Message
from dsdesk.detect.formats.capture import Capture, Format
from dsdesk.detect.formats.nvidia_fields import TEXT, nvidia_gpu, symptoms_in
from dsdesk.detect.formats.words import said, size_bytes
from dsdesk.detect.snapshot import Gpu, HostFacts, Slice, Snapshot
from dsdesk.detect.symptoms import recovery_symptom

_CARD = re.compile(r"^GPU [0-9A-Fa-f]{4,8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-9A-Fa-f]\s*$")
_PAIR = re.compile(r"^( *)([^:]+?) *(?:: ?(.*))?$")
_SLICE = "MIG Device"


def _recognises(capture: Capture) -> bool:
    text = capture.text
    return "NVSMI LOG" in text or (
        "Product Name " in text and re.search(r"^ +Product Name +:", text, re.MULTILINE) is not None
    )


def _read(capture: Capture) -> Snapshot:
    head: dict[str, str] = {}
    gpus: dict[str, Gpu] = {}
    warnings: list[Message] = []
    for address, lines in _blocks(capture.text.split("\n")):
        if not address:
            for line in lines:
                key, colon, value = line.partition(" : ")
                if colon and key.strip() in {"Driver Version", "CUDA Version"}:
                    head.setdefault(key.strip(), said(value.partition("[")[0]))
            continue
        values, slices = _tree(lines)
        values.setdefault("PCI/Bus Id", address)
        gpu = nvidia_gpu(_getter(values), TEXT, head.get("Driver Version", ""), slices)
        gpus.setdefault(gpu.pci.address, replace(gpu, index=len(gpus)))
        warnings += [one for one in symptoms_in(values.values()) if one not in warnings]
        warnings += recovery_symptom(gpu.label, values.get("GPU Recovery Action", ""))
    return Snapshot(
        host=HostFacts(nvidia_driver=head.get("Driver Version", ""), cuda=head.get("CUDA Version", "")),
        gpus=tuple(gpus.values()),
        warnings=tuple(warnings),
    )


def _getter(values: dict[str, str]) -> Callable[[str], str]:
    return lambda path: values.get(path, "")


def _blocks(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """(address, lines) of every card; the lines outside of cards under ""."""
    address = ""
    block: list[str] = []
    for line in lines:
        if _CARD.match(line):
            yield address, block
            address, block = line.split()[1], []
        elif address and line and not line.startswith(" "):
            # A line at the margin ends the card: the next tool of a bundle, or the next log.
            yield address, block
            address, block = "", [line]
        else:
            block.append(line)
    yield address, block


def _tree(lines: list[str]) -> tuple[dict[str, str], tuple[Slice, ...]]:
    """Values by path, the first of equal paths (a parent's own come before those of its parts); MIG devices apart."""
    values: dict[str, str] = {}
    slices: list[Slice] = []
    stack: list[tuple[int, str]] = []
    for line in lines:
        found = _PAIR.match(line.rstrip())
        if not found or not found[2]:
            continue
        depth = len(found[1])
        while stack and stack[-1][0] >= depth:
            stack.pop()
        key = found[2].strip()
        inside = [name for _, name in stack]
        if found[3] is None:
            stack.append((depth, key))
            if key == _SLICE:
                slices.append(Slice())
        elif _SLICE in inside:
            if [*inside[-1:], key] == ["Shared FB Memory Usage", "Total"] or [*inside[-1:], key] == [
                "FB Memory Usage",
                "Total",
            ]:
                slices[-1] = Slice(memory_bytes=size_bytes(found[3]))
        else:
            values.setdefault("/".join([*inside, key]), found[3].strip())
            if not said(found[3]):
                stack.append((depth, key))
    return values, tuple(slices)


FORMAT = Format(key="nvidia-smi-q", title="nvidia-smi -q", recognises=_recognises, read=_read)
