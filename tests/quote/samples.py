"""Evaluations made by hand, so that the quote is tested without the rooms that compute them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from dsdesk.base.message import Message
from dsdesk.base.money import Money
from dsdesk.base.source import Why
from dsdesk.base.units import Estimate
from dsdesk.build.machine import Build, PlacedPart, PowerBudget, ResolvedMachine, Seat
from dsdesk.checks.finding import Finding, Severity
from dsdesk.cost.report import cost_report
from dsdesk.evaluate import Evaluation
from dsdesk.hardware.parts import Part
from dsdesk.hardware.prices import Condition, Price, Seller
from dsdesk.hardware.vocabulary import LinkKind, PcieLink
from dsdesk.project.project import Company, Configuration, Line, Machine, Project, QuoteTerms
from dsdesk.sizing.results import DeviceMemory, Forecast, HostSpeed, Interconnect, Limit, MemoryNeed, ParallelPlan
from tests.fakes.catalog import FakeCatalog, board, case, cooler, cpu, drive, gpu, memory, psu

GIB = 1024**3

BUYER = Company(
    name="北京示例科技有限公司",
    address="北京市海淀区中关村大街1号",
    tax_id="91110108MA00000000",
    bank="示例银行 0000 1111 2222",
    contact="王芳",
    phone="+86 10 0000 0000",
    email="buyer@example.com",
)

TERMS = QuoteTerms(
    number="RFQ-2026-001",
    revision=2,
    issued_on="2026-11-24",
    answer_by="2026-12-08 17:00 +08:00",
    buyer=BUYER,
    delivery_address="北京市海淀区中关村大街1号 3层",
    named_place="Beijing",
    payment_terms="30 % 预付,60 % 到货,10 % 质保金",
    lead_time_days=30,
    trade_in="2 × RTX 3090",
)


def market_price(part_id, amount, currency="CNY"):
    return Price(
        part_id=part_id,
        money=Money(Decimal(amount), currency),
        condition=Condition.NEW,
        seller=Seller.RETAIL,
        on=date(2026, 11, 1),
        source="test",
    )


PARTS = (
    gpu("card", manufacturer="NVIDIA", name="GeForce RTX 4090", mpn="900-1G136-2530-000"),
    cpu("cpu", manufacturer="AMD", name="Ryzen 9 7950X", mpn="100-100000514WOF"),
    board("board", manufacturer="ASUS", name="ProArt X670E-CREATOR WIFI"),
    memory("ram", manufacturer="Kingston", name="FURY Beast 2x32GB DDR5-6000", mpn="KF560C40BBK2-64"),
    drive("ssd", manufacturer="Samsung", name="990 PRO 2TB", mpn="MZ-V9P2T0BW"),
    psu("psu", manufacturer="Seasonic", name="PRIME TX-1600"),
    cooler("cooler", manufacturer="Noctua", name="NH-D15"),
    case("case", manufacturer="Fractal Design", name="Define 7 XL"),
)
PRICES = (
    market_price("card", "15999"),
    market_price("cpu", "3499"),
    market_price("board", "3299"),
    market_price("ram", "1899"),
    market_price("ssd", "1299.50"),
    market_price("psu", "3199"),
)
LINES = (
    Line(no=1, part_id="card", quantity=2),
    Line(no=2, part_id="cpu"),
    Line(no=3, part_id="board"),
    Line(no=4, part_id="ram"),
    Line(no=5, part_id="ssd"),
    Line(no=6, part_id="psu", equivalent_allowed=False),
    Line(no=7, part_id="cooler"),
    Line(no=8, part_id="case"),
)


def spread(value):
    return Estimate(value, 0.8 * value, 1.25 * value)


FORECAST = Forecast(
    prefill_tok_s=spread(5200.0),
    decode_tok_s_per_user=spread(54.3),
    decode_tok_s_total=spread(54.3),
    output_tok_s_total=spread(51.0),
    ttft_ms=spread(210.0),
    tpot_ms=spread(18.4),
    requests_s=spread(0.1),
    gpu_power_w=None,
    limited_by=Limit.MEMORY_BANDWIDTH,
    fits=True,
    distance="near",
    why=Why(Message("speed"), "", ""),
)
DEVICE = {"weights_bytes": 8 * GIB, "kv_cache_bytes": GIB, "activation_bytes": GIB // 2, "runtime_bytes": GIB // 2}
NEED = MemoryNeed(
    parameters=7_615_616_512,
    active_parameters=7_615_616_512,
    weights_bytes=16 * GIB,
    kv_cache_bytes=2 * GIB,
    kv_cache_bytes_per_token=57344,
    activation_bytes=GIB,
    runtime_bytes=GIB,
    devices=tuple(DeviceMemory(device=index, **DEVICE) for index in range(2)),
)
POWER = PowerBudget(
    by_kind=(("accelerator", 900.0), ("cpu", 230.0), ("board", 40.0), ("memory", 10.0)),
    sustained_w=1180.0,
    known_w=1180.0,
    peak_w=1900.0,
    supply_w=1600.0,
    supplies=1,
    redundant=0,
    efficiency=0.92,
    wall_w=1282.0,
    heat_btu_h=4374.0,
    assumed=(),
)
FINDINGS = (
    Finding(
        code="memory.W001",
        severity=Severity.WARNING,
        message=Message("Only {filled} of {channels} memory channels are filled.", filled=2, channels=4),
        subject=(4,),
    ),
)


def catalog(parts=PARTS, prices=PRICES):
    return FakeCatalog(parts, prices=prices)


def evaluation(lines=LINES, shelf=None, *, terms=TERMS, count=1, **changes):
    """An evaluation of one machine of these lines."""
    shelf = shelf or catalog()
    machine = Machine(name="工作站", count=count, lines=tuple(lines))
    project = Project(name="研发推理工作站", configurations=(Configuration(machines=(machine,)),), quote=terms)
    project = replace(project, **changes.pop("project", {}))
    node = ResolvedMachine(
        machine=machine,
        parts=tuple(PlacedPart(line, shelf.part(line.part_id)) for line in lines),
        seats=(
            Seat(line_no=1, index=0, slot="PCIEX16_1", position=1, link=PcieLink(4, 8)),
            Seat(line_no=1, index=1, slot="PCIEX16_2", position=4, link=PcieLink(4, 8)),
        ),
        power=POWER,
        interconnect=Interconnect(kind=LinkKind.PCIE, peer_to_peer=False),
        host=HostSpeed(),
    )
    build = Build(machines=(node,), shared=())
    found = Evaluation(
        project=project,
        catalog_version=shelf.version,
        llm=None,
        build=build,
        accelerator=shelf.part("card"),
        accelerators=2,
        other_accelerators=(),
        plan=ParallelPlan(pp=2),
        need=NEED,
        memory_bytes_available=48 * GIB,
        rule_of_thumb_bytes=None,
        fits=True,
        offload_layers=0,
        forecast=FORECAST,
        pools=(),
        findings=FINDINGS,
        cost=cost_report(project, build, None, shelf),
        next_model=None,
    )
    return replace(found, **changes)


def long_project(count):
    """A shelf and as many lines, with names and part numbers that are too long for any column."""
    base = [part for part in PARTS if part.id != "card"]
    parts: list[Part] = [PARTS[0]]
    lines, prices = [Line(no=1, part_id="card", quantity=2)], []
    for no in range(2, count + 1):
        model = base[no % len(base)]
        name = (
            f"{model.name} 超长名称工作站级低噪声可扩展模块化企业版 "
            f"Ultra-Extended-Enterprise_Edition/{'X' * 30}{no} with a very long marketing name"
        )
        part = replace(model, id=f"p{no}", name=name, mpn=f"{'ABCDEFGH-' * 8}{no:04d}")
        parts.append(part)
        prices.append(market_price(part.id, f"{10_000 + no}.{no % 100:02d}"))
        lines.append(Line(no=no, part_id=part.id, quantity=no))
    return catalog(parts, (*PRICES, *prices)), tuple(lines)
