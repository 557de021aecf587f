"""A configuration as a build: power, links, host memory, platforms and what they bring."""

from dataclasses import replace

import pytest

from dsdesk.base.source import Unknown
from dsdesk.build.inventory import accelerators_of, device_memory_bytes
from dsdesk.build.machine import Build, ResolvedMachine
from dsdesk.build.resolve import resolve
from dsdesk.hardware.vocabulary import LinkKind, PcieLink
from dsdesk.project.project import Machine, Project, Site
from tests.fakes import catalog as fake
from tests.fakes.catalog import GIB, FakeCatalog, desktop, line, project_with, rack_server


def built(*machines: Machine, site: Site | None = None, parts=(), **changes) -> Build:
    project: Project = project_with(*machines, **changes)
    return resolve(project.configuration, site or Site(), FakeCatalog().with_parts(*parts))


def node(machine: Machine, **changes) -> ResolvedMachine:
    return built(machine, **changes).machines[0]


def test_unknown_part_stays_a_line():
    (placed,) = node(Machine(lines=(line(1, "gone"),))).parts
    assert placed.part is None


def test_power_is_the_sum_of_limits_not_of_tdp():
    budget = node(desktop()).power
    # 350 card, 230 PPT (not 170 TDP), 40 board, 10 memory, 8 drive, 3 cooler.
    assert budget.sustained_w == 641
    assert budget.peak_w == 641 + 350  # k = 2 for a card without a measurement
    assert isinstance(budget.wall_w, float)
    assert budget.wall_w == pytest.approx(641 / budget.efficiency)
    assert budget.heat_btu_h == pytest.approx(budget.wall_w * 3.412142)


def test_power_limit_of_the_user_counts():
    machine = desktop()
    limited = replace(machine, lines=(replace(machine.lines[0], power_limit_w=250.0), *machine.lines[1:]))
    assert node(limited).power.sustained_w == 541


def test_unpublished_draw_is_named_and_the_rest_is_summed():
    budget = node(desktop(accelerator="odd"), parts=(fake.gpu("odd", board_power_w=None),)).power
    assert isinstance(budget.sustained_w, Unknown)
    assert "odd" in budget.sustained_w.because.in_english()
    assert budget.known_w == 291
    assert isinstance(budget.wall_w, Unknown)


def test_small_draws_are_assumed_and_said():
    budget = node(desktop(board="quiet"), parts=(fake.board("quiet", power_w=None),)).power
    assert budget.sustained_w == 641
    assert len(budget.assumed) == 1


def test_redundant_supplies_do_not_count():
    budget = node(rack_server()).power
    assert (budget.supplies, budget.redundant, budget.supply_w) == (2, 1, 3200)


def test_server_supply_is_derated_on_low_line():
    budget = node(rack_server(), site=Site(mains_v=120)).power
    assert budget.supply_w == 1400


def test_server_supply_without_a_low_line_rating_is_unknown_there():
    budget = node(
        rack_server(platform="odd"), site=Site(mains_v=120), parts=(fake.server("odd", psu_low_line_w=None),)
    ).power
    assert budget.supply_w is None


def test_complete_machine_draws_what_its_maker_says_at_the_wall():
    machine = node(Machine(lines=(line(1, "hgx-8"),)))
    assert machine.power.wall_w == 10200
    assert [(card.id, number) for card, number in machine.included] == [("module-80", 8)]
    assert machine.interconnect.kind is LinkKind.NVLINK
    assert machine.interconnect.bandwidth_b_s == 450e9  # 900 GB/s both ways
    assert machine.cpus[0][1] == 2


def test_accelerators_over_all_nodes():
    build = built(replace(rack_server(), count=3), Machine(lines=(line(20, "hgx-8"),)))
    assert [(card.id, number) for card, number in accelerators_of(build)] == [("module-80", 8), ("gpu-80", 6)]


def test_consumer_cards_do_not_copy_to_one_another():
    found = node(desktop(accelerator=("gpu-24", 2))).interconnect
    assert found.kind is LinkKind.PCIE
    assert not found.peer_to_peer
    assert found.pcie == PcieLink(4, 8)
    assert found.bandwidth_b_s == pytest.approx(15.752e9)


def test_bridge_joins_two_cards_only():
    two = node(rack_server(bridge="bridge-80")).interconnect
    assert (two.kind, two.bandwidth_b_s) == (LinkKind.NVLINK_BRIDGE, 300e9)
    four = node(rack_server(accelerator=("gpu-80", 4), bridge=("bridge-80", 2))).interconnect
    assert four.kind is LinkKind.PCIE


def test_slot_that_is_not_known_leaves_the_card_s_own_link_as_an_assumption():
    found = node(rack_server(platform="odd"), parts=(fake.server("odd", slots=()),)).interconnect
    assert found.assumed
    assert found.pcie == PcieLink(5, 16)


def test_network_of_several_nodes():
    build = built(replace(rack_server(), count=4))
    assert build.machines[0].interconnect.nodes == 4
    assert build.machines[0].interconnect.node_bit_s == 50e9


@pytest.mark.parametrize(
    ("modules", "gb_s"),
    [(16, 614.4), (7, 268.8), (32, 563.2)],  # 2 x 8 x 4800; seven filled; two a channel at 4400
)
def test_host_memory_runs_over_filled_channels(modules, gb_s):
    host = node(rack_server(memory=("rdimm-64", modules))).host
    assert host.memory_bandwidth_b_s == pytest.approx(gb_s * 1e9)
    assert host.memory_bytes == modules * 64 * GIB


def test_desktop_memory_runs_at_its_profile():
    assert node(desktop()).host.memory_bandwidth_b_s == pytest.approx(96e9)  # 2 x 8 B x 6000


def test_four_modules_on_am5_slow_down():
    assert node(desktop(memory=("memory-2x32", 2))).host.memory_bandwidth_b_s == pytest.approx(57.6e9)  # 3600 MT/s


def test_unified_memory_is_the_host_s():
    parts = (fake.gpu("soc", unified_memory=True, gpu_memory_share=0.75, memory_bytes=128 * GIB, bandwidth_b_s=273e9),)
    host = node(desktop(accelerator="soc"), parts=parts).host
    assert (host.memory_bytes, host.memory_bandwidth_b_s) == (128 * GIB, 273e9)
    assert device_memory_bytes(parts[0]) == 96 * GIB


def test_driver_shows_less_than_the_box_says():
    assert device_memory_bytes(fake.gpu(visible_memory_bytes=23 * GIB)) == 23 * GIB
    assert device_memory_bytes(fake.gpu(memory_bytes=None)) is None


def test_unified_memory_without_a_share_is_what_the_driver_shows():
    soc = fake.gpu(unified_memory=True, memory_bytes=128 * GIB, visible_memory_bytes=119 * GIB)
    assert device_memory_bytes(soc) == 119 * GIB
    assert device_memory_bytes(fake.gpu(unified_memory=True)) is None
