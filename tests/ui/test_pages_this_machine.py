"""This machine: advice, a run that is recorded, the user's own llama-bench, pasted text, the probe."""

import json
import stat
import sys

import pytest

from dsdesk.base.units import GB, MIB
from dsdesk.detect.matching import matched
from dsdesk.detect.snapshot import Gpu, MemoryFacts, PciPlace, Snapshot
from dsdesk.project.templates import scheme
from dsdesk.ui.dialogs import ask
from dsdesk.ui.pages.this_machine_bench import bench_command
from dsdesk.ui.pages.this_machine_cards import groups
from dsdesk.ui.pages.this_machine_live import LiveCard
from tests.fakes.window import settle

CARD = Gpu(
    name="NVIDIA GeForce RTX 4090",
    vendor="nvidia",
    memory_bytes=24564 * MIB,
    pci_id="10de:2684",
    pci=PciPlace(address="0000:01:00.0"),
)
ONE = Snapshot(gpus=(CARD,), memory=MemoryFacts(total_bytes=64 * GB))


@pytest.fixture
def page(qtbot, session):
    session.desk.store.open(scheme("scheme-1"), None)
    session.window.go("this_machine")
    settle(qtbot, session)
    shown = session.window.page_named("this_machine")
    shown._live._command = lambda: [sys.executable, "-c", "pass"]
    yield shown
    shown._live.end()
    shown._bench.end()


def test_row_of_the_advice_becomes_the_plan(qtbot, session, page):
    page.show_snapshot(matched(ONE, session.desk.database))
    qtbot.waitUntil(lambda: page._advice._advice is not None, timeout=20_000)
    table = page._advice._table
    runs = [run for run in page._advice._advice.rows if run.fits]
    assert table.model().rowCount() == len(runs)
    table.selectRow(0)
    run = table.current_row()
    assert run.model in page._advice._get.text()
    page._advice._plan.click()
    settle(qtbot, session)
    configuration = session.desk.store.project.configuration
    assert (configuration.model.llm_id, configuration.precision) == (run.model, run.precision)
    assert [(line.part_id, line.owned) for line in configuration.machines[0].lines] == [("nvidia-rtx-4090", True)]
    assert session.window.page == "deploy"


def test_what_the_owner_tells_narrows_the_offers(qtbot, session, page):
    page.show_snapshot(matched(ONE, session.desk.database))
    qtbot.waitUntil(lambda: page._advice._advice is not None, timeout=20_000)
    before = page._advice._advice.offers
    page._advice._slots.setValue(0)
    qtbot.waitUntil(lambda: page._advice._advice.offers != before, timeout=20_000)
    assert "one_more" in {offer.action for offer in before}
    assert "one_more" not in {offer.action for offer in page._advice._advice.offers}


def test_machine_read_before_the_catalogue_is_looked_up_later(qtbot, session, page):
    page.show_snapshot(ONE)
    assert page._snapshot.gpus[0].part_id == ""
    session.desk.parts_changed.emit()
    qtbot.waitUntil(lambda: page._snapshot.gpus[0].part_id == "nvidia-rtx-4090", timeout=20_000)


def test_equal_cards_are_one_to_look_at():
    from dataclasses import replace

    other = replace(CARD, pci=PciPlace(address="0000:02:00.0", width_now=8, width_max=16))
    third = replace(CARD, pci=PciPlace(address="0000:03:00.0"), temperature_c=70.0, utilisation=1.0)
    assert groups((CARD, other, third)) == [[0, 2], [1]]


def test_pasted_text_is_a_capture(qtbot, session, page):
    page.take_text("GPU 0: NVIDIA L40S (UUID: GPU-1)\nGPU 1: NVIDIA L40S (UUID: GPU-2)\n")
    settle(qtbot, session)
    assert [gpu.part_id for gpu in page._snapshot.gpus] == ["nvidia-l40s"] * 2


def test_probe_is_saved_for_both_systems(page, tmp_path, monkeypatch):
    said = []
    monkeypatch.setattr(ask, "tell", lambda _parent, text: said.append(text))
    monkeypatch.setattr(ask, "tell_error", lambda _parent, error: said.append(error))
    page.save_probe(tmp_path)
    shell, windows = (tmp_path / name for name in ("dsdesk-probe.sh", "dsdesk-probe.ps1"))
    assert shell.stat().st_mode & stat.S_IXUSR
    assert windows.read_bytes().startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in windows.read_bytes()
    page.save_probe(tmp_path / "nowhere")
    assert "dsdesk-probe.sh" in said[0]
    assert "nowhere" in said[1].message.in_english()


LINES = "".join(
    json.dumps(
        {"time_s": at, "host_available": 1, "gpus": [
            {"bus": "0000:01:00.0", "utilisation": busy, "temperature_c": 50, "power_w": watts, "memory_used": 5}]}
    ) + "\n"
    for at, busy, watts in ((0.0, 0.0, 40.0), (1.0, 0.9, 300.0), (2.0, 0.9, 320.0))
)  # fmt: skip


