from decimal import Decimal

from dsdesk.base import assets
from dsdesk.catalog.pricelist import read_rates
from dsdesk.cost.reference import api_for, hosted_apis


def test_every_reference_figure_names_its_day_and_source():
    figures = [(rate.source, rate.on) for rate in read_rates(assets.factory_db("rates.csv"))] + [
        (api.source, api.on) for api in hosted_apis()
    ]

    assert figures
    assert all(source and on.year >= 2025 for source, on in figures)


def test_a_price_is_found_by_the_model_it_serves():
    api = api_for("deepseek-ai/DeepSeek-V4-Flash")

    assert api is not None
    assert (api.input_per_mtok.amount, api.output_per_mtok.amount) == (Decimal("0.14"), Decimal("0.28"))
    assert api_for("Qwen/Qwen3-8B") is None
