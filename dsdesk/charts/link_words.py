"""What joins parts, as makers write it; the same in every language."""

from dsdesk.hardware.vocabulary import LinkKind, PcieLink

LINK: dict[LinkKind, str] = {
    LinkKind.NONE: "–",
    LinkKind.PCIE: "PCIe",
    LinkKind.NVLINK_BRIDGE: "NVLink bridge",
    LinkKind.NVLINK: "NVLink",
    LinkKind.INFINITY_FABRIC: "Infinity Fabric",
    LinkKind.HCCS: "HCCS",
    LinkKind.ETHERNET: "Ethernet",
    LinkKind.OTHER: "–",
}


def pcie(link: PcieLink) -> str:
    """Such as "PCIe 4.0 ×16"."""
    return f"PCIe {link.gen}.0 ×{link.lanes}"
