"""The parser of the command line, which complains in one sentence and in the language of the user.

What argparse itself says goes through the name `_` in its module, which is meant for gettext; `speak` puts our
translations there. Where a Python has no such name, its own words stay English and nothing else changes.
"""

import argparse
from contextvars import ContextVar
from typing import NoReturn

from dsdesk.base.message import N_, Message
from dsdesk.base.translate import Language, render, translator
from dsdesk.cli.command import BAD_INPUT

_spoken: ContextVar[Language] = ContextVar("_spoken", default=Language.ENGLISH)

# What argparse says to users; the rest of its texts is for programmers.
ARGPARSE_SAYS = (
    N_("usage: "),
    N_("positional arguments"),
    N_("options"),
    N_("show this help message and exit"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("unrecognized arguments: %s"),
    N_("not allowed with argument %s"),
    N_("ignored explicit argument %r"),
    N_("the following arguments are required: %s"),
    N_("one of the arguments %s is required"),
    N_("expected one argument"),
    N_("expected at most one argument"),
    N_("expected at least one argument"),
    N_("ambiguous option: %(option)s could match %(matches)s"),
    N_("invalid %(type)s value: %(value)r"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
    N_("unknown parser %(parser_name)r (choices: %(choices)s)"),
)


class Parser(argparse.ArgumentParser):
    """Says what is wrong and where help is, without a dump of the usage."""

    def error(self, message: str) -> NoReturn:
        """One sentence on stderr and status 2."""
        said = Message(N_("{program}: {complaint}. See {program} --help"), program=self.prog, complaint=message)
        self.exit(BAD_INPUT, render(said, _spoken.get()) + "\n")


def speak(language: Language) -> None:
    """Say everything about arguments in `language` from here on."""
    _spoken.set(language)
    vars(argparse)["_"] = translator(language)


def wrong_argument(message: Message) -> argparse.ArgumentTypeError:
    """What a type of an argument raises about a text that it does not take."""
    return argparse.ArgumentTypeError(render(message, _spoken.get()))
