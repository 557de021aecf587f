"""The event loop against laws that hold for every queue, and one that can be worked out."""

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dsdesk.sizing.simulation_limits import Usual, most_rate, settled
from dsdesk.sizing.simulation_loop import Arrivals, Loop
from dsdesk.sizing.simulation_steps import Curve
from dsdesk.sizing.simulation_traffic import Lengths, draws
from tests.sizing.simulation_fakes import one_copy

ALIKE, RANDOM = Lengths(mean=100.0), Lengths(mean=100.0, cv=1.0)


def run(copy, arrivals, *, lengths=(RANDOM, RANDOM), skipped=50, counted=500, seed=1, shared=0):
    drawn = draws(*lengths, seed, min(8192, copy.longest))
    return Loop(copy, drawn, arrivals, skipped=skipped, counted=counted, shared=shared).run()


@example(rate=9.0, users=1, cache=3000.0, reserves=False, mix=1.0)  # an answer ends while the next is read
@given(
    rate=st.one_of(st.none(), st.floats(0.5, 60.0)),
    users=st.integers(1, 90),
    cache=st.sampled_from([3000.0, 9000.0, 1e9]),
    reserves=st.booleans(),
    mix=st.floats(0.3, 1.5),
)
@settings(max_examples=30, deadline=None)
def test_every_request_that_came_is_answered_or_still_there_and_holds_its_cache(rate, users, cache, reserves, mix):
    copy = one_copy(cache_tokens=cache, reserves=reserves, mix=mix)
    loop = run(copy, Arrivals(rate_s=rate, users=users, pause_s=0.1), counted=200)

    assert loop.received == loop.finished + loop.running + len(loop.waiting)
    assert len(loop.done) == 200
    assert all(0 < one.first <= one.whole for one in loop.done)
    batch = [one for finish, _, one in loop.ending if finish == one.finish]
    assert len(batch) == loop.running <= copy.most
    assert loop.context == pytest.approx(sum(one.own + loop.step - one.joined for one in batch), abs=1e-3)
    made = [one.left if reserves else loop.step - one.joined for one in batch]
    held = sum(one.own + more for one, more in zip(batch, made, strict=True))
    held += sum(one.own + (one.left if reserves else 0) for one in loop.waiting if one.held)
    assert loop.cache == pytest.approx(held, abs=1e-3)
    assert rate is not None or loop.received - loop.finished <= users


@pytest.mark.parametrize("rate", [1.0, 10.0, 20.0])
def test_requests_on_the_server_are_rate_times_time(rate):
    """Little's law, with the time in flight integrated apart."""
    loop = run(one_copy(), Arrivals(rate_s=rate), skipped=100, counted=1500)
    whole = sum(one.whole for one in loop.done) / len(loop.done)

    assert loop.rate_s == pytest.approx(rate, rel=0.03)
    assert loop.in_flight == pytest.approx(loop.rate_s * whole, rel=0.05)


@pytest.mark.parametrize("load", [0.3, 0.6, 0.8])
def test_one_place_is_the_queue_with_one_server_and_fixed_times(load):
    """M/D/1: mean wait = load x service / (2 (1 - load)). Source: Pollaczek 1930, Khinchine 1932."""
    copy = one_copy(most=1, step=0.01, sequence=0.0, token=1e-12)
    service = 100 * 0.01
    waits = []
    for seed in range(12):
        loop = run(copy, Arrivals(rate_s=load / service), lengths=(ALIKE, ALIKE), seed=seed, skipped=20, counted=980)
        waits.append(sum(one.first - 0.01 for one in loop.done) / len(loop.done))

    assert sum(waits) / len(waits) == pytest.approx(load * service / (2 * (1 - load)), rel=0.1)


def test_a_lone_user_waits_for_the_prompt_and_one_step():
    loop = run(one_copy(), Arrivals(users=1), lengths=(ALIKE, ALIKE), skipped=1, counted=20)

    for one in loop.done:
        assert one.first == pytest.approx(100 * 1e-5 + 0.0101)
        assert one.each == pytest.approx(0.0101)
        assert one.whole == pytest.approx(100 * 1e-5 + 100 * 0.0101)


