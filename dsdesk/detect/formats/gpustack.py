"""`gpustack-runtime detect` and `topology` as JSON, for accelerators of many makers."""

from collections.abc import Iterator
from typing import Any

from dsdesk.detect.formats.capture import Capture, Format
from dsdesk.detect.formats.nvidia_fields import is_unified
from dsdesk.detect.formats.words import number, pci_address, said, whole
from dsdesk.detect.snapshot import Gpu, Link, PciPlace, Slice, Snapshot

_MIB = 1024**2
_MAKERS = {"ascend": "huawei"}
# Distances of its topology: own link, then as the levels of `nvidia-smi topo -m`.
_LEVELS = {10: "PIX", 20: "PXB", 30: "PHB", 40: "NODE", 50: "SYS"}
_OWN_LINK = 5
_OWN_LINKS = {"amd": "XGMI", "ascend": "HCCS", "nvidia": "NVLINK"}


def _recognises(capture: Capture) -> bool:
    return '"manufacturer"' in capture.text and any(True for _ in _rows(capture))


def _rows(capture: Capture) -> Iterator[dict[str, Any]]:
    value = capture.json
    for row in value if isinstance(value, list) else ():
        if isinstance(row, dict) and "manufacturer" in row and ("appendix" in row or "devices_distances" in row):
            yield row


def _read(capture: Capture) -> Snapshot:
    gpus: list[Gpu] = []
    links: list[Link] = []
    for row in _rows(capture):
        if "devices_distances" in row:
            found, joined = _topology(row, len(gpus))
            gpus += found
            links += joined
        else:
            gpus.append(_gpu(row))
    return Snapshot(gpus=tuple(gpus), links=tuple(links))


def _gpu(row: dict[str, Any]) -> Gpu:
    maker, appendix = said(row.get("manufacturer")), row.get("appendix")
    extra: dict[str, Any] = appendix if isinstance(appendix, dict) else {}
    name, total, used = said(row.get("name")), whole(row.get("memory")), whole(row.get("memory_used"))
    compute = said(row.get("compute_capability"))
    share = number(row.get("cores_utilization"))
    unified = is_unified(name)
    mig = extra.get("mig")
    return Gpu(
        name=f"Ascend {name}" if maker == "ascend" and name and not name.lower().startswith("ascend") else name,
        vendor=_MAKERS.get(maker, maker),
        index=whole(row.get("index")),
        memory_bytes=total * _MIB if total else None,
        memory_free_bytes=(total - used) * _MIB if total and used is not None else None,
        unified_memory=unified,
        pci=PciPlace(address=pci_address(extra.get("bdf"))),
        driver=said(row.get("driver_version")),
        compute_id="sm_" + compute.replace(".", "") if maker == "nvidia" and compute else compute,
        power_limit_w=number(row.get("power")),
        power_w=number(row.get("power_used")),
        temperature_c=number(row.get("temperature")),
        utilisation=None if share is None else share / 100,
        mig=mig if isinstance(mig, bool) else None,
        numa_node=_node(extra.get("numa")),
        slices=tuple(
            Slice(name=said(one.get("name")), memory_bytes=(whole(one.get("memory")) or 0) * _MIB or None)
            for one in extra.get("mig_devices") or ()
            if isinstance(one, dict)
        ),
    )


def _node(text: object) -> int | None:
    return int(str(text)) if str(text or "").isdecimal() else None


def _topology(row: dict[str, Any], first: int) -> tuple[list[Gpu], list[Link]]:
    maker = said(row.get("manufacturer"))
    rows = [one for one in row.get("devices_distances") or () if isinstance(one, list)]
    nodes = row.get("devices_numa_affinities") or []
    gpus = [
        Gpu(
            name="",
            vendor=_MAKERS.get(maker, maker),
            index=index,
            numa_node=_node(nodes[index : index + 1][0] if nodes[index:] else ""),
        )
        for index in range(len(rows))
    ]
    links = [
        Link(a=first + a, b=first + b, kind=kind)
        for a, distances in enumerate(rows)
        for b, distance in enumerate(distances[: len(rows)])
        if a < b and (kind := _kind(maker, distance))
    ]
    return gpus, links


def _kind(maker: str, distance: object) -> str:
    if distance == _OWN_LINK:
        return _OWN_LINKS.get(maker, "LINK")
    return _LEVELS.get(distance, "") if isinstance(distance, int) else ""


FORMAT = Format(key="gpustack", title="gpustack-runtime detect", recognises=_recognises, read=_read)