def test_run_is_recorded_and_saved(qtbot, session, tmp_path):
    script = f"import sys, time; sys.stdout.write({LINES!r}); sys.stdout.flush(); time.sleep(60)"
    card = LiveCard(command=lambda: [sys.executable, "-c", script])
    qtbot.addWidget(card)
    card._record.click()
    card.show_machine(ONE)
    card.show()
    qtbot.waitUntil(lambda: card._recording is not None and len(card._recording.samples) == 3)
    assert card._table.model().rowCount() == 1
    card._record.click()
    assert "310" in card._told.text()
    card.save_csv(tmp_path / "run.csv")
    assert len((tmp_path / "run.csv").read_text().splitlines()) == 4
    card.end()
    assert not card._child.is_running


BENCH = """#!{python}
import json, sys, time
arguments = sys.argv[1:]
if "{way}" == "old" and "--progress" in arguments:
    sys.stderr.write("error: invalid parameter for argument: --progress\\n")
    sys.exit(1)
if "{way}" == "broken":
    sys.stderr.write("error: failed to load model\\n")
    sys.exit(1)
for test in (1, 2):
    sys.stderr.write(f"llama-bench: benchmark {{test}}/2: starting\\n")
    sys.stderr.flush()
    if "{way}" == "slow":
        time.sleep(60)
common = dict(build_commit="x", cpu_info="A CPU", gpu_info="NVIDIA GeForce RTX 4090", backends="CUDA",
              model_filename=arguments[arguments.index("-m") + 1], model_type="qwen3 8B Q4_K - Medium",
              model_size=5021000000, model_n_params=8190735360, n_batch=2048, n_ubatch=512, n_threads=8,
              type_k="f16", type_v="f16", n_gpu_layers=99, split_mode="layer", flash_attn=True, n_depth=0,
              test_time="2026-11-01T10:00:00Z", stddev_ts=1.0)
reads, writes = dict(common, n_prompt=512, n_gen=0, avg_ts=9000.0), dict(common, n_prompt=0, n_gen=128, avg_ts=120.0)
print(json.dumps([reads, writes]))
"""


@pytest.fixture
def bench(page, tmp_path):
    def choose(way):
        program = tmp_path / "llama-bench"
        program.write_text(BENCH.format(python=sys.executable, way=way))
        program.chmod(0o755)
        model = tmp_path / "Qwen3-8B-Q4_K_M.gguf"
        model.write_bytes(b"GGUF")
        page._bench.choose(program, model)
        page._bench._run.click()
        return page._bench

    return choose


posix = pytest.mark.skipif(sys.platform == "win32", reason="the fake is a script with a first line")


@posix
@pytest.mark.parametrize("way", ["new", "old"])
def test_what_llama_bench_measures_is_kept(qtbot, session, bench, way):
    before = len(session.desk.database.measurements.all())
    card = bench(way)
    qtbot.waitUntil(lambda: not card._table.isHidden(), timeout=20_000)
    kept = session.desk.database.measurements.all()
    assert len(kept) >= before
    speeds = {one.compared.measurement.value for one in kept}
    assert {9000.0, 120.0} <= speeds
    session.desk.database.measurements.remove([one.id for one in kept])


@posix
def test_failing_llama_bench_says_its_own_reason(qtbot, session, bench):
    card = bench("broken")
    qtbot.waitUntil(lambda: "failed to load model" in card._told.text(), timeout=20_000)
    assert card._run.isEnabled()


@posix
def test_running_llama_bench_can_be_cancelled(qtbot, session, bench):
    card = bench("slow")
    qtbot.waitUntil(lambda: card._bar.maximum() == 2, timeout=20_000)
    card._cancel.click()
    qtbot.waitUntil(lambda: not card._child.is_running)
    assert card._table.isHidden()
    assert card._run.isEnabled()


def test_command_is_that_of_the_documentation(tmp_path):
    command = bench_command(tmp_path / "llama-bench", tmp_path / "m.gguf")
    assert command[1:3] == ["-m", str(tmp_path / "m.gguf")]
    assert command[-1] == "--progress"


def test_files_that_describe_no_machine_are_told_and_what_is_shown_stays(qtbot, session, tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr("dsdesk.ui.dialogs.ask.tell", lambda _parent, text: told.append(text))
    capture = tmp_path / "gpus.csv"
    capture.write_text("index, name, pci.bus_id, memory.total [MiB]\n0, NVIDIA L40S, 00000000:3B:00.0, 46068 MiB\n")
    session.window.take_files([capture])
    page = session.window.page_named("this_machine")
    qtbot.waitUntil(lambda: page._snapshot is not None and bool(page._snapshot.gpus), timeout=20_000)
    shown = page._snapshot
    other = tmp_path / "holiday.txt"
    other.write_text("sun and sea")
    session.window.take_files([other])
    qtbot.waitUntil(lambda: bool(told), timeout=20_000)
    assert told[0].startswith("holiday.txt: nothing in it describes a machine.")
    assert page._snapshot is shown
    settle(qtbot, session)
