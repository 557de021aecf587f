"""`dsdesk advise`: what this machine can run now, and what to add."""

import argparse
from collections.abc import Iterable

from dsdesk.base.message import N_, Message
from dsdesk.base.units import Estimate
from dsdesk.build.serving import Served
from dsdesk.cli.command import OK, Command, Session
from dsdesk.cli.common import add_json, positive
from dsdesk.cli.detect import add_from, snapshot_of
from dsdesk.cli.launch_command import launch_commands
from dsdesk.detect.advice import READABLE_TOK_S, Run, Verdict, Wish, ranked, table
from dsdesk.detect.matching import MODIFIED, VIRTUAL
from dsdesk.detect.snapshot import Snapshot
from dsdesk.detect.to_get import to_get
from dsdesk.detect.upgrades import Action, Room, Upgrade, upgrades
from dsdesk.project.project import Workload

_SHOWN = 15
_VERDICTS = {
    Verdict.FITS: Message(N_("fits")),
    Verdict.OFFLOAD: Message(N_("with offload")),
    Verdict.NO: Message(N_("does not fit")),
    Verdict.UNKNOWN: Message(N_("unknown")),
}
_ACTIONS = {
    Action.ONE_MORE: Message(N_("one more")),
    Action.REPLACE: Message(N_("replace")),
    Action.FIRST: Message(N_("first")),
    Action.NEW: Message(N_("new")),
}


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_from(parser)
    parser.add_argument("--wish", choices=[wish.value for wish in Wish], default=Wish.MODEL.value, help="what is best")
    parser.add_argument("--faster-than", type=float, default=READABLE_TOK_S, metavar="TOK_S", help="slowest speed")
    parser.add_argument("--context", type=positive, default=8192, help="tokens of context that must fit")
    parser.add_argument("--sequences", type=positive, default=1, help="requests at once")
    parser.add_argument("--psu-w", type=float, help="what the power supply is rated for")
    parser.add_argument("--case-mm", type=float, help="longest card that the case takes")
    parser.add_argument("--free-slots", type=int, help="free x16 slots")
    add_json(parser)


def _run(session: Session) -> int:
    from dsdesk.detect.serving_machine import host_power_w, served_by

    arguments = session.arguments
    snapshot = snapshot_of(session)
    served = served_by(snapshot, session.catalog)
    workload = Workload(sequences=arguments.sequences, context_tokens=arguments.context)
    llms = tuple(session.catalog.llms())
    rows = ranked(table(llms, served, workload), Wish(arguments.wish), arguments.faster_than)
    best = next((row for row in rows if row.verdict is Verdict.FITS), None)
    room = Room(
        psu_w=snapshot.host.psu_w if arguments.psu_w is None else arguments.psu_w,
        case_mm=arguments.case_mm,
        free_slots=snapshot.host.free_x16_slots if arguments.free_slots is None else arguments.free_slots,
        host_w=host_power_w(snapshot, session.catalog),
    )
    offers = upgrades(llms, served, best, session.catalog, room)
    if arguments.json:
        commands = launch_commands(rows, snapshot, workload, session.catalog)
        by_id = {llm.id: llm for llm in llms}
        session.give(
            {
                "machine": _machine(snapshot, served),
                "runs": [
                    {
                        **_row(row),
                        "get": to_get(row, by_id[row.model]) if row.fits else None,
                        "command": commands.get((row.model, row.precision, row.engine)),
                    }
                    for row in rows
                ],
                "add": [_offer(offer) for offer in offers],
                "warnings": (*snapshot.warnings, *_strangers(snapshot)),
            }
        )
        return OK
    _say(session, snapshot, rows, offers)
    return OK


def _strangers(snapshot: Snapshot) -> tuple[Message, ...]:
    """Cards that no figures are known for."""
    text = N_("{name} is not in the catalogue, so nothing can be forecast for it. It may be one of: {candidates}.")
    bare = N_("{name} is not in the catalogue, so nothing can be forecast for it.")
    return tuple(
        Message(text, name=gpu.label, candidates=gpu.candidates) if gpu.candidates else Message(bare, name=gpu.label)
        for gpu in snapshot.gpus
        if not gpu.part_id and gpu.certainty not in {MODIFIED, VIRTUAL}
    )


def _machine(snapshot: Snapshot, served: Served) -> dict[str, object]:
    return {
        "accelerator": served.accelerator.id if served.accelerator else None,
        "count": served.count,
        "memory_bytes": served.memory_bytes,
        "host_memory_bytes": snapshot.memory.total_bytes,
        "interconnect": served.interconnect,
        "others": served.others,
    }


def _row(run: Run) -> dict[str, object]:
    plan = run.sized.plan if run.sized else None
    return {
        "model": run.model,
        "name": run.name,
        "parameters": run.parameters,
        "precision": run.precision,
        "engine": run.engine,
        "fits": run.fits if run.verdict is not Verdict.UNKNOWN else None,
        "verdict": run.verdict,
        "offload_layers": run.offload_layers,
        "weights_bytes": run.weights_bytes,
        "decode_tok_s": run.decode_tok_s,
        "context": run.context,
        "limited_by": run.limited_by or None,
        "plan": plan,
        "because": run.because,
    }


def _offer(offer: Upgrade) -> dict[str, object]:
    enables = offer.enables
    return {
        "action": offer.action,
        "part_id": offer.part_id,
        "name": offer.name,
        "buy": offer.buy,
        "count": offer.count,
        "price": offer.price,
        "memory_bytes": offer.memory_bytes,
        "enables": None if enables is None else _row(enables),
        "power_w": offer.power_w,
        "length_mm": offer.length_mm,
        "slot_width": offer.slot_width,
        "connectors": dict(offer.connectors),
        "ask": offer.ask,
    }


def _range(session: Session, speed: Estimate) -> str:
    text = N_("{low} to {high}")
    return session.text(Message(text, low=f"{speed.low80:.1f}", high=f"{speed.high80:.1f}"))


def _say(session: Session, snapshot: Snapshot, rows: Iterable[Run], offers: tuple[Upgrade, ...]) -> None:
    for sentence in (*snapshot.summary(), *_strangers(snapshot)):
        session.say(sentence)
    for run in [row for row in rows if row.fits][:_SHOWN]:
        speed = run.decode_tok_s
        told = f"{speed.estimate:7.1f} ({_range(session, speed)})" if speed else "      -"
        verdict = session.text(_VERDICTS[run.verdict])
        session.say(f"{run.model:52} {run.precision:10} {run.engine.value:10} {verdict:12} {told} tok/s")
    for offer in offers:
        price = offer.price.money.text() if offer.price else "-"
        model = offer.enables.model if offer.enables else ""
        session.say(f"+ {offer.name:40} {price:>16}  {session.text(_ACTIONS[offer.action]):9} -> {model}")
    for question in offers[0].ask if offers else ():
        session.say(question)


COMMAND = Command(
    name="advise", summary="what this machine can run, and what to add", add_arguments=_add_arguments, run=_run
)
