"""Workload: the load on a slider, traffic in detail, and what users see under it."""

from dataclasses import replace

from dsdesk.project.project import UseCase
from dsdesk.project.templates import scheme
from tests.fakes.window import settle


def shown(qtbot, session, key="scheme-2", **changes):
    project = scheme(key)
    configuration = project.configuration
    workload = replace(configuration.workload, **changes)
    session.desk.store.open(project.with_configuration(replace(configuration, workload=workload)), None)
    session.window.go("workload")
    settle(qtbot, session)
    return session.window.page_named("workload")


def workload_of(session):
    return session.desk.store.project.configuration.workload


def test_the_slider_changes_the_sessions_and_follows_them(qtbot, session):
    page = shown(qtbot, session, requests_per_day=None)
    page._slider.setValue(page._slider.value() - 24)  # one doubling less
    settle(qtbot, session)
    assert 97 <= workload_of(session).sequences <= 103
    assert page._sequences.value() == workload_of(session).sequences
    session.desk.store.undo_stack.undo()
    settle(qtbot, session)
    assert page._slider.count() == 200


def test_every_field_of_the_traffic_reaches_the_project(qtbot, session):
    page = shown(qtbot, session, requests_per_day=None)
    page._think.setValue(20.0)
    page._shared.setValue(128)
    page._input_cv.setValue(30.0)
    page._output_cv.setValue(0.0)
    page._kept.setValue(99.0)
    settle(qtbot, session)
    found = workload_of(session)
    assert (found.think_s, found.shared_tokens, found.input_cv, found.output_cv) == (20.0, 128, 0.3, 0.0)
    assert found.kept_share == 0.99


def test_the_load_is_simulated_and_judged(qtbot, session):
    page = shown(qtbot, session, ttft_s_max=5.0, decode_tok_s_min=5.0)
    load = page._load
    assert not load._shown.isHidden()
    assert load._figures["requests"][0].text().endswith("req/s")
    daily = float(load._figures["requests"][1].text().split(" ")[0].replace(",", ""))
    assert abs(daily / 500_000 - 1) < 0.05
    assert load._times["ttft_s", "p99"].text().count("–") == 1
    assert float(load._figures["kept"][0].text().split("\N{NO-BREAK SPACE}")[0]) > 90
    page._wait.setValue(0.1)
    settle(qtbot, session)
    assert float(load._figures["kept"][0].text().split("\N{NO-BREAK SPACE}")[0]) < 90


def test_nothing_is_served_while_a_model_is_trained(qtbot, session):
    page = shown(qtbot, session, use_case=UseCase.FINETUNE)
    assert page._load.isHidden()
    assert not page._training.isHidden()
    assert not page._slider.isEnabled()
