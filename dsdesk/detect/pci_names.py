"""Names for PCI ids: a table of our own, taken from the drivers' published tables (each row names its source)."""

import csv
from functools import lru_cache

from dsdesk.base import assets

_MOST_NAMES = 4
VENDORS = {
    "10de": "nvidia",
    "1002": "amd",
    "8086": "intel",
    "19e5": "huawei",
    "1d94": "hygon",
    "9999": "metax",
    "1e3e": "iluvatar",
    "1ed5": "mthreads",
    "1d22": "kunlunxin",
    "1da3": "habana",
    "1ded": "thead",
    "1e36": "enflame",
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
    exact = [key for key in (subsystem, f"rev {revision}" if revision else "") if key]
    found = next((name for key in (*exact, "") if (name := table.get((vendor, device, key)))), "")
    return found or _any_revision(vendor, device)


def _any_revision(vendor: str, device: str) -> str:
    """All products of an id whose revision is not known or not listed: "A / B"."""
    listed = [
        name for (maker, chip, key), name in _table().items() if (maker, chip) == (vendor, device) and "rev" in key
    ]
    return " / ".join(dict.fromkeys(listed[:_MOST_NAMES]))
