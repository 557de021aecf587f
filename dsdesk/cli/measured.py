"""`dsdesk measured`: the user's own measurements, with which forecasts of their machines are calibrated."""

import argparse
from collections.abc import Iterable
from pathlib import Path

from dsdesk.base.message import N_, Message
from dsdesk.base.units import format_number
from dsdesk.cli.command import OK, Command, Session
from dsdesk.cli.common import add_json, add_told, told_of
from dsdesk.measured.comparison import Compared, Comparer
from dsdesk.measured.measurement import Skipped
from dsdesk.measured.reader import read_file

_KEPT = N_("Kept {count} measurements; forecasts of their machine are calibrated with them now.")
_EMPTY = Message(N_("No measurement of your own is kept yet. Add one: dsdesk measured add FILE."))


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", metavar="list|add|remove|use|leave|export", required=True)
    add_json(what.add_parser("list", help="all of them beside the forecast"))
    adding = what.add_parser("add", help="keep what a benchmark wrote, and calibrate with it")
    adding.add_argument("file", type=Path, help="result of llama-bench, vllm bench serve, SGLang or ollama --verbose")
    add_told(adding)
    add_json(adding)
    for verb, meaning in (
        ("remove", "forget measurements"),
        ("use", "calibrate with measurements"),
        ("leave", "keep measurements without calibrating with them"),
    ):
        one = what.add_parser(verb, help=meaning)
        one.add_argument("numbers", nargs="*", type=int, help="as `dsdesk measured list` numbers them")
        one.add_argument("--all", action="store_true", help="every one")
    exporting = what.add_parser("export", help="write them to a file that `add` reads")
    exporting.add_argument("file", type=Path)


def compare_file(session: Session, *, keep: bool) -> int:
    """Show what a file measured beside the forecast, and keep it where asked."""
    arguments = session.arguments
    path: Path = arguments.file if "file" in arguments else arguments.measured
    readings = read_file(path, told_of(arguments))
    comparer = Comparer(session.catalog)
    compared = [comparer.compare(one) for one in readings.measurements]
    added = session.store.measurements.add(readings.measurements) if keep else None
    if arguments.json:
        session.give({"program": readings.program, "measurements": _values(compared), "skipped": readings.skipped})
        return OK
    _say(session, [("", one) for one in compared])
    for skipped in readings.skipped:
        session.warn(_told(skipped))
    if added is not None:
        session.say(Message(_KEPT, count=added))
    return OK


def _told(skipped: Skipped) -> Message:
    return Message(N_("Line {line}: {because}."), line=skipped.line, because=skipped.because)


def _values(compared: Iterable[Compared]) -> list[dict[str, object]]:
    return [
        {
            "measurement": one.measurement,
            "llm": one.llm,
            "device": one.device,
            "forecast": one.forecast,
            "ratio": one.ratio,
            "inside": one.is_inside if one.forecast else None,
            "calibrates": one.calibrates,
            "because": one.because,
        }
        for one in compared
    ]


def _say(session: Session, rows: list[tuple[str, Compared]]) -> None:
    for mark, one in rows:
        measured = one.measurement
        beside = "–"
        if one.forecast and one.ratio:
            low, high = format_number(one.forecast.low80), format_number(one.forecast.high80)
            beside = f"{format_number(one.forecast.estimate)} ({low} – {high})   x{one.ratio:.2f}"
        because = f"   {session.text(one.because)}" if one.because else ""
        name = f"{mark:8}{one.llm or measured.model} · {one.device_name or measured.gpu or '?'}"
        session.say(f"{name}   {measured.metric} = {format_number(measured.value)}   {beside}{because}")


def _run(session: Session) -> int:
    arguments, shelf = session.arguments, session.store.measurements
    if arguments.what == "add":
        return compare_file(session, keep=True)
    if arguments.what == "list":
        if arguments.json:
            rows = [{"id": one.id, "used": one.is_used, **_values([one.compared])[0]} for one in shelf.all()]
            session.give({"measurements": rows})
        elif not shelf.all():
            session.say(_EMPTY)
        else:
            _say(session, [(f"{one.id}{'' if one.is_used else ' (-)'}", one.compared) for one in shelf.all()])
        return OK
    if arguments.what == "export":
        from dsdesk.measured.exchange import write

        write([one.compared.measurement for one in shelf.all()], arguments.file)
        return OK
    numbers = [one.id for one in shelf.all()] if arguments.all else arguments.numbers
    if arguments.what == "remove":
        shelf.remove(numbers)
    else:
        shelf.use(numbers, used=arguments.what == "use")
    return OK


COMMAND = Command(
    name="measured",
    summary="your own measurements beside the forecast",
    add_arguments=_add_arguments,
    run=_run,
)
