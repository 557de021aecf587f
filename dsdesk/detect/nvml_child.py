"""Asks NVIDIA's management library and prints the answers as JSON, in a process of its own.

The library may hang or crash when a card fell off the bus; that must cost one row, never the window. Every call is
wrapped: what a card or a driver does not report is left out, what failed is named with its code.
"""

import itertools
import json
import sys
from collections.abc import Callable
from typing import Any

Answer = dict[str, Any]


def main() -> int:
    """Print what NVML says as one JSON object; exit status 0 even when NVML refuses, since that is an answer too."""
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
        count = int(pynvml.nvmlDeviceGetCount())
        handles = [_handle(pynvml, index) for index in range(count)]
        gpus = [_gpu(pynvml, handle) if not isinstance(handle, int) else {"error": handle} for handle in handles]
        return {
            "driver": _value(pynvml, pynvml.nvmlSystemGetDriverVersion),
            "cuda": _value(pynvml, pynvml.nvmlSystemGetCudaDriverVersion),
            "gpus": gpus,
            "links": _links(pynvml, handles),
        }
    except pynvml.NVMLError as error:
        return {"error": int(error.value)}
    finally:
        _value(pynvml, pynvml.nvmlShutdown)


def _handle(nvml: Any, index: int) -> Any:  # noqa: ANN401 - an opaque pointer of the library
    try:
        return nvml.nvmlDeviceGetHandleByIndex(index)
    except nvml.NVMLError as error:
        return int(error.value)


def _value(nvml: Any, call: Callable[..., Any], *arguments: Any) -> Any:  # noqa: ANN401 - whatever the call gives
    """The answer of one call, None when this card or driver does not report it."""
    try:
        answer = call(*arguments)
    except (nvml.NVMLError, AttributeError):
        return None
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer


def _gpu(nvml: Any, handle: Any) -> Answer:  # noqa: ANN401 - an opaque pointer of the library
    pci = _value(nvml, nvml.nvmlDeviceGetPciInfo, handle)
    limits = _value(nvml, nvml.nvmlDeviceGetPowerManagementLimitConstraints, handle)
    ecc = _value(nvml, nvml.nvmlDeviceGetEccMode, handle)
    mig = _value(nvml, nvml.nvmlDeviceGetMigMode, handle)
    use = _value(nvml, nvml.nvmlDeviceGetUtilizationRates, handle)
    answer: Answer = {
        "name": _value(nvml, nvml.nvmlDeviceGetName, handle),
        "bus": _text(pci.busId) if pci else None,
        "device": pci.pciDeviceId if pci else None,
        "subsystem": pci.pciSubSystemId if pci else None,
        "compute": _value(nvml, nvml.nvmlDeviceGetCudaComputeCapability, handle),
        "power_limits_mw": limits,
        "ecc": None if ecc is None else bool(ecc[0]),
        "mig": None if mig is None else bool(mig[0]),
        "utilisation": None if use is None else use.gpu / 100,
        **_memory(nvml, handle),
    }
    for key, call in _PLAIN.items():
        answer[key] = _value(nvml, getattr(nvml, call), handle)
    answer["temperature_c"] = _value(nvml, nvml.nvmlDeviceGetTemperature, handle, 0)
    return answer


_PLAIN = {
    "gen_now": "nvmlDeviceGetCurrPcieLinkGeneration",
    "gen_max": "nvmlDeviceGetGpuMaxPcieLinkGeneration",
    "gen_host_max": "nvmlDeviceGetMaxPcieLinkGeneration",
    "width_now": "nvmlDeviceGetCurrPcieLinkWidth",
    "width_max": "nvmlDeviceGetMaxPcieLinkWidth",
    "power_limit_mw": "nvmlDeviceGetPowerManagementLimit",
    "power_mw": "nvmlDeviceGetPowerUsage",
}


def _text(raw: Any) -> str:  # noqa: ANN401 - bytes or str by version of the binding
    return raw.decode(errors="replace") if isinstance(raw, bytes) else str(raw)


def _memory(nvml: Any, handle: Any) -> Answer:  # noqa: ANN401 - an opaque pointer of the library
    """Version 2 tells what the driver reserves; older drivers have version 1 only."""
    second = _value(nvml, nvml.nvmlDeviceGetMemoryInfo, handle, getattr(nvml, "nvmlMemory_v2", None))
    if second is not None and hasattr(second, "reserved"):
        return {"memory": second.total, "memory_reserved": second.reserved, "memory_free": second.free}
    first = _value(nvml, nvml.nvmlDeviceGetMemoryInfo, handle)
    return {} if first is None else {"memory": first.total, "memory_free": first.free}


# nvmlGpuTopologyLevel_t, as `nvidia-smi topo -m` abbreviates the levels (NVML API reference).
_LEVELS = {0: "PIX", 10: "PIX", 20: "PXB", 30: "PHB", 40: "NODE", 50: "SYS"}
_MOST_LINKS = 18  # NVML_NVLINK_MAX_LINKS


def _links(nvml: Any, handles: list[Any]) -> list[Answer]:  # noqa: ANN401 - a module without types
    buses = {index: _bus(nvml, handle) for index, handle in enumerate(handles) if not isinstance(handle, int)}
    remotes = {index: _nvlinks(nvml, handles[index]) for index in buses}
    switches = {index: sum(remote not in buses.values() for remote in far) for index, far in remotes.items()}
    links: list[Answer] = []
    for a, b in itertools.combinations(buses, 2):
        # An NVLink ends at the other card, or at a switch that reaches all of them.
        if width := remotes[a].count(buses[b]) or min(switches[a], switches[b]):
            links.append({"a": a, "b": b, "kind": f"NV{width}"})
            continue
        level = _value(nvml, nvml.nvmlDeviceGetTopologyCommonAncestor, handles[a], handles[b])
        if level in _LEVELS:
            links.append({"a": a, "b": b, "kind": _LEVELS[level]})
    return links


def _bus(nvml: Any, handle: Any) -> str:  # noqa: ANN401 - an opaque pointer of the library
    pci = _value(nvml, nvml.nvmlDeviceGetPciInfo, handle)
    return _text(pci.busId).lower() if pci else ""


def _nvlinks(nvml: Any, handle: Any) -> list[str]:  # noqa: ANN401 - an opaque pointer of the library
    """PCI addresses at the far end of every active NVLink."""
    remotes = []
    for link in range(_MOST_LINKS):
        if _value(nvml, nvml.nvmlDeviceGetNvLinkState, handle, link):
            remote = _value(nvml, nvml.nvmlDeviceGetNvLinkRemotePciInfo, handle, link)
            if remote is not None:
                remotes.append(_text(remote.busId).lower())
    return remotes


if __name__ == "__main__":
    sys.exit(main())
