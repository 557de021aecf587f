"""Judges by the id of the claim that they judge, and what they may look at."""

from collections.abc import Callable
from functools import cached_property

from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.build.catalog import Catalog
from dsdesk.claims.claim import Figure, Judgement, Verdict
from dsdesk.evaluate import Evaluation, evaluate
from dsdesk.hardware.parts import Accelerator, Part
from dsdesk.llm.architecture import Llm
from dsdesk.project.templates import scheme


class Bench:
    """The guide's schemes, evaluated when a judge asks for them, and the catalogue.

    Attributes:
        evaluation: the project that is open.
        catalog: parts, models and prices.
    """

    def __init__(self, evaluation: Evaluation, catalog: Catalog) -> None:
        self.evaluation = evaluation
        self.catalog = catalog

    @cached_property
    def scheme_1(self) -> Evaluation:
        """Two RTX 4090 for a developer."""
        return self._scheme("scheme-1")

    @cached_property
    def scheme_2(self) -> Evaluation:
        """Two H200 for a company."""
        return self._scheme("scheme-2")

    @cached_property
    def scheme_3(self) -> Evaluation:
        """DGX H100 and MI300X nodes."""
        return self._scheme("scheme-3")

    def _scheme(self, key: str) -> Evaluation:
        project = scheme(key)
        return self.evaluation if self.evaluation.project == project else evaluate(project, self.catalog)

    def llm(self, llm_id: str) -> Llm | Unknown:
        """A model of the library."""
        return self.catalog.llm(llm_id) or Unknown(Message("{id} is not in the catalogue", id=llm_id))

    def part(self, part_id: str) -> Part | Unknown:
        """A part of the catalogue."""
        return self.catalog.part(part_id) or Unknown(Message("{id} is not in the catalogue", id=part_id))

    def accelerator(self, part_id: str) -> Accelerator | Unknown:
        """An accelerator of the catalogue."""
        part = self.part(part_id)
        if isinstance(part, Accelerator | Unknown):
            return part
        return Unknown(Message("{id} is no accelerator", id=part_id))


Judge = Callable[[Bench], Judgement]

JUDGES: dict[str, tuple[Message, Judge]] = {}


def judge(claim_id: str, text: Message) -> Callable[[Judge], Judge]:
    """Register a function as the judge of a claim; `text` is what the guide says."""

    def register(function: Judge) -> Judge:
        if claim_id in JUDGES:
            raise ValueError(f"two judges for {claim_id}")
        JUDGES[claim_id] = (text, function)
        return function

    return register


def undecided(because: Unknown) -> Judgement:
    """A judgement where our figure is missing."""
    return Judgement(ours=because, verdict=Verdict.UNPROVEN, reason=because.because)


def near(ours: Figure, guide: float, tolerance: float = 0.05) -> bool:
    """Whether the guide's figure lies within our interval, or within `tolerance` of our figure where there is none."""
    if ours.low is not None and ours.high is not None:
        return ours.low <= guide <= ours.high
    return abs(ours.value - guide) <= tolerance * abs(guide)
