"""For every check a project that passes it and one that fails it; the tests walk the registry and want each here."""

from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from dsdesk.evaluate import Evaluation, evaluate
from dsdesk.hardware.parts import Part
from dsdesk.hardware.vocabulary import BoardForm, LinkKind, PcieLink, PowerConnector
from dsdesk.llm.precision import Engine
from dsdesk.project.project import (
    DriveUse,
    Line,
    Machine,
    ModelChoice,
    ParallelChoice,
    Pool,
    Project,
    Site,
    Workload,
)
from tests.fakes import catalog as fake
from tests.fakes.catalog import GIB, TB, FakeCatalog, desktop, line, project_with, rack_server
from tests.fakes.llms import dense_llm

MODEL = ModelChoice(llm_id="acme/dense-8b")
BIG = ModelChoice(llm_id="acme/dense-70b")


@dataclass(frozen=True, kw_only=True)
class Case:
    """A failing project, one that passes, and parts that the fake catalogue needs besides."""

    failing: Project
    passing: Project = field(default_factory=lambda: project_with(desktop()))
    parts: tuple[Part, ...] = ()

    def catalog(self) -> FakeCatalog:
        return fake_catalog().with_parts(*self.parts)


@cache
def fake_catalog() -> FakeCatalog:
    big = dense_llm(
        "acme/dense-70b", hidden_size=8192, intermediate_size=28672, num_hidden_layers=80, num_attention_heads=64
    )
    return FakeCatalog(llms=(dense_llm(), big))


def judged(project: Project, catalog: FakeCatalog) -> Evaluation:
    return evaluate(project, catalog)


def at(project: Project, **site: Any) -> Project:
    """The project at another site."""
    return replace(project, site=Site(**site))


def replace_engine(project: Project, engine: Engine = Engine.VLLM) -> Project:
    """The project with another engine."""
    return project.with_configuration(replace(project.configuration, engine=engine))


def with_model(machine: Machine, **changes: Any) -> Project:
    """A machine that serves the dense model with vLLM."""
    values: dict[str, Any] = {"model": MODEL, "precision": "bf16", "engine": Engine.VLLM, **changes}
    return project_with(machine, **values)


def pools(*given: Pool, **parts: Any) -> Project:
    return with_model(desktop(**parts), pools=given)


def cluster(count: int, *shared: Line, platform: str = "server-2u", **changes: Any) -> Project:
    """Servers with two cards each, and what they share."""
    server = replace(rack_server(platform=platform, **changes), count=count)
    return project_with(server, shared=shared)


LINKED = (line(50, "switch-25", 2), line(51, "dac-25", 8))
NETWORK = (
    fake.switch("switch-25", ports=((48, 25e9, "SFP28"),)),
    fake.switch("switch-tiny", ports=((2, 25e9, "SFP28"),)),
    fake.cable("dac-25", port_bit_s=25e9, connector="SFP28"),
)
PAIR = desktop(accelerator=("gpu-24", 2), psu="psu-1600")
NVLINKED = fake.gpu("gpu-nvl", link=LinkKind.NVLINK_BRIDGE, link_b_s=112.5e9, manufacturer="NVIDIA", slot_width=3.0)
FOUR = rack_server(accelerator=("gpu-80", 4), bridge=("bridge-80", 2))
WEIGHTS = Pool(use=DriveUse.WEIGHTS, line_no=5, drives=1)
DATA = Pool(use=DriveUse.DATA, line_no=5, drives=4, layout="raidz2")
SLOW = fake.psu("psu-atx2", atx_version="2.5", rated_w=850.0)

