"""What a command is, and what it may use."""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from dsdesk.base.jsonable import jsonable
from dsdesk.base.message import Message
from dsdesk.base.translate import Language, render
from dsdesk.build.catalog import Catalog
from dsdesk.catalog.store import Store, open_catalog

OK = 0
ANSWER_IS_NO = 1  # does not fit, or a check fails
BAD_INPUT = 2


@dataclass
class Session:
    """One run of the command line.

    Attributes:
        arguments: as parsed.
        language: in which messages are said.
    """

    arguments: argparse.Namespace
    language: Language

    @cached_property
    def store(self) -> Store:
        """The catalogue with the user's own layer, opened on first use."""
        return open_catalog()

    @property
    def catalog(self) -> Catalog:
        """The catalogue as the core sees it."""
        return self.store

    def say(self, message: Message | str) -> None:
        """One line on stdout."""
        sys.stdout.write(render(message, self.language) + "\n")

    def warn(self, message: Message) -> None:
        """One line on stderr."""
        sys.stderr.write(render(message, self.language) + "\n")

    def give(self, value: object) -> None:
        """`value` as JSON on stdout."""
        text = json.dumps(jsonable(value, self.language), ensure_ascii=False, indent=1)
        sys.stdout.write(text + "\n")

    def text(self, message: Message | str) -> str:
        """`message` in the language of this run."""
        return render(message, self.language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One verb of the command line.

    Attributes:
        name: as typed.
        summary: one line for --help.
        add_arguments: declares its arguments.
        run: does it; returns the exit status.
    """

    name: str
    summary: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[Session], int]
