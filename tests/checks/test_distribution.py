"""The arithmetic between mains and machines: minutes on batteries, and the fullest of three phases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsdesk.checks.distribution import fullest_phase_w, runtime_s

CURVE = ((1000.0, 600.0), (2000.0, 200.0))


@pytest.mark.parametrize(("load", "seconds"), [(500, 600), (1000, 600), (1500, 400), (2000, 200), (2001, 0)])
def test_time_on_batteries_is_read_between_the_published_points(load, seconds):
    assert runtime_s(CURVE, load) == pytest.approx(seconds)


@given(st.lists(st.floats(1, 5000), min_size=1, max_size=20), st.integers(1, 6))
def test_fullest_phase_is_no_less_than_the_mean_and_no_more_than_everything(plugs, phases):
    fullest = fullest_phase_w(plugs, phases)
    assert fullest >= max(sum(plugs) / phases, *plugs) * (1 - 1e-9)
    assert fullest <= sum(plugs) * (1 + 1e-9)
