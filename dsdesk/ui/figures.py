"""Figures of an Evaluation as text: what the strip and several pages say alike. Formats, never computes."""

from decimal import Decimal
from typing import TYPE_CHECKING

from dsdesk.base.message import N_, Message
from dsdesk.base.money import Money
from dsdesk.base.source import Unknown, Why
from dsdesk.base.units import Estimate, Quantity, Unit, best_bytes, format_number
from dsdesk.cost.energy import known_power, wall_power
from dsdesk.hardware.vocabulary import PartKind
from dsdesk.llm.architecture import Llm
from dsdesk.llm.precision import Engine
from dsdesk.sizing.results import Forecast, Limit, MemoryNeed
from dsdesk.ui.part_words import condition_word, kind_word
from dsdesk.ui.words import _, say

if TYPE_CHECKING:
    from dsdesk.evaluate import Evaluation

DASH = "–"
_KI = 1024
_MANY_WATTS = 10_000.0
_ENGINES = {
    Engine.VLLM: "vLLM",
    Engine.SGLANG: "SGLang",
    Engine.TENSORRT_LLM: "TensorRT-LLM",
    Engine.KTRANSFORMERS: "KTransformers",
    Engine.MLX: "MLX",
}


def interval(estimate: Estimate) -> str:
    """Such as "18–31"."""
    return f"{format_number(estimate.low80)}–{format_number(estimate.high80)}"


def billions(parameters: int | None) -> str:
    """Parameters such as "671 B"."""
    return DASH if parameters is None else Quantity(parameters, Unit.PARAMETERS).text()


def parameters_of(llm: Llm) -> int | None:
    """Parameters as published, as computed where they are not; None where the config does not tell its shape."""
    return llm.parameters_published or llm.architecture.parameters or None


def tokens(count: int | None) -> str:
    """A context length as people say it: 128 K for 131,072."""
    if count is None:
        return DASH
    if count >= _KI * _KI and count % (_KI * _KI) == 0:
        return f"{count // (_KI * _KI)}\N{NO-BREAK SPACE}M"
    return f"{count // _KI}\N{NO-BREAK SPACE}K" if count >= _KI else str(count)


def short_money(money: Money) -> str:
    """Whole units: a budget is not read to the cent."""
    return f"{money.currency}\N{NO-BREAK SPACE}{money.amount.quantize(Decimal(1)):,}"


def engine_name(engine: Engine) -> str:
    """An engine as its makers write it."""
    return _ENGINES.get(engine, engine.value)


def limit_word(limit: Limit) -> str:
    """What limits a forecast, in words."""
    return {
        Limit.MEMORY_BANDWIDTH: _("limited by memory bandwidth"),
        Limit.COMPUTE: _("limited by compute"),
        Limit.LINKS: _("limited by the links between devices"),
        Limit.OVERHEAD: _("limited by fixed costs of each step"),
        Limit.HOST_MEMORY: _("limited by host memory"),
        Limit.CAPACITY: _("limited by memory capacity"),
    }[limit]


def model_name(evaluation: "Evaluation") -> str:
    """The model's name, or that there is none."""
    if isinstance(evaluation.llm, Llm):
        return evaluation.llm.name
    return _("cannot be read") if isinstance(evaluation.llm, Unknown) else _("no model yet")


def memory_text(evaluation: "Evaluation") -> tuple[str, str]:
    """Memory needed of memory there is, and a verdict."""
    need, available = evaluation.need, evaluation.memory_bytes_available
    if not isinstance(need, MemoryNeed):
        return DASH, say(need) if isinstance(need, Unknown) else _("choose a model")
    needed = best_bytes(need.total_bytes).text()
    if not available:
        return needed, _("no accelerator yet") if evaluation.accelerator is None else _("memory not published")
    both = _("{needed} of {available}", needed=needed, available=best_bytes(available))
    if need.total_bytes > available:
        return both, _("does not fit")
    if evaluation.reach is not None and evaluation.reach.drive_bytes:
        return both, _("{size} stay on the drive", size=best_bytes(evaluation.reach.drive_bytes))
    if evaluation.offload_layers and need.host_bytes:
        return both, _("{host} more in host memory", host=best_bytes(need.host_bytes))
    share = Quantity(evaluation.configuration.headroom, Unit.PERCENT)
    if evaluation.fits is None:
        return both, _("cannot be told")
    if evaluation.fits:
        return both, _("fits, with {share} headroom", share=share)
    return both, _("fits, but without {share} headroom", share=share)


