"""Storage pools: usable capacity, what a failure loses, sequential speed and seconds to load the weights."""

import math
from dataclasses import dataclass

from dsdesk.base.message import N_, Message
from dsdesk.base.source import Why
from dsdesk.base.units import GIB, MIB, Quantity, Unit
from dsdesk.hardware.parts import Drive
from dsdesk.project.project import DriveUse, Pool

# One reader reaches about this share of what an array can read; general knowledge, shown as an assumption.
READER_SHARE = 0.7

# ZFS keeps 1/32 of a pool for itself, at least 128 MiB and at most 128 GiB (OpenZFS issue 15467; spa_slop_shift).
_SLOP_SHARE, _SLOP_MIN, _SLOP_MAX = 1 / 32, 128 * MIB, 128 * GIB

_SOURCE = "OpenZFS documentation, RAIDZ and Basic Concepts; OpenZFS issue 15467 (slop space)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What a layout makes of n equal drives.

    Attributes:
        least: fewest drives that it is defined for.
        even: whether the number of drives must be even.
        parity: drives that hold redundancy; for mirrors see `copies`.
        copies: how often each block is stored; 0 = on all drives.
        zfs: whether ZFS keeps its slop space.
    """

    least: int
    even: bool = False
    parity: int = 0
    copies: int = 1
    zfs: bool = False

    def data_drives(self, drives: int) -> int:
        """Drives' worth of capacity that remain for data."""
        copies = self.copies or drives
        return drives // copies - self.parity

    def survives(self, drives: int) -> int:
        """Failures that are survived for certain."""
        return self.parity or (self.copies or drives) - 1


