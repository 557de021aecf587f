"""What the Offers page shows, worked out from an evaluation beside the window."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dsdesk.quote.awarding import Awarding, awarding
from dsdesk.quote.comparison import Comparison, compare_offers
from dsdesk.quote.compose import compose
from dsdesk.quote.equivalents import Proposal, proposals
from dsdesk.quote.offer import offer_of
from dsdesk.quote.request import Purpose, QuotationRequest
from dsdesk.ui.tasks import Task

if TYPE_CHECKING:
    from dsdesk.build.catalog import Catalog
    from dsdesk.evaluate import Evaluation


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """Everything about the offers of a project.

    Attributes:
        evaluation: the plan that they are for.
        catalog: with which it was evaluated.
        request: what was asked.
        comparison: the offers side by side.
        awarding: what goes to whom.
        proposals: substitutes by offer and line number.
    """

    evaluation: "Evaluation"
    catalog: "Catalog"
    request: QuotationRequest
    comparison: Comparison
    awarding: Awarding
    proposals: dict[tuple[int, int], Proposal]


def received(evaluation: "Evaluation", catalog: "Catalog", task: Task) -> Received:
    """Compare all offers that the project keeps."""
    project = evaluation.project
    task.report(0.0)
    request = compose(evaluation, catalog, Purpose.REQUEST)
    offers = tuple(offer_of(one, request) for one in project.offers)
    task.report(0.5)
    comparison = compare_offers(request, offers, evaluation.cost.exchange)
    return Received(
        evaluation=evaluation,
        catalog=catalog,
        request=request,
        comparison=comparison,
        awarding=awarding(comparison, project.awards, partial=project.quote.partial_award),
        proposals={
            (index, one.line_no): one
            for index, offer in enumerate(offers)
            for one in proposals(offer, request, catalog)
        },
    )
