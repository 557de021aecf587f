"""From a workload to percentiles: agreement with the forecast, with laws of load, and with itself."""

from dataclasses import replace
from itertools import pairwise

import pytest

from dsdesk.base.source import Unknown
from dsdesk.hardware.vocabulary import PcieLink
from dsdesk.llm.precision import Engine
from dsdesk.sizing.model_run import ModelRun
from dsdesk.sizing.results import Forecast, HostSpeed, Interconnect, ParallelPlan
from dsdesk.sizing.serving import Promise
from dsdesk.sizing.simulation import ServingCase, ServingReport, simulate
from dsdesk.sizing.simulation_load import curve, largest_load, most_kept, most_requests_s
from dsdesk.sizing.simulation_server import Server, server
from dsdesk.sizing.simulation_traffic import Lengths, Traffic
from dsdesk.sizing.throughput import forecast
from tests.sizing.forecast_fakes import card, llm
from tests.sizing.simulation_fakes import case, one_copy

MODEL, CARD = llm(), card(memory_bytes=80 * 2**30)
LINKS = Interconnect(pcie=PcieLink(4, 16))
MACHINE = {
    "precision": "bf16",
    "kv_precision": "f16",
    "engine": Engine.VLLM,
    "device": CARD,
    "plan": ParallelPlan(),
    "interconnect": Interconnect(),
    "host": HostSpeed(),
}
REQUESTS = {"input_tokens": 512, "output_tokens": 256}


def run(**changes: object) -> ModelRun:
    return ModelRun(llm=MODEL, **{**MACHINE, **changes})


def machine(**changes: object) -> Server:
    found = server(run(**changes), context_tokens=8192, **REQUESTS)
    assert isinstance(found, Server)
    return found


def real(traffic: Traffic, *, cv: float = 0.0, **changes: object) -> ServingCase:
    return case(
        server=machine(**changes),
        traffic=traffic,
        inputs=Lengths(mean=512.0, cv=cv),
        outputs=Lengths(mean=256.0, cv=cv),
        requests=300,
    )


def served(asked: ServingCase) -> ServingReport:
    found = simulate(asked)
    assert isinstance(found, ServingReport)
    return found


def speed(sequences: int, **changes: object) -> Forecast:
    found = forecast(run(**changes), sequences=sequences, **REQUESTS)
    assert isinstance(found, Forecast)
    return found


@pytest.mark.parametrize("changes", [{}, {"device": card(memory_bytes=80 * 2**30, bandwidth_b_s=3e12)}])
def test_one_user_sees_what_the_forecast_says(changes):
    report, alone = served(real(Traffic(users=1), **changes)), speed(1, **changes)

    assert report.ttft_s.mean.estimate == pytest.approx(alone.ttft_ms.estimate / 1e3, rel=0.01)
    assert report.tpot_s.mean.estimate == pytest.approx(alone.tpot_ms.estimate / 1e3, rel=0.01)
    assert report.requests_s.estimate == pytest.approx(alone.requests_s.estimate, rel=0.01)
    assert report.distance == alone.distance
    assert report.ttft_s.p50.estimate == pytest.approx(report.ttft_s.p99.estimate)


@pytest.mark.parametrize("users", [4, 16, 64])
def test_users_without_pauses_see_the_forecast_s_time_per_token(users):
    report, together = served(real(Traffic(users=users))), speed(users)

    assert report.tpot_s.mean.estimate == pytest.approx(together.tpot_ms.estimate / 1e3, rel=0.1)
    assert report.requests_s.estimate == pytest.approx(together.requests_s.estimate, rel=0.1)


def test_copies_share_the_traffic():
    one = served(real(Traffic(requests_s=2.0), cv=1.0))
    two = served(real(Traffic(requests_s=4.0), cv=1.0, plan=ParallelPlan(dp=2), interconnect=LINKS))

    assert two.requests_s.estimate == pytest.approx(2 * one.requests_s.estimate, rel=0.02)
    assert two.ttft_s.p95.estimate == pytest.approx(one.ttft_s.p95.estimate, rel=0.05)
    assert two.in_flight == pytest.approx(2 * one.in_flight, rel=0.05)


