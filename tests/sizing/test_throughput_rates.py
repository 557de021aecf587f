"""How ggml multiplies on a chip, and at what rate."""

import pytest

from dsdesk.llm.precision import Engine
from dsdesk.sizing.precisions import parse_precision
from dsdesk.sizing.results import HostSpeed
from dsdesk.sizing.support import Level
from dsdesk.sizing.throughput_rates import Products, products_of, rates
from tests.sizing.forecast_fakes import card

CHIPS = {
    "ada": ("sm_89", "cuda"),
    "volta": ("sm_70", "cuda"),
    "pascal": ("sm_61", "cuda"),
    "rdna2": ("gfx1030", "hip"),
    "rdna3": ("gfx1100", "hip"),
    "rdna3 by vulkan": ("gfx1100", "vulkan"),
    "xe by vulkan": ("xe2", "vulkan"),
    "xe": ("xe2", "sycl"),
    "apple": ("metal3", "metal"),
}


@pytest.mark.parametrize(
    ("chip", "era", "products"),
    [
        ("ada", "", Products.INTEGER),
        ("ada", "2025", Products.INTEGER),
        ("ada", "2024", Products.WIDENED),
        ("volta", "", Products.WIDENED),
        ("pascal", "2024", Products.INTEGER),
        ("rdna2", "2025", Products.INTEGER),
        ("rdna3", "2025", Products.WIDENED),
        ("rdna3", "", Products.INTEGER),
        ("rdna3 by vulkan", "2025", Products.INSIDE),
        ("xe by vulkan", "", Products.INTEGER),
        ("xe", "", Products.INSIDE),
        ("apple", "2024", Products.INSIDE),
    ],
)
def test_products_follow_the_chip_the_backend_and_the_year(chip, era, products):
    compute, backend = CHIPS[chip]
    assert products_of(card(compute_id=compute), backend, era) is products


def math_flops(products: Products = Products.INTEGER, engine: Engine = Engine.LLAMA_CPP, **changes: object) -> float:
    device = card(fp16_flops=100e12, bf16_flops=100e12, int8_ops=400e12, fp32_flops=50e12, **changes)
    level = Level.NATIVE if engine is Engine.LLAMA_CPP else Level.WEIGHTS_ONLY
    found = rates(device, parse_precision("q4_k_m"), engine, level, HostSpeed(), products)
    return found.math_flops


def test_sums_of_integer_products_are_scaled_at_the_vector_rate():
    assert math_flops() == pytest.approx(1 / (1 / 400e12 + 2 / 32 / 50e12))


def test_a_chip_without_matrix_units_for_integers_has_dot_products_of_four():
    assert math_flops(compute_id="sm_61") == pytest.approx(1 / (1 / 200e12 + 2 / 32 / 50e12))


@pytest.mark.parametrize("products", [Products.WIDENED, Products.INSIDE])
def test_other_products_run_at_the_rate_of_16_bit_accumulation(products):
    assert math_flops(products) == 200e12
