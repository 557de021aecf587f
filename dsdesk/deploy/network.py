"""Network notes (G18): ping, and what a TCP window of 16 MB means on this network."""

from collections.abc import Iterator

from dsdesk.base.message import Message
from dsdesk.base.units import Quantity, Unit
from dsdesk.deploy.deployment import Deployment

WINDOW_BYTES = 16 * 1024 * 1024
SYSCTL = (
    "90-tcp-window.conf",
    "".join(
        line + "\n"
        for line in (
            "# TCP windows of up to 16 MiB; put into /etc/sysctl.d and run: sysctl --system",
            f"net.core.rmem_max = {WINDOW_BYTES}",
            f"net.core.wmem_max = {WINDOW_BYTES}",
            f"net.ipv4.tcp_rmem = 4096 131072 {WINDOW_BYTES}",
            f"net.ipv4.tcp_wmem = 4096 65536 {WINDOW_BYTES}",
        )
    ),
)


def window_delay_s(bit_s: float, window_bytes: int = WINDOW_BYTES) -> float:
    """Longest round trip at which one connection fills the line.

    Equation: delay [s] = window [bytes] x 8 / rate [bit/s] (the bandwidth-delay product solved for the delay).
    Source: RFC 7323, section 1.1.
    """
    return window_bytes * 8 / bit_s


def network_notes(deployment: Deployment) -> Iterator[Message]:
    """What to measure between nodes; nothing for a single machine."""
    if deployment.nodes == 1:
        yield Message(
            "One machine: no network lies between the accelerators. For clients far away: ping -c 20 SERVER_IP."
        )
        return
    yield Message(
        "Round trip between nodes: ping -c 100 -i 0.2 -I OWN_IP OTHER_IP. On Linux -I gives the source; the guide's -S "
        "does so on Windows and BSD and sets a buffer size on Linux."
    )
    rate = deployment.served.interconnect.node_bit_s
    if rate is None:
        yield Message("The rate of the network between the nodes is not known, so the TCP window cannot be judged.")
        return
    yield Message(
        "A TCP window of 16 MiB fills {rate} up to a round trip of {delay}: where ping shows less, the window is not "
        "what limits it. NCCL over InfiniBand or RoCE does not use TCP at all.",
        rate=Quantity(rate, Unit.GBIT_S),
        delay=Quantity(window_delay_s(rate), Unit.MILLISECOND),
    )