CASES: dict[str, Case] = {
    "parts.E001": Case(failing=project_with(desktop(skip=("psu",)))),
    "parts.E002": Case(failing=project_with(desktop(fan="gone-for-good"))),
    "model.E001": Case(failing=with_model(desktop(), model=BIG), passing=with_model(desktop())),
    "model.E002": Case(failing=with_model(desktop(skip=("accelerator",))), passing=with_model(desktop())),
    "model.E003": Case(
        failing=with_model(desktop(), workload=Workload(context_tokens=200_000, sequences=1), precision="int4"),
        passing=with_model(desktop()),
    ),
    "model.W004": Case(failing=with_model(desktop(), workload=Workload(input_tokens=8000, output_tokens=500))),
    "model.E005": Case(
        failing=with_model(desktop(accelerator=("gpu-24", 3), psu="psu-1600"), parallel=ParallelChoice(tp=3)),
        passing=with_model(PAIR),
    ),
    "model.E006": Case(
        failing=with_model(PAIR, parallel=ParallelChoice(tp=1, pp=1, dp=1), engine=Engine.VLLM),
        passing=with_model(PAIR),
    ),
    "model.E007": Case(
        failing=with_model(desktop(), model=BIG, precision="q8_0", engine=Engine.LLAMA_CPP),
        passing=with_model(desktop()),
    ),
    "model.W008": Case(
        failing=with_model(desktop(accelerator="gpu-mystery")),
        passing=with_model(desktop()),
        parts=(fake.gpu("gpu-mystery", bandwidth_b_s=None, fp16_flops=None, bf16_flops=None),),
    ),
    "model.E011": Case(
        failing=with_model(desktop(), workload=Workload(decode_tok_s_min=100_000.0)), passing=with_model(desktop())
    ),
    "model.E012": Case(
        failing=with_model(desktop(), workload=Workload(ttft_s_max=1e-6)), passing=with_model(desktop())
    ),
    "model.E013": Case(
        failing=with_model(desktop(), workload=Workload(requests_per_day=10**9)), passing=with_model(desktop())
    ),
    "software.E001": Case(
        failing=with_model(desktop(), precision="q4_k_m"), passing=with_model(desktop(), precision="bf16")
    ),
    "software.W002": Case(
        failing=with_model(desktop(nic=("gpu-48", 1), psu="psu-1600", board="board-am5-big")), passing=with_model(PAIR)
    ),
    "fit.E001": Case(failing=project_with(desktop(cpu="cpu-lga"))),
    "fit.E002": Case(failing=project_with(desktop(cpu=("cpu-16", 2)))),
    "fit.E003": Case(
        failing=project_with(desktop(case="case-mini")),
        parts=(fake.case("case-mini", boards=(BoardForm.MINI_ITX,)),),
    ),
    "fit.E004": Case(
        failing=project_with(desktop(case="case-short")), parts=(fake.case("case-short", gpu_length_mm=250.0),)
    ),
    "fit.E005": Case(
        failing=project_with(desktop(psu="psu-2500", case="case-shallow")),
        parts=(fake.case("case-shallow", psu_length_mm=160.0),),
    ),
    "fit.E007": Case(failing=project_with(desktop(psu=("psu-1000", 2)))),
    "fit.N008": Case(failing=project_with(desktop(cpu="cpu-new")), parts=(fake.cpu("cpu-new", name="Ryzen 9 9950X"),)),
    "fit.E011": Case(
        failing=project_with(desktop(accelerator="module-80", psu="psu-2500", case="case-big")),
        passing=project_with(Machine(lines=(line(1, "hgx-8"),))),
    ),
    "fit.E012": Case(failing=project_with(rack_server(accelerator=("gpu-80", 5))), passing=project_with(rack_server())),
    "fit.E013": Case(failing=project_with(rack_server(platform="server-lp")), passing=project_with(rack_server())),
    "fit.E014": Case(
        failing=project_with(rack_server(platform="server-350", accelerator=("gpu-141", 2))),
        passing=project_with(rack_server()),
        parts=(fake.server("server-350", gpu_power_w_max=350.0),),
    ),
    "fit.E015": Case(failing=project_with(desktop(second="board-trx"))),
    "pcie.E001": Case(failing=project_with(desktop(accelerator=("gpu-24", 4), psu="psu-2500"))),
    "pcie.W002": Case(
        failing=project_with(desktop(board="board-mapless")), parts=(fake.board("board-mapless", slots=()),)
    ),
    "pcie.W003": Case(failing=project_with(PAIR)),
    "pcie.W004": Case(failing=project_with(PAIR)),
    "pcie.W005": Case(
        failing=project_with(desktop(riser="riser-3")),
        passing=project_with(desktop(riser="riser-5")),
        parts=(fake.riser("riser-3", link=PcieLink(3, 16)),),
    ),
    "pcie.W006": Case(
        failing=project_with(
            Machine(lines=(line(20, "gpu-24", slot="PCIEX16_9"), *desktop(skip=("accelerator",)).lines))
        )
    ),
    "fit.E021": Case(failing=project_with(desktop(drive=("ssd-2t", 5)))),
    "fit.E022": Case(
        failing=project_with(desktop(drive=("disk-20t", 3), case="case-few")),
        parts=(fake.case("case-few", bays_3_5=1),),
    ),
    "memory.E001": Case(failing=project_with(desktop(memory="rdimm-64"))),
    "memory.E002": Case(failing=project_with(desktop(memory=("memory-2x16", 3)))),
    "memory.E003": Case(
        failing=project_with(desktop(memory="memory-2x128")),
        parts=(fake.memory("memory-2x128", module_bytes=128 * GIB),),
    ),
    "memory.W004": Case(failing=project_with(rack_server(memory=("rdimm-64", 7))), passing=project_with(rack_server())),
    "memory.W005": Case(failing=project_with(desktop(more="memory-2x16"))),
    "memory.N006": Case(failing=project_with(desktop(memory=("memory-2x32", 2))), passing=project_with(desktop())),
    "links.E001": Case(failing=project_with(desktop(accelerator=("gpu-24", 2), psu="psu-1600", bridge="bridge-80"))),
    "links.E002": Case(
        failing=project_with(rack_server(bridge="bridge-old")),
        passing=project_with(rack_server(bridge="bridge-80")),
        parts=(fake.bridge("bridge-old", fits=("gpu-ancient",)), fake.bridge(spacing_slots=6)),
    ),
    "links.N003": Case(failing=with_model(PAIR), passing=with_model(desktop())),
    "links.N004": Case(
        failing=with_model(desktop(accelerator=("gpu-nvl", 2), psu="psu-1600"), parallel=ParallelChoice(tp=2)),
        passing=with_model(PAIR),
        parts=(NVLINKED, fake.bridge("bridge-nvl", fits=("gpu-nvl",), spacing_slots=3)),
    ),
    "links.W005": Case(
        failing=with_model(FOUR, parallel=ParallelChoice(tp=4)),
        passing=with_model(rack_server(bridge="bridge-80"), parallel=ParallelChoice(tp=2)),
    ),
    "fit.E023": Case(
        failing=project_with(desktop(board="board-wrx", cpu="cpu-tr")),
        passing=project_with(desktop(board="board-wrx", cpu="cpu-pro")),
        parts=(
            fake.workstation_board("board-wrx", socket="sTR5", chipset="WRX90"),
            fake.cpu("cpu-tr", socket="sTR5", name="Ryzen Threadripper 9960X"),
            fake.cpu("cpu-pro", socket="sTR5", name="Ryzen Threadripper PRO 9965WX"),
        ),
    ),
    "software.W004": Case(
        failing=replace_engine(project_with(desktop(accelerator="gpu-old"))),
        passing=project_with(desktop(accelerator="gpu-old")),
        parts=(fake.gpu("gpu-old", compute_id="gfx1030", manufacturer="AMD"),),
    ),
    "power.E001": Case(
        failing=project_with(desktop(psu="psu-550")),
        parts=(fake.psu("psu-550", rated_w=550.0),),
    ),
    "power.W002": Case(failing=project_with(desktop(psu="psu-770")), parts=(fake.psu("psu-770", rated_w=770.0),)),
    "power.E003": Case(
        failing=at(project_with(Machine(lines=(line(1, "hgx-8"),))), country="US", mains_v=120.0, circuits=99),
        passing=at(project_with(Machine(lines=(line(1, "hgx-8"),))), circuits=99),
    ),
    "power.N004": Case(failing=project_with(rack_server())),
    "power.N005": Case(failing=project_with(desktop()), passing=project_with(desktop(skip=("psu",)))),
    "power.N006": Case(
        failing=project_with(desktop(board="board-silent")), parts=(fake.board("board-silent", power_w=None),)
    ),
    "power.E011": Case(
        failing=project_with(desktop(psu="psu-plugless")),
        parts=(fake.psu("psu-plugless", connectors=((PowerConnector.EPS_8, 2),)),),
    ),
    "power.E012": Case(
        failing=project_with(desktop(psu="psu-no-eps")),
        parts=(fake.psu("psu-no-eps", connectors=((PowerConnector.PCIE_16, 2),)),),
    ),
    "power.W013": Case(
        failing=project_with(desktop(accelerator="gpu-thirsty", psu="psu-1600")),
        parts=(fake.gpu("gpu-thirsty", board_power_w=450.0, connectors=((PowerConnector.PCIE_8, 2),)),),
    ),
    "cooling.E001": Case(
        failing=project_with(desktop(cooler="cooler-tr")), parts=(fake.cooler("cooler-tr", sockets=("sTR5",)),)
    ),
    "cooling.E002": Case(
        failing=project_with(desktop(cooler="cooler-tall")), parts=(fake.cooler("cooler-tall", height_mm=175.0),)
    ),
    "cooling.E003": Case(
        failing=project_with(desktop(cooler="cooler-420")),
        passing=project_with(desktop(cooler="cooler-loop")),
        parts=(fake.cooler("cooler-420", height_mm=None, radiator_mm=420, capacity_w=400.0),),
    ),
    "cooling.E004": Case(
        failing=project_with(desktop(cooler="cooler-weak")), parts=(fake.cooler("cooler-weak", capacity_w=150.0),)
    ),
    "cooling.E011": Case(failing=project_with(desktop(accelerator="gpu-80")), passing=project_with(rack_server())),
    "cooling.W012": Case(
        failing=project_with(desktop(accelerator=("gpu-thick", 2), psu="psu-1600")),
        parts=(fake.gpu("gpu-thick", slot_width=3.0),),
    ),
    "cooling.N013": Case(failing=project_with(desktop()), passing=project_with(Machine())),
    "cooling.E014": Case(
        failing=at(project_with(rack_server()), ambient_c=38.0), passing=at(project_with(rack_server()), ambient_c=25.0)
    ),
    "cooling.W015": Case(
        failing=project_with(rack_server(platform="server-wet")),
        passing=project_with(rack_server()),
        parts=(fake.server("server-wet", liquid_cooled=True),),
    ),
    "storage.E001": Case(
        failing=with_model(desktop(drive="ssd-tiny")),
        passing=with_model(desktop()),
        parts=(fake.drive("ssd-tiny", capacity_bytes=TB // 100),),
    ),
    "storage.W002": Case(
        failing=pools(WEIGHTS, drive="ssd-slow"),
        parts=(fake.drive("ssd-slow", seq_read_b_s=3.5e9),),
    ),
    "storage.W003": Case(
        failing=pools(replace(DATA, layout="raid0", drives=4), drive=("disk-20t", 4)),
        passing=pools(DATA, drive=("disk-20t", 4)),
    ),
    "storage.E004": Case(
        failing=pools(replace(DATA, layout="raid5", drives=2), drive=("disk-20t", 2)),
        passing=pools(DATA, drive=("disk-20t", 4)),
    ),
    "storage.E005": Case(
        failing=pools(replace(DATA, drives=6), drive=("disk-20t", 4), case="case-big", board="board-sata"),
        passing=pools(DATA, drive=("disk-20t", 4)),
        parts=(fake.board("board-sata", sata_ports=8),),
    ),
    "storage.W006": Case(
        failing=pools(replace(DATA, layout="raid5"), drive=("disk-20t", 4)),
        passing=pools(DATA, drive=("disk-20t", 4)),
    ),
    "storage.N007": Case(failing=with_model(desktop()), passing=pools(WEIGHTS)),
    "network.E001": Case(
        failing=cluster(4, platform="server-deaf"),
        passing=cluster(4, *LINKED),
        parts=(*NETWORK, fake.server("server-deaf", network="", network_ports=())),
    ),
    "network.E002": Case(failing=cluster(4, line(50, "switch-tiny")), passing=cluster(4, *LINKED), parts=NETWORK),
    "network.W003": Case(
        failing=cluster(4, line(50, "switch-25"), line(51, "dac-25", 8)), passing=cluster(4, *LINKED), parts=NETWORK
    ),
    "network.W004": Case(failing=cluster(4, line(50, "switch-25", 2)), passing=cluster(4, *LINKED), parts=NETWORK),
    "site.E001": Case(failing=at(project_with(PAIR), country="US", mains_v=120.0, circuit_a=10.0)),
    "site.E002": Case(failing=at(project_with(PAIR), country="US", mains_v=120.0, circuit_a=10.0, circuits=3)),
    "site.W003": Case(
        failing=at(project_with(desktop()), cooling_w=400.0), passing=at(project_with(desktop()), cooling_w=4000.0)
    ),
    "site.W004": Case(failing=at(project_with(desktop()), altitude_m=4000.0)),
    "site.E005": Case(
        failing=cluster(30, *LINKED, line(52, "rack-42")),
        passing=cluster(4, *LINKED, line(52, "rack-42")),
        parts=NETWORK,
    ),
    "site.E006": Case(
        failing=cluster(4, *LINKED, line(52, "ups-3k")), passing=cluster(4, *LINKED, line(52, "pdu-22k")), parts=NETWORK
    ),
    "site.W007": Case(
        failing=cluster(1, line(52, "ups-short")),
        passing=cluster(1, line(52, "ups-long")),
        parts=(
            fake.ups("ups-short", rated_w=9e3, runtime=((500.0, 600.0), (1e3, 240.0), (9e3, 30.0))),
            fake.ups("ups-long", rated_w=9e3, runtime=((1e3, 3600.0), (9e3, 900.0))),
        ),
    ),
    "site.W008": Case(
        failing=cluster(4, line(52, "pdu-thin")),
        passing=cluster(4, line(52, "pdu-22k")),
        parts=(fake.pdu("pdu-thin", rated_w=4000.0),),
    ),
    "site.N009": Case(failing=project_with(desktop()), passing=project_with(Machine())),
    "network.W005": Case(
        failing=cluster(4, *LINKED, line(52, "rack-42", 2)),
        passing=cluster(4, line(50, "switch-25", 2), line(51, "fibre-25", 8), line(52, "rack-42", 2)),
        parts=(*NETWORK, fake.cable("fibre-25", port_bit_s=25e9, connector="SFP28", reach_m=50.0)),
    ),
    "network.N006": Case(
        failing=cluster(4, line(50, "switch-100")),
        passing=cluster(4, *LINKED),
        parts=(*NETWORK, fake.switch("switch-100", ports=((32, 100e9, "QSFP28"),))),
    ),
    "software.N003": Case(failing=project_with(desktop()), passing=project_with(desktop(skip=("accelerator",)))),
    "fit.N009": Case(
        failing=project_with(desktop(accelerator="gpu-high")),
        passing=project_with(desktop(accelerator="gpu-low")),
        parts=(fake.gpu("gpu-high", height_mm=140.0), fake.gpu("gpu-low", height_mm=112.0)),
    ),
    "power.N014": Case(
        failing=project_with(desktop(accelerator="gpu-eights")),
        parts=(fake.gpu("gpu-eights", connectors=((PowerConnector.PCIE_8, 3),)),),
    ),
    "trade.W001": Case(
        failing=project_with(desktop(accelerator="gpu-old")), parts=(fake.gpu("gpu-old", discontinued=True),)
    ),
    "trade.N002": Case(
        failing=project_with(desktop(accelerator="gpu-fast")), parts=(fake.gpu("gpu-fast", fp8_flops=1000e12),)
    ),
    "trade.N003": Case(
        failing=project_with(desktop(accelerator="gpu-doubt")),
        parts=(fake.gpu("gpu-doubt", unverified=("length_mm",)),),
    ),
}

# Facts that are not published: the check must say that it cannot judge, and never pass.
UNPUBLISHED: dict[str, Case] = {
    "fit.E003": Case(failing=project_with(desktop(board="odd")), parts=(fake.board("odd", form=None),)),
    "fit.E004": Case(failing=project_with(desktop(accelerator="odd")), parts=(fake.gpu("odd", length_mm=None),)),
    "fit.E005": Case(failing=project_with(desktop(psu="odd")), parts=(fake.psu("odd", length_mm=None),)),
    "fit.E021": Case(failing=project_with(desktop(board="odd")), parts=(fake.board("odd", m2_slots=None),)),
    "fit.E013": Case(
        failing=project_with(rack_server(platform="server-lp", accelerator="odd")),
        parts=(fake.server_gpu("odd", low_profile=None),),
    ),
    "fit.E014": Case(
        failing=project_with(rack_server(platform="odd")), parts=(fake.server("odd", gpu_power_w_max=None),)
    ),
    "memory.E001": Case(
        failing=project_with(rack_server(platform="odd", skip=("cpu",))),
        parts=(fake.server("odd", memory_types=()),),
    ),
    "memory.E002": Case(failing=project_with(desktop(board="odd")), parts=(fake.board("odd", memory_slots=None),)),
    "links.E001": Case(
        failing=project_with(desktop(accelerator=("odd", 2), bridge="bridge-80", psu="psu-1600")),
        parts=(fake.gpu("odd", link=None),),
    ),
    "power.E001": Case(failing=project_with(desktop(accelerator="odd")), parts=(fake.gpu("odd", board_power_w=None),)),
    "power.E011": Case(failing=project_with(desktop(psu="odd")), parts=(fake.psu("odd", connectors=None),)),
    "power.E012": Case(failing=project_with(desktop(board="odd")), parts=(fake.board("odd", eps_connectors=None),)),
    "power.N005": Case(failing=project_with(desktop(psu="odd")), parts=(fake.psu("odd", efficiency=None),)),
    "cooling.E002": Case(failing=project_with(desktop(cooler="odd")), parts=(fake.cooler("odd", height_mm=None),)),
    "cooling.E003": Case(
        failing=project_with(desktop(cooler="cooler-loop", case="odd")), parts=(fake.case("odd", radiators=None),)
    ),
    "cooling.E004": Case(failing=project_with(desktop(cpu="odd")), parts=(fake.cpu("odd", max_power_w=None),)),
    "cooling.E011": Case(failing=project_with(desktop(accelerator="odd")), parts=(fake.gpu("odd", cooling=None),)),
    "cooling.E014": Case(
        failing=project_with(rack_server(platform="odd")), parts=(fake.server("odd", inlet_max_c=None),)
    ),
    "model.E001": Case(failing=with_model(desktop(accelerator="odd")), parts=(fake.gpu("odd", memory_bytes=None),)),
    "software.E001": Case(
        failing=with_model(desktop(accelerator="odd")),
        parts=(fake.gpu("odd", compute_id="npu-1", manufacturer="Acme"),),
    ),
    "site.W003": Case(failing=project_with(desktop())),
    "site.W007": Case(failing=cluster(1, line(52, "ups-3k"))),
    "site.W008": Case(
        failing=cluster(1, line(52, "pdu-22k"), platform="odd"), parts=(fake.server("odd", psu_efficiency=None),)
    ),
    "software.N003": Case(
        failing=project_with(desktop(accelerator="odd")),
        parts=(fake.gpu("odd", compute_id="gfx942", manufacturer="AMD"),),
    ),
    "fit.N009": Case(failing=project_with(desktop())),
    "site.E001": Case(failing=project_with(desktop(psu="odd")), parts=(fake.psu("odd", efficiency=None),)),
    "pcie.W002": Case(failing=project_with(desktop(accelerator="odd")), parts=(fake.gpu("odd", slot_width=None),)),
}
