"""A Project is everything the user chose and nothing that follows from it. It is frozen; an edit makes another.

All prices, speeds and findings follow from it in `dsdesk.evaluate` and are never stored.
"""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from dsdesk.base.money import ExchangeRate, Money
from dsdesk.llm.precision import Engine
from dsdesk.project.assumptions import ASSUMED, Assumptions
from dsdesk.project.offers import Award, ReceivedOffer

FORMAT_VERSION = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChoice:
    """Which language model.

    Attributes:
        llm_id: library id, or "" when nothing is chosen yet.
        path: the user's own config.json, folder, .gguf or safetensors index; "" for library models.
        config_json: text of the user's config, or what was read from the headers of their weight files
            (`dsdesk.llm.description`), kept so that the project opens without the file; "" for library models.
    """

    llm_id: str = ""
    path: str = ""
    config_json: str = ""


INPUT_CV, OUTPUT_CV = 1.0, 0.7
"""Standard deviation of prompt and answer lengths over their mean where the user says nothing else.

Lognormal through the median and the 95th percentile of the GPT-4 conversations of BurstGPT: 582 and 2,345 tokens in,
243 and 669 out, as others quote the table of traces of Sun et al., "Llumnix", OSDI 2024. Data: Wang et al., "BurstGPT",
arXiv 2401.17644.
"""


class UseCase(StrEnum):
    """Typical traffic; each brings its own token counts (editable)."""

    CHAT = "chat"
    RAG = "rag"
    AGENTS = "agents"
    BATCH = "batch"
    FINETUNE = "finetune"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """What the machine shall serve.

    Attributes:
        use_case: where the defaults came from.
        sequences: requests in flight at once (concurrent sessions that are generating).
        input_tokens: prompt length, mean.
        output_tokens: answer length, mean.
        context_tokens: longest context one sequence may reach; memory is reserved for it.
        requests_per_day: load over a day, None when not known.
        decode_tok_s_min: speed wanted by each user while an answer is written.
        ttft_s_max: longest wait for the first token.
        kept_share: share of requests that shall have the speed and the wait that are wanted.
        think_s: mean pause of a user between an answer and the next request; 0 = they ask again at once.
        input_cv: standard deviation of prompt lengths over their mean; 0 = all alike.
        output_cv: the same of answers.
        shared_tokens: beginning of the prompt that all requests have in common, such as a system prompt.
        finetune_method: "full", "lora", "qlora" for FINETUNE.
        finetune_recompute: activation checkpointing on.
        finetune_optimiser: "adamw", "adamw_8bit", "adafactor".
        finetune_sharding: "none", "zero1", "zero2", "zero3" (the same as FSDP's full shard), over all accelerators.
        finetune_batch: examples on one accelerator in one step.
        finetune_rank: of the low-rank adapters.
    """

    use_case: UseCase = UseCase.CHAT
    sequences: int = 1
    input_tokens: int = 1024
    output_tokens: int = 512
    context_tokens: int = 8192
    requests_per_day: int | None = None
    decode_tok_s_min: float | None = None
    ttft_s_max: float | None = None
    kept_share: float = 0.95
    think_s: float = 0.0
    input_cv: float = INPUT_CV
    output_cv: float = OUTPUT_CV
    shared_tokens: int = 0
    finetune_method: str = "qlora"
    finetune_recompute: bool = True
    finetune_optimiser: str = "adamw"
    finetune_sharding: str = "zero3"
    finetune_batch: int = 1
    finetune_rank: int = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a machine.

    Attributes:
        no: line number, never reused in a project.
        part_id: catalogue id, or "user:..." for an own part.
        quantity: pieces in one machine.
        owned: already there, costs nothing.
        unit_price: price typed by the user, None = from the price list.
        slot: label of the board or platform slot it is put in, "" = placed automatically.
        power_limit_w: board power limit set by the user for accelerators, None = as rated.
        equivalent_allowed: a supplier may offer an equivalent.
    """

    no: int
    part_id: str
    quantity: int = 1
    owned: bool = False
    unit_price: Money | None = None
    slot: str = ""
    power_limit_w: float | None = None
    equivalent_allowed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A node, bought `count` times."""

    name: str = "machine"
    count: int = 1
    lines: tuple[Line, ...] = ()


