"""Asks NVIDIA's management library and prints the answers as JSON, in a process of its own.

The library may hang or crash when a card fell off the bus; that must cost one row, never the window. With "live" as
argument it goes on, a line a second, until nobody reads it.
"""

import itertools
import json
import sys
from typing import Any

from dsdesk.detect.nvml_card import Answer, Card, is_wrong_driver, text

LIVE = "live"
# nvmlGpuTopologyLevel_t, as `nvidia-smi topo -m` abbreviates the levels (NVML API reference).
_LEVELS = {0: "PIX", 10: "PIX", 20: "PXB", 30: "PHB", 40: "NODE", 50: "SYS"}
_MOST_LINKS = 18  # NVML_NVLINK_MAX_LINKS


def main(arguments: list[str] | None = None) -> int:
    """Print what NVML says as one JSON object; exit status 0 even when NVML refuses, since that is an answer too."""
    given = sys.argv[1:] if arguments is None else arguments
    if LIVE in given:
        from dsdesk.detect.live_child import main as tell

        return tell()
    json.dump(ask(), sys.stdout)
    return 0


def ask() -> Answer:
    """All that NVML says: {"error": code} when it does not start, else driver, cuda, gpus and links."""
    import pynvml

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:
        return {"error": int(error.value)}
    try:
        driver = _system(pynvml, "nvmlSystemGetDriverVersion")
        handles = [_handle(pynvml, index) for index in range(int(pynvml.nvmlDeviceGetCount()))]
        with_occupants = not is_wrong_driver(driver or "")
        gpus = [
            {"error": handle} if isinstance(handle, int) else Card(pynvml, handle).facts(with_occupants=with_occupants)
            for handle in handles
        ]
        links, counts = _links(pynvml, handles)
        for index, count in counts.items():
            gpus[index]["nvlinks"] = count
        return {
            "driver": driver,
            "cuda": _system(pynvml, "nvmlSystemGetCudaDriverVersion"),
            "gpus": gpus,
            "links": links,
        }
    except pynvml.NVMLError as error:
        return {"error": int(error.value)}
    finally:
        _system(pynvml, "nvmlShutdown")


def _handle(nvml: Any, index: int) -> Any:  # noqa: ANN401 - an opaque pointer of the library
    try:
        return nvml.nvmlDeviceGetHandleByIndex(index)
    except nvml.NVMLError as error:
        return int(error.value)


def _system(nvml: Any, query: str) -> Any:  # noqa: ANN401 - whatever the query gives
    try:
        answer = getattr(nvml, query)()
    except (nvml.NVMLError, AttributeError):
        return None
    return text(answer) if isinstance(answer, bytes) else answer


def _links(nvml: Any, handles: list[Any]) -> tuple[list[Answer], dict[int, int]]:  # noqa: ANN401 - a module without types
    """How every two cards are joined, and how many active NVLinks each has."""
    cards = {index: Card(nvml, handle) for index, handle in enumerate(handles) if not isinstance(handle, int)}
    buses = {index: _bus(card) for index, card in cards.items()}
    remotes = {index: _nvlinks(card) for index, card in cards.items()}
    switches = {index: sum(remote not in buses.values() for remote in far) for index, far in remotes.items()}
    links: list[Answer] = []
    for a, b in itertools.combinations(buses, 2):
        # An NVLink ends at the other card, or at a switch that reaches all of them.
        if width := remotes[a].count(buses[b]) or min(switches[a], switches[b]):
            links.append({"a": a, "b": b, "kind": f"NV{width}"})
            continue
        level = cards[a].value("nvmlDeviceGetTopologyCommonAncestor", handles[b])
        if level in _LEVELS:
            links.append({"a": a, "b": b, "kind": _LEVELS[level]})
    return links, {index: len(far) for index, far in remotes.items() if far}


def _bus(card: Card) -> str:
    pci = card.value("nvmlDeviceGetPciInfo")
    return text(pci.busId).lower() if pci else ""


def _nvlinks(card: Card) -> list[str]:
    """PCI addresses at the far end of every active NVLink."""
    remotes = []
    for link in range(_MOST_LINKS):
        if card.value("nvmlDeviceGetNvLinkState", link):
            remote = card.value("nvmlDeviceGetNvLinkRemotePciInfo", link)
            if remote is not None:
                remotes.append(text(remote.busId).lower())
    return remotes


if __name__ == "__main__":
    sys.exit(main())
