"""A run that is recorded: what is added up, what is left open, and what is written."""

import argparse
import json
import subprocess
import sys

import pytest

from dsdesk.base.errors import FileError
from dsdesk.base.translate import Language
from dsdesk.base.units import Estimate
from dsdesk.charts.recorded import recorded_power
from dsdesk.cli.command import Session
from dsdesk.cli.recorded import record
from dsdesk.detect.live import CardSample, Recording, Sample, live_command, sample_of


def sample(time_s, *cards):
    return Sample(time_s=time_s, cards=tuple(CardSample(address=at, power_w=w, utilisation=u) for at, w, u in cards))


@pytest.fixture
def recording():
    made = Recording()
    for one in (
        sample(10.0, ("a", 50.0, 0.0), ("b", 40.0, 0.0)),
        sample(11.0, ("a", 300.0, 0.9), ("b", 280.0, 0.8)),
        sample(12.0, ("a", 320.0, 0.9), ("b", 300.0, 0.9)),
    ):
        made.add(one)
    return made


def test_watts_under_load_are_those_of_busy_moments(recording):
    assert recording.times_s == (0.0, 1.0, 2.0)
    assert recording.loaded_power_w() == (580.0 + 620.0) / 2
    assert recording.power_w("b") == (40.0, 280.0, 300.0)


def test_a_card_that_tells_no_power_leaves_the_sum_open(recording):
    recording.add(sample(13.0, ("a", 300.0, 0.9), ("b", None, 0.9)))
    assert recording.power_w()[-1] is None
    assert recording.loaded_power_w() == 600.0


def test_csv_has_a_row_a_card_and_moment(recording):
    rows = recording.csv().splitlines()
    assert rows[0].startswith("time_s,card,utilisation,temperature_c,power_w")
    assert rows[2] == "0.000,b,0.0,,40.0,,"
    assert len(rows) == 1 + 3 * 2


def test_chart_holds_the_watts_against_the_forecast(recording):
    watts = {at: recording.power_w(at) for at in ("a", "b")}
    spec = recorded_power(recording.times_s, watts, Estimate(estimate=600.0, low80=550.0, high80=650.0))
    assert [one.y for one in spec.series] == [(50.0, 300.0, 320.0), (40.0, 280.0, 300.0)]
    assert spec.thresholds[0].y == 600.0
    assert recorded_power((0.0,), {"a": (None,)}, None).empty is not None


@pytest.mark.parametrize("line", ["", "libnvidia: warning", "[]", '{"time_s": 1}', '{"time_s": "x", "gpus": 3}'])
def test_lines_that_are_no_sample_are_passed_over(line):
    assert sample_of(line) is None


def test_cards_of_other_makers_are_told_by_sysfs(tmp_path):
    card = tmp_path / "sys/bus/pci/devices/0000:03:00.0"
    (card / "hwmon/hwmon0").mkdir(parents=True)
    for name, value in {
        "class": "0x030000", "vendor": "0x1002", "device": "0x744c", "gpu_busy_percent": "63",
        "mem_info_vram_total": "25753026560", "mem_info_vram_used": "1000000000", "mem_info_vram_vendor": "samsung",
        "hwmon/hwmon0/power1_average": "250000000", "hwmon/hwmon0/temp1_input": "61000",
    }.items():  # fmt: skip
        (card / name).write_text(value)
    script = f"from pathlib import Path; from dsdesk.detect.live_child import main; main(Path({str(tmp_path)!r}), 1)"
    done = subprocess.run([live_command()[0], "-c", script], capture_output=True, text=True, check=True)
    (told,) = sample_of(done.stdout.splitlines()[-1]).cards
    assert (told.address, told.utilisation, told.power_w, told.temperature_c) == ("0000:03:00.0", 0.63, 250.0, 61.0)
    assert told.memory_used_bytes == 1_000_000_000


def test_recording_from_the_command_line(tmp_path, capsys):
    card = {"bus": "0000:01:00.0", "utilisation": 0.9, "temperature_c": 60, "memory_used": 5}
    lines = "".join(
        json.dumps({"time_s": at, "host_available": 1, "gpus": [{**card, "power_w": watts}]}) + "\n"
        for at, watts in ((0.0, 300.0), (1.0, 320.0))
    )
    session = Session(argparse.Namespace(), Language.ENGLISH)
    path = tmp_path / "run.csv"
    assert record(session, path, 30.0, [sys.executable, "-c", f"print({lines!r}, end='')"]) == 0
    assert len(path.read_text(encoding="utf-8").splitlines()) == 3
    assert "310" in capsys.readouterr().out
    assert record(session, path, 30.0, [sys.executable, "-c", "pass"]) == 1
    with pytest.raises(FileError):
        record(session, tmp_path / "no" / "run.csv", 30.0, [sys.executable, "-c", "pass"])
