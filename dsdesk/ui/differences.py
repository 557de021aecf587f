"""What an edit would change, in words: lines that come, go or change, choices that become others."""

from collections.abc import Iterable
from dataclasses import fields
from typing import TYPE_CHECKING

from dsdesk.base.money import Money
from dsdesk.base.units import format_number
from dsdesk.project.project import Configuration, Line, Project, Speculation
from dsdesk.ui.words import _

if TYPE_CHECKING:
    from dsdesk.build.catalog import Catalog

_OWN_WORDS = {"machines", "shared", "pools", "workload", "model"}


def differences(before: Project, after: Project, catalog: "Catalog") -> tuple[str, ...]:
    """Sentences that name every change between two projects, in the order of the pages."""
    one, other = before.configuration, after.configuration
    said: list[str] = []
    if one.model != other.model:
        said.append(_("model: {before} → {after}", before=one.model.llm_id or "–", after=other.model.llm_id or "–"))
    said += _changed_fields(one, other, _OWN_WORDS)
    said += _changed_fields(one.workload, other.workload, set())
    said += _line_changes(_lines(one), _lines(other), catalog)
    said += _changed_fields(before.site, after.site, set())
    said += _changed_fields(before.cost, after.cost, {"rates"})
    return tuple(said)


def _changed_fields(one: object, other: object, but: set[str]) -> list[str]:
    names = [field.name for field in fields(one)]  # type: ignore[arg-type]
    return [
        f"{field_word(name)}: {_value(getattr(one, name))} → {_value(getattr(other, name))}"
        for name in names
        if name not in but and getattr(one, name) != getattr(other, name)
    ]


def field_word(name: str) -> str:
    """A field of the project in the words of its page."""
    words = {
        "precision": _("precision"),
        "kv_precision": _("KV cache"),
        "engine": _("engine"),
        "parallel": _("parallel sizes"),
        "headroom": _("headroom"),
        "offload_layers": _("layers in host memory"),
        "speculation": _("drafted tokens"),
        "use_case": _("use"),
        "sequences": _("sessions at once"),
        "input_tokens": _("prompt tokens"),
        "output_tokens": _("answer tokens"),
        "context_tokens": _("context tokens"),
        "mains_v": _("mains voltage"),
        "circuit_a": _("circuit breaker"),
        "circuits": _("circuits"),
        "cooling_w": _("room cooling"),
        "ambient_c": _("room temperature"),
        "finetune_method": _("fine-tuning method"),
        "finetune_recompute": _("activation checkpointing"),
        "finetune_optimiser": _("optimiser"),
        "finetune_sharding": _("division over accelerators"),
        "finetune_batch": _("examples a step"),
        "finetune_rank": _("rank of the adapters"),
    }
    return words.get(name, name.replace("_", " "))


def _value(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return format_number(value)
    if isinstance(value, Money):
        return value.text()
    if isinstance(value, Speculation):
        return f"{value.draft_tokens} ({value.acceptance:.0%})"
    return str(value)


def _lines(configuration: Configuration) -> dict[int, tuple[int, Line]]:
    """Every line by its number, with how many nodes have it."""
    found: dict[int, tuple[int, Line]] = {}
    for machine in configuration.machines:
        found.update({line.no: (machine.count, line) for line in machine.lines})
    found.update({line.no: (1, line) for line in configuration.shared})
    return found


def _line_changes(
    one: dict[int, tuple[int, Line]], other: dict[int, tuple[int, Line]], catalog: "Catalog"
) -> Iterable[str]:
    for no, (count, line) in one.items():
        if no not in other:
            yield f"− {_line_words(line, catalog)}"
        elif other[no] != (count, line):
            yield f"{_line_words(line, catalog)} → {_line_words(other[no][1], catalog)}"
    for no, (_count, line) in other.items():
        if no not in one:
            yield f"+ {_line_words(line, catalog)}"


def _line_words(line: Line, catalog: "Catalog") -> str:
    part = catalog.part(line.part_id)
    words = f"{line.quantity} × {part.full_name if part else line.part_id}"
    if line.power_limit_w is not None:
        words += _(" limited to {watts} W", watts=line.power_limit_w)
    return words
