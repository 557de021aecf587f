from decimal import Decimal
from pathlib import Path

from dsdesk.catalog.hosted import read_apis
from dsdesk.catalog.pricelist import read_rates
from dsdesk.cost.hosted import api_for

DB = Path(__file__).parents[2] / "db"


def test_every_reference_figure_names_its_day_and_source():
    figures = [(rate.source, rate.on) for rate in read_rates(DB / "rates.csv")]
    figures += [(api.source, api.on) for api in read_apis(DB / "apis.toml")]

    assert len(figures) > 5
    assert all(source and on.year >= 2025 for source, on in figures)


def test_a_price_is_found_by_the_model_it_serves():
    apis = read_apis(DB / "apis.toml")
    api = api_for("deepseek-ai/DeepSeek-V4-Flash", apis)

    assert api is not None
    assert (api.input_per_mtok.amount, api.output_per_mtok.amount) == (Decimal("0.14"), Decimal("0.28"))
    assert api_for("Qwen/Qwen3-8B", apis) is None
