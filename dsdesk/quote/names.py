"""Closed vocabularies in words: kinds of parts, plugs, cooling, storage uses."""

from dsdesk.base.message import Message
from dsdesk.checks.finding import Severity
from dsdesk.hardware.vocabulary import Cooling, Mount, PartKind, PowerConnector
from dsdesk.project.project import DriveUse
from dsdesk.sizing.results import Limit

KIND: dict[PartKind, Message] = {
    PartKind.ACCELERATOR: Message("accelerator"),
    PartKind.CPU: Message("processor"),
    PartKind.BOARD: Message("main board"),
    PartKind.MEMORY: Message("host memory"),
    PartKind.DRIVE: Message("drive"),
    PartKind.PSU: Message("power supply"),
    PartKind.COOLER: Message("processor cooler"),
    PartKind.CASE: Message("case"),
    PartKind.FAN: Message("fan"),
    PartKind.RADIATOR: Message("radiator"),
    PartKind.BRIDGE: Message("NVLink bridge"),
    PartKind.RISER: Message("PCIe riser"),
    PartKind.PLATFORM: Message("server or complete machine"),
    PartKind.NIC: Message("network adapter"),
    PartKind.SWITCH: Message("network switch"),
    PartKind.CABLE: Message("cable or optics"),
    PartKind.RACK: Message("rack"),
    PartKind.PDU: Message("power distribution unit"),
    PartKind.UPS: Message("uninterruptible power supply"),
}

PLUG: dict[PowerConnector, str] = {
    PowerConnector.PCIE_6: "PCIe 6-pin",
    PowerConnector.PCIE_8: "PCIe 8-pin (6+2)",
    PowerConnector.PCIE_16: "12V-2x6 / 12VHPWR",
    PowerConnector.EPS_8: "EPS12V 8-pin",
    PowerConnector.ATX_24: "ATX 24-pin",
}

COOLING: dict[Cooling, Message] = {
    Cooling.ACTIVE: Message("own fans, air blown into the case"),
    Cooling.BLOWER: Message("blower, air out of the slot bracket"),
    Cooling.FLOW_THROUGH: Message("own fans, air through the card"),
    Cooling.PASSIVE: Message("passive, air forced through by the chassis"),
    Cooling.LIQUID: Message("liquid"),
}

MOUNT: dict[Mount, Message | str] = {
    Mount.PCIE: Message("PCIe card"),
    Mount.SXM: Message("SXM module on its baseboard"),
    Mount.OAM: Message("OAM module on its baseboard"),
    Mount.SUPERCHIP: Message("superchip module"),
    Mount.SOC: Message("part of the processor package"),
    Mount.OTHER: Message("maker's own module"),
}

POOL_USE: dict[DriveUse, Message] = {
    DriveUse.SYSTEM: Message("system"),
    DriveUse.WEIGHTS: Message("model weights"),
    DriveUse.DATA: Message("data sets"),
}

LIMITED_BY: dict[Limit, Message] = {
    Limit.MEMORY_BANDWIDTH: Message("bandwidth of the accelerator memory"),
    Limit.COMPUTE: Message("arithmetic of the accelerators"),
    Limit.LINKS: Message("links between accelerators"),
    Limit.OVERHEAD: Message("fixed time for each step"),
    Limit.HOST_MEMORY: Message("bandwidth of the host memory"),
    Limit.CAPACITY: Message("capacity of the accelerator memory"),
}

SEVERITY: dict[Severity, Message] = {
    Severity.NOTE: Message("note"),
    Severity.UNCHECKED: Message("not checked"),
    Severity.WARNING: Message("warning"),
    Severity.ERROR: Message("error"),
}


def plugs(connectors: tuple[tuple[PowerConnector, int], ...]) -> str:
    """Such as "2 × PCIe 8-pin (6+2)"."""
    return ", ".join(f"{number} × {PLUG[plug]}" for plug, number in connectors)
