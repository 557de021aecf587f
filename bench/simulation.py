"""The simulation of serving: how quick it is, and how it compares with measured servers. Exits 1 when it is too slow.

python bench/simulation.py [--rows 300]

Measured: benchmark runs of aiconfigurator's data (a fixed number of users without pauses; mean or median TTFT and
TPOT), and MLPerf Server submissions (Poisson arrivals; the most within limits of the 99th percentiles). Benchmarks send
all first requests at once, with lengths alike or nearly so, and count that wave; the product simulates the steady
state. The table shows both.
"""

import argparse
import random
import sys
import time
from collections import defaultdict
from dataclasses import replace
from math import ceil
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from measured import FACTS, Measured, load

from dsdesk.build.load import serving_case
from dsdesk.build.serving import serving
from dsdesk.catalog.seed import read_content
from dsdesk.evaluate import evaluate
from dsdesk.llm.architecture import Llm
from dsdesk.llm.library import load_library
from dsdesk.project.templates import scheme
from dsdesk.sizing.calibration import Spread, calibration
from dsdesk.sizing.forecast_answer import predict
from dsdesk.sizing.forecast_case import Case
from dsdesk.sizing.serving import Promise
from dsdesk.sizing.simulation import ServingCase, ServingReport, seen_at, simulate
from dsdesk.sizing.simulation_load import curve, largest_load
from dsdesk.sizing.simulation_loop import Arrivals, Copy, Loop
from dsdesk.sizing.simulation_seen import Seen, see
from dsdesk.sizing.simulation_server import Server
from dsdesk.sizing.simulation_steps import step_times
from dsdesk.sizing.simulation_traffic import Lengths, Traffic, draws
from tests.fakes.catalog import FakeCatalog

LIMITS_S = {"one run": 0.06, "curve of 8 loads": 0.5}
_ROOT = Path(__file__).resolve().parents[1]
ANSWER = 294.45  # tokens, mean of MLPerf's Llama 2 70B reference (TOKENS_PER_SAMPLE of its accuracy targets)
_ROUNDS = 5  # requests of each user that a benchmark counts
_MOST = 1500
WAYS = {
    "all at once, alike": (True, 0.0),
    "all at once, lengths +-10 %": (True, 0.1),
    "steady state": (False, 0.0),
}


def scheme_2() -> ServingCase:
    """The guide's scheme 2 at half its load."""
    content = read_content(_ROOT / "db")
    catalog = FakeCatalog(parts=content.parts, llms=load_library(_ROOT / "db" / "llm"), prices=content.prices)
    evaluation = evaluate(scheme("scheme-2"), catalog)
    assert isinstance(evaluation.llm, Llm)
    case = serving_case(
        evaluation.llm,
        evaluation.configuration,
        serving(evaluation.build),
        evaluation.plan,
        evaluation.offload_layers,
    )
    assert isinstance(case, ServingCase)
    return replace(case, traffic=Traffic(requests_s=8.0), promise=Promise(ttft_s_max=1.0, decode_tok_s_min=20.0))


def speed() -> bool:
    """Whether everything is quick enough, in seconds of one core."""
    case, within = scheme_2(), True
    work = {
        "one run": lambda: seen_at(case, 1.0),
        "with its interval": lambda: simulate(case),
        "curve of 8 loads": lambda: curve(case),
        "largest load": lambda: largest_load(case),
    }
    for name, call in work.items():
        call()
        start = time.process_time()
        call()
        taken = time.process_time() - start
        limit = LIMITS_S.get(name)
        within = within and (limit is None or taken <= limit)
        print(f"{name:18s} {taken * 1e3:8.1f} ms" + (f"  limit {limit * 1e3:.0f} ms" if limit else ""))
    return within


def copy_of(case: Case, users: int, answer: float) -> Copy:
    """One copy of the server of a row."""
    setup, prompt = case.decode, max(1.0, case.input_tokens)
    most, budget = max(1024, users), max(2048, setup.chunk)
    return Copy(
        times=step_times(setup, most=most, budget=budget, prompt=prompt, context=prompt + answer / 2),
        budget=budget,
        most=most,
        cache_bytes=max(case.most / setup.place.plan.dp, users) * (prompt + answer),
        token_bytes=1.0,
        sequence_bytes=0.0,
        reserves=False,
    )


def run(case: Case, arrivals: Arrivals, cv: float, counted: int, skipped: int) -> Seen:
    """A run of that copy."""
    prompt, answer = max(1.0, case.input_tokens), max(1.0, case.output_tokens)
    copy = copy_of(case, arrivals.users, answer)
    lengths = draws(Lengths(mean=prompt, cv=cv), Lengths(mean=answer, cv=cv), 1, copy.longest)
    return see(Loop(copy, lengths, arrivals, skipped=skipped, counted=counted).run(), Promise(), overloaded=False)