class DriveUse(StrEnum):
    """The storage tiers of the plan."""

    SYSTEM = "system"
    WEIGHTS = "weights"
    DATA = "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Drives joined to one volume.

    Attributes:
        use: what lies on it.
        line_no: the line of the drives.
        drives: how many of the line's drives.
        layout: "single", "raid0", "raid1", "raid10", "raid5", "raid6", "raidz1", "raidz2", "raidz3", "mirror".
    """

    use: DriveUse
    line_no: int
    drives: int
    layout: str = "single"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParallelChoice:
    """Parallel sizes fixed by the user; None = chosen by dsdesk."""

    tp: int | None = None
    pp: int | None = None
    ep: int | None = None
    dp: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Speculation:
    """Speculative decoding, as with the multi-token-prediction modules of DeepSeek.

    Attributes:
        draft_tokens: proposed before each pass.
        acceptance: share of drafts that are accepted where those before them were; an assumption about the traffic.
    """

    draft_tokens: int
    acceptance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """One answer to the user's question; a project may hold several to compare.

    Attributes:
        name: shown in Compare.
        model: which language model.
        precision: key of the weight precision.
        kv_precision: key of the KV cache precision ("f16", "fp8", "q8_0").
        engine: which inference engine.
        workload: what it shall serve.
        parallel: parallel sizes.
        machines: the nodes.
        shared: parts of the whole (switches, cables, racks, PDU, UPS).
        pools: storage plan.
        headroom: share of memory and power kept free for the next model (G21).
        offload_layers: transformer layers kept in host memory, None = as many as must.
        speculation: drafts and how many of them are accepted, None = without.
    """

    name: str = "A"
    model: ModelChoice = field(default_factory=ModelChoice)
    precision: str = "bf16"
    kv_precision: str = "f16"
    engine: Engine = Engine.LLAMA_CPP
    workload: Workload = field(default_factory=Workload)
    parallel: ParallelChoice = field(default_factory=ParallelChoice)
    machines: tuple[Machine, ...] = (Machine(),)
    shared: tuple[Line, ...] = ()
    pools: tuple[Pool, ...] = ()
    headroom: float = 0.20
    offload_layers: int | None = None
    speculation: Speculation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where the machine stands. Editable assumptions, with defaults for a Chinese office.

    Attributes:
        country: ISO 3166 code; decides plugs and the continuous-load rule.
        mains_v: nominal voltage.
        circuit_a: breaker of the circuit.
        circuits: independent circuits that may be used.
        continuous_share: share of the breaker that may be drawn all day.
        ambient_c: inlet air.
        altitude_m: of the site.
        cooling_w: heat that the room's air conditioning can carry, None = not known.
        pue: facility power over IT power.
        hours_per_day: of operation.
        load_share: mean share of full load while it runs.
        assumed: what is taken where no document says otherwise.
    """

    country: str = "CN"
    mains_v: float = 220.0
    circuit_a: float = 16.0
    circuits: int = 1
    continuous_share: float = 0.8
    ambient_c: float = 25.0
    altitude_m: float = 0.0
    cooling_w: float | None = None
    pue: float = 1.3
    hours_per_day: float = 24.0
    load_share: float = 0.5
    assumed: Assumptions = ASSUMED


