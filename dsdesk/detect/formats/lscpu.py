"""`lscpu` as text, in English or Chinese, and `lscpu -J`."""

import re
from collections.abc import Iterator
from typing import Any

from dsdesk.detect.formats.capture import Capture, Format
from dsdesk.detect.formats.words import said, whole
from dsdesk.detect.linux import instruction_sets
from dsdesk.detect.snapshot import CpuFacts, Habitat, HostFacts, Snapshot

# util-linux's own names and their Chinese translations in its message catalogue.
_NAMES = {
    "architecture": "architecture",
    "架构": "architecture",
    "cpu(s)": "threads",
    "cpu": "threads",
    "model name": "name",
    "型号名称": "name",
    "socket(s)": "sockets",
    "座": "sockets",
    "cluster(s)": "clusters",
    "core(s) per socket": "cores",
    "每个座的核数": "cores",
    "core(s) per cluster": "cluster_cores",
    "numa node(s)": "nodes",
    "numa 节点": "nodes",
    "flags": "flags",
    "标记": "flags",
    "hypervisor vendor": "hypervisor",
    "超管理器厂商": "hypervisor",
}
_LINE = re.compile(r"^ *([^:：\n]{1,40}?) *[:：] *(.*)$")


def _recognises(capture: Capture) -> bool:
    text = capture.text
    if '"lscpu"' in text:
        return True
    heads = ("Architecture:", "架构")
    return any(head in text for head in heads) and ("per socket" in text or "CPU(s):" in text or "每个座的核数" in text)


def _pairs(capture: Capture) -> Iterator[tuple[str, str]]:
    value = capture.json if '"lscpu"' in capture.text else None
    if isinstance(value, dict):
        yield from _fields(value.get("lscpu"))
        return
    starts = [at for head in ("Architecture:", "架构") if (at := capture.text.find(head)) >= 0]
    key = ""
    for line in capture.text[min(starts, default=0) :].split("\n"):
        found = _LINE.match(line)
        if found:
            key = found[1]
            yield key, found[2]
        elif key.lower() in {"flags", "标记"} and line.startswith(" "):
            yield "continued", line


def _fields(rows: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - JSON
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict):
            yield str(row.get("field", "")).rstrip(":："), said(row.get("data"))
            yield from _fields(row.get("children"))


def _read(capture: Capture) -> Snapshot:
    facts: dict[str, str] = {}
    occupied = 0
    flags = ""
    for key, value in _pairs(capture):
        if key == "continued":
            flags += value.strip()
            continue
        name = _NAMES.get(key.lower().strip())
        if name == "flags":
            flags = flags or value
        elif name:
            facts.setdefault(name, said(value))
        # Memory of an accelerator is a node of its own, without processors.
        elif re.fullmatch(r"numa (node|节点)\s*\d+ cpu(\(s\))?", key.lower()) and said(value):
            occupied += 1
    sockets, per_socket, threads = whole(facts.get("sockets")), whole(facts.get("cores")), whole(facts.get("threads"))
    per_socket = per_socket or whole(facts.get("cluster_cores"))
    sockets = sockets or (1 if per_socket else None)
    return Snapshot(
        host=HostFacts(habitat=Habitat.VIRTUAL if facts.get("hypervisor") else Habitat.UNKNOWN),
        cpu=CpuFacts(
            name=facts.get("name", ""),
            sockets=sockets,
            cores=sockets * per_socket if sockets and per_socket else None,
            threads=threads,
            numa_nodes=occupied or whole(facts.get("nodes")),
            instruction_sets=instruction_sets(flags),
        ),
    )


FORMAT = Format(key="lscpu", title="lscpu", recognises=_recognises, read=_read)