def speed_text(evaluation: "Evaluation") -> tuple[str, str]:
    """Tokens per second that one user sees, and its interval."""
    forecast = evaluation.forecast
    if not isinstance(forecast, Forecast):
        if isinstance(forecast, Unknown):
            return DASH, say(forecast)
        has_model = isinstance(evaluation.llm, Llm)
        return DASH, _("no accelerator yet") if has_model else _("choose a model")
    speed = forecast.decode_tok_s_per_user
    number = Quantity(speed.estimate, Unit.TOK_S).text()
    if evaluation.configuration.workload.sequences == 1:
        return number, _("80 %: {interval}", interval=interval(speed))
    return number, _(
        "80 %: {interval} · {total} in all",
        interval=interval(speed),
        total=format_number(forecast.decode_tok_s_total.estimate),
    )


def wall_text(evaluation: "Evaluation") -> tuple[str, str]:
    """Watts at the wall."""
    if not evaluation.cost.lines:
        return DASH, _("no parts yet")
    wall = wall_power(evaluation.build)
    if isinstance(wall, Unknown):
        least = known_power(evaluation.build)
        return (f"≥ {_watts(least)}", _("incomplete")) if least else (DASH, say(wall))
    return _watts(wall), _("at full load")


def _watts(power: float) -> str:
    return Quantity(power, Unit.KILOWATT if power >= _MANY_WATTS else Unit.WATT).text()


def wall_tip(evaluation: "Evaluation") -> str:
    """Why the watts at the wall are not known in full, "" where they are."""
    wall = wall_power(evaluation.build)
    return say(wall) if isinstance(wall, Unknown) else ""


def price_text(evaluation: "Evaluation") -> tuple[str, str]:
    """The price with tax, and how many lines it leaves out."""
    cost = evaluation.cost
    if not cost.lines:
        return DASH, _("no parts yet")
    missing = len(cost.lines) - cost.priced
    tax = Quantity(float(evaluation.project.cost.tax_rate), Unit.PERCENT)
    if cost.priced == 0:
        return DASH, _("{count} lines without a price", count=missing)
    budget = evaluation.project.cost.budget
    if budget is not None and budget.currency == cost.currency and cost.total.amount > budget.amount:
        return f"{'≥ ' if missing else ''}{short_money(cost.total)}", _(
            "over the budget of {budget}", budget=short_money(budget)
        )
    if missing:
        return f"≥ {short_money(cost.total)}", _("{count} lines without a price", count=missing)
    if all(line.basis == "owned" for line in cost.lines):
        return short_money(cost.total), _("all owned already")
    return short_money(cost.total), _("with {tax} tax", tax=tax)


def power_why(evaluation: "Evaluation") -> Why:
    """How the watts at the wall come about: each node by kind of part."""
    nodes = []
    for node in evaluation.build.machines:
        power = node.power
        drawn = " + ".join(f"{kind_word(PartKind(kind))} {format_number(watts)}" for kind, watts in power.by_kind)
        formula = f"({drawn or 0}) W = {format_number(power.known_w)} W"
        if isinstance(power.wall_w, Unknown):
            formula += f"\n{say(power.wall_w)}"
        elif power.efficiency is not None:
            share = format_number(power.efficiency, 3)
            formula += f"\n{format_number(power.known_w)} W / {share} = {format_number(power.wall_w)} W"
        notes = tuple(Why(note, "", "") for note in power.assumed)
        title = Message("{count} × {name}", count=node.machine.count, name=node.machine.name)
        nodes.append(Why(title, formula, "", notes))
    source = "Intel ATX 3.0 design guide 336521; 80 PLUS (CLEAResult) efficiency at load and mains voltage"
    return Why(Message(N_("Watts at the wall, all parts at full load")), "Σ W / η", source, tuple(nodes))


def price_why(evaluation: "Evaluation") -> Why:
    """How the price comes about: each line with its price point."""
    lines = []
    for line in evaluation.cost.lines:
        unit = f" × {line.unit_net.text()}" if line.unit_net else ""
        formula = f"{line.quantity}{unit} = {line.net.text()}" if line.net else say(line.because)
        source, price = "", line.price
        if price is not None:
            source = f"{price.source} ({price.on or DASH}, {condition_word(price.condition)})"
        lines.append(Why(Message("{name}", name=line.name), formula, source))
    cost = evaluation.cost
    at_least = "" if cost.complete else "≥ "
    formula = f"{cost.net_total.text()} + {cost.tax.text()} = {at_least}{cost.total.text()}"
    return Why(Message(N_("Price of the parts, with tax")), formula, "", tuple(lines))
