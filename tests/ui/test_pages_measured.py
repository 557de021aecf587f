"""Measured: a dropped result stands beside the forecast, calibrates it, and is switched off and removed again."""

import pytest

from dsdesk.base.message import Message
from dsdesk.llm.precision import Engine
from dsdesk.measured.reader import read_file
from dsdesk.project.edits import change_configuration, change_line, combine
from dsdesk.project.project import ModelChoice
from dsdesk.project.templates import scheme
from dsdesk.ui.dialogs import ask
from tests.fakes.window import settle
from tests.measured.files import TABLE, bench

CARD = {"gpu_info": "NVIDIA GeForce RTX 4090", "model_filename": "Qwen2.5-7B-Instruct-Q4_K_M.gguf", "avg_ts": 100.0}


@pytest.fixture
def page(qtbot, session):
    """The Performance page of one RTX 4090 that runs the measured model; nothing of it is kept afterwards."""
    project = scheme("scheme-1")
    lines = project.configuration.machines[0].lines
    line = next(line for line in lines if "4090" in line.part_id)
    model = ModelChoice(llm_id="Qwen/Qwen2.5-7B-Instruct")
    text = Message("one card")
    edit = combine(
        text,
        change_configuration(text, precision="q4_k_m", engine=Engine.LLAMA_CPP, model=model),
        change_line(line.no, text, quantity=1),
    )
    session.desk.store.open(edit.apply(project), None)
    settle(qtbot, session)
    yield session.window.page_named("performance")
    shelf = session.desk.database.measurements
    if shelf.all():
        shelf.remove([one.id for one in shelf.all()])


@pytest.fixture
def dropped(qtbot, session, page, tmp_path):
    path = tmp_path / "bench.json"
    path.write_text(bench(CARD, {**CARD, "n_gpu_layers": 0}))
    session.window.take_files([path])
    settle(qtbot, session)
    return page._measured


def speed(session):
    return session.desk.store.evaluation.forecast.decode_tok_s_per_user.estimate


def test_a_dropped_result_goes_to_performance_and_calibrates(qtbot, session, page, tmp_path):
    before = speed(session)
    path = tmp_path / "bench.json"
    path.write_text(bench(CARD, {**CARD, "n_gpu_layers": 0}))
    session.window.take_files([path])
    settle(qtbot, session)
    assert session.window.page == "performance"
    card = page._measured
    assert card._table.rows.rowCount() == 1
    assert "1" in card._read.text()
    assert "processor" in card._read.text()
    assert 100.0 < speed(session) < before
    assert session.desk.store.evaluation.forecast.own_measurements == 1


def test_a_measurement_is_left_out_and_used_again(qtbot, session, dropped):
    calibrated = speed(session)
    dropped._table.setCurrentIndex(dropped._table.filter.index(0, 0))
    dropped._use.click()
    settle(qtbot, session)
    free = speed(session)
    assert free > calibrated
    dropped._use.click()
    settle(qtbot, session)
    assert speed(session) == calibrated


def test_measurements_are_exported_and_removed(qtbot, session, dropped, tmp_path, monkeypatch):
    dropped.export(tmp_path / "own.json")
    assert len(read_file(tmp_path / "own.json").measurements) == 1
    monkeypatch.setattr(ask, "confirm", lambda *_: True)
    dropped._remove_all.click()
    settle(qtbot, session)
    assert not dropped._rows
    assert dropped._table.isHidden()
    assert session.desk.store.evaluation.forecast.own_measurements == 0


def test_what_a_file_does_not_say_is_taken_from_the_project(qtbot, session, page, tmp_path):
    session.window.go("performance")
    settle(qtbot, session)
    path = tmp_path / "log.md"
    path.write_text(TABLE.replace("  Device 0: NVIDIA gpu-24, compute capability 8.9, VMM: yes\n", ""))
    page.take_files([path])
    settle(qtbot, session)
    assert {row.compared.device for row in page._measured._rows} == {"nvidia-rtx-4090"}
    assert {row.compared.llm for row in page._measured._rows} == {"Qwen/Qwen2.5-7B-Instruct"}
