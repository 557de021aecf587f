"""What a machine is wished for, and the two answers there are: the best list, or why there is none."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from dsdesk.base.message import N_, Message
from dsdesk.base.money import Money
from dsdesk.cost.lines import PricedLine
from dsdesk.evaluate import Evaluation
from dsdesk.hardware.vocabulary import PartKind
from dsdesk.project.edits import Edit
from dsdesk.project.project import Line, Project

# Told how far the search is (None where nobody knows) and what it does; False stops it: the best list so far is given.
Progress = Callable[[float | None, Message], bool]


class Objective(StrEnum):
    """What "best" means."""

    CHEAPEST = "cheapest"
    FASTEST = "fastest"
    VALUE = "value"
    QUIETEST = "quietest"


class Start(StrEnum):
    """What a search begins with."""

    NOTHING = "nothing"
    LIST = "list"  # everything on the list stays
    MACHINE = "machine"  # what is on the list is there already, and may be replaced


class Form(StrEnum):
    """Where the machine is to stand."""

    ANY = "any"
    DESKTOP = "desktop"
    TOWER = "tower"
    RACK = "rack"


FORM_NAMES: dict[Form, Message] = {
    Form.ANY: Message(N_("any")),
    Form.DESKTOP: Message(N_("desktop")),
    Form.TOWER: Message(N_("tower")),
    Form.RACK: Message(N_("rack")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildWish:
    """Everything that a machine is asked for.

    Attributes:
        project: model, precision, engine, workload with the speed wanted, headroom, site, and the budget with its
            currency and tax; of its machines only what was typed counts: prices and power limits of parts.
        objective: what "best" means.
        form: where it is to stand.
        accelerator_id: the accelerator it must have, "" = any.
        count: how many accelerators in all, None = as many as must.
        pinned: ids of parts that must be in it.
        banned: ids of parts that must not.
        owned: parts that are there already, as (id, pieces): they cost nothing and may be used or not.
        pieces: of parts that must be in it, how many in one machine, as (id, pieces).
        kept: lines of one machine that stay as they are, whatever is chosen beside them.
        settled: kinds that the kept lines provide, so that none is chosen.
        any_circuit: whether the circuits of the site are left out of account.
        offload: whether layers may lie in host memory.
    """

    project: Project
    objective: Objective = Objective.CHEAPEST
    form: Form = Form.ANY
    accelerator_id: str = ""
    count: int | None = None
    pinned: tuple[str, ...] = ()
    banned: tuple[str, ...] = ()
    owned: tuple[tuple[str, int], ...] = ()
    pieces: tuple[tuple[str, int], ...] = ()
    kept: tuple[Line, ...] = ()
    settled: tuple[PartKind, ...] = ()
    any_circuit: bool = False
    offload: bool = False

    @property
    def budget(self) -> Money | None:
        """What may be spent, tax included."""
        return self.project.cost.budget


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildAnswer:
    """The best list.

    Attributes:
        wish: what was asked for.
        project: the wish's project with the machine in it.
        evaluation: everything that follows from it.
        lines: its lines with their prices.
        total: of the known prices, tax included.
        unpriced: names of parts in it whose price is not known.
        proven_optimal: whether the catalogue is proven to hold no better list.
        gap: how much better an unseen list could be at most, as a share of the objective; None where it cannot be told.
        proof: the claim and what it covers, in sentences.
        parts: buildable parts that were weighed.
        left_out: buildable parts that were left out because no price of them is known.
    """

    wish: BuildWish
    project: Project
    evaluation: Evaluation
    lines: tuple[PricedLine, ...]
    total: Money
    unpriced: tuple[str, ...]
    proven_optimal: bool
    gap: float | None
    proof: tuple[Message, ...]
    parts: int
    left_out: int

    @property
    def edit(self) -> Edit:
        """Puts the machine into the project it was wished for, as one step."""
        return put_machine(self.project)


def put_machine(found: Project) -> Edit:
    """Puts machines, shared parts and pools of `found` into a project, as one step."""
    machines, shared, pools = found.configuration.machines, found.configuration.shared, found.configuration.pools

    def apply(project: Project) -> Project:
        configuration = replace(project.configuration, machines=machines, shared=shared, pools=pools)
        return project.with_configuration(configuration)

    return Edit(Message(N_("Build the proposed machine")), apply)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One demand of a conflict, and the smallest change of it that frees an answer.

    Attributes:
        demand: key of the demand: "budget", "form", "speed", "ttft", "circuit", "accelerator", "count", "pinned",
            "banned", "precision", "context".
        text: the demand as it was made.
        change: the smallest change that leaves an answer; None where no change of this demand alone does.
        edit: the change as an edit of the project; None where it is one of the wish.
        wish: the wish with that change; None where no change of this demand alone leaves an answer.
        why_none: why there is no change; None where there is one.
    """

    demand: str
    text: Message
    change: Message | None
    edit: Edit | None = None
    wish: BuildWish | None = None
    why_none: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAnswer:
    """Why there is no list.

    Attributes:
        wish: what was asked for.
        because: one sentence.
        conflict: a smallest set of demands that cannot be met together, each with its way out.
        others: ways out outside of the conflict: a rougher precision, a shorter context.
        parts: buildable parts that were weighed.
        left_out: buildable parts that were left out because no price of them is known.
    """

    wish: BuildWish
    because: Message
    conflict: tuple[Way, ...] = ()
    others: tuple[Way, ...] = ()
    parts: int = 0
    left_out: int = 0