@dataclass(frozen=True, slots=True, kw_only=True)
class CostAssumptions:
    """What the cost page assumes; every field can be edited there.

    Attributes:
        currency: of totals.
        rates: dated exchange rates.
        condition: "new" or "used" price list first.
        tax_rate: VAT on the purchase.
        electricity_per_kwh: None = not known.
        years: of use.
        residual_share_consumer: worth of consumer cards after two years (the guide says 0.45).
        residual_share_enterprise: worth of enterprise cards after two years; None = not known.
        season_discount: what waiting for Q2-Q3 is said to save (the guide says 0.15 to 0.20).
        maintenance_share: yearly upkeep as a share of the price.
        api_input_per_mtok: price of a hosted API for a million input tokens, None = not known.
        api_output_per_mtok: the same for output.
        budget: what may be spent on the parts, tax included; None = not said.
    """

    currency: str = "CNY"
    rates: tuple[ExchangeRate, ...] = ()
    condition: str = "new"
    tax_rate: Decimal = Decimal("0.13")
    electricity_per_kwh: Money | None = None
    years: int = 3
    residual_share_consumer: float | None = 0.45
    residual_share_enterprise: float | None = None
    season_discount: float = 0.0
    maintenance_share: float = 0.0
    api_input_per_mtok: Money | None = None
    api_output_per_mtok: Money | None = None
    budget: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A party of the quote."""

    name: str = ""
    address: str = ""
    tax_id: str = ""
    bank: str = ""
    contact: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteTerms:
    """What the request for quotation says beside the parts.

    Dates are ISO texts, "" = left open; `answer_by` may hold a time with its zone. `prices` is "blank" for an RFQ or
    "estimate" for the budget. `services` are keys of `dsdesk.quote.services.SERVICES` or the user's own words; empty =
    the usual ones, "none" alone = none at all. Other texts are printed as they are; where one is empty the document
    asks the supplier or leaves a line to write on.

    Attributes:
        options: what is priced apart and in no total, in the user's own words.
        paper: "A4" or "Letter".
        send_to: where offers go, "" = the buyer's e-mail.
        invoice: kind of invoice wanted.
        site_access: floor, lift, door, unloading.
        end_user: who will use it and where, for export control.
        end_use: what for.
        spares: spare parts wanted.
        partial_delivery: whether lines may come one by one, None = supplier proposes.
        partial_award: whether lots may go to different suppliers.
        award_basis: how offers are compared.
        logo: the buyer's, a PNG or JPEG picture as Base64, "" = none.
        computes: whether the form computes amounts and totals by a script, which some mail gateways refuse.
    """

    number: str = ""
    revision: int = 1
    issued_on: str = ""
    answer_by: str = ""
    valid_days: int | None = 30
    buyer: Company = field(default_factory=Company)
    supplier: Company = field(default_factory=Company)
    delivery_address: str = ""
    incoterm: str = "DAP"
    named_place: str = ""
    payment_terms: str = ""
    lead_time_days: int | None = None
    warranty_months: int = 36
    warranty_on_site: bool = True
    trade_in: str = ""
    services: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    notes: str = ""
    prices: str = "blank"
    language: str = "zh_CN"
    paper: str = "A4"
    send_to: str = ""
    invoice: str = ""
    site_access: str = ""
    end_user: str = ""
    end_use: str = ""
    spares: str = ""
    partial_delivery: bool | None = None
    partial_award: bool = True
    award_basis: str = ""
    logo: str = ""
    computes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """The document.

    Attributes:
        name: title.
        configurations: at least one.
        active: index of the one that is shown.
        site: where it stands.
        cost: cost assumptions.
        quote: terms.
        notes: the user's own.
        offers: what suppliers returned.
        awards: which line goes to which offer.
        claims_of: scheme of the guide it was opened from ("scheme-1"), "" otherwise.
        format_version: of the file format.
    """

    name: str = ""
    configurations: tuple[Configuration, ...] = (Configuration(),)
    active: int = 0
    site: Site = field(default_factory=Site)
    cost: CostAssumptions = field(default_factory=CostAssumptions)
    quote: QuoteTerms = field(default_factory=QuoteTerms)
    notes: str = ""
    offers: tuple[ReceivedOffer, ...] = ()
    awards: tuple[Award, ...] = ()
    claims_of: str = ""
    format_version: int = FORMAT_VERSION

    @property
    def configuration(self) -> Configuration:
        """The active configuration."""
        return self.configurations[self.active]

    def with_configuration(self, configuration: Configuration) -> "Project":
        """This project with the active configuration replaced."""
        before, after = self.configurations[: self.active], self.configurations[self.active + 1 :]
        return replace(self, configurations=(*before, configuration, *after))
