"""Closed vocabularies of the hardware world: mounts, connectors, links, form factors."""

from dataclasses import dataclass
from enum import StrEnum


class PartKind(StrEnum):
    """Every kind of part that a bill of materials may hold."""

    ACCELERATOR = "accelerator"
    CPU = "cpu"
    BOARD = "board"
    MEMORY = "memory"
    DRIVE = "drive"
    PSU = "psu"
    COOLER = "cooler"
    CASE = "case"
    FAN = "fan"
    RADIATOR = "radiator"
    BRIDGE = "bridge"
    RISER = "riser"
    PLATFORM = "platform"
    NIC = "nic"
    SWITCH = "switch"
    CABLE = "cable"
    RACK = "rack"
    PDU = "pdu"
    UPS = "ups"


class Shelf(StrEnum):
    """Whether every fact that a check reads is known (buildable) or the part can only be looked up and quoted."""

    BUILDABLE = "buildable"
    LISTED = "listed"


class Segment(StrEnum):
    """Who an accelerator is made for."""

    CONSUMER = "consumer"
    WORKSTATION = "workstation"
    DATACENTER = "datacenter"
    SOC = "soc"


class Mount(StrEnum):
    """How an accelerator is joined to its host."""

    PCIE = "pcie"
    SXM = "sxm"
    OAM = "oam"
    SUPERCHIP = "superchip"
    SOC = "soc"
    OTHER = "other"


class Cooling(StrEnum):
    """Who moves the air through a card."""

    ACTIVE = "active"
    BLOWER = "blower"
    FLOW_THROUGH = "flow_through"
    PASSIVE = "passive"
    LIQUID = "liquid"


class PowerConnector(StrEnum):
    """Plugs that carry 12 V."""

    PCIE_6 = "pcie_6pin"
    PCIE_8 = "pcie_8pin"
    PCIE_16 = "12v_2x6"
    EPS_8 = "eps_8pin"
    ATX_24 = "atx_24pin"


class LinkKind(StrEnum):
    """How accelerators talk to one another."""

    NONE = "none"
    PCIE = "pcie"
    NVLINK_BRIDGE = "nvlink_bridge"
    NVLINK = "nvlink"
    INFINITY_FABRIC = "infinity_fabric"
    HCCS = "hccs"
    ETHERNET = "ethernet"
    OTHER = "other"


class BoardForm(StrEnum):
    """Sizes of main boards."""

    MINI_ITX = "mini-itx"
    MICRO_ATX = "micro-atx"
    ATX = "atx"
    E_ATX = "e-atx"
    SSI_CEB = "ssi-ceb"
    SSI_EEB = "ssi-eeb"
    EE_ATX = "ee-atx"
    PROPRIETARY = "proprietary"


class MemoryType(StrEnum):
    """DIMM families that do not mix."""

    DDR4_UDIMM = "ddr4-udimm"
    DDR4_RDIMM = "ddr4-rdimm"
    DDR5_UDIMM = "ddr5-udimm"
    DDR5_CUDIMM = "ddr5-cudimm"
    DDR5_RDIMM = "ddr5-rdimm"
    DDR5_MRDIMM = "ddr5-mrdimm"


class Efficiency(StrEnum):
    """80 PLUS classes."""

    WHITE = "white"
    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"
    PLATINUM = "platinum"
    TITANIUM = "titanium"
    RUBY = "ruby"


class DriveForm(StrEnum):
    """How a drive is mounted."""

    M2_2280 = "m.2-2280"
    M2_22110 = "m.2-22110"
    U2 = "u.2"
    E3_S = "e3.s"
    E1_S = "e1.s"
    SATA_2_5 = "sata-2.5"
    SATA_3_5 = "sata-3.5"
    SAS_3_5 = "sas-3.5"


@dataclass(frozen=True, slots=True, order=True)
class PcieLink:
    """A PCI Express link.

    Attributes:
        gen: generation, 3 to 6.
        lanes: width.
    """

    gen: int
    lanes: int

    # Raw rate a lane and direction after line coding, bytes per second: GT/s x coding / 8
    # (PCI-SIG base specifications: 128b/130b for generations 3 to 5, 242/256 FLIT for 6).
    def bandwidth_b_s(self) -> float:
        """One-way bandwidth after line coding [B/s]."""
        per_lane = {1: 0.25e9, 2: 0.5e9, 3: 0.985e9, 4: 1.969e9, 5: 3.938e9, 6: 7.563e9}
        return per_lane[self.gen] * self.lanes

    def negotiated(self, other: "PcieLink") -> "PcieLink":
        """What a card in this slot really runs at: the lower generation and the smaller width."""
        return PcieLink(min(self.gen, other.gen), min(self.lanes, other.lanes))
