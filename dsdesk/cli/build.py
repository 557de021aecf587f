"""`dsdesk build`: the best machine for a model and a workload, proven, or what stands in its way."""

import argparse
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path

from dsdesk.base.errors import CatalogError, InputError
from dsdesk.base.message import N_, Message
from dsdesk.base.money import Money
from dsdesk.checks.finding import Severity
from dsdesk.cli.check import finding_row
from dsdesk.cli.command import ANSWER_IS_NO, OK, Command, Session
from dsdesk.cli.common import (
    add_drafts,
    add_json,
    add_model,
    engine_for,
    find_accelerators,
    find_model,
    positive,
    required,
    speculation_of,
)
from dsdesk.cli.evaluate import shown
from dsdesk.cli.parser import wrong_argument
from dsdesk.cost.lines import PricedLine
from dsdesk.design.starts import begun
from dsdesk.design.wish import BuildAnswer, BuildWish, Form, NoAnswer, Objective, Start
from dsdesk.hardware.parts import Accelerator, Part
from dsdesk.llm.description import carry
from dsdesk.project.file import load, save
from dsdesk.project.project import ModelChoice, Project, Workload
from dsdesk.sizing.precisions import parse_kv_precision, parse_precision

_WORKLOAD = {
    "context": "context_tokens",
    "sequences": "sequences",
    "isl": "input_tokens",
    "osl": "output_tokens",
    "tok_s": "decode_tok_s_min",
    "ttft": "ttft_s_max",
    "requests": "requests_per_day",
}
_SITE = {"country": "country", "mains": "mains_v", "circuit": "circuit_a", "circuits": "circuits"}


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_model(parser)
    add_drafts(parser)
    parser.add_argument("--workload", type=Path, help="*.dsdesk file whose workload, site and prices are taken")
    parser.add_argument("--context", type=positive, help="tokens of context of one sequence")
    parser.add_argument("--sequences", type=positive, help="sequences at once")
    parser.add_argument("--isl", type=positive, help="tokens of a prompt")
    parser.add_argument("--osl", type=positive, help="tokens of an answer")
    parser.add_argument("--tok-s", type=_number, help="tokens a second that each user wants")
    parser.add_argument("--ttft", type=_number, help="longest wait for the first token [s]")
    parser.add_argument("--requests", type=positive, help="requests a day")
    parser.add_argument("--budget", help="what may be spent, tax included")
    parser.add_argument("--currency", help="of budget and total (default CNY)")
    parser.add_argument("--form", choices=[form.value for form in Form], default=Form.ANY.value, help="where it stands")
    objectives = [objective.value for objective in Objective]
    parser.add_argument("--objective", choices=objectives, default=Objective.CHEAPEST.value, help="what is best")
    starts = [start.value for start in Start]
    meaning = "what to begin with: nothing, the list of --workload to be completed, or its machine to be upgraded"
    parser.add_argument("--start", choices=starts, default=Start.NOTHING.value, help=meaning)
    parser.add_argument("--offload", action="store_true", help="let layers, or experts, lie in host memory")
    parser.add_argument("--gpu", help="the accelerator it must have")
    parser.add_argument("--count", type=positive, help="accelerators in all")
    for name, meaning in (("pin", "must be in it"), ("ban", "must not be in it"), ("have", "is there already")):
        parser.add_argument(f"--{name}", action="append", default=[], metavar="PART", help=f"part that {meaning}")
    parser.add_argument("--country", help="of the site (ISO 3166)")
    parser.add_argument("--mains", type=_number, help="mains voltage of the site [V]")
    parser.add_argument("--circuit", type=_number, help="breaker of a circuit of the site [A]")
    parser.add_argument("--circuits", type=positive, help="circuits of the site")
    parser.add_argument("--headroom", type=_share, help="share of memory and power to keep free (0.2)")
    parser.add_argument("-o", "--output", type=Path, help="project to write")
    parser.add_argument("--force", action="store_true", help="replace a project that exists")
    add_json(parser)


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < 1e12:  # noqa: PLR2004 - no quantity of a machine is larger
        raise wrong_argument(Message(N_("{text} is not a number above zero"), text=repr(text)))
    return number


