from decimal import Decimal

import pytest

from dsdesk.base.money import Money
from dsdesk.hardware.parts import Accelerator, Psu
from dsdesk.hardware.vocabulary import PartKind, Segment
from dsdesk.project.project import Configuration, CostAssumptions, Machine, Project, Site, Workload
from tests.cost.samples import LINES, Shelf, build_of, price


@pytest.fixture
def shelf():
    card = Accelerator(
        id="card", kind=PartKind.ACCELERATOR, manufacturer="Maker", name="Card", segment=Segment.CONSUMER
    )
    supply = Psu(id="psu", kind=PartKind.PSU, manufacturer="Maker", name="Supply")
    return Shelf(
        items={"card": card, "psu": supply},
        points={"card": (price("card", "10000"),), "psu": (price("psu", "2000"),)},
    )


@pytest.fixture
def project():
    return Project(
        configurations=(Configuration(machines=(Machine(lines=LINES),), workload=Workload(requests_per_day=1000)),),
        site=Site(pue=1.5, load_share=0.5, hours_per_day=24),
        cost=CostAssumptions(electricity_per_kwh=Money(Decimal("0.80"), "CNY")),
    )


@pytest.fixture
def build(shelf):
    return build_of(LINES, shelf)
