"""What a new project starts from, once a person has said what to run, for how many and for how much."""

from dataclasses import dataclass, replace

from dsdesk.base.money import Money
from dsdesk.llm.architecture import Llm
from dsdesk.llm.precision import Engine
from dsdesk.project.project import Configuration, CostAssumptions, ModelChoice, Project, UseCase
from dsdesk.project.templates import PRESETS

# llama.cpp serves a person or two best, from small files; more users at once are what vLLM's batching is for.
_FEW_USERS = 3
_SMALL_FILE = "q4_k_m"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The answers to the one question of the Start page; what is None was left open."""

    llm: Llm | None
    users: int = 1
    budget: Money | None = None


def begin(wish: Wish, cost: CostAssumptions) -> Project:
    """A project in which precision, engine and traffic are proposed; every one of them can be changed on its page."""
    workload = replace(PRESETS[UseCase.CHAT], sequences=wish.users)
    is_for_few = wish.users <= _FEW_USERS
    configuration = Configuration(
        model=ModelChoice(llm_id=wish.llm.id if wish.llm else ""),
        precision=_SMALL_FILE if is_for_few or wish.llm is None else wish.llm.native_precision,
        engine=Engine.LLAMA_CPP if is_for_few else Engine.VLLM,
        workload=workload,
    )
    name = wish.llm.name if wish.llm else ""
    return Project(name=name, configurations=(configuration,), cost=replace(cost, budget=wish.budget))
