"""`dsdesk measured` and `dsdesk forecast --measured`: shown, kept, switched, exported, removed."""

import json

import pytest

from dsdesk.catalog.store import open_catalog
from dsdesk.cli import command
from tests.measured.files import bench

FORECAST = ("forecast", "--model", "Qwen2.5-7B-Instruct", "--precision", "q4_k_m", "--gpu", "RTX 4090", "--json")


@pytest.fixture
def own(tmp_path, monkeypatch, dsdesk, catalog):
    """Runs the command line with a user's layer of its own; the factory database is the one that is there."""
    del catalog
    monkeypatch.setattr(command, "open_catalog", open_catalog)
    yield dsdesk
    status, out, _ = dsdesk("measured", "list", "--json")
    assert status == 0
    dsdesk("measured", "remove", *[str(one["id"]) for one in json.loads(out)["measurements"]])


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "bench.json"
    card = {"gpu_info": "NVIDIA GeForce RTX 4090", "model_filename": "Qwen2.5-7B-Instruct-Q4_K_M.gguf"}
    path.write_text(bench({**card, "avg_ts": 100.0}, {**card, "n_gpu_layers": 10}))
    return str(path)


def test_a_file_is_shown_beside_the_forecast_and_nothing_is_kept(own, file):
    status, out, _ = own("forecast", "--measured", file, "--json")
    first, second = json.loads(out)["measurements"]
    assert status == 0
    assert first["calibrates"]
    assert first["ratio"] == pytest.approx(100.0 / first["forecast"]["estimate"])
    assert "10 of 28 layers" in second["because"]
    assert json.loads(own("measured", "list", "--json")[1])["measurements"] == []


def test_what_is_kept_calibrates_until_it_is_left_out_or_removed(own, file, tmp_path):
    def speed():
        return json.loads(own(*FORECAST)[1])["decode_tok_s_per_user"]["estimate"]

    before = speed()
    assert own("measured", "add", file)[0] == 0
    calibrated = speed()
    assert 100.0 < calibrated < before
    assert own("measured", "leave", "--all")[0] == 0
    assert speed() == before
    assert own("measured", "use", "--all")[0] == 0
    assert speed() == calibrated
    assert own("measured", "export", str(tmp_path / "own.json"))[0] == 0
    assert own("measured", "remove", "--all")[0] == 0
    assert speed() == before
    assert own("measured", "add", str(tmp_path / "own.json"))[0] == 0
    assert speed() == calibrated


def test_other_files_and_numbers_are_refused(own, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("nothing of the kind")
    status, _, error = own("measured", "add", str(path))
    assert status == 2
    assert "no result of llama-bench" in error
    assert own("measured", "remove", "999")[0] == 2