@pytest.mark.parametrize("users", [1, 8, 64, 200])
def test_no_more_is_answered_than_the_server_can(users):
    copy = one_copy()
    loop = run(copy, Arrivals(users=users, round_s=1.0), skipped=users, counted=1000)

    assert loop.rate_s <= most_rate(copy, Usual(inputs=100, outputs=100)) * 1.03


def test_a_full_cache_costs_the_youngest_its_place_unless_room_is_kept():
    arrivals = Arrivals(users=40)
    growing = run(one_copy(cache_tokens=2500.0), arrivals)
    keeping = run(one_copy(cache_tokens=2500.0, reserves=True), arrivals)

    assert growing.preemptions > 0
    assert keeping.preemptions == 0
    assert growing.peak <= 2500.0
    assert keeping.peak <= 2500.0


def test_prompts_longer_than_a_pass_are_read_in_pieces_beside_the_answers():
    """A pass with 2048 tokens delays the others by its own time, not by that of the whole prompt."""
    copy = one_copy(token=1e-4)
    loop = run(copy, Arrivals(users=2, round_s=3.0), lengths=(Lengths(mean=6000.0), ALIKE), skipped=2, counted=50)

    longest = max(gap for gap, _ in loop.gaps)
    assert 0.2 < longest < 0.2048 + 0.011


def test_a_shared_beginning_is_neither_read_nor_held_again():
    arrivals = Arrivals(users=4)
    apart, shared = run(one_copy(), arrivals), run(one_copy(), arrivals, shared=50)

    assert sum(one.first for one in shared.done) < sum(one.first for one in apart.done)
    assert shared.peak < apart.peak


def test_where_it_settles_is_where_the_simulation_does():
    copy = one_copy()
    usual = Usual(inputs=100, outputs=100)
    flying = settled(copy, usual, 20.0)
    loop = run(copy, Arrivals(rate_s=20.0), skipped=100, counted=1500)

    assert flying is not None
    assert flying == pytest.approx(loop.in_flight, rel=0.15)
    assert settled(copy, usual, 1e6) is None


def test_lengths_have_the_mean_and_spread_that_were_asked_for():
    found = draws(Lengths(mean=1000.0, cv=1.0), Lengths(mean=300.0, cv=0.5), 1, 10**9)

    for values, mean, cv in ((found.inputs, 1000.0, 1.0), (found.outputs, 300.0, 0.5)):
        average = sum(values) / len(values)
        variance = sum((value - average) ** 2 for value in values) / len(values)
        assert average == pytest.approx(mean, rel=0.01)
        assert variance**0.5 / average == pytest.approx(cv, rel=0.05)
    assert found == draws.__wrapped__(Lengths(mean=1000.0, cv=1.0), Lengths(mean=300.0, cv=0.5), 1, 10**9)
    cut = draws(Lengths(mean=1000.0, cv=1.0), Lengths(mean=300.0, cv=0.5), 1, 2000)
    assert max(a + b for a, b in zip(cut.inputs, cut.outputs, strict=True)) <= 2000


def test_steps_that_grow_longer_do_not_run_past_the_next_arrival():
    """Whoever comes while a long answer is written waits for one step, not for many."""
    slow = one_copy(step=0.01, sequence=0.0, token=1e-9)
    growing = replace(slow, times=replace(slow.times, context=Curve.through([(0.0, 0.0), (1e6, 1.0)])))
    loop = run(growing, Arrivals(rate_s=0.01), lengths=(ALIKE, Lengths(mean=3000.0)), skipped=10, counted=200)

    longest_step = 0.01 + 8 * 1e-6 * 3100
    assert max(one.first for one in loop.done) < 2 * longest_step


def test_a_very_long_prompt_takes_the_time_of_its_passes():
    long = Lengths(mean=100_000.0)
    copy = one_copy(token=1e-5)
    drawn = draws(long, ALIKE, 1, 200_000)
    alone = Loop(copy, drawn, Arrivals(users=1), skipped=1, counted=5).run()
    beside = Loop(copy, drawn, Arrivals(users=2, round_s=1.0), skipped=2, counted=6).run()

    assert all(one.first == pytest.approx(1.0 + 0.0101) for one in alone.done)
    assert all(1.0 < one.first < 1.0 + 1.2 * 100 * 0.0102 for one in beside.done)
    assert beside.received == beside.finished + beside.running + len(beside.waiting)
