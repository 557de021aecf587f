"""Claims about drives and networks (G6, G7, G18)."""

from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.claims.claim import Figure, Judgement, Verdict
from dsdesk.claims.registry import Bench, judge, undecided
from dsdesk.hardware.parts import Drive
from dsdesk.project.project import DriveUse, Pool
from dsdesk.sizing.storage import report

_WINDOW_BYTES = 16 * 1024 * 1024
_LINE_BIT_S = 400e9
_WANTED_B_S = 7e9


def _drive(bench: Bench, part_id: str) -> Drive | Unknown:
    part = bench.part(part_id)
    if isinstance(part, Drive | Unknown):
        return part
    return Unknown(Message("{id} is no drive", id=part_id))


@judge("g6-raid0", Message("NVMe drives in RAID 0 read 7 GB/s or more."))
def raid0(bench: Bench) -> Judgement:
    """Two PM1743 striped."""
    drive = _drive(bench, "samsung-pm1743-15-36tb-u2")
    if isinstance(drive, Unknown):
        return undecided(drive)
    pool = report(Pool(use=DriveUse.WEIGHTS, line_no=0, drives=2, layout="raid0"), drive, None)
    if pool.seq_read_b_s is None or drive.seq_read_b_s is None:
        return undecided(Unknown(Message("the read rate of the drive is not published")))
    ours = Figure(pool.seq_read_b_s / 1e9, "GB/s")
    reason = Message(
        "True, and one drive alone reads {one}. Striping loses everything when one drive fails: keep a copy of the "
        "weights elsewhere.",
        one=Figure(drive.seq_read_b_s / 1e9, "GB/s").text(),
    )
    verdict = Verdict.AGREES if pool.seq_read_b_s >= _WANTED_B_S else Verdict.WRONG
    return Judgement(ours=ours, verdict=verdict, reason=reason)


@judge("g7-zfs", Message("Four drives of 20 TB under ZFS hold the data sets, compressed and checked."))
def zfs(bench: Bench) -> Judgement:
    """Usable capacity of four drives with one parity."""
    drive = _drive(bench, "seagate-exos-x20-20tb")
    if isinstance(drive, Unknown):
        return undecided(drive)
    pool = report(Pool(use=DriveUse.DATA, line_no=0, drives=4, layout="raidz1"), drive, None)
    if pool.usable_bytes is None:
        return undecided(Unknown(Message("the capacity is not published")))
    ours = Figure(pool.usable_bytes / 1e12, "TB")
    reason = Message(
        "With one parity drive {usable} of it are usable. Checksums find damage in any layout; only parity or a mirror "
        "repairs it. Compression helps text, not weights or pictures.",
        usable=ours.text(),
    )
    return Judgement(ours=ours, verdict=Verdict.DEPENDS, reason=reason)


@judge("g18-window", Message("A TCP window of 16 MB cures network delays."))
def tcp_window(_bench: Bench) -> Judgement:
    """Longest round trip that the window fills at 400 Gbit/s."""
    ours = Figure(_WINDOW_BYTES * 8 / _LINE_BIT_S * 1000, "ms")
    reason = Message(
        "A window sets throughput, not delay: 16 MiB fill a line of 400 Gbit/s up to a round trip of {delay}, longer "
        "than within a rack. RDMA, which collective operations use, has no TCP window.",
        delay=ours.text(),
    )
    return Judgement(ours=ours, verdict=Verdict.DEPENDS, reason=reason)


@judge("g18-ping", Message("ping -S SOURCE TARGET measures the delay from a source address."))
def ping_flag(_bench: Bench) -> Judgement:
    """What -S means where such machines run."""
    reason = Message(
        "True on Windows and BSD. On Linux, where these machines run, -S sets the size of a socket buffer and -I "
        "names the source: ping -I SOURCE TARGET."
    )
    return Judgement(verdict=Verdict.DEPENDS, reason=reason)
