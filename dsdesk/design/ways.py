"""The smallest change of one demand that frees an answer, each found by a search without that demand."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import takewhile

from dsdesk.base.message import N_, Message
from dsdesk.base.money import Money
from dsdesk.base.source import Unknown
from dsdesk.base.units import Quantity, Unit
from dsdesk.build.catalog import Catalog
from dsdesk.build.resolve import resolve
from dsdesk.design.lists import PartsList
from dsdesk.design.loads import Load
from dsdesk.design.market import Market
from dsdesk.design.search import Search
from dsdesk.design.wish import FORM_NAMES, BuildWish, Form, Objective, Progress, Way
from dsdesk.evaluate import evaluate
from dsdesk.llm.architecture import Llm
from dsdesk.llm.precision import Precision, PrecisionFamily
from dsdesk.project.edits import Edit, change_configuration, change_cost, change_site, change_workload
from dsdesk.sizing.electricity import circuit_w, continuous_share
from dsdesk.sizing.precisions import PRECISIONS

_LEAST_CONTEXT = 1024
_MOST_HALVES = 4
_MOST_PRECISIONS = 6
_STRONGER_A = (20.0, 25.0, 32.0, 63.0)


@dataclass(frozen=True, slots=True)
class Change:
    """A change of one demand that leaves an answer, as an edit of the project where it is one, and the wish with it."""

    text: Message
    wish: BuildWish
    edit: Edit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Freed:
    """What a way out is searched for.

    Attributes:
        wish: as it was made.
        llm: the model.
        catalog: the parts.
        progress: told what is tried; its False ends the search with `Stopped`.
    """

    wish: BuildWish
    llm: Llm
    catalog: Catalog
    progress: Progress | None = None

    def edited(self, text: Message, edit: Edit) -> Change:
        """A change that is an edit of the project."""
        return Change(text, replace(self.wish, project=edit.apply(self.wish.project)), edit)

    def search(self, wish: BuildWish, objective: Objective = Objective.CHEAPEST) -> Search:
        """A search for a changed wish."""
        market = Market(replace(wish, objective=objective), self.catalog)
        return Search(llm=self.llm, market=market, progress=self.progress)

    def is_possible(self, wish: BuildWish) -> bool:
        """Whether a changed wish has an answer."""
        return self.search(wish).any()

    def cheapest(self, wish: BuildWish) -> PartsList | None:
        """The cheapest list for a changed wish."""
        return self.search(wish).best().best


def _budget(freed: Freed, wish: BuildWish, _part_id: str) -> Change | None:
    """The budget that is just enough; none where every list holds a part whose price is not known."""
    found = freed.cheapest(wish)
    if found is None or found.rank:
        return None
    total = evaluate(found.project, freed.catalog).cost.total
    money = Money(total.amount.to_integral_value("ROUND_CEILING"), total.currency)
    text = Message(N_("Spend {money}"), money=money)
    return freed.edited(text, change_cost(text, budget=money))


def _form(freed: Freed, wish: BuildWish, _part_id: str) -> Change | None:
    for form in (Form.DESKTOP, Form.TOWER, Form.RACK):
        if form is not freed.wish.form and freed.is_possible(replace(wish, form=form)):
            text = Message(N_("Allow the form {form}"), form=FORM_NAMES[form])
            return Change(text, replace(freed.wish, form=form))
    return None


def _circuit(freed: Freed, wish: BuildWish, _part_id: str) -> Change | None:
    found = freed.search(wish, Objective.QUIETEST).best().best
    if found is None:
        return None
    site = freed.wish.project.site
    build = resolve(found.project.configuration, site, freed.catalog)
    walls = [(machine.power.wall_w, machine.power.known_w, machine.machine.count) for machine in build.machines]
    total = sum((known if isinstance(wall, Unknown) else wall) * count for wall, known, count in walls)
    share = continuous_share(site.country, site.continuous_share)
    number = math.ceil(total / circuit_w(site.mains_v, site.circuit_a, share))
    text = Message(N_("Use {count} circuits"), count=number)
    edits = [change_site(text, circuits=number)] if number > site.circuits else []
    for ampere in _STRONGER_A:
        if ampere > site.circuit_a:
            text = Message(N_("Have a circuit of {ampere} laid"), ampere=Quantity(ampere, Unit.AMPERE))
            edits.append(change_site(text, circuit_a=ampere))
    for edit in edits:
        if freed.is_possible(replace(wish, project=edit.apply(wish.project), any_circuit=False)):
            return freed.edited(edit.text, edit)
    return None


def _fastest(freed: Freed, wish: BuildWish, of: Callable[[Load], float]) -> float | None:
    found = freed.search(wish, Objective.FASTEST).most(of)
    return None if found is None or found.load.speed is None else of(found.load)


def _speed(freed: Freed, wish: BuildWish, _part_id: str) -> Change | None:
    value = _fastest(freed, wish, lambda load: load.speed.decode_tok_s_per_user.estimate if load.speed else 0.0)
    if not value:
        return None
    floor = math.floor(value * 10) / 10
    text = Message(N_("Be content with {speed} for each user"), speed=Quantity(floor, Unit.TOK_S))
    return freed.edited(text, change_workload(text, decode_tok_s_min=floor))


def _ttft(freed: Freed, wish: BuildWish, _part_id: str) -> Change | None:
    value = _fastest(freed, wish, lambda load: -load.speed.ttft_ms.estimate if load.speed else -1e12)
    if not value:
        return None
    longest = math.ceil(-value / 10) / 100
    text = Message(N_("Wait {time} for the first token"), time=Quantity(longest, Unit.SECOND))
    return freed.edited(text, change_workload(text, ttft_s_max=longest))


def _requests(freed: Freed, wish: BuildWish, _part_id: str) -> Change | None:
    value = _fastest(freed, wish, lambda load: load.speed.requests_s.estimate if load.speed else 0.0)
    if not value:
        return None
    number = math.floor(value * 86400)
    text = Message(N_("Be content with {count} requests a day"), count=number)
    return freed.edited(text, change_workload(text, requests_per_day=number))


def _accelerator(freed: Freed, wish: BuildWish, _part_id: str) -> Change | None:
    found = freed.cheapest(wish)
    if found is None:
        return None
    accelerator, total = found.load.accelerator, found.load.total
    text = Message(N_("Take {count} × {part}"), count=total, part=accelerator.full_name)
    return Change(text, replace(wish, accelerator_id=accelerator.id))


def _count(freed: Freed, wish: BuildWish, _part_id: str) -> Change | None:
    found = freed.cheapest(wish)
    if found is None:
        return None
    text = Message(N_("Take {count} accelerators"), count=found.load.total)
    return Change(text, replace(wish, count=found.load.total))


def _pinned(freed: Freed, wish: BuildWish, part_id: str) -> Change | None:
    part = freed.catalog.part(part_id)
    if part is None or not freed.is_possible(wish):
        return None
    return Change(Message(N_("Do without {part}"), part=part.full_name), wish)


def _banned(freed: Freed, wish: BuildWish, part_id: str) -> Change | None:
    part = freed.catalog.part(part_id)
    if part is None or not freed.is_possible(wish):
        return None
    return Change(Message(N_("Allow {part}"), part=part.full_name), wish)


# The change by demand: what is searched, the wish without the demand, the part it is about.
WAYS: dict[str, Callable[[Freed, BuildWish, str], Change | None]] = {
    "budget": _budget,
    "form": _form,
    "circuit": _circuit,
    "speed": _speed,
    "ttft": _ttft,
    "requests": _requests,
    "accelerator": _accelerator,
    "count": _count,
    "pinned": _pinned,
    "kept": _pinned,
    "banned": _banned,
}


def other_ways(freed: Freed) -> tuple[Way, ...]:
    """Ways out that give way in the model rather than in the machine."""
    return tuple(way for way in (_rougher(freed), _shorter(freed)) if way is not None)


def _rougher(freed: Freed) -> Way | None:
    """The finest of the rougher precisions for which there is an answer."""
    configuration = freed.wish.project.configuration
    now = PRECISIONS.get(configuration.precision)
    if now is None:
        return None
    rougher = [one for one in PRECISIONS.values() if one.nominal_bits < now.nominal_bits - 0.5]
    same = [one for one in rougher if _files(one) == _files(now)]
    for precision in sorted(same, key=lambda one: (-one.nominal_bits, one.key))[:_MOST_PRECISIONS]:
        text = Message(N_("Use {precision} weights"), precision=precision.name)
        edit = change_configuration(text, precision=precision.key)
        change = freed.edited(text, edit)
        if freed.is_possible(change.wish):
            said = Message(N_("{precision} weights"), precision=now.name)
            return Way(demand="precision", text=said, change=text, edit=edit, wish=change.wish)
    return None


def _files(precision: Precision) -> str:
    """What kind of files hold such weights: nobody is sent to another engine without being asked."""
    if precision.family is PrecisionFamily.GGUF:
        return "gguf"
    return "mlx" if precision.key.startswith("mlx") else "safetensors"


def _shorter(freed: Freed) -> Way | None:
    """The longest context, halved and halved again, for which there is an answer."""
    workload = freed.wish.project.configuration.workload
    least = max(_LEAST_CONTEXT, workload.input_tokens + workload.output_tokens)
    halves = (workload.context_tokens // 2**power for power in range(1, _MOST_HALVES + 1))
    for tokens in takewhile(lambda tokens: tokens >= least, halves):
        text = Message(N_("Reserve a context of {count} tokens"), count=tokens)
        edit = change_workload(text, context_tokens=tokens)
        change = freed.edited(text, edit)
        if freed.is_possible(change.wish):
            said = Message(N_("a context of {count} tokens"), count=workload.context_tokens)
            return Way(demand="context", text=said, change=text, edit=edit, wish=change.wish)
    return None
