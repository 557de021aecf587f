"""This machine, Deploy, the guide's claims, Performance and Compare."""

from dataclasses import replace

import pytest

from dsdesk.claims.claim import Verdict
from dsdesk.detect.matching import matched
from dsdesk.detect.snapshot import CpuFacts, Gpu, Link, PciPlace, Snapshot
from dsdesk.llm.precision import Engine
from dsdesk.project.project import Configuration, Project
from dsdesk.project.templates import scheme
from dsdesk.ui.pages.compare_edits import activate, duplicate, remove, rename
from dsdesk.ui.pages.compare_rows import Cell, Row
from dsdesk.ui.pages.this_machine_cards import GpuCard, link_rows
from tests.fakes.window import settle

GIB = 1024**3
TWO = Snapshot(
    gpus=(
        Gpu(name="NVIDIA GeForce RTX 4090", vendor="nvidia", memory_bytes=24 * GIB, pci_id="10de:2684",
            pci=PciPlace(address="01:00.0", gen_now=1, gen_max=4, width_now=8, width_max=16)),
        Gpu(name="Something new", vendor="nvidia", pci=PciPlace(address="02:00.0"), candidates=("nvidia-rtx-3090",)),
    ),
    links=(Link(a=0, b=1, kind="PHB"),),
    cpu=CpuFacts(name="AMD Ryzen 9 7950X", sockets=1, cores=16, threads=32),
)  # fmt: skip


def _page(qtbot, session, name, key="scheme-1"):
    session.desk.store.open(scheme(key), None)
    session.window.go(name)
    settle(qtbot, session)
    return session.window.page_named(name)


def test_detected_cards_are_shown_and_adopted(qtbot, session):
    page = _page(qtbot, session, "this_machine")
    page.show_snapshot(matched(TWO, session.desk.database))
    qtbot.waitUntil(lambda: any(card.isVisible() for card in page.findChildren(GpuCard)))
    shown = [card for card in page.findChildren(GpuCard) if card.isVisible()]
    assert len(shown) == 2
    shown[1].chosen.emit("nvidia-rtx-3090")
    page._use.click()
    settle(qtbot, session)
    lines = session.desk.store.project.configuration.machines[0].lines
    assert {line.part_id for line in lines} >= {"nvidia-rtx-4090", "nvidia-rtx-3090"}
    assert all(line.owned for line in lines)
    assert session.window.page == "machine"


def test_captures_of_another_machine_are_shown(qtbot, session, tmp_path):
    capture = tmp_path / "gpus.txt"
    capture.write_text(
        "GPU 0: NVIDIA GeForce RTX 4090 (UUID: GPU-00000000-0000-0000-0000-000000000000)\n", encoding="utf-8"
    )
    page = _page(qtbot, session, "this_machine")
    page.take_files([capture])
    settle(qtbot, session)
    assert [gpu.part_id for gpu in page._snapshot.gpus] == ["nvidia-rtx-4090"]
    assert page._use.isEnabled()


def test_no_accelerator_is_no_error(qtbot, session):
    page = _page(qtbot, session, "this_machine")
    page.show_snapshot(Snapshot(cpu=CpuFacts(name="some processor")))
    assert not page._use.isEnabled()
    assert page._found.count() + page._rest.count() >= 2


def test_links_as_a_matrix():
    rows = link_rows(2, TWO.links)
    assert [row.kinds for row in rows] == [("X", "PHB"), ("PHB", "X")]


def test_plan_follows_the_engine_and_its_files_are_saved(qtbot, session, tmp_path):
    page = _page(qtbot, session, "deploy")
    page._engines.chosen.emit(Engine.LLAMA_CPP)
    settle(qtbot, session)
    assert session.desk.store.project.configuration.engine is Engine.LLAMA_CPP
    session.desk.store.undo_stack.undo()
    settle(qtbot, session)
    folder = tmp_path / "plan"
    folder.mkdir()
    page.save_files(folder)
    assert {path.name for path in folder.iterdir()} == {name for name, _text in page._plan.files}
    assert (folder / "run.sh").stat().st_mode & 0o111


def test_failed_save_is_told(qtbot, session, tmp_path, monkeypatch):
    page = _page(qtbot, session, "deploy")
    told = []
    monkeypatch.setattr("dsdesk.ui.pages.deploy.ask.tell_error", lambda _parent, error: told.append(error))
    page.save_files(tmp_path / "missing")
    assert len(told) == 1


def test_claims_by_scheme(qtbot, session):
    page = _page(qtbot, session, "claims")
    qtbot.waitUntil(lambda: page._table.rows.rowCount() > 20, timeout=20_000)
    every = page._table.rows.rowCount()
    page._shelf.show_key("scheme-2")
    page._filter()
    assert 0 < page._table.filter.rowCount() < every
    shown = [claim for claim in page._table.rows.rows if claim.scheme == "scheme-2"]
    assert page._table.filter.rowCount() == len(shown)
    assert set(page._counts) == set(Verdict)
    page._open.click()
    settle(qtbot, session)
    assert session.desk.store.project == scheme("scheme-2")


def test_charts_follow_the_project_and_stale_ones_are_dropped(qtbot, session):
    page = _page(qtbot, session, "performance")
    qtbot.waitUntil(lambda: all(card.spec is not None for card in page._cards.values()), timeout=20_000)
    before = page._cards["throughput_over_concurrency"].spec
    session.desk.store.open(scheme("scheme-3"), None)
    session.desk.store.open(scheme("scheme-2"), None)
    settle(qtbot, session)
    qtbot.waitUntil(lambda: page._cards["throughput_over_concurrency"].spec != before, timeout=20_000)
    settle(qtbot, session)
    from dsdesk.charts import ALL_CHARTS

    wanted = ALL_CHARTS["throughput_over_concurrency"](session.desk.store.evaluation, session.desk.store.catalog)
    assert page._cards["throughput_over_concurrency"].spec == wanted


def test_configurations_side_by_side(qtbot, session):
    page = _page(qtbot, session, "compare")
    session.desk.apply(duplicate(0))
    settle(qtbot, session)
    project = session.desk.store.project
    assert [one.name for one in project.configurations] == ["A", "B"]
    assert project.active == 1
    page._heads[0].use.click()
    settle(qtbot, session)
    assert session.desk.store.project.active == 0
    assert [head.name.text() for head in page._heads] == ["A", "B"]


@pytest.mark.parametrize(("active", "gone", "then"), [(0, 0, 0), (1, 0, 0), (2, 2, 1), (1, 2, 1)])
def test_the_one_shown_stays_shown_when_another_goes(active, gone, then):
    project = Project(configurations=tuple(Configuration(name=name) for name in "ABC"), active=active)
    after = remove(gone).apply(project)
    assert after.active == then
    if active != gone:
        assert after.configuration == project.configuration


def test_edits_of_configurations():
    project = Project()
    assert remove(0).apply(project) == project
    two = rename(0, "home").apply(duplicate(0).apply(project))
    assert [one.name for one in two.configurations] == ["home", "B"]
    assert activate(0).apply(two).active == 0
    assert replace(two.configurations[1], name="A") == project.configurations[0]


def test_best_is_marked_only_where_there_is_a_choice():
    assert Row("a", (Cell("1", "", 1.0), Cell("2", "", 2.0), Cell("–")), more_is_better=True).best() == {1}
    assert Row("a", (Cell("1", "", 1.0), Cell("1", "", 1.0)), more_is_better=True).best() == frozenset()
    assert Row("a", (Cell("1", "", 1.0), Cell("–")), more_is_better=False).best() == frozenset()
