"""Operator's notes, filled in for this plan: links, slots, drivers, power, memory and burn-in (G17 to G19)."""

from collections.abc import Iterator

from dsdesk.base.message import Message
from dsdesk.base.units import Quantity, Unit
from dsdesk.deploy.deployment import Deployment
from dsdesk.deploy.network import network_notes
from dsdesk.hardware.parts import Accelerator
from dsdesk.hardware.vocabulary import LinkKind, Segment
from dsdesk.llm.precision import Engine

# Both directions of one NVLink link [B/s], by what `nvidia-smi topo -m` prints on captured machines: NV12 on A100
# (600 GB/s), NV18 on H100 (900 GB/s), NV4 on RTX 3090 and A6000 (112.5 GB/s).
_NVLINK_LINK_B_S = {"sm_80": 50e9, "sm_90": 50e9, "sm_86": 28.125e9}
_MATRIX_LIMIT = 8


def operator_notes(deployment: Deployment) -> tuple[Message, ...]:
    """Everything that is worth checking before the first user comes."""
    device = deployment.device
    notes: list[Message] = []
    if device is not None:
        notes += [*_driver(deployment, device), *_links(deployment, device), *_slots(deployment, device)]
        notes += [*_power(deployment, device), *_burn_in(device)]
    notes += network_notes(deployment)
    return tuple(notes)


def _driver(deployment: Deployment, device: Accelerator) -> Iterator[Message]:
    # CUDA 13 wants driver 580: docs.nvidia.com/cuda/cuda-toolkit-release-notes, linuxfromscratch.org/glfs.
    engine = deployment.evaluation.configuration.engine
    if device.manufacturer == "NVIDIA" and engine is Engine.VLLM:
        yield Message(
            "vLLM 0.33.0 is built with CUDA 13 (its wheel asks for cu13 packages): the driver has to be of series 580 "
            "or newer. Check with nvidia-smi."
        )
    elif device.manufacturer == "NVIDIA":
        yield Message("Check driver and CUDA version with nvidia-smi against the release notes of the engine.")
    elif device.manufacturer == "AMD":
        yield Message("Check the ROCm version (rocm-smi --showdriverversion) against the release notes of the engine.")


def expected_topology(deployment: Deployment, device: Accelerator) -> str:
    """The matrix that `nvidia-smi topo -m` should print for one node, without the CPU columns."""
    count = min(deployment.devices_per_node, _MATRIX_LIMIT)
    between = _link_word(deployment, device)
    names = [f"GPU{index}" for index in range(count)]
    rows = ["\t".join(["", *names])]
    for row in range(count):
        rows.append("\t".join([names[row], *("X" if row == column else between for column in range(count))]))
    return "\n".join(rows)


def _link_word(deployment: Deployment, device: Accelerator) -> str:
    kind = deployment.served.interconnect.kind
    if kind in {LinkKind.NVLINK, LinkKind.NVLINK_BRIDGE}:
        link_b_s = _NVLINK_LINK_B_S.get(device.compute_id)
        if link_b_s and device.link_b_s:
            return f"NV{round(device.link_b_s / link_b_s)}"
        return "NV#"
    return "PHB"


def _links(deployment: Deployment, device: Accelerator) -> Iterator[Message]:
    if deployment.devices_per_node == 1:
        return
    if device.manufacturer != "NVIDIA":
        yield Message("Check the links between the accelerators with rocm-smi --showtopo.")
        return
    matrix = expected_topology(deployment, device)
    yield Message("nvidia-smi topo -m should show:\n{matrix}", matrix=matrix)
    if _link_word(deployment, device) == "PHB":
        yield Message(
            "PHB or PXB, PIX, NODE stand for PCIe. SYS means that the traffic crosses between two processors: put the "
            "cards on one. These cards have no NVLink between them, so NV is not expected."
        )


def _slots(deployment: Deployment, device: Accelerator) -> Iterator[Message]:
    link = deployment.served.interconnect.pcie or device.pcie
    if link is None or device.manufacturer != "NVIDIA":
        return
    yield Message(
        "Under load nvidia-smi --query-gpu=pcie.link.gen.gpucurrent,pcie.link.width.current --format=csv should show "
        "generation {gen} and width {lanes}; at rest the generation falls to save power.",
        gen=link.gen,
        lanes=link.lanes,
    )


def _power(deployment: Deployment, device: Accelerator) -> Iterator[Message]:
    limit = deployment.served.power_limit_w
    if device.manufacturer != "NVIDIA":
        return
    if limit is not None:
        yield Message(
            "Set the power limit after every start: nvidia-smi -pm 1 and nvidia-smi -pl {watts} (as root). The machine "
            "was planned with it.",
            watts=round(limit),
        )
    elif device.board_power_w is not None:
        yield Message(
            "Each card may draw {power}; nvidia-smi -pl WATTS lowers it.",
            power=Quantity(device.board_power_w, Unit.WATT),
        )
    yield Message("Free memory before the start: nvidia-smi --query-gpu=index,memory.used,memory.total --format=csv.")


def _burn_in(device: Accelerator) -> Iterator[Message]:
    if device.manufacturer != "NVIDIA":
        return
    if device.segment is Segment.DATACENTER:
        yield Message("Burn-in: dcgmi diag -r 3, about 15 minutes; watch for Xid lines in dmesg.")
    else:
        yield Message(
            "Burn-in: dcgmi diag -r 1 is all that DCGM offers for cards that are not made for data centres; then keep "
            "the engine at full load for an hour and watch for Xid lines in dmesg."
        )
