"""`dsdesk forecast`: how fast a model will be on a device, with its interval."""

import argparse
from pathlib import Path

from dsdesk.base.errors import InputError
from dsdesk.base.source import Unknown
from dsdesk.base.units import Estimate
from dsdesk.build.inventory import device_memory_bytes
from dsdesk.build.serving import Served
from dsdesk.build.sized import Sized, sized
from dsdesk.cli.command import ANSWER_IS_NO, OK, Command, Session
from dsdesk.cli.common import (
    add_drafts,
    add_json,
    add_model,
    add_parallel,
    engine_for,
    find_accelerators,
    find_model,
    parallel_choice,
    positive,
    required,
    speculation_of,
)
from dsdesk.project.project import Configuration, Workload
from dsdesk.sizing.forecast_case import interconnect_of
from dsdesk.sizing.precisions import parse_kv_precision, parse_precision
from dsdesk.sizing.results import Forecast


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_model(parser)
    add_parallel(parser)
    add_drafts(parser)
    parser.add_argument("--gpu", help="accelerator, as its maker, a driver or people call it")
    parser.add_argument("--count", type=positive, help="how many of it (default 1)")
    parser.add_argument("--isl", type=positive, default=1024, help="tokens in")
    parser.add_argument("--osl", type=positive, default=512, help="tokens out")
    parser.add_argument("--concurrency", type=positive, default=1, help="requests in flight")
    parser.add_argument("--cases", type=Path, help="CSV of cases instead of one")
    parser.add_argument("--out", type=Path, help="CSV to write for --cases")
    parser.add_argument("--measured", type=Path, help="result of a benchmark, to be shown beside its forecast")
    parser.add_argument("--keep", action="store_true", help="with --measured: calibrate your forecasts with it")
    add_json(parser)


def _sized(session: Session) -> Sized:
    arguments = session.arguments
    device, count = find_accelerators(arguments.gpu, arguments.count, session.catalog)
    interconnect = interconnect_of(device, count)
    precision = parse_precision(arguments.precision)
    configuration = Configuration(
        precision=precision.key,
        kv_precision=parse_kv_precision(arguments.kv_precision).key,
        engine=engine_for(arguments.engine, precision),
        parallel=parallel_choice(arguments),
        speculation=speculation_of(arguments),
        workload=Workload(
            sequences=arguments.concurrency,
            input_tokens=arguments.isl,
            output_tokens=arguments.osl,
            context_tokens=arguments.isl + arguments.osl,
        ),
    )
    served = Served(
        accelerator=device,
        count=count,
        nodes=interconnect.nodes,
        memory_bytes=device_memory_bytes(device),
        interconnect=interconnect,
        own_speeds=session.catalog.own_speeds,
    )
    return sized(find_model(arguments.model, session.catalog), configuration, served)


def _answer(found: Sized, speed: Forecast) -> dict[str, object]:
    values = {name: value for name in Forecast.__slots__ if isinstance(value := getattr(speed, name), Estimate)}
    return {
        **values,
        "gpu_power_w": speed.gpu_power_w,
        "limited_by": speed.limited_by,
        "fits": speed.fits,
        "plan": found.plan,
        "offload_layers": found.offload_layers,
        "distance": speed.distance,
        "own_measurements": speed.own_measurements,
        "why": speed.why,
    }


def _run(session: Session) -> int:
    arguments = session.arguments
    if arguments.cases is not None:
        from dsdesk.sizing.forecast_cases import run_forecast_cases

        required(arguments, "out")
        run_forecast_cases(session.catalog, arguments.cases, arguments.out)
        return OK
    if arguments.measured is not None:
        from dsdesk.cli.measured import compare_file

        return compare_file(session, keep=arguments.keep)
    required(arguments, "model", "precision", "gpu")
    found = _sized(session)
    for answer in (found.need, found.forecast):
        if isinstance(answer, Unknown):
            raise InputError(answer.because)
    assert isinstance(found.forecast, Forecast)
    if arguments.json:
        session.give(_answer(found, found.forecast))
    else:
        for name, value in _answer(found, found.forecast).items():
            if isinstance(value, Estimate):
                session.say(f"{name:24} {value.estimate:12,.1f}   ({value.low80:,.1f} to {value.high80:,.1f})")
    return OK if found.forecast.fits else ANSWER_IS_NO


COMMAND = Command(name="forecast", summary="how fast a model will be", add_arguments=_add_arguments, run=_run)
