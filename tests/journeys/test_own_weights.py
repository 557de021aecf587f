"""A person drops the weights that they have: a .gguf, whose project opens again after the file is gone."""

from pathlib import Path

from dsdesk.llm.precision import Engine
from tests.fakes.window import settle
from tests.llm.model_files import TINY, gguf_bytes, tiny_tensors


def test_a_dropped_gguf_is_kept_by_the_project(qtbot, session, tmp_path: Path, monkeypatch):
    store = session.desk.store
    weights, project = tmp_path / "tiny-f16.gguf", tmp_path / "tiny.dsdesk"
    weights.write_bytes(gguf_bytes(TINY, tiny_tensors()))
    session.window.take_files([weights])
    settle(qtbot, session)
    assert session.window.page == "model"
    read = store.evaluation.llm
    assert (read.name, read.architecture.layer_count) == ("tiny", 2)
    assert (store.project.configuration.precision, store.project.configuration.engine) == ("f16", Engine.LLAMA_CPP)
    assert store.evaluation.need.weights_bytes == read.own_tensor_bytes
    monkeypatch.setattr("dsdesk.ui.dialogs.ask.file_to_write", lambda *_asked: project)
    session.window.actions_table.trigger("save")
    weights.unlink()
    session.documents.new(session.window)
    assert session.documents.open(session.window, project)
    settle(qtbot, session)
    assert store.evaluation.llm == read


def test_what_is_no_model_is_told_in_one_sentence(qtbot, session, tmp_path: Path, monkeypatch):
    told = []
    monkeypatch.setattr("dsdesk.ui.dialogs.ask.tell_error", lambda _parent, error: told.append(error.message))
    before = session.desk.store.project
    for name, content in (("config.json", b"{"), ("half.gguf", b"GGUF\x03"), ("config.json", b"[1]")):
        (tmp_path / name).write_bytes(content)
        session.window.take_files([tmp_path / name])
        settle(qtbot, session)
    assert len(told) == 3
    assert session.desk.store.project == before