def _share(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < 1:
        raise wrong_argument(Message(N_("{text} is not a share from 0 to below 1"), text=repr(text)))
    return number


def _run(session: Session) -> int:
    from dsdesk.design.optimise import build_machine

    arguments = session.arguments
    required(arguments, "model")
    output: Path | None = arguments.output
    if output is not None and output.exists() and not arguments.force:
        raise InputError(Message(N_("{path} exists already. Add --force to replace it."), path=str(output)))
    answer = build_machine(_wish(session), session.catalog)
    if isinstance(answer, NoAnswer):
        return _refused(session, answer)
    if output is not None:
        save(answer.project, output)
    if arguments.json:
        session.give(_row(answer))
    else:
        _print(session, answer)
    errors = [finding for finding in answer.evaluation.findings if finding.severity is Severity.ERROR]
    return ANSWER_IS_NO if errors else OK


def _wish(session: Session) -> BuildWish:
    arguments = session.arguments
    owned: dict[str, int] = {}
    for text in arguments.have:
        part = _part(session, text)
        owned[part.id] = owned.get(part.id, 0) + 1
    gpu, count = _accelerators(session)
    wish = BuildWish(
        project=_project(session),
        objective=Objective(arguments.objective),
        form=Form(arguments.form),
        accelerator_id=gpu,
        count=count,
        offload=arguments.offload,
        pinned=tuple(dict.fromkeys(_part(session, text).id for text in arguments.pin)),
        banned=tuple(dict.fromkeys(_part(session, text).id for text in arguments.ban)),
        owned=tuple(owned.items()),
    )
    return begun(wish, Start(arguments.start), session.catalog)


def _accelerators(session: Session) -> tuple[str, int | None]:
    """Id of the accelerator that was asked for ("" = any), and how many; a name without a count leaves that open."""
    asked, count = session.arguments.gpu, session.arguments.count
    if not asked:
        return "", count
    part = session.catalog.part(asked)
    if isinstance(part, Accelerator):
        return part.id, count
    device, in_all = find_accelerators(asked, count, session.catalog)
    return device.id, count if in_all == 1 else in_all


def _project(session: Session) -> Project:
    arguments = session.arguments
    base = load(arguments.workload) if arguments.workload is not None else Project()
    llm = find_model(arguments.model, session.catalog)
    precision = parse_precision(arguments.precision or llm.native_precision)
    given = {field: value for name, field in _WORKLOAD.items() if (value := getattr(arguments, name)) is not None}
    workload: Workload = replace(base.configuration.workload, **given)
    if arguments.context is None and workload.context_tokens < workload.input_tokens + workload.output_tokens:
        workload = replace(workload, context_tokens=workload.input_tokens + workload.output_tokens)
    configuration = replace(
        base.configuration,
        model=_choice(arguments.model, llm.id, session),
        precision=precision.key,
        kv_precision=parse_kv_precision(arguments.kv_precision).key,
        engine=engine_for(arguments.engine, precision),
        workload=workload,
        speculation=speculation_of(arguments) or base.configuration.speculation,
    )
    if arguments.headroom is not None:
        configuration = replace(configuration, headroom=arguments.headroom)
    site = {field: value for name, field in _SITE.items() if (value := getattr(arguments, name)) is not None}
    cost = replace(base.cost, currency=_currency(session, base))
    if arguments.budget is not None:
        cost = replace(cost, budget=Money(_amount(arguments.budget), cost.currency))
    project = replace(base, name=base.name or llm.name, site=replace(base.site, **site), cost=cost)
    return project.with_configuration(configuration)


def _currency(session: Session, base: Project) -> str:
    """The currency that was asked for, that of `base` where none was.

    Raises:
        InputError: no rate of the catalogue or of `base` leads to it.
    """
    if session.arguments.currency is None:
        return base.cost.currency
    asked: str = session.arguments.currency.upper()
    rates = (*base.cost.rates, *session.catalog.rates)
    known = {base.cost.currency, *(code for rate in rates for code in (rate.base, rate.quote))}
    if asked not in known:
        text = N_("{currency} is an unknown currency. Known are {known}.")
        raise InputError(Message(text, currency=session.arguments.currency, known=tuple(sorted(known))))
    return asked


def _choice(text: str, llm_id: str, session: Session) -> ModelChoice:
    """The model as a project names it: by its id, or with what was read of its files."""
    if session.catalog.llm(llm_id) is not None:
        return ModelChoice(llm_id=llm_id)
    path = Path(text)
    return ModelChoice(llm_id=llm_id, path=str(path), config_json=carry(path)[1])


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text.replace(",", ""))
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or amount < 0:
        raise InputError(Message(N_("{text} is not an amount of money."), text=text))
    return amount


