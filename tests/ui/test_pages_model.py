"""Model: shelves and search of the library, where the memory lies, training chosen in the window."""

from dataclasses import replace

from dsdesk.llm.architecture import Tier
from dsdesk.llm.precision import Engine
from dsdesk.project.project import ModelChoice, Speculation, UseCase
from dsdesk.project.templates import scheme
from dsdesk.ui.words import _
from tests.fakes.window import settle

R1 = ModelChoice(llm_id="deepseek-ai/DeepSeek-R1")


def shown(qtbot, session, key, **changes):
    project = scheme(key)
    session.desk.store.open(project.with_configuration(replace(project.configuration, **changes)), None)
    session.window.go("model")
    settle(qtbot, session)
    return session.window.page_named("model")


def texts(card):
    rows = [*card._devices, card._host, card._drive]
    return [label.text() for row in rows for label in (row.heading, row.words) if not label.isHidden() and label.text()]


def names(page):
    model = page._table.filter
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_experts_that_leave_are_shown_where_they_lie(qtbot, session):
    page = shown(qtbot, session, "scheme-1", model=R1, engine=Engine.LLAMA_CPP, precision="q4_k_m", kv_precision="f16")
    evaluation = session.desk.store.evaluation
    assert evaluation.offload_layers > 0
    card = page._panel._places
    assert not card.isHidden()
    said = "\n".join(texts(card))
    assert _("Host memory") in said
    assert str(evaluation.offload_layers) in said
    # 64 GB of host memory do not hold some 350 GiB: the rest stays on the drive.
    assert evaluation.reach.drive_bytes > 200 * 2**30
    assert _("Drive") in said
    assert "stay on the drive" in evaluation.forecast.because.in_english()


def test_equal_accelerators_are_one_line(qtbot, session):
    page = shown(qtbot, session, "scheme-2")
    card = page._panel._places
    assert _("Accelerators {first} to {last}, each", first=1, last=2) in texts(card)
    assert card._drive.words.isHidden()


def test_shelves_and_words_narrow_the_library(qtbot, session):
    page = shown(qtbot, session, "scheme-2")
    everything = len(names(page))
    page.select((Tier.PRO, ""))
    assert 0 < len(names(page)) < everything
    page.select((Tier.PRO, "llm-67b"))
    assert names(page)
    assert all("67b" in name for name in names(page))
    page.select(("fitting", ""))
    qtbot.waitUntil(lambda: 0 < len(names(page)) < everything)
    assert "DeepSeek-R1" not in names(page)


def test_training_is_sized_in_the_window_and_its_parts_are_named(qtbot, session):
    workload = replace(scheme("scheme-2").configuration.workload, use_case=UseCase.FINETUNE, finetune_method="lora")
    page = shown(qtbot, session, "scheme-2", workload=workload)
    words = [label.text() for _square, label in page._panel._legend._labels if not label.isHidden()]
    assert any(word.startswith(_("Optimiser states")) for word in words)
    assert session.desk.store.evaluation.need.gradient_bytes > 0


def test_drafts_are_chosen_here_and_their_acceptance_is_called_an_assumption(qtbot, session):
    page = shown(qtbot, session, "scheme-2", model=R1)
    panel = page._panel
    assert not panel._accepted.isEnabled()

    panel._drafts.setValue(2)
    settle(qtbot, session)

    configuration = session.desk.store.project.configuration
    assert configuration.speculation == Speculation(draft_tokens=2, acceptance=0.85)
    assert panel._accepted.isEnabled()
    assert "2.57" in panel._drafting.text()  # 1 + 0.85 + 0.85^2

    panel._accepted.setValue(60)
    settle(qtbot, session)
    assert session.desk.store.project.configuration.speculation == Speculation(draft_tokens=2, acceptance=0.6)

    panel._drafts.setValue(0)
    settle(qtbot, session)
    assert session.desk.store.project.configuration.speculation is None
