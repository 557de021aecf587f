"""From parts to the wall against published tables."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsdesk.hardware.vocabulary import Efficiency
from dsdesk.sizing.airflow import air_density_ratio, airflow_m3_s, tons_of_refrigeration
from dsdesk.sizing.electricity import (
    atx_2,
    atx_3,
    circuit_w,
    continuous_share,
    efficiency,
    excursion_w,
    heat_btu_h,
    least_rating_w,
)
from dsdesk.sizing.network import dual_homing, leaf_spine

_CFM = 4.719474e-4


@pytest.mark.parametrize(
    ("level", "load", "volt", "server", "expected"),
    [
        (Efficiency.PLATINUM, 0.5, 230, False, 0.94),  # the guide's 94 %: true here,
        (Efficiency.PLATINUM, 1.0, 230, False, 0.90),  # not at full load,
        (Efficiency.PLATINUM, 0.5, 115, False, 0.92),  # nor on 115 V
        (Efficiency.TITANIUM, 0.5, 230, True, 0.96),
        (Efficiency.GOLD, 0.35, 230, False, 0.91),  # between 90 and 92
        (Efficiency.GOLD, 0.1, 230, False, 0.87),
    ],
)
def test_efficiency_at_the_points_of_80_plus(level, load, volt, server, expected):
    assert efficiency(level, load, volt, server=server) == pytest.approx(expected)


def test_level_that_is_not_defined_there_is_unknown():
    assert efficiency(None, 0.5, 230, server=False) is None
    assert efficiency(Efficiency.RUBY, 0.5, 230, server=True) is None


def test_intels_example_needs_750_w_of_atx_3_and_more_of_atx_2():
    # Intel: 300 W card, 300 W processor, 150 W rest; the excursion of one card at k = 2 is 1,050 W.
    peak = excursion_w([(300.0, None)], 450.0)
    assert peak == 1050.0
    assert least_rating_w(750.0, peak, atx_3()) < least_rating_w(750.0, peak, atx_2())
    assert least_rating_w(750.0, peak, atx_2()) == pytest.approx(1071, abs=1)  # Intel says 1,100 W


def test_only_the_largest_card_spikes_in_full():
    assert excursion_w([(575.0, 901.1 / 575)], 0.0) == pytest.approx(901.1)  # RTX 5090, measured by Igor's Lab
    assert excursion_w([(400.0, 2.0), (400.0, 2.0)], 100.0) == pytest.approx(100 + 800 + 500)


@given(st.lists(st.tuples(st.floats(10, 1000), st.floats(1.25, 3.2)), max_size=8), st.floats(0, 500))
def test_peak_lies_between_sustained_and_all_cards_together(cards, rest):
    peak = excursion_w(cards, rest)
    assert peak >= rest + sum(power for power, _ in cards) - 1e-6
    assert peak <= rest + sum(power * factor for power, factor in cards) + 1e-6


@pytest.mark.parametrize(("country", "volt", "ampere", "watts"), [("US", 120, 15, 1440), ("US", 120, 20, 1920)])
def test_continuous_load_of_american_circuits(country, volt, ampere, watts):
    assert circuit_w(volt, ampere, continuous_share(country, 1.0)) == pytest.approx(watts)  # HP Power basics, table 4


def test_europe_has_no_eighty_percent_rule_but_a_wish_counts():
    assert circuit_w(230, 32, continuous_share("DE", 1.0)) == 7360  # HP Power basics, table 5
    assert continuous_share("DE", 0.8) == 0.8


def test_heat_and_air():
    assert heat_btu_h(1000) == pytest.approx(3412, abs=1)
    assert tons_of_refrigeration(3517) == 1
    assert airflow_m3_s(8000, 15) / _CFM == pytest.approx(937, abs=1)
    assert airflow_m3_s(14300, 20) / _CFM == pytest.approx(1256, abs=1)
    assert air_density_ratio(0) == 1
    assert airflow_m3_s(1000, 15, 3000) > airflow_m3_s(1000, 15)


def test_two_tiers_of_64_port_switches_reach_2048_hosts():
    fabric = leaf_spine(2048, 64)
    assert fabric is not None
    assert (fabric.leaves, fabric.spines, fabric.uplinks) == (64, 32, 2048)
    assert leaf_spine(2049, 64) is None
    one = leaf_spine(40, 64)
    assert one is not None
    assert (one.leaves, one.spines) == (1, 0)


def test_seventeen_servers_hang_on_two_switches_of_24_ports():
    # One DGX and 16 nodes with two ports each: 17 ports on each of two switches.
    state = dual_homing(17, 2, (24, 24))
    assert state.ports_each == 17
    assert state.survives
    assert not dual_homing(17, 2, (48,)).survives
    assert not dual_homing(17, 1, (48, 48)).survives
