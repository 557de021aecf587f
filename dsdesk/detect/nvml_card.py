"""One card as NVIDIA's library tells it, as plain values for JSON. Runs in the child process only.

What a card or a driver does not report is left out; why is kept by name, so that the reader can say what it means.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

Answer = dict[str, Any]
# Answers that say something about the card or the user; the others only say that this card has no such thing.
_TELLING = {4, 8, 11, 13, 14, 15, 16, 17, 25}
_MODES = {1: "Pass-Through", 2: "VGPU", 3: "Host VGPU", 4: "Host VSGA"}  # nvmlGpuVirtualizationMode_t
_DRIVER_MODELS = {0: "WDDM", 1: "TCC", 2: "MCDM"}  # nvmlDriverModel_t
# Drivers whose process structures are wrong (gpustat issue 161): asking them gives nonsense.
_WRONG_PROCESSES = ((535, 43), (535, 86))
_MOST_OCCUPANTS = 32
_NO_VALUE = 2**64 - 1  # NVML_VALUE_NOT_AVAILABLE
_PLAIN = {
    "gen_now": "nvmlDeviceGetCurrPcieLinkGeneration",
    "gen_max": "nvmlDeviceGetGpuMaxPcieLinkGeneration",
    "gen_host_max": "nvmlDeviceGetMaxPcieLinkGeneration",
    "width_now": "nvmlDeviceGetCurrPcieLinkWidth",
    "width_max": "nvmlDeviceGetMaxPcieLinkWidth",
    "power_limit_mw": "nvmlDeviceGetPowerManagementLimit",
    "power_mw": "nvmlDeviceGetPowerUsage",
    "power_limits_mw": "nvmlDeviceGetPowerManagementLimitConstraints",
    "compute": "nvmlDeviceGetCudaComputeCapability",
}


class Card:
    """Asks one handle and keeps what was refused.

    Attributes:
        refused: error code by the name of the query, of those that mean something.
    """

    def __init__(self, nvml: Any, handle: Any) -> None:  # noqa: ANN401 - a module without types, an opaque pointer
        self._nvml, self._handle = nvml, handle
        self._mismatch = getattr(nvml, "NVMLLibraryMismatchError", nvml.NVMLError)
        self.refused: dict[str, int] = {}

    def value(self, query: str, *arguments: Any) -> Any:  # noqa: ANN401 - whatever the query gives
        """The answer of one query, None where there is none."""
        return self.value_of(self._handle, query, *arguments)

    def value_of(self, handle: Any, query: str, *arguments: Any) -> Any:  # noqa: ANN401 - as above
        """The same of another handle, such as a part of the card."""
        call: Callable[..., Any] | None = getattr(self._nvml, query, None)
        if call is None:
            return None
        try:
            answer = call(handle, *arguments)
        except self._nvml.NVMLError as error:
            if int(error.value) in _TELLING:
                self.refused[query.removeprefix("nvmlDeviceGet")] = int(error.value)
            return None
        except self._mismatch:  # the binding knows a newer form of the query than the library
            return None
        return text(answer) if isinstance(answer, bytes) else answer

    def facts(self, *, with_occupants: bool) -> Answer:
        """Everything that does not change, and what there is now."""
        pci = self.value("nvmlDeviceGetPciInfo")
        ecc, mig = self.value("nvmlDeviceGetEccMode"), self.value("nvmlDeviceGetMigMode")
        mode = self.value("nvmlDeviceGetVirtualizationMode")
        model = self.value("nvmlDeviceGetDriverModel") if sys.platform == "win32" else None
        answer: Answer = {
            "name": self.value("nvmlDeviceGetName"),
            "bus": text(pci.busId) if pci else None,
            "device": pci.pciDeviceId if pci else None,
            "subsystem": pci.pciSubSystemId if pci else None,
            "ecc": None if ecc is None else bool(ecc[0]),
            "mig": None if mig is None else bool(mig[0]),
            "virtualisation": _MODES.get(mode, ""),
            "driver_model": _DRIVER_MODELS.get(model[0], "") if model else "",
            **self.now(),
        }
        for key, query in _PLAIN.items():
            answer[key] = self.value(query)
        if answer["mig"]:
            answer["slices"] = self.slices()
        if with_occupants:
            answer["occupants"] = self.occupants()
        answer["refused"] = self.refused
        return answer

    def now(self) -> Answer:
        """What changes from second to second."""
        use = self.value("nvmlDeviceGetUtilizationRates")
        return {
            **self._memory(self._handle),
            "utilisation": None if use is None else use.gpu / 100,
            "temperature_c": self.value("nvmlDeviceGetTemperature", 0),
            "power_mw": self.value("nvmlDeviceGetPowerUsage"),
        }

    def _memory(self, handle: Any) -> Answer:  # noqa: ANN401 - an opaque pointer
        """Version 2 tells what the driver reserves; older drivers have version 1 only."""
        second = self.value_of(handle, "nvmlDeviceGetMemoryInfo", getattr(self._nvml, "nvmlMemory_v2", None))
        if second is not None and hasattr(second, "reserved"):
            return {"memory": second.total, "memory_reserved": second.reserved, "memory_free": second.free}
        first = self.value_of(handle, "nvmlDeviceGetMemoryInfo")
        return {} if first is None else {"memory": first.total, "memory_free": first.free}

    def slices(self) -> list[Answer]:
        """The parts of a partitioned card; their names end in the profile, such as "MIG 3g.40gb"."""
        found = []
        for index in range(self.value("nvmlDeviceGetMaxMigDeviceCount") or 0):
            part = self.value("nvmlDeviceGetMigDeviceHandleByIndex", index)
            if part is None:
                continue
            name = self.value_of(part, "nvmlDeviceGetName") or ""
            found.append({"name": name.rpartition("MIG ")[2], "memory": self._memory(part).get("memory")})
        return found

    def _newest(self, query: str) -> Any:  # noqa: ANN401 - a list of structures of the library
        """The answer of the newest form of a query that the library has; older ones have other structures."""
        for form in (f"{query}_v3", f"{query}_v2", query):
            refused = dict(self.refused)
            answer = self.value(form)
            if answer is not None:
                return answer
            self.refused = refused  # that a form is missing is no finding
        return ()

    def occupants(self) -> list[Answer]:
        """Programs that hold memory of the card, the largest first."""
        held: dict[int, int | None] = {}
        for query in ("nvmlDeviceGetComputeRunningProcesses", "nvmlDeviceGetGraphicsRunningProcesses"):
            for process in self._newest(query):
                used = process.usedGpuMemory
                held.setdefault(process.pid, None if used is None or used == _NO_VALUE else used)
        ordered = sorted(held.items(), key=lambda one: -(one[1] or 0))
        return [{"program": _program(pid), "memory": used} for pid, used in ordered[:_MOST_OCCUPANTS]]


def is_wrong_driver(version: str) -> bool:
    """Whether this driver tells programs on the cards wrongly."""
    numbers = [int(one) for one in version.split(".")[:2] if one.isdecimal()]
    return len(numbers) == 2 and _WRONG_PROCESSES[0] <= (numbers[0], numbers[1]) <= _WRONG_PROCESSES[1]  # noqa: PLR2004


def _program(pid: int) -> str:
    """The name of a program, without its arguments."""
    try:
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def text(raw: Any) -> str:  # noqa: ANN401 - bytes or str by version of the binding
    """Text of the library."""
    return raw.decode(errors="replace") if isinstance(raw, bytes) else str(raw)
