"""Buying: parts that are no longer made, and exports that need a licence."""

from collections.abc import Iterator

from dsdesk.base.message import N_, Message
from dsdesk.build.inventory import accelerators_of
from dsdesk.build.machine import PlacedPart
from dsdesk.checks.context import CheckContext
from dsdesk.checks.finding import Finding, Severity
from dsdesk.checks.fixes import advice
from dsdesk.checks.registry import check
from dsdesk.hardware.field_words import field_word
from dsdesk.hardware.parts import Accelerator

_TPP_LIMIT = 4800.0
# Of country group D:5 and Macau, as far as they are places where this program is used; the rule names more.
_LICENCE_PLACES = frozenset({"CN", "HK", "MO", "RU", "BY", "IR", "KP", "SY", "CU", "VE"})


def _all_parts(context: CheckContext) -> Iterator[tuple[int | None, PlacedPart]]:
    for index, machine in enumerate(context.build.machines):
        yield from ((index, placed) for placed in machine.parts)
    yield from ((None, placed) for placed in context.build.shared)


@check("trade.W001")
def parts_can_be_bought(context: CheckContext) -> Iterator[Finding]:
    """No part on the list has been discontinued by its maker.

    Reason: what is no longer made is left over or second hand, with another price and another warranty.
    Remedy: its successor, or the price list for used parts.
    Source: the maker's notice, as named in the facts of the part.
    """
    for index, placed in _all_parts(context):
        if placed.part is not None and placed.part.discontinued and not placed.line.owned:
            yield Finding(
                severity=Severity.WARNING,
                message=Message(N_("{part} is no longer made"), part=placed.part.full_name),
                subject=(placed.line.no,),
                machine=index,
                fixes=advice(Message(N_("Ask for its successor, or buy it used and say so in the quote"))),
            )


def total_processing_performance(card: Accelerator) -> float | None:
    """TPP of an accelerator.

    Equation: largest of (dense operations per second / 1e12) x (bits of the operands).
    Source: 15 CFR part 774, ECCN 3A090, technical notes (2 x MacTOPS x bit length, without sparsity).
    """
    rates = ((card.fp32_flops, 32), (card.fp16_flops, 16), (card.bf16_flops, 16), (card.fp8_flops, 8))
    more = ((card.int8_ops, 8), (card.fp4_flops, 4))
    known = [rate / 1e12 * bits for rate, bits in (*rates, *more) if rate]
    return max(known, default=None)


@check("trade.N002")
def export_needs_no_licence(context: CheckContext) -> Iterator[Finding]:
    """Whether exporting the accelerators to this country needs a licence of the United States.

    Reason: a supplier can only deliver what may be exported; parts bought around the rule have no warranty.
    Remedy: ask the supplier for the classification; a variant made for the country; a domestic accelerator.
    Source: 15 CFR part 774, ECCN 3A090.a (total processing performance of 4800 or more, or of 1600 with a performance
        density of 5.92); rules change often: this is a hint as of November 2026 and no legal advice.
    """
    if context.site.country not in _LICENCE_PLACES:
        return
    for card, _ in accelerators_of(context.build):
        performance = total_processing_performance(card)
        if performance is not None and performance >= _TPP_LIMIT:
            text = N_(
                "{part} has a total processing performance of about {tpp}; "
                "from {limit} on, an export to {country} needs a licence"
            )
            yield Finding(
                severity=Severity.NOTE,
                message=Message(
                    text,
                    part=card.full_name,
                    tpp=round(performance),
                    limit=round(_TPP_LIMIT),
                    country=context.site.country,
                ),
                fixes=advice(Message(N_("Ask the supplier for the export classification in writing"))),
            )


@check("trade.N003")
def facts_have_a_source(context: CheckContext) -> Iterator[Finding]:
    """Which parts have facts that no public source backs.

    Reason: a check is as good as the facts that it reads.
    Remedy: have the supplier confirm them; they are in the quote as demands.
    Source: the catalogue marks such facts as unverified.
    """
    doubtful = {
        placed.part.full_name: placed.part.unverified
        for _, placed in _all_parts(context)
        if placed.part is not None and placed.part.unverified
    }
    for name, fields in doubtful.items():
        text = N_("{part}: no public source for {fields}; have the supplier confirm")
        words = tuple(field_word(field) for field in fields)
        yield Finding(severity=Severity.NOTE, message=Message(text, part=name, fields=words))
