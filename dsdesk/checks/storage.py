"""Storage: whether the weights fit, how long they take to load, and what a failed drive costs."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

from dsdesk.base.message import N_, Message
from dsdesk.base.units import Quantity, Unit
from dsdesk.build.inventory import lines_of
from dsdesk.checks.context import CheckContext
from dsdesk.checks.finding import Finding, Fix, Severity, not_published, unchecked
from dsdesk.checks.fixes import advice, as_fix, candidates, first_that_clears
from dsdesk.checks.registry import check
from dsdesk.hardware.parts import Drive
from dsdesk.project.edits import Edit, change_configuration, change_line
from dsdesk.project.project import DriveUse, Line, Pool
from dsdesk.sizing.results import MemoryNeed
from dsdesk.sizing.storage import LAYOUTS, PoolReport

_GUIDE_READ_B_S = 7e9  # what the guide asks of the drives for weights (G6)


def _drives(context: CheckContext) -> Iterator[tuple[int, Line, Drive]]:
    for index, machine in enumerate(context.build.machines):
        for line, drive in lines_of(machine.parts, Drive):
            yield index, line, drive


def _weights(context: CheckContext) -> int | None:
    return context.need.weights_bytes if isinstance(context.need, MemoryNeed) else None


def _reports(context: CheckContext, use: DriveUse) -> list[PoolReport]:
    return [report for report in context.pools if report.use is use]


def _pool_fix(context: CheckContext, code: str, edits: Iterator[Edit]) -> tuple[Fix, ...]:
    return as_fix(first_that_clears(context, code, None, edits))


def _with_layout(context: CheckContext, report: PoolReport, layout: str) -> Edit:
    """The pool of `report` with another layout."""
    text = Message(N_("Join the drives as {layout}"), layout=layout)
    return change_configuration(text, pools=_changed(context, report, layout=layout))


def _changed(context: CheckContext, report: PoolReport, layout: str) -> tuple[Pool, ...]:
    pools: list[Pool] = []
    for pool in context.configuration.pools:
        same = pool.use is report.use and pool.line_no == report.line_no and pool.layout == report.layout
        pools.append(replace(pool, layout=layout) if same else pool)
    return tuple(pools)


@check("storage.E001")
def weights_fit_on_the_drives(context: CheckContext) -> Iterator[Finding]:
    """The weights fit on the drives that are meant for them, with the headroom of the project.

    Reason: the checkpoint has to lie somewhere; a conversion needs a second copy for a while.
    Remedy: larger drives, more of them, or a smaller precision.
    Source: usable capacity of the layout (OpenZFS documentation, RAIDZ); size of the weights tensor by tensor.
    """
    weights = _weights(context)
    if weights is None or not any(True for _ in _drives(context)):
        return
    planned = _reports(context, DriveUse.WEIGHTS)
    sizes = [report.usable_bytes for report in planned]
    if not planned:
        sizes = [drive.capacity_bytes for _, _, drive in _drives(context)]
    if any(size is None for size in sizes):
        if not any(report.problem for report in planned):
            yield unchecked(Message(N_("the capacity of a drive is not published")))
        return
    room = max((size for size in sizes if size is not None), default=0)
    needed = round(weights / (1 - context.configuration.headroom))
    if room < needed:
        severity = Severity.ERROR if room < weights else Severity.WARNING
        text = N_("The weights take {weights}, with headroom {needed}, and the drives for them hold {room}")
        yield Finding(
            severity=severity,
            message=Message(text, weights=_gb(weights), needed=_gb(needed), room=_gb(room)),
            subject=tuple(report.line_no for report in planned),
            fixes=_larger_drives(context, planned) or advice(Message(N_("Add a drive for the weights"))),
        )


def _gb(value: float) -> Quantity:
    return Quantity(value, Unit.GB)


def _larger_drives(context: CheckContext, planned: list[PoolReport]) -> tuple[Fix, ...]:
    numbers = {report.line_no for report in planned}
    edits: list[Edit] = []
    for _, line, drive in _drives(context):
        if numbers and line.no not in numbers:
            continue
        for other in _larger(context, drive):
            text = Message(N_("Replace it by {count} × {part}"), count=line.quantity, part=other.full_name)
            edits.append(change_line(line.no, text, part_id=other.id))
        found = first_that_clears(context, "storage.E001", None, edits)
        if found is not None:
            return as_fix(found)
    return ()


def _larger(context: CheckContext, drive: Drive) -> Iterator[Drive]:
    def suits(other: Drive) -> bool:
        return other.form is drive.form and (other.capacity_bytes or 0) > (drive.capacity_bytes or 0)

    return candidates(context, Drive, suits, lambda other: other.capacity_bytes or 0)


@check("storage.W002")
def weights_load_fast(context: CheckContext) -> Iterator[Finding]:
    """The drives for the weights read at 7 GB/s or more, as the guide asks.

    Reason: at each start the whole checkpoint is read; a slow drive makes a large model wait minutes.
    Remedy: NVMe of a newer generation, or RAID 0 of two: weights can be fetched again.
    Source: the guide, section 2.3 (NVMe RAID 0, sequential read of 7 GB/s or more); read rate by the drive's maker.
    """
    for report in _reports(context, DriveUse.WEIGHTS):
        subject = (report.line_no,)
        if report.problem is not None:
            continue
        if report.seq_read_b_s is None:
            yield unchecked(Message(N_("the read rate of the drives for the weights is not published")), subject)
            continue
        slow = report.seq_read_b_s < _GUIDE_READ_B_S
        text = N_("The weights are read at {rate}, and load in about {seconds}")
        yield Finding(
            severity=Severity.WARNING if slow else Severity.NOTE,
            message=Message(text, rate=_rate(report.seq_read_b_s), seconds=_seconds(report.load_seconds)),
            subject=subject,
            fixes=_faster(context, report) if slow else (),
            assumption=True,
        )


def _rate(value: float) -> Quantity:
    return Quantity(value, Unit.GB_S)


def _seconds(value: float | None) -> Quantity | None:
    return None if value is None else Quantity(value, Unit.SECOND)


def _faster(context: CheckContext, report: PoolReport) -> tuple[Fix, ...]:
    edits: list[Edit] = []
    if report.drives > 1 and report.layout != "raid0":
        edits.append(_with_layout(context, report, "raid0"))
    for _, line, drive in _drives(context):
        if line.no != report.line_no:
            continue
        for other in candidates(context, Drive, _at_least(drive), lambda part: part.capacity_bytes or 0):
            text = Message(N_("Replace it by {count} × {part}"), count=line.quantity, part=other.full_name)
            edits.append(change_line(line.no, text, part_id=other.id))
    return _pool_fix(context, "storage.W002", iter(edits))


def _at_least(drive: Drive) -> Callable[[Drive], bool]:
    def suits(other: Drive) -> bool:
        enough = (other.capacity_bytes or 0) >= (drive.capacity_bytes or 0)
        return enough and other.form is drive.form and (other.seq_read_b_s or 0) > (drive.seq_read_b_s or 0)

    return suits


@check("storage.W003")
def data_survives_a_failure(context: CheckContext) -> Iterator[Finding]:
    """Data sets stand on a layout that survives a failed drive.

    Reason: weights can be copied again; data sets that were collected or labelled cannot.
    Remedy: a mirror, RAID 10 or a layout with parity; and a copy elsewhere all the same.
    Source: OpenZFS documentation, RAIDZ and mirrors; a stripe loses everything with its first drive.
    """
    for report in _reports(context, DriveUse.DATA):
        if report.problem is not None or report.survives > 0:
            continue
        safe = [name for name in ("raidz1", "raid1", "mirror", "raid5") if LAYOUTS[name].least <= report.drives]
        yield Finding(
            severity=Severity.WARNING,
            message=_what_is_lost(report),
            subject=(report.line_no,),
            fixes=_pool_fix(context, "storage.W003", (_with_layout(context, report, name) for name in safe))
            or advice(Message(N_("Add a second drive and mirror it, or keep a copy elsewhere"))),
        )


def _what_is_lost(report: PoolReport) -> Message:
    if report.drives == 1:
        return Message(N_("There is one drive. {loses}"), loses=report.loses)
    return Message(
        N_("{drives} drives as {layout}. {loses}"), drives=report.drives, layout=report.layout, loses=report.loses
    )


@check("storage.E004")
def layout_is_possible(context: CheckContext) -> Iterator[Finding]:
    """The layout can be made of so many drives.

    Reason: parity and mirrors need a least number of drives, some an even one.
    Remedy: another layout, or more drives.
    Source: OpenZFS documentation, RAIDZ; the definitions of the RAID levels.
    """
    for report in context.pools:
        if report.problem is None:
            continue
        names = ("raid0", "single") if report.use is DriveUse.WEIGHTS else ("raid1", "mirror", "single")
        possible = [name for name in names if LAYOUTS[name].least <= report.drives and name != report.layout]
        yield Finding(
            severity=Severity.ERROR,
            message=report.problem,
            subject=(report.line_no,),
            fixes=_pool_fix(context, "storage.E004", (_with_layout(context, report, name) for name in possible)),
        )


@check("storage.E005")
def pools_have_their_drives(context: CheckContext) -> Iterator[Finding]:
    """Every pool stands on drives that the list has, and none is used twice.

    Reason: a drive belongs to one pool; a pool without drives is a plan without parts.
    Remedy: more drives on the line, or fewer in the pool.
    Source: what a pool is.
    """
    wanted: Counter[int] = Counter()
    for pool in context.configuration.pools:
        wanted[pool.line_no] += pool.drives
    have = {line.no: line for _, line, _ in _drives(context)}
    for no, number in wanted.items():
        line = have.get(no)
        quantity = line.quantity if line else 0
        if number <= quantity:
            continue
        if line is None:
            text = Message(N_("Remove the pool"))
            kept = tuple(pool for pool in context.configuration.pools if pool.line_no != no)
            edit = change_configuration(text, pools=kept)
        else:
            edit = change_line(no, Message(N_("Take {count} drives"), count=number), quantity=number)
        yield Finding(
            severity=Severity.ERROR,
            message=Message(
                N_("The pools use {number} drives of line {no}, which has {have}"), number=number, no=no, have=quantity
            ),
            subject=(no,),
            fixes=_pool_fix(context, "storage.E005", iter((edit,))),
        )


@check("storage.W006")
def rebuild_is_likely_to_succeed(context: CheckContext) -> Iterator[Finding]:
    """A rebuild after a failure is unlikely to meet a sector that cannot be read.

    Reason: with one drive's worth of redundancy such a sector is lost; large disks read 1e14 bits and more in a
        rebuild.
    Remedy: a second parity drive (RAID 6, raidz2), or mirrors of smaller drives.
    Source: derived: 1 - exp(-bits read x published error rate); the rate is the maker's upper bound, so the chance is
        one too.
    """
    for report in context.pools:
        risk = report.rebuild_error
        if risk is None and report.survives > 0 and report.problem is None:
            fact = Message(N_("the rate of unreadable sectors"))
            drive = next((part for _, line, part in _drives(context) if line.no == report.line_no), None)
            yield not_published(fact, drive.full_name if drive else "", (report.line_no,))
        if risk is None or risk <= context.site.assumed.rebuild_risk or report.survives > 1:
            continue
        better = [name for name in ("raidz2", "raid6") if LAYOUTS[name].least <= report.drives]
        yield Finding(
            severity=Severity.WARNING,
            message=Message(
                N_("A rebuild of {layout} of {drives} meets an unreadable sector with a chance of up to {risk}"),
                layout=report.layout,
                drives=report.drives,
                risk=Quantity(risk, Unit.PERCENT),
            ),
            subject=(report.line_no,),
            fixes=_pool_fix(context, "storage.W006", (_with_layout(context, report, name) for name in better))
            or advice(Message(N_("Use four drives or more with two of parity"))),
        )


@check("storage.N007")
def storage_is_planned(context: CheckContext) -> Iterator[Finding]:
    """The plan says which drives carry the weights.

    Reason: without a plan nothing can be said about the time to load and about what a failure loses.
    Remedy: enter a pool on the Machine page.
    Source: the guide, section 2.3 (tiers for weights and data).
    """
    drives = list(_drives(context))
    if not drives or _reports(context, DriveUse.WEIGHTS) or context.configuration.pools:
        return
    _, line, drive = max(drives, key=lambda found: found[2].seq_read_b_s or 0)
    layout = "raid0" if line.quantity > 1 else "single"
    pool = Pool(use=DriveUse.WEIGHTS, line_no=line.no, drives=line.quantity, layout=layout)
    text = Message(N_("Keep the weights on {count} × {part}"), count=line.quantity, part=drive.full_name)
    yield Finding(
        severity=Severity.NOTE,
        message=Message(N_("Nothing says yet which drives carry the weights")),
        subject=(line.no,),
        fixes=(Fix(text=text, edit=change_configuration(text, pools=(pool,))),),
    )
