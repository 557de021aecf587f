"""The builder against plain enumeration on small catalogues, and ten demands on the whole shelf.

    python bench/builder.py [--small N] [--demands]

`--small N` (5): N random catalogues of real parts with random prices, few enough of a kind that every list can be
judged by the checks one after another; the totals must agree. `--demands`: only the ten demands on the whole catalogue.
Times are of one process on one core.
"""

import argparse
import random
import sys
import time
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from dsdesk.base.money import Money
from dsdesk.build.catalog import Catalog
from dsdesk.catalog.store import open_catalog
from dsdesk.design.optimise import build_machine
from dsdesk.design.wish import BuildAnswer, BuildWish, Form, NoAnswer, Objective
from dsdesk.hardware.parts import Accelerator, Board, Cooler, Cpu, Part
from dsdesk.hardware.prices import Condition, Price, Seller
from dsdesk.hardware.vocabulary import Cooling, Mount, PartKind, Shelf
from dsdesk.llm.architecture import Llm
from dsdesk.llm.precision import Engine
from dsdesk.project.project import Configuration, CostAssumptions, ModelChoice, Project, Site, Workload
from tests.design import plain
from tests.fakes.catalog import FakeCatalog

_SMALL = {
    PartKind.ACCELERATOR: 2,
    PartKind.BOARD: 3,
    PartKind.CPU: 3,
    PartKind.MEMORY: 2,
    PartKind.CASE: 3,
    PartKind.COOLER: 3,
    PartKind.PSU: 3,
    PartKind.DRIVE: 2,
}
_SOCKETS = ("AM5", "LGA1851", "LGA1700")
_MODEL = "deepseek-ai/DeepSeek-R1-Distill-Llama-8B"
_Q14, _Q32 = "deepseek-ai/DeepSeek-R1-Distill-Qwen-14B", "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B"
_L70, _V31 = "deepseek-ai/DeepSeek-R1-Distill-Llama-70B", "deepseek-ai/DeepSeek-V3.1"
_OLD_PC = (
    "asus-prime-z890-p-wifi",
    "intel-core-ultra-9-285k",
    "corsair-cmh32gx5m2b6000z30k",
    "samsung-990-pro-1tb",
    "be-quiet-dark-power-13-1000-w",
    "fractal-design-define-7-xl",
    "arctic-liquid-freezer-iii-280",
)


def project(
    llm_id: str,
    precision: str,
    *,
    engine: Engine = Engine.LLAMA_CPP,
    workload: Workload | None = None,
    site: Site | None = None,
    budget: int | None = None,
) -> Project:
    """A project that asks for something."""
    configuration = Configuration(
        model=ModelChoice(llm_id=llm_id), precision=precision, engine=engine, workload=workload or Workload()
    )
    money = None if budget is None else Money(Decimal(budget), "CNY")
    return Project(configurations=(configuration,), site=site or Site(), cost=CostAssumptions(budget=money))


def demands() -> dict[str, BuildWish]:
    """Ten demands, from the upgrade of a PC to sixteen accelerators."""
    fleet = Site(circuits=8, circuit_a=32.0)
    served = Workload(sequences=32)
    return {
        "upgrade of a PC for 5,000": BuildWish(
            project=project(_MODEL, "q4_k_m", budget=5000), owned=tuple((part_id, 1) for part_id in _OLD_PC)
        ),
        "14B at home": BuildWish(project=project(_Q14, "q4_k_m"), form=Form.DESKTOP),
        "8B fast for 25,000": BuildWish(
            project=project(_MODEL, "bf16", engine=Engine.VLLM, budget=25000), objective=Objective.FASTEST
        ),
        "32B at 20 tok/s": BuildWish(project=project(_Q32, "q4_k_m", workload=Workload(decode_tok_s_min=20.0))),
        "70B fastest for 100,000": BuildWish(
            project=project(_L70, "q4_k_m", budget=100000), objective=Objective.FASTEST
        ),
        "70B, tokens for the money": BuildWish(project=project(_L70, "q4_k_m"), objective=Objective.VALUE),
        "32B quiet for 60,000": BuildWish(
            project=project(_Q32, "q4_k_m", budget=60000), objective=Objective.QUIETEST, form=Form.TOWER
        ),
        "70B for 10,000": BuildWish(project=project(_L70, "q4_k_m", budget=10000)),
        "V3.1 FP8 on one office circuit": BuildWish(
            project=project(_V31, "fp8", engine=Engine.VLLM, workload=served), form=Form.RACK
        ),
        "V3.1 BF16 on 16 accelerators": BuildWish(
            project=project(_V31, "bf16", engine=Engine.VLLM, workload=served, site=fleet), count=16, form=Form.RACK
        ),
    }