LAYOUTS: dict[str, Layout] = {
    "single": Layout(least=1),
    "raid0": Layout(least=2),
    "raid1": Layout(least=2, copies=0),
    "raid10": Layout(least=4, even=True, copies=2),
    "raid5": Layout(least=3, parity=1),
    "raid6": Layout(least=4, parity=2),
    "mirror": Layout(least=2, copies=0, zfs=True),
    "raidz1": Layout(least=3, parity=1, zfs=True),
    "raidz2": Layout(least=4, parity=2, zfs=True),
    "raidz3": Layout(least=5, parity=3, zfs=True),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolReport:
    """What a pool gives.

    Attributes:
        use: what lies on it.
        line_no: the line of its drives.
        layout: as in `Pool`.
        drives: how many.
        usable_bytes: for files; None if the capacity is not published or the layout is not possible.
        survives: failures that are survived for certain.
        seq_read_b_s: of the whole array; None if not published.
        load_seconds: to read the weights from it; None where it cannot be told or there are no weights.
        loses: what one more failure than it survives loses.
        problem: why the layout is not possible with so many drives, None if it is.
        rebuild_error: chance that a rebuild meets an unreadable sector; None without redundancy or a published rate.
        why: the explanation.
    """

    use: DriveUse
    line_no: int = 0
    layout: str
    drives: int
    usable_bytes: int | None
    survives: int
    seq_read_b_s: float | None
    load_seconds: float | None
    loses: Message
    problem: Message | None = None
    rebuild_error: float | None = None
    why: Why


def report(pool: Pool, drive: Drive, weights_bytes: int | None) -> PoolReport:
    """What `pool` gives when it is made of `drive`s.

    Equation: usable = data drives x capacity [B]; read = reading drives x read rate of one drive [B/s];
        seconds = weights [B] / (0.7 x read) [s].
    Source: OpenZFS documentation, RAIDZ and Basic Concepts (n - p drives of n usable; a mirror holds one drive).
    """
    layout = LAYOUTS.get(pool.layout)
    problem = _problem(pool, layout)
    if layout is None or problem is not None:
        layout, data = Layout(least=1), 0
    else:
        data = layout.data_drives(pool.drives)
    usable = _usable(layout, data, drive.capacity_bytes)
    read = _read_rate(layout, data, drive) if data else None
    seconds = weights_bytes / (READER_SHARE * read) if weights_bytes and read else None
    survives = layout.survives(pool.drives) if data else 0
    return PoolReport(
        use=pool.use,
        line_no=pool.line_no,
        layout=pool.layout,
        drives=pool.drives,
        usable_bytes=usable,
        survives=survives,
        seq_read_b_s=read,
        load_seconds=seconds,
        loses=_loses(pool.use, survives),
        problem=problem,
        rebuild_error=rebuild_error(layout, pool.drives, drive) if data else None,
        why=_why(data, drive, read, weights_bytes, seconds),
    )


def rebuild_error(layout: Layout, drives: int, drive: Drive) -> float | None:
    """Chance that a rebuild after one failure meets a sector that cannot be read.

    Equation: 1 - exp(-bits read x rate of unrecoverable errors [1/bit]); all remaining drives of a parity layout are
        read, one drive of a mirror. The maker's rate is an upper bound, so the chance is one too.
    Source: derived from the Poisson law with the maker's published error rate; 60 TB at 1e-15 give 38 %.
    """
    if drive.ure_per_bit is None or drive.capacity_bytes is None or layout.survives(drives) == 0:
        return None
    read_drives = drives - 1 if layout.parity else 1
    return 1 - math.exp(-read_drives * drive.capacity_bytes * 8 * drive.ure_per_bit)


def _problem(pool: Pool, layout: Layout | None) -> Message | None:
    if layout is None:
        return Message(N_("There is no storage layout called {layout}"), layout=pool.layout)
    if pool.drives < layout.least:
        text = N_("{layout} needs at least {least} drives and has {drives}")
        return Message(text, layout=pool.layout, least=layout.least, drives=pool.drives)
    if layout.even and pool.drives % 2:
        return Message(
            N_("{layout} needs an even number of drives and has {drives}"), layout=pool.layout, drives=pool.drives
        )
    return None


def _usable(layout: Layout, data: int, capacity: int | None) -> int | None:
    if not data or capacity is None:
        return None
    raw = data * capacity
    slop = min(max(raw * _SLOP_SHARE, _SLOP_MIN), _SLOP_MAX) if layout.zfs else 0
    return round(raw - slop)


def _read_rate(layout: Layout, data: int, drive: Drive) -> float | None:
    if drive.seq_read_b_s is None:
        return None
    rate = drive.seq_read_b_s
    if drive.pcie is not None:
        rate = min(rate, drive.pcie.bandwidth_b_s())
    joined = layout.least > 1  # drives that only stand side by side do not read one file together
    return rate * (data if joined else 1)


def _loses(use: DriveUse, survives: int) -> Message:
    if use is DriveUse.WEIGHTS:
        what = Message(N_("the weights, which can be copied or downloaded again"))
    elif use is DriveUse.SYSTEM:
        what = Message(N_("the system, which must be installed again"))
    else:
        what = Message(N_("the data sets, unless there is a copy elsewhere"))
    if survives == 0:
        return Message(N_("The first failed drive loses {what}"), what=what)
    return Message(
        N_("{count} failed drives are survived for certain; one more may lose {what}"), count=survives, what=what
    )


def _why(data: int, drive: Drive, read: float | None, weights_bytes: int | None, seconds: float | None) -> Why:
    parts = [
        Why(
            Message(N_("Usable capacity")),
            f"{data} × {_shown(drive.capacity_bytes, Unit.TB)}",
            _SOURCE,
        ),
        Why(
            Message(N_("Sequential read")),
            f"{_shown(drive.seq_read_b_s, Unit.GB_S)} / drive → {_shown(read, Unit.GB_S)}",
            "; ".join(source.text for source in drive.sources),
        ),
    ]
    rate = f"({READER_SHARE} × {_shown(read, Unit.GB_S)})"
    formula = f"{_shown(weights_bytes, Unit.GB)} / {rate} = {_shown(seconds, Unit.SECOND)}"
    return Why(
        Message(N_("Time to load the weights")),
        formula,
        "assumption: one reader reaches 0.7 of the array",
        tuple(parts),
    )


def _shown(value: float | None, unit: Unit) -> str:
    return "?" if value is None else Quantity(value, unit).text()
