"""What a supplier offers instead, run through all checks and the forecast as if the plan had it."""

from collections.abc import Iterator
from dataclasses import dataclass

from dsdesk.base.message import N_, Message
from dsdesk.base.units import Estimate
from dsdesk.build.catalog import Catalog
from dsdesk.checks.finding import Finding, Severity
from dsdesk.evaluate import Evaluation, evaluate
from dsdesk.hardware.parts import Part
from dsdesk.project.edits import Edit, change_line
from dsdesk.quote.offer import Offer
from dsdesk.quote.request import QuotationRequest
from dsdesk.sizing.results import Forecast


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A substitute in an offer.

    Attributes:
        line_no: the line of the project.
        asked: the part that the plan has, None when the catalogue has lost it.
        offered: the supplier's words.
        part: the part of the catalogue that they name; None where none, or several, are called so.
    """

    line_no: int
    asked: Part | None
    offered: str
    part: Part | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a substitute does to the plan.

    Attributes:
        edit: puts it into the plan.
        new: findings that it brings.
        gone: findings that it takes away.
        fits: whether the model still fits; None where it cannot be said.
        before: forecast of the speed for each user, None where there is none.
        after: the same with the substitute.
    """

    edit: Edit
    new: tuple[Finding, ...]
    gone: tuple[Finding, ...]
    fits: bool | None
    before: Estimate | None
    after: Estimate | None

    @property
    def passes(self) -> bool:
        """Whether it brings no error and nothing that cannot be checked, and the model still fits."""
        return self.fits is not False and not any(
            finding.severity in {Severity.ERROR, Severity.UNCHECKED} for finding in self.new
        )


def proposals(offer: Offer, request: QuotationRequest, catalog: Catalog) -> Iterator[Proposal]:
    """Every line for which an offer names another product."""
    for line in request.lines:
        found = offer.line(f"L{line.no}")
        if found is not None and found.offered:
            part = catalog.find_part(found.offered, line.kind)
            yield Proposal(line_no=line.no, asked=catalog.part(line.part_id), offered=found.offered, part=part)


def outcome(evaluation: Evaluation, catalog: Catalog, line_no: int, part: Part) -> Outcome:
    """The plan with `part` on line `line_no`, evaluated anew."""
    text = Message(N_("Put {part} on line {no}"), part=part.full_name, no=line_no)
    edit = change_line(line_no, text, part_id=part.id, unit_price=None, slot="")
    after = evaluate(edit.apply(evaluation.project), catalog)
    return Outcome(
        edit=edit,
        new=_without(after.findings, evaluation.findings),
        gone=_without(evaluation.findings, after.findings),
        fits=after.fits,
        before=_speed(evaluation),
        after=_speed(after),
    )


def _without(some: tuple[Finding, ...], others: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Findings of `some` that `others` has not in the same words; notes do not count."""
    known = {(finding.code, finding.message.in_english()) for finding in others}
    return tuple(
        finding
        for finding in some
        if finding.severity is not Severity.NOTE and (finding.code, finding.message.in_english()) not in known
    )


def _speed(evaluation: Evaluation) -> Estimate | None:
    found = evaluation.forecast
    return found.decode_tok_s_per_user if isinstance(found, Forecast) else None
