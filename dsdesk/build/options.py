"""Which accelerators, and how many of them, serve a model: the choices that a proposal starts from."""

import math
from dataclasses import dataclass
from decimal import Decimal

from dsdesk.build.catalog import Catalog
from dsdesk.build.inventory import device_memory_bytes
from dsdesk.build.serving import Served
from dsdesk.build.sized import plan_and_need
from dsdesk.hardware.parts import Accelerator
from dsdesk.hardware.prices import Condition
from dsdesk.hardware.vocabulary import PartKind
from dsdesk.llm.architecture import Llm
from dsdesk.llm.precision import Precision
from dsdesk.project.project import Configuration
from dsdesk.sizing.fitting import fits
from dsdesk.sizing.precisions import PRECISIONS, parse_precision
from dsdesk.sizing.results import Interconnect, MemoryNeed
from dsdesk.sizing.support import Level, runs

MOST_DEVICES = 8
_GOOD = {Level.NATIVE, Level.WEIGHTS_ONLY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """An accelerator and the smallest number of it that holds a model.

    Attributes:
        accelerator: which.
        count: how many.
        need: memory of the model on them.
        price: of all of them together by the newest price point, None if there is none.
        currency: of the price, "" without one.
    """

    accelerator: Accelerator
    count: int
    need: MemoryNeed
    price: Decimal | None
    currency: str


def options(
    llm: Llm, configuration: Configuration, catalog: Catalog, *, most: int = MOST_DEVICES
) -> tuple[Option, ...]:
    """Accelerators that hold the model with headroom and run its precision: fewest first, then the cheapest known.

    Layers in host memory do not count as holding it.
    """
    precision = PRECISIONS.get(configuration.precision) or parse_precision(configuration.precision)
    found: list[Option] = []
    for part in catalog.parts(PartKind.ACCELERATOR):
        if isinstance(part, Accelerator) and not part.discontinued:
            option = _option(part, llm, configuration, precision, catalog, most)
            if option is not None:
                found.append(option)
    return tuple(sorted(found, key=_rank))


def _rank(option: Option) -> tuple[int, Decimal, int, str]:
    memory = device_memory_bytes(option.accelerator) or 0
    return option.count, option.price if option.price is not None else Decimal(10**12), memory, option.accelerator.id


def _option(
    part: Accelerator, llm: Llm, configuration: Configuration, precision: Precision, catalog: Catalog, most: int
) -> Option | None:
    memory = device_memory_bytes(part)
    if memory is None or runs(part, precision, configuration.engine).level not in _GOOD:
        return None
    least = llm.architecture.parameters * precision.nominal_bits / 8 * 0.9  # MTP layers may be left out
    count = max(1, math.ceil(least / (memory * (1 - configuration.headroom))))
    while count <= min(most, part.max_per_platform or most):
        need = _held(part, count, memory, llm, configuration)
        if need is not None:
            price, currency = _price(part, count, catalog)
            return Option(accelerator=part, count=count, need=need, price=price, currency=currency)
        count += 1
    return None


def _held(part: Accelerator, count: int, memory: int, llm: Llm, configuration: Configuration) -> MemoryNeed | None:
    joined = Interconnect(pcie=part.pcie, bandwidth_b_s=part.pcie.bandwidth_b_s() if part.pcie else None)
    served = Served(accelerator=part, count=count, nodes=1, memory_bytes=memory, interconnect=joined)
    found = plan_and_need(llm, configuration, served)
    if not isinstance(found.need, MemoryNeed) or found.offload_layers or not found.plan.legal:
        return None
    return found.need if fits(found.need, memory, configuration.headroom) else None


def _price(part: Accelerator, count: int, catalog: Catalog) -> tuple[Decimal | None, str]:
    points = [price for price in catalog.prices(part.id) if price.condition is not Condition.USED]
    return (points[0].money.amount * count, points[0].money.currency) if points else (None, "")
