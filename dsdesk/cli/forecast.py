"""`dsdesk forecast`: how fast a model will be on a device, with its interval."""

import argparse
from pathlib import Path

from dsdesk.base.errors import InputError
from dsdesk.base.source import Unknown
from dsdesk.cli.command import ANSWER_IS_NO, OK, Command, Session
from dsdesk.cli.common import (
    add_json,
    add_model,
    add_parallel,
    find_accelerator,
    find_model,
    parallel_choice,
    positive,
    required,
)
from dsdesk.evaluate import evaluate
from dsdesk.llm.precision import Engine
from dsdesk.project.project import Configuration, Line, Machine, ModelChoice, Project, Workload
from dsdesk.sizing.precisions import parse_kv_precision, parse_precision
from dsdesk.sizing.throughput import forecast


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_model(parser)
    add_parallel(parser)
    parser.add_argument("--gpu", help="accelerator, as its maker, a driver or people call it")
    parser.add_argument("--count", type=positive, default=1, help="how many of it")
    parser.add_argument("--isl", type=positive, default=1024, help="tokens in")
    parser.add_argument("--osl", type=positive, default=512, help="tokens out")
    parser.add_argument("--concurrency", type=positive, default=1, help="requests in flight")
    parser.add_argument("--cases", type=Path, help="CSV of cases instead of one")
    parser.add_argument("--out", type=Path, help="CSV to write for --cases")
    add_json(parser)
