"""Arguments in, exit status out. Bad input is one sentence on stderr and status 2; a bug is a traceback."""

import contextlib
import locale
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from dsdesk import __version__
from dsdesk.base.errors import DsdeskError
from dsdesk.base.translate import Language, render
from dsdesk.cli.command import BAD_INPUT, Command, Session
from dsdesk.cli.parser import Parser, speak

# One module a command; each has COMMAND. Imported only when it is the one that runs, or for --help.
COMMANDS = (
    "models",
    "parts",
    "memory",
    "forecast",
    "measured",
    "build",
    "detect",
    "advise",
    "check",
    "evaluate",
    "quote",
    "offers",
    "deploy",
    "catalog",
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line on `argv` and return the exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    _write_utf8()
    language = _language(_asked(arguments))
    speak(language)
    parser = _parser(arguments)
    try:
        parsed = parser.parse_args(arguments)
    except SystemExit as leaving:
        return int(leaving.code or 0)
    session = Session(arguments=parsed, language=language)
    command: Command = parsed.command
    try:
        return command.run(session)
    except DsdeskError as error:
        sys.stderr.write(f"dsdesk: {render(error.message, session.language)}\n")
        return BAD_INPUT
    except BrokenPipeError:
        # The reader of the pipe has seen enough (`dsdesk models | head`); Python must not complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser(arguments: Sequence[str]) -> Parser:
    parser = Parser(prog="dsdesk", description="Machines that run language models. No arguments: the window.")
    parser.add_argument("--version", action="version", version=f"dsdesk {__version__}")
    parser.add_argument("--messages", dest="lang_ui", choices=["en", "zh"], help="language of messages")
    verbs = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)
    wanted = [name for name in arguments if name in COMMANDS][:1] or COMMANDS
    for name in COMMANDS:
        if name in wanted:
            command: Command = import_module(f"dsdesk.cli.{name}").COMMAND
            verb = verbs.add_parser(name, help=command.summary, description=command.summary)
            command.add_arguments(verb)
            verb.set_defaults(command=command)
        else:
            verbs.add_parser(name, add_help=False)
    return parser


def _asked(arguments: Sequence[str]) -> str | None:
    """The language of --messages, wanted before the rest is parsed: what is wrong with the rest is said in it."""
    asked = None
    for place, text in enumerate(arguments):
        name, given, value = text.partition("=")
        if name == "--messages":
            asked = value if given else next(iter(arguments[place + 1 :]), None)
        if text in COMMANDS:
            break
    return asked


def _language(chosen: str | None) -> Language:
    tag = chosen or os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    if not tag and sys.platform == "win32":
        tag = locale.getlocale()[0] or ""
    return Language.CHINESE if tag.lower().startswith(("zh", "chinese")) else Language.ENGLISH


def _write_utf8() -> None:
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            with contextlib.suppress(ValueError):
                reconfigure(encoding="utf-8", errors="replace")
