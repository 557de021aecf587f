"""The PROJECT argument and the Evaluation of what it names."""

import argparse
from pathlib import Path

from dsdesk.cli.command import Session
from dsdesk.evaluate import Evaluation, evaluate
from dsdesk.project.file import load
from dsdesk.project.templates import SCHEMES, scheme


def add_project(parser: argparse.ArgumentParser) -> None:
    """The project: a file, or one of the guide's schemes by name."""
    parser.add_argument("project", help=f"a *.dsdesk file, or one of {', '.join(SCHEMES)}")


def evaluated(session: Session) -> Evaluation:
    """The Evaluation of the project that was named.

    Raises:
        FileError: it cannot be read.
    """
    name: str = session.arguments.project
    project = scheme(name) if name in SCHEMES else load(Path(name))
    return evaluate(project, session.catalog)