def _part(session: Session, text: str) -> Part:
    found = session.catalog.part(text) or session.catalog.find_part(text)
    if found is None:
        raise CatalogError(Message(N_("No single part is called {name}. List them: dsdesk parts."), name=text))
    return found


def _row(answer: BuildAnswer) -> dict[str, object]:
    return {
        "lines": [_line(line) for line in answer.lines],
        "total": answer.total,
        "unpriced": answer.unpriced,
        "proven_optimal": answer.proven_optimal,
        "gap": answer.gap,
        "proof": answer.proof,
        "parts": answer.parts,
        "left_out": answer.left_out,
        "findings": [finding_row(finding) for finding in answer.evaluation.findings],
        "evaluation": shown(answer.evaluation),
    }


def _line(line: PricedLine) -> dict[str, object]:
    return {
        "no": line.no,
        "machine": line.machine,
        "part_id": line.part_id,
        "name": line.name,
        "quantity": line.quantity,
        "basis": line.basis,
        "unit_net": line.unit_net,
        "net": line.net,
        "price_date": line.price.on if line.price else None,
        "price_source": line.price.source if line.price else None,
    }


def _total(answer: BuildAnswer) -> Message:
    """What the list costs, as far as its prices are known."""
    if len(answer.unpriced) == len({line.name for line in answer.lines}):
        return Message(N_("Total with tax: not known, since no part of it has a price"))
    if answer.unpriced:
        return Message(N_("Total with tax: {money} and what has no price"), money=answer.total)
    return Message(N_("Total with tax: {money}"), money=answer.total)


def _print(session: Session, answer: BuildAnswer) -> None:
    for line in answer.lines:
        amount = line.net.text() if line.net else session.text(Message(N_("price unknown")))
        session.say(f"{line.quantity:3} × {line.name:56} {amount:>18}  {line.basis}")
    session.say(_total(answer))
    if answer.unpriced:
        session.say(Message(N_("Not in it, because no price is known: {parts}"), parts=answer.unpriced))
    for text in answer.proof:
        session.say(text)
    for finding in answer.evaluation.findings:
        if finding.severity >= Severity.WARNING:
            session.say(f"{finding.severity.name.lower():9} {finding.code:16} {session.text(finding.message)}")


def _refused(session: Session, answer: NoAnswer) -> int:
    if session.arguments.json:
        rows = {"conflict": answer.conflict, "others": answer.others}
        ways = {
            key: [
                {"demand": way.demand, "text": way.text, "change": way.change, "why_none": way.why_none}
                for way in found
            ]
            for key, found in rows.items()
        }
        counts = {"parts": answer.parts, "left_out": answer.left_out}
        session.give({"lines": None, "because": answer.because, **ways, **counts})
        return ANSWER_IS_NO
    session.say(answer.because)
    for way in (*answer.conflict, *answer.others):
        if way.change is not None:
            session.say(Message(N_("- instead of {demand}: {change}"), demand=way.text, change=way.change))
        elif way.why_none is not None:
            session.say(Message("- {demand}: {reason}", demand=way.text, reason=way.why_none))
    return ANSWER_IS_NO


COMMAND = Command(
    name="build", summary="the best machine for a model, with its proof", add_arguments=_add_arguments, run=_run
)