def closed(case: Case, together: bool, cv: float) -> Seen:
    """A benchmark with a fixed number of users."""
    users = max(1, ceil((case.users or 1.0) / (case.decode.place.plan.dp * case.layout.decode_copies)))
    answer = case.output_tokens * case.decode.decode(users * case.decode.place.plan.dp, case.input_tokens).total
    counted = min(_MOST, _ROUNDS * users)
    return run(case, Arrivals(users=users, round_s=0.0 if together else answer), cv, counted, 0 if together else users)


def pairs(measured: list[Measured]) -> list[dict[str, Measured]]:
    """Rows of one run together: its metrics by name."""
    found: dict[str, dict[str, Measured]] = defaultdict(dict)
    for one in measured:
        found[one.row["id"].split("-", 2)[2] if one.source == "aics" else one.row["source"]][one.case.metric] = one
    return [metrics for metrics in found.values() if {"ttft_ms", "tpot_ms"} <= set(metrics)]


def benchmarks(number: int) -> None:
    """Ratios of computed to measured for benchmark runs that read and write on the same devices."""
    rows = [
        one
        for one in load(calibration(), ("throughput_aic_silicon.csv",))
        if one.case.layout.prefill is None and one.case.users
    ]
    chosen = pairs(rows)
    random.Random(1).shuffle(chosen)
    ratios: dict[tuple[str, str], list[float]] = defaultdict(list)
    for metrics in chosen[:number]:
        first, each = metrics["ttft_ms"], metrics["tpot_ms"]
        for one in (first, each):
            ratios["closed form", one.case.metric].append(predict(one.case) / one.value)
        for name, (together, cv) in WAYS.items():
            seen = closed(first.case, together, cv)
            ratios[name, "ttft_ms"].append(seen.ttft.mean * 1e3 / first.value)
            ratios[name, "tpot_ms"].append(seen.tpot.mean * 1e3 / each.value)
    table(f"aiconfigurator, {min(number, len(chosen))} of {len(chosen)} runs", ratios)


def submissions() -> None:
    """MLPerf Server with Llama 2 70B: the largest load inside its limits, and times at the load that was submitted."""
    rows = [
        one
        for one in load(calibration(), ("throughput.csv",))
        if one.row["concurrency_or_batch"] == "Server" and "llama2-70b" in one.row["model"]
    ]
    ratios: dict[tuple[str, str], list[float]] = defaultdict(list)
    for one in rows:
        if one.case.metric == "output_tok_s_total":
            found = largest_load(limited(one.case))
            ratios["largest load in the limits", "tok_s"].append(
                found.requests_s.estimate * ANSWER / one.value if isinstance(found, ServingReport) else 0.0
            )
    for metrics in pairs(rows):
        total, first, each = (metrics[name] for name in ("output_tok_s_total", "ttft_ms", "tpot_ms"))
        case = limited(total.case)
        seen = seen_at(replace(case, traffic=Traffic(requests_s=total.value / ANSWER)), 1.0)
        if seen.overloaded:
            ratios["called overloaded", "of all"].append(1.0)
            continue
        ratios["at the submitted load", "ttft_ms"].append(seen.ttft.mean * 1e3 / first.value)
        ratios["at the submitted load", "tpot_ms"].append(seen.tpot.mean * 1e3 / each.value)
    table("MLPerf Server, Llama 2 70B", ratios)


def limited(case: Case) -> ServingCase:
    """A submission: 99 of 100 requests within 2 s and 200 ms a token (mlperf.conf of mlcommons/inference)."""
    exact = Spread(1.0, 1.0, 0)
    server = Server(
        copy=copy_of(case, 1, ANSWER),
        copies=case.decode.place.plan.dp * case.layout.decode_copies,
        alone=exact,
        loaded=exact,
        first=exact,
        distance="",
        source="",
    )
    return ServingCase(
        server=server,
        traffic=Traffic(requests_s=1.0),
        inputs=Lengths(mean=case.input_tokens, cv=0.7),
        outputs=Lengths(mean=ANSWER, cv=0.7),
        context_tokens=2048,
        promise=Promise(ttft_s_max=2.0, decode_tok_s_min=5.0),
        share=0.99,
    )


def table(title: str, ratios: dict[tuple[str, str], list[float]]) -> None:
    """Median ratio, median and 90th percentile of its distance from one."""
    print(f"\n{title}")
    for (name, metric), values in ratios.items():
        errors = sorted(abs(value - 1.0) for value in values)
        print(
            f"  {name:28s} {metric:10s} n {len(values):4d}  ratio {median(values):5.2f}  "
            f"error {median(errors):5.1%}  p90 {errors[int(0.9 * len(errors))]:5.0%}"
        )


def main() -> int:
    """Speed, then accuracy where the measurements are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=300, help="benchmark runs to simulate")
    arguments = parser.parse_args()
    within = speed()
    if FACTS.exists():
        benchmarks(arguments.rows)
        submissions()
    else:
        print(f"\nNot compared with measurements: {FACTS} is not here.")
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
