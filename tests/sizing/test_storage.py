"""Storage pools against OpenZFS's rules and the arithmetic of rebuilds."""

import pytest

from dsdesk.base.units import GIB, TB
from dsdesk.project.project import DriveUse, Pool
from dsdesk.sizing.storage import LAYOUTS, READER_SHARE, report
from tests.fakes.catalog import disk, drive


def pool(layout: str, drives: int, use: DriveUse = DriveUse.DATA) -> Pool:
    return Pool(use=use, line_no=1, drives=drives, layout=layout)


@pytest.mark.parametrize(
    ("layout", "drives", "data", "survives"),
    [
        ("single", 1, 1, 0),
        ("raid0", 2, 2, 0),
        ("raid1", 2, 1, 1),
        ("raid10", 4, 2, 1),
        ("raid5", 4, 3, 1),
        ("raid6", 6, 4, 2),
    ],
)
def test_usable_capacity_and_failures(layout, drives, data, survives):
    found = report(pool(layout, drives), disk(), None)
    assert found.usable_bytes == data * 20 * TB
    assert found.survives == survives


@pytest.mark.parametrize(("layout", "data"), [("raidz1", 3), ("raidz2", 2), ("mirror", 1)])
def test_zfs_keeps_its_slop_space(layout, data):
    found = report(pool(layout, 4), disk(), None)
    assert found.usable_bytes == data * 20 * TB - 128 * GIB  # OpenZFS issue 15467: at most 128 GiB


def test_small_zfs_pool_keeps_a_thirty_second():
    found = report(pool("mirror", 2), drive(), None)
    assert found.usable_bytes == round(2 * TB * 31 / 32)


def test_two_pm1743_in_raid_0_load_the_weights():
    # Facts: one reads 13 GB/s, so two read 26 GB/s; DeepSeek-V3 in FP8 is about 689 GB.
    fast = drive(seq_read_b_s=13e9, pcie=None)
    found = report(pool("raid0", 2, DriveUse.WEIGHTS), fast, 689 * 10**9)
    assert found.seq_read_b_s == pytest.approx(26e9)
    assert found.load_seconds == pytest.approx(689 / (READER_SHARE * 26))


def test_pcie_link_limits_a_drive():
    found = report(pool("single", 1), drive(seq_read_b_s=14e9), None)
    assert found.seq_read_b_s == pytest.approx(4 * 1.969e9)


def test_mirror_reads_one_file_from_one_drive():
    assert report(pool("raid1", 2), drive(pcie=None), None).seq_read_b_s == pytest.approx(7.4e9)


@pytest.mark.parametrize(("rate", "chance"), [(1e-15, 0.38), (1e-14, 0.992)])
def test_rebuild_of_four_20_tb_disks_in_raid_5(rate, chance):
    # Three disks of 20 TB are read: 4.8e14 bits.
    found = report(pool("raid5", 4), disk(ure_per_bit=rate), None)
    assert found.rebuild_error == pytest.approx(chance, abs=0.002)


@pytest.mark.parametrize(("layout", "drives"), [("raid5", 2), ("raid10", 5), ("raidz3", 4), ("unheard-of", 4)])
def test_impossible_layout_says_why(layout, drives):
    found = report(pool(layout, drives), disk(), 10**9)
    assert found.problem is not None
    assert found.usable_bytes is None
    assert found.survives == 0


def test_unpublished_facts_stay_unknown():
    found = report(pool("raid0", 2), drive(capacity_bytes=None, seq_read_b_s=None), 10**9)
    assert found.usable_bytes is None
    assert found.seq_read_b_s is None
    assert found.load_seconds is None


@pytest.mark.parametrize("name", list(LAYOUTS))
def test_more_drives_never_hold_less(name):
    layout = LAYOUTS[name]
    step = 2 if layout.even else 1
    held = [layout.data_drives(n) for n in range(layout.least, 20, step)]
    assert held == sorted(held)
    assert all(number >= 1 for number in held)
