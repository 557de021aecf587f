"""Charts as data: series, axes, units, bands and sources. Painters live in ui/ and quote/."""

from collections.abc import Callable, Mapping

from dsdesk.build.catalog import Catalog
from dsdesk.charts.concurrency import speed_per_user, throughput_over_concurrency
from dsdesk.charts.context import throughput_over_context, wait_over_context
from dsdesk.charts.cost import cost_over_years
from dsdesk.charts.frontier import frontier
from dsdesk.charts.latency import latency_over_load
from dsdesk.charts.memory import memory_by_part
from dsdesk.charts.power import power_by_kind
from dsdesk.charts.power_cap import energy_over_concurrency, power_cap
from dsdesk.charts.precision import decode_by_precision, prefill_by_precision
from dsdesk.charts.roofline import roofline
from dsdesk.charts.spec import ChartSpec
from dsdesk.evaluate import Evaluation

Chart = Callable[[Evaluation, Catalog], ChartSpec]

ALL_CHARTS: Mapping[str, Chart] = {
    "throughput_over_concurrency": throughput_over_concurrency,
    "speed_per_user": speed_per_user,
    "frontier": frontier,
    "throughput_over_context": throughput_over_context,
    "wait_over_context": wait_over_context,
    "latency_over_load": latency_over_load,
    "decode_by_precision": decode_by_precision,
    "prefill_by_precision": prefill_by_precision,
    "memory_by_part": memory_by_part,
    "power_by_kind": power_by_kind,
    "power_cap": power_cap,
    "energy_over_concurrency": energy_over_concurrency,
    "cost_over_years": cost_over_years,
    "roofline": roofline,
}
"""Every chart by its key, in the order in which pages and the quote show them."""