def test_the_cache_is_what_weights_leave():
    large, wide, narrow = (machine(device=card(memory_bytes=size * 2**30)).copy for size in (80, 64, 24))

    assert wide.cache_bytes - narrow.cache_bytes == pytest.approx(0.9 * 40 * 2**30)
    assert large.cache_bytes - wide.cache_bytes < 0.9 * 16 * 2**30  # which prepares for larger steps
    assert wide.token_bytes == pytest.approx(2 * 32 * 8 * 128 * 2)  # K and V, layers, heads, width, bytes
    assert isinstance(server(run(device=card(memory_bytes=2**34)), context_tokens=8192, **REQUESTS), Unknown)


def test_waits_grow_with_the_load_and_throughput_follows_it():
    points = curve(case())
    assert not isinstance(points, Unknown)
    most = most_requests_s(case())

    assert len(points) >= 6
    for before, after in pairwise(points):
        assert after.requests_s > before.requests_s
        for name in ("ttft_s", "tpot_s", "answer_s"):
            low, high = getattr(before.report, name), getattr(after.report, name)
            assert high.p50.estimate >= low.p50.estimate * 0.98
            assert high.p95.estimate >= low.p95.estimate * 0.98
    for point in points:
        assert point.report.requests_s.estimate <= most * 1.02
        assert point.report.requests_s.estimate == pytest.approx(point.requests_s, rel=0.1)
        for times in (point.report.ttft_s, point.report.tpot_s, point.report.gap_s):
            assert times.p50.estimate <= times.p95.estimate <= times.p99.estimate
            for value in (times.mean, times.p50, times.p95, times.p99):
                assert value.low80 <= value.estimate <= value.high80


def test_the_band_read_off_the_curve_is_that_of_slower_and_faster_runs():
    rate = 0.45 * most_requests_s(case())
    points = curve(case())
    assert not isinstance(points, Unknown)
    read = next(point.report for point in points if point.requests_s == pytest.approx(rate))
    run = served(case(traffic=Traffic(requests_s=rate)))

    assert read.tpot_s.p50.estimate == run.tpot_s.p50.estimate
    assert read.tpot_s.p50.low80 == pytest.approx(run.tpot_s.p50.low80, rel=0.1)
    assert read.tpot_s.p50.high80 == pytest.approx(run.tpot_s.p50.high80, rel=0.1)


def test_the_largest_load_keeps_the_promise_and_a_little_more_breaks_it():
    promised = case(promise=Promise(ttft_s_max=0.1, decode_tok_s_min=50.0))
    found = largest_load(promised)
    assert isinstance(found, ServingReport)
    rate = found.requests_s.estimate

    assert found.kept
    assert found.good_share >= promised.share
    assert found.goodput_s <= rate
    assert not served(replace(promised, traffic=Traffic(requests_s=rate * 1.15))).kept
    points = curve(promised)
    assert not isinstance(points, Unknown)
    assert most_kept(points, promised.share) == pytest.approx(rate, rel=0.1)
    assert most_kept(points, 1.01) is None
    assert isinstance(largest_load(replace(promised, promise=Promise(ttft_s_max=1e-6))), Unknown)


def test_the_most_users_pause_between_their_requests():
    promised = case(promise=Promise(decode_tok_s_min=50.0), traffic=Traffic(users=1, think_s=10.0))
    patient = largest_load(promised)
    hasty = largest_load(replace(promised, traffic=Traffic(users=1, think_s=0.0)))
    assert isinstance(patient, ServingReport)
    assert isinstance(hasty, ServingReport)

    assert patient.kept
    assert hasty.kept
    rate = patient.requests_s.estimate
    assert patient.traffic.users == pytest.approx(patient.in_flight + 10.0 * rate, rel=0.1)  # Little's law again
    assert hasty.traffic.users < patient.traffic.users
    assert rate == pytest.approx(hasty.requests_s.estimate, rel=0.3)


def test_too_much_traffic_is_called_so():
    most = most_requests_s(case())

    assert served(case(traffic=Traffic(requests_s=1.5 * most))).overloaded
    assert not served(case(traffic=Traffic(requests_s=0.5 * most))).overloaded


def test_the_same_question_has_the_same_answer():
    assert served(case()) == served(case())
    assert served(case(seed=2)) != served(case())


@pytest.mark.parametrize(
    "asked",
    [
        case(outputs=Lengths(mean=0.0)),
        case(traffic=Traffic(requests_s=0.0)),
        case(traffic=Traffic(users=0)),
        case(one_copy(cache_tokens=100.0)),
    ],
)
def test_what_cannot_be_served_is_said(asked):
    assert isinstance(simulate(asked), Unknown)
    assert isinstance(largest_load(asked), Unknown)
