"""What a workload asks of a simulated server: pauses, spread of lengths, a shared beginning, a promise."""

from dataclasses import replace

import pytest

from dsdesk.build.load import serving_case
from dsdesk.build.serving import Served
from dsdesk.llm.precision import Engine
from dsdesk.project.file import from_text, to_text
from dsdesk.project.project import INPUT_CV, OUTPUT_CV, Configuration, Project, Speculation, Workload
from dsdesk.sizing.results import HostSpeed, ParallelPlan
from dsdesk.sizing.simulation import ServingCase, ServingReport, simulate
from tests.fakes.catalog import GIB, gpu
from tests.sizing.forecast_fakes import llm

DEVICE = gpu(memory_bytes=80 * GIB)
SERVED = Served(accelerator=DEVICE, count=1, nodes=1, memory_bytes=DEVICE.memory_bytes, host=HostSpeed())


def asked(**changes: object) -> ServingCase:
    workload = replace(Workload(sequences=16, input_tokens=1000, output_tokens=100), **changes)
    configuration = Configuration(precision="bf16", engine=Engine.VLLM, workload=workload)
    found = serving_case(llm(), configuration, SERVED, ParallelPlan(), 0)
    assert isinstance(found, ServingCase)
    return found


def test_users_pause_unless_requests_a_day_are_given():
    assert (asked(think_s=30.0).traffic.users, asked(think_s=30.0).traffic.think_s) == (16, 30.0)
    assert asked(requests_per_day=86_400).traffic.requests_s == pytest.approx(1.0)


def test_spread_promise_and_its_share_reach_the_simulation():
    case = asked(input_cv=0.2, output_cv=0.0, ttft_s_max=2.0, decode_tok_s_min=12.5, kept_share=0.99)
    assert (case.inputs.cv, case.outputs.cv, case.share) == (0.2, 0.0, 0.99)
    assert (case.promise.ttft_s_max, case.promise.decode_tok_s_min) == (2.0, 12.5)
    assert (asked().inputs.cv, asked().outputs.cv) == (INPUT_CV, OUTPUT_CV)


def test_users_who_think_are_less_in_the_way_and_a_shared_beginning_is_read_once():
    alone, thinking, shared = (
        simulate(asked(**changes)) for changes in ({}, {"think_s": 60.0}, {"shared_tokens": 800})
    )
    assert isinstance(alone, ServingReport)
    assert isinstance(thinking, ServingReport)
    assert isinstance(shared, ServingReport)
    assert thinking.in_flight < 0.5 * alone.in_flight
    assert thinking.tpot_s.p50.estimate < alone.tpot_s.p50.estimate
    assert shared.ttft_s.mean.estimate < alone.ttft_s.mean.estimate
    assert asked(shared_tokens=5000).shared < 1.0


def test_drafts_make_steps_under_load_as_short_as_in_the_forecast():
    plain = simulate(asked())
    workload = Workload(sequences=16, input_tokens=1000, output_tokens=100)
    configuration = Configuration(
        precision="bf16", engine=Engine.VLLM, workload=workload, speculation=Speculation(draft_tokens=1, acceptance=0.9)
    )
    case = serving_case(llm(), configuration, SERVED, ParallelPlan(), 0)
    assert isinstance(case, ServingCase)
    drafted = simulate(case)
    assert isinstance(plain, ServingReport)
    assert isinstance(drafted, ServingReport)
    assert drafted.tpot_s.p50.estimate < plain.tpot_s.p50.estimate


def test_a_project_of_before_opens_with_the_usual_traffic():
    text = to_text(Project())
    for name in ("kept_share", "think_s", "input_cv", "output_cv", "shared_tokens"):
        line = next(line for line in text.splitlines() if f'"{name}"' in line)
        text = text.replace(line + "\n", "")
    assert "think_s" not in text
    assert from_text(text, "old.dsdesk") == Project()
