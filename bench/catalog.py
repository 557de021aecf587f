"""How long the catalogue takes: first start, later start, lists, names, and a search through 100,000 parts.

    python bench/catalog.py

Bounds: first start 2 s, later start 50 ms, a search 20 ms (design: a list that follows the typing has 50 ms for all).
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
MANY = 100_000
_START = "from dsdesk.catalog.store import open_catalog; open_catalog().find_part('RTX 4090')"


def best(work: Callable[[], object], times: int = 5) -> float:
    """Seconds of the quickest of some runs."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return min(taken)


def tell(what: str, seconds: float) -> None:
    """One line of the report."""
    sys.stdout.write(f"{what:46} {seconds * 1000:9.1f} ms\n")


def starts(home: Path) -> None:
    """A process that opens the catalogue for the first time, and one that opens it again."""
    environment = {**os.environ, "DSDESK_HOME": str(home)}

    def run() -> None:
        subprocess.run([sys.executable, "-c", _START], cwd=ROOT, env=environment, check=True)

    tell("first start, with Python", best(run, 1))
    tell("later start, with Python", best(run))


def reads() -> None:
    """Lists and names of the real catalogue."""
    from dsdesk.catalog.store import open_catalog
    from dsdesk.hardware.vocabulary import PartKind

    store = open_catalog()
    names = ("RTX 4090", "NVIDIA GeForce RTX 4090 24GB", "AMD Ryzen 9 7950X 16-Core Processor", "nothing")
    tell("four names found", best(lambda: [store.find_part(name) for name in names]))
    tell("every part of every kind, first time", best(lambda: [store.parts(kind) for kind in PartKind], 1))
    store.close()


def searches(folder: Path) -> None:
    """Searches through a catalogue of `MANY` parts made of the real ones over and over."""
    from dsdesk.base import assets
    from dsdesk.catalog.engine import engine_on
    from dsdesk.catalog.reading import Reader
    from dsdesk.catalog.search import terms
    from dsdesk.catalog.seed import build, fill, read_content

    content = read_content(assets.factory_db())
    small = folder / "small.sqlite"
    build(assets.factory_db(), small)
    many = folder / "many.sqlite"
    engine = engine_on(many, draft=True)
    fill(engine, content, lambda _share, _what: None)
    with engine.begin() as connection:
        last = len(content.parts) + len(content.listed)
        connection.exec_driver_sql(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
            " INSERT INTO part_text (position, part_id, kind, text)"
            " SELECT t.position + n.i * ?, t.part_id, t.kind, t.text || ' no' || n.i FROM n, part_text t LIMIT ?",
            (MANY // last + 1, last, MANY - last),
        )
    engine.dispose()
    reader = Reader(many)
    for text in ("显卡", "卡", "4090显卡", "rtx 4090", "a4", "nothing of the kind", "服务器电源"):
        wanted = terms(text, content.words)
        tell(f"search {MANY:,}: {text}", best(lambda wanted=wanted: reader.search(wanted, None, 50)))  # type: ignore[misc]
    reader.close()


def main() -> None:
    """All of it."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DSDESK_HOME"] = folder
        starts(Path(folder))
        reads()
        searches(Path(folder))


if __name__ == "__main__":
    main()
