"""`lscpu` as text, in the languages that it speaks, and `lscpu -J`."""

import re
from collections.abc import Iterator
from typing import Any

from dsdesk.detect.formats.capture import Capture, Format
from dsdesk.detect.formats.words import said, whole
from dsdesk.detect.linux import instruction_sets
from dsdesk.detect.snapshot import CpuFacts, Habitat, HostFacts, Snapshot

# util-linux's own names, and those of its message catalogues (versions 2.34 to 2.40).
_WORDS = {
    "architecture": (
        "architecture", "架构", "架構", "architektur", "arquitectura", "arquitetura", "アーキテクチャ", "архитектура",
        "архітектура", "architektura", "arkitektur", "architectuur", "mimari", "kiến trúc", "arhitektura",
    ),
    "threads": (
        "cpu(s)", "cpu", "processeur(s)", "počet cpu", "cpu'er", "cpu's", "cpu(er)", "процесори", "i̇şlemciler",
    ),
    "name": (
        "model name", "型号名称", "modellname", "nom de modèle", "nombre del modelo", "nome do modelo", "モデル名",
        "имя модели", "назва моделі", "nazwa modelu", "název modelu", "modelnaam", "modelnavn", "modellnamn",
        "mallinimi", "tên mô hình", "ime modela", "modem ismi",
    ),
    "sockets": (
        "socket(s)", "座", "插槽", "sockel", "«socket(s)»", "sockets", "soquete(s)", "ソケット数", "сокетов", "сокети",
        "gniazd", "patic", "cpu-voeten", "sokler", "uttag", "soket(ler)", "số đế cắm",
    ),
    "cores": (
        "core(s) per socket", "每个座的核数", "每通訊端核心數", "kern(e) pro sockel", "cœur(s) par socket",
        "núcleo(s) por «socket»", "núcleos por socket", "núcleo(s) por soquete", "ソケットあたりのコア数",
        "ядер на сокет", "rdzeni na gniazdo", "jader na patici", "kernen per voet", "kerner per sokkel",
        "kärn(or) per uttag", "soket başına çekirdek", "số lõi mỗi đế cắm",
    ),
    "clusters": ("cluster(s)",),
    "cluster_cores": ("core(s) per cluster",),
    "nodes": (
        "numa node(s)", "numa 节点", "numa 節點", "numa-knoten", "nœud(s) numa", "modo(s) numa", "nós numa",
        "nó(s) de numa", "numa ノード数", "вузли numa", "węzłów numa", "uzly numa", "numa-nodes", "numa-knuder",
        "numa nod(er)",
    ),
    "flags": (
        "flags", "标记", "标志", "markierungen", "drapeaux", "indicadores", "bandeiras", "opções", "フラグ", "флаги",
        "прапорці", "flagi", "příznaky", "vlaggen", "flag", "flaggor", "bayraklar", "liput", "flagovi",
    ),
    "hypervisor": (
        "hypervisor vendor", "超管理器厂商", "hypervisor 供應商", "hypervisor-anbieter", "constructeur d'hyperviseur",
        "fabricante del hipervisor", "fabricante do hipervisor", "fornecedor do hipervisor",
        "ハイパーバイザのベンダー", "разработчик гипервизора", "виробник гіпервізора", "producent hipernadzorcy",
    ),
}  # fmt: skip
_NAMES = {word: name for name, words in _WORDS.items() for word in words}
_LINE = re.compile(r"^ *([^:：\n]{1,40}?) *[:：] *(.*)$")
_HEAD = re.compile(rf"^ *(?:{'|'.join(map(re.escape, _WORDS['architecture']))}) *[:：]", re.MULTILINE | re.IGNORECASE)
_CORES = re.compile(
    "|".join(map(re.escape, (*_WORDS["cores"], *_WORDS["cluster_cores"], "cpu(s):", "在线 CPU 列表"))), re.IGNORECASE
)
# Of the processors of one node: "NUMA node0 CPU(s)", "NUMA-Knoten0 CPU(s)", "Nœud NUMA 0 de processeur(s)".
_NODE = re.compile(r"^(?=.*\bnuma)(?=.*\d)(?!.*\(s\) numa).+$", re.IGNORECASE)


def _recognises(capture: Capture) -> bool:
    text = capture.text
    if '"lscpu"' in text:
        return True
    lowered = text.lower()
    if not any(word in lowered for word in _WORDS["architecture"]):
        return False
    return _HEAD.search(text) is not None and _CORES.search(text) is not None


def _pairs(capture: Capture) -> Iterator[tuple[str, str]]:
    value = capture.json if '"lscpu"' in capture.text else None
    if isinstance(value, dict):
        yield from _fields(value.get("lscpu"))
        return
    start = _HEAD.search(capture.text)
    key = ""
    for line in capture.text[start.start() if start else 0 :].split("\n"):
        found = _LINE.match(line)
        if found:
            key = found[1]
            yield key, found[2]
        elif _NAMES.get(key.lower()) == "flags" and line.startswith(" "):
            yield "continued", line


def _fields(rows: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - JSON
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict):
            yield str(row.get("field", "")).strip().rstrip(":：").strip(), said(row.get("data"))
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
        elif _NODE.match(key) and said(value):
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
