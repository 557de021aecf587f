"""Writes db/measured.csv: published measurements whose licence lets them be shown beside a forecast.

    python bench/shown_measurements.py

Of ../shared/facts/measured those rows are taken whose source is under a licence that allows it, whose model and device
the catalogue has, and that measure what a chart shows: one stream that writes or reads, or a server at a number of
requests in flight. Of each model and device at most `MOST` runs stand in the file, spread over the load.
"""

import csv
import re
from collections import defaultdict
from dataclasses import dataclass, field

from fit_calibration import empty
from measured import ROOT, broken, resolver, rows

from dsdesk.sizing.forecast_case import number
from dsdesk.sizing.forecast_resolve import Refusal

LICENCES = ("Apache-2.0", "MIT", "BSD-3", "CC0", "CC BY")
FILES = ("throughput.csv", "throughput_aic_silicon.csv")
MOST = 24
SPEEDS = {
    "decode_tok_s_per_user": "tok_s_user",
    "output_tok_s_total": "tok_s_total",
    "decode_tok_s_total": "tok_s_total",
    "prefill_tok_s": "prefill_tok_s",
}
COLUMNS = (
    "llm", "device", "devices", "engine", "precision", "input_tokens", "output_tokens", "requests", "tok_s_user",
    "tok_s_total", "prefill_tok_s", "source", "source_date", "licence",
)  # fmt: skip


@dataclass
class Run:
    """A run under way: its fixed columns and the figures found for it."""

    fixed: dict[str, str]
    figures: dict[str, float] = field(default_factory=dict)
    times: dict[str, float] = field(default_factory=dict)


def collect() -> dict[tuple[str, ...], Run]:
    """Every row that may be shown, figures of one run together."""
    find = resolver(empty())
    runs: dict[tuple[str, ...], Run] = {}
    for name in FILES:
        for row in rows(name):
            if broken(row) or not row["licence"].startswith(LICENCES) or row["parallelism"].startswith("disagg"):
                continue
            users, count = number(row["concurrency_or_batch"]), number(row["gpu_count"])
            named = find.named(row)
            if isinstance(named, Refusal) or users is None or count is None or isinstance(find.case(row), Refusal):
                continue
            if " @ d" in row["notes"] or re.search(r"depth N_KV=[1-9]", row["notes"]):
                continue
            reads = row["metric"] == "prefill_tok_s"
            fixed = {
                "llm": named.llm.id, "device": named.device.id, "devices": f"{count:.0f}",
                "engine": named.engine.engine.value, "precision": row["precision"],
                "input_tokens": row["isl"] or "0", "output_tokens": row["osl"] or "0", "requests": f"{users:g}",
                "source": row["source"].removeprefix("github:"), "source_date": row["source_date"],
                "licence": row["licence"],
            }  # fmt: skip
            run = runs.setdefault((*fixed.values(), row["parallelism"], str(reads), row["notes"][:60]), Run(fixed))
            value = float(row["value"])
            if row["metric"] in SPEEDS:
                run.figures[SPEEDS[row["metric"]]] = value
            elif row["metric"] in ("tpot_ms", "ttft_ms"):
                run.times[row["metric"]] = value
    return runs


def figures(run: Run) -> dict[str, float]:
    """Speeds of a run; those of a server follow from its times (Little's law over one request)."""
    found = dict(run.figures)
    each, first = run.times.get("tpot_ms"), run.times.get("ttft_ms")
    users, made = float(run.fixed["requests"]), float(run.fixed["output_tokens"])
    if each:
        found.setdefault("tok_s_user", 1e3 / each)
        if first and made > 1:
            found.setdefault("tok_s_total", users * made * 1e3 / (first + each * (made - 1)))
    if users <= 1 and "tok_s_user" in found:
        found.setdefault("tok_s_total", found["tok_s_user"])
    return found


def main() -> None:
    """Write the file."""
    kept: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for run in collect().values():
        found = figures(run)
        if found:
            row = {**run.fixed, **{name: f"{value:.4g}" for name, value in found.items()}}
            kept[run.fixed["llm"], run.fixed["device"]].append(row)
    path = ROOT / "db" / "measured.csv"
    total = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(
            "# Published measurements that charts show beside the forecast. Written by bench/shown_measurements.py.\n"
        )
        writer = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        for key in sorted(kept):
            found = sorted(kept[key], key=lambda row: (float(row["requests"]), row["engine"], row["source"], str(row)))
            step = max(1.0, len(found) / MOST)
            chosen = [found[int(i * step)] for i in range(min(MOST, len(found)))]
            writer.writerows(chosen)
            total += len(chosen)
    print(f"{total} runs of {len(kept)} pairs of model and device, {path.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