def small_catalog(catalog: Catalog, llm: Llm, chance: random.Random) -> FakeCatalog:
    """A few parts of every kind, with prices drawn by lot."""
    socket = chance.choice(_SOCKETS)

    def wanted(part: Part) -> bool:
        if part.shelf is not Shelf.BUILDABLE or part.discontinued:
            return False
        if isinstance(part, Accelerator):
            return part.mount is Mount.PCIE and part.cooling is not Cooling.PASSIVE
        if isinstance(part, Cooler):
            return socket in part.sockets
        return not isinstance(part, Board | Cpu) or part.socket == socket

    parts: list[Part] = []
    for kind, number in _SMALL.items():
        found = [part for part in catalog.parts(kind) if wanted(part)]
        parts += chance.sample(found, min(number, len(found)))
    prices = [
        Price(
            part_id=part.id,
            money=Money(Decimal(chance.randint(100, 20000)), "CNY"),
            condition=Condition.NEW,
            seller=Seller.RETAIL,
            on=date(2026, 1, 1),
            source="drawn by lot",
        )
        for part in parts
    ]
    return FakeCatalog(parts, llms=(llm,), prices=prices)


def compare(catalog: Catalog, number: int) -> int:
    """Print both answers for `number` small catalogues; gives how many differ."""
    llm = catalog.llm(_MODEL)
    assert llm is not None
    different = 0
    print(f"{'small catalogue':18} {'plain':>12} {'builder':>12} {'plain s':>9} {'builder s':>10}")
    for seed in range(number):
        small = small_catalog(catalog, llm, random.Random(seed))
        wish = BuildWish(project=project(_MODEL, "q8_0", site=Site(circuits=2)))
        start = time.process_time()
        best = plain.cheapest(wish, llm, small)
        plain_s, start = time.process_time() - start, time.process_time()
        found = build_machine(wish, small)
        builder_s = time.process_time() - start
        theirs = None if best is None else best.cents
        ours = None
        if isinstance(found, BuildAnswer) and _is_careful(found):
            ours = plain.total_cents(found.project, small)
        different += theirs != ours
        print(f"{f'seed {seed}':18} {_money(theirs)} {_money(ours)} {plain_s:9.2f} {builder_s:10.2f}")
    return different


def _is_careful(found: BuildAnswer) -> bool:
    """Plain enumeration looks for lists without warnings only."""
    return not any(text.text.startswith("No list that meets") for text in found.proof)


def _money(cents: int | None) -> str:
    return f"{'none':>12}" if cents is None else f"{cents / 100:12.2f}"


def answer_all(catalog: Catalog) -> None:
    """Print the ten demands with total, proof and time."""
    for name, wish in demands().items():
        start = time.process_time()
        found = build_machine(replace(wish, project=replace(wish.project, name=name)), catalog)
        print(f"\n{name}: {time.process_time() - start:.2f} s")
        if isinstance(found, NoAnswer):
            print(f"  {found.because.in_english()}")
            for way in (*found.conflict, *found.others):
                change = way.change.in_english() if way.change else "nothing"
                print(f"  - {way.text.in_english()}: {change}")
            continue
        print("  " + "; ".join(f"{line.quantity} x {line.name}" for line in found.lines))
        known = found.total.text() if found.total.amount else "no price is known"
        print(f"  {known}, {len(found.unpriced)} names without a price")
        print(f"  {found.proof[0].in_english()}")


def main() -> int:
    """Compare, then time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", type=int, default=5)
    parser.add_argument("--demands", action="store_true")
    arguments = parser.parse_args()
    catalog = open_catalog()
    different = 0 if arguments.demands else compare(catalog, arguments.small)
    answer_all(catalog)
    return 1 if different else 0


if __name__ == "__main__":
    raise SystemExit(main())
