"""Time of one evaluation of each of the guide's schemes, on one core: the strip must feel live.

    python bench/evaluate.py

The catalogue is opened and every module loaded first; caches stay warm between runs, as they do in the window, where
one edit follows another. The first evaluation after opening a project is printed beside it.
"""

import statistics
import time

from dsdesk.base.message import Message
from dsdesk.catalog.store import open_catalog
from dsdesk.evaluate import evaluate
from dsdesk.project.edits import change_workload
from dsdesk.project.templates import SCHEMES, scheme

RUNS = 30


def main() -> None:
    """Print milliseconds by scheme."""
    catalog = open_catalog()
    print(f"{'scheme':10} {'first ms':>9} {'median ms':>10} {'worst ms':>9}")
    for key in SCHEMES:
        project = scheme(key)
        times = []
        for run in range(RUNS):
            # Another context length every time: an edit that all of memory, speed and checks follow from.
            changed = change_workload(Message("edit"), context_tokens=4096 + run).apply(project)
            start = time.process_time()
            evaluate(changed, catalog)
            times.append((time.process_time() - start) * 1e3)
        print(f"{key:10} {times[0]:9.1f} {statistics.median(times[1:]):10.1f} {max(times[1:]):9.1f}")


if __name__ == "__main__":
    main()
