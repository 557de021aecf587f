"""How near memory comes to what others measured: by source, engine and metric, and the worst with their reasons.

    python bench/memory_accuracy.py [FACTS]

FACTS is the folder of published measurements (../shared/facts beside the checkout); without it there is nothing to
compare with, and the bench says so. Rows that dsdesk declines to answer are counted apart, by reason.
"""

import csv
import statistics
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from dsdesk.base import assets
from dsdesk.llm.architecture import Llm
from dsdesk.llm.library import load_library
from dsdesk.sizing.memory_cases import answer

WORST = 5
FAR = 0.1
SIZE_BAR = 0.015
REASONS = (
    (
        "ik_llama.cpp",
        "compute_buffer",
        "recipes that mix types, hosts that repack or not, first devices that hold whole layers: not in the rows",
    ),
    ("ik_llama.cpp", "model_size", "a recipe of its own under a standard name, or a name that is not the file's"),
    (
        "llama.cpp",
        "model_size",
        "recipes under a standard name: embeddings kept in Q8_0 (gemma3 QAT), no importance matrix (IQ4_XS, IQ3_XXS), "
        "tensors named one by one on the command line (DeepSeek-V3 of ikawrakow)",
    ),
    (
        "llama.cpp",
        "peak_gpu_memory",
        "the source's tables of Llama 2 and 3.1 go to prompts of 8,192 tokens, which the rows give as 4,096; "
        "at 8,192 tokens the errors are below 5 % (tests/sizing/test_memory_cases.py)",
    ),
    (
        "vLLM",
        "activation_peak",
        "the log is of a device that draws no tokens; the one that does needs 1.4 GiB, as the printed tokens show",
    ),
    ("vLLM", "kv_", "a connector beside the engine, kernels that pad experts otherwise, a device that draws no tokens"),
)

Row = Mapping[str, str]


def main() -> int:
    """Print the tables; 0 where there was something to compare."""
    facts = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2] / "shared" / "facts"
    if not facts.is_dir():
        print(f"No measurements at {facts}: nothing was compared.")
        return 1
    llms = load_library(assets.factory_db("llm"))
    parameters(llms)
    measured(llms, rows_of(facts / "measured" / "memory.csv"), "measurements")
    measured(llms, [*file_rows(facts / "models" / "weight_sizes.csv")], "published files")
    return 0


def rows_of(path: Path) -> list[Row]:
    """The rows of a CSV."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def file_rows(path: Path) -> Iterable[Row]:
    """Published file sizes as memory cases."""
    for row in rows_of(path):
        engine = "llama.cpp" if row["container"] == "gguf" else "safetensors"
        metric = "model_size" if row["container"] == "gguf" else "file_size"
        source = row["source"].split(":")[0].split("/")[0][:20]
        yield {
            "id": f"{source}-0",
            "engine": engine,
            "model": row["model"],
            "precision": row["quant"],
            "metric": metric,
            "value": row["size_gib"],
            "unit": "GiB",
        }


def parameters(llms: Iterable[Llm]) -> None:
    """Computed against published parameter counts."""
    exact, near, explained, unknown = 0, 0, [], []
    for llm in llms:
        counted = llm.architecture.parameters
        if not counted:
            unknown.append(llm.id)
        elif llm.parameters_published in (counted, None):
            exact += 1
        else:
            residual = counted / (llm.parameters_published or 1) - 1
            near += abs(residual) < 0.001
            explained.append(f"  {residual:+8.4%}  {llm.id}: {llm.parameters_residual}")
    print(f"Parameters: {exact} exact or without a published count, {near} more within 0.1 %, {len(unknown)} unknown")
    print("\n".join(line for line in explained if "-0.00" not in line))


def measured(llms: Iterable[Llm], rows: Iterable[Row], title: str) -> None:
    """Errors by source, engine and metric."""
    errors: dict[tuple[str, str, str], list[tuple[float, Row, str]]] = defaultdict(list)
    declined: Counter[str] = Counter()
    for row in rows:
        found = answer(row, llms)
        if found["status"] != "ok":
            declined[found["reason"]] += 1
        elif float(row["value"]) > 0.01:
            value = float(row["value"])
            key = (row["id"].rsplit("-", 1)[0], row["engine"].split()[0], row["metric"])
            errors[key].append((abs(float(found["predicted"]) / value - 1), row, found["predicted"]))
    print(f"\n{title}: {sum(map(len, errors.values()))} answered, {declined.total()} declined")
    print(f"{'source':20} {'engine':14} {'metric':28} {'n':>4} {'median':>8} {'p90':>8}")
    for (source, engine, metric), found_errors in sorted(errors.items()):
        sizes = sorted(error for error, _, _ in found_errors)
        line = f"{source:20} {engine:14} {metric:28} {len(sizes):4} {statistics.median(sizes):8.2%}"
        print(f"{line} {quantile(sizes, 0.9):8.2%}")
    everything = sorted(error for group in errors.values() for error, _, _ in group)
    print(f"{'all':64} {len(everything):4} {statistics.median(everything):8.2%} {quantile(everything, 0.9):8.2%}")
    for key, group in sorted(errors.items()):
        worst(key, group)
    for reason, count in declined.most_common(12):
        print(f"  declined {count:3} {reason[:110]}")


def worst(key: tuple[str, str, str], group: list[tuple[float, Row, str]]) -> None:
    """The five worst rows of a table line that is off by more than a tenth, of file sizes by more than 1.5 %."""
    limit = SIZE_BAR if key[2] in ("model_size", "file_size") else FAR
    far = sorted((one for one in group if one[0] > limit), key=lambda one: -one[0])[:WORST]
    if not far:
        return
    reason = next((text for engine, metric, text in REASONS if engine == key[1] and key[2].startswith(metric)), "")
    print(f"  {' '.join(key)}: {reason or 'a single report, its settings not fully stated'}")
    for error, row, predicted in far:
        where = f"{row['model'][:28]} {row['precision'][:18]} {row.get('flags', '')[:40]} {row.get('notes', '')[:16]}"
        print(f"    {error:7.1%} {row['value']:>9} -> {predicted:>9} {row['unit']:4} {where}")


def quantile(values: list[float], share: float) -> float:
    """The value below which `share` of the sorted `values` lie."""
    return values[min(len(values) - 1, int(share * len(values)))]


if __name__ == "__main__":
    raise SystemExit(main())
