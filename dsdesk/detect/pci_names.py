"""Names for PCI ids: a table of our own, taken from the drivers' published tables (each row names its source)."""

import csv
from functools import lru_cache

from dsdesk.base import assets

VENDORS = {
    "10de": "nvidia",
    "1002": "amd",
    "8086": "intel",
    "19e5": "huawei",
    "1d94": "hygon",
    "9999": "metax",
    "1e3e": "iluvatar",
    "1ed5": "mthreads",
}


@lru_cache(maxsize=1)
def _table() -> dict[tuple[str, str, str], str]:
    with assets.resource("detect", "gpu_ids.csv").open(encoding="utf-8", newline="") as file:
        return {(row["vendor"], row["device"], row["subsystem"]): row["name"] for row in csv.DictReader(file)}


def name_of(vendor: str, device: str, subsystem: str = "", revision: str = "") -> str:
    """The product name of a PCI id given in hex digits, "" when the table has none.

    Args:
        vendor: such as "10de".
        device: such as "2684".
        subsystem: "vendor:device" of the board, which decides where NVIDIA shares an id.
        revision: two digits, which decide where AMD shares an id.
    """
    table = _table()
    keys = (subsystem, f"rev {revision}" if revision else "", "")
    return next((name for key in keys if (name := table.get((vendor, device, key)))), "")
