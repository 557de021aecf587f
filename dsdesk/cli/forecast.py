"""`dsdesk forecast`: how fast a model will be on a device, with its interval."""

import argparse
from pathlib import Path

from dsdesk.cli.common import (
    add_json,
    add_model,
    add_parallel,
    positive,
)


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
