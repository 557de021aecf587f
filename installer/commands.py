"""What each word after `installer/dev.py` does."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import environment
import gate
import locking
import package
import qtlibs
import translations
from console import SetupError, say

USAGE = """\
usage: python3 installer/dev.py run [ARGS...]    open the window, or the command line with ARGS
       python3 installer/dev.py test [ARGS...]   every check and test; ARGS go to pytest, which then runs alone
       python3 installer/dev.py env              make the environment and stop
       python3 installer/dev.py lock [--upgrade] pin the dependencies of pyproject.toml anew
       python3 installer/dev.py package [KIND..] [--sign KEY]  make installers: deb, portable, windows, macos
"""

NO_SCREEN = (
    "There is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can open; the command line "
    "does the same work: python3 installer/dev.py run --help"
)


def main(arguments: Sequence[str]) -> int:
    """Do what `arguments` ask; gives the exit status."""
    commands: dict[str, Callable[[list[str]], int]] = {
        "run": run,
        "test": test,
        "env": env,
        "lock": locking.lock,
        "package": package.package,
    }
    command = commands.get(arguments[0]) if arguments else None
    if command is None:
        wanted = bool(arguments) and arguments[0] in {"-h", "--help", "help"}
        (sys.stdout if wanted else sys.stderr).write(USAGE)
        return 0 if wanted else 2
    try:
        return command(list(arguments[1:]))
    except SetupError as error:
        say(str(error))
        return error.status
    except KeyboardInterrupt:
        return 130


def run(arguments: list[str]) -> int:
    """Run dsdesk with `arguments`; this process becomes dsdesk where the system can do that."""
    window = wants_a_window(arguments)
    if window and not has_a_screen():
        raise SetupError(NO_SCREEN)
    python = environment.ensure(environment.RUNTIME)
    if window:
        qtlibs.ensure(qtlibs.SCREEN)
    translations.ensure_compiled(python)
    command = [str(python), "-P", "-m", "dsdesk", *arguments]
    sys.stdout.flush()
    if os.name == "posix":
        os.execv(command[0], command)
    return subprocess.call(command)


def test(arguments: list[str]) -> int:
    """Run every check and test, or pytest alone where it is given arguments."""
    python = environment.ensure(environment.DEVELOPMENT)
    qtlibs.ensure(qtlibs.NO_SCREEN)
    translations.ensure_compiled(python)
    return gate.pytest_only(python, arguments) if arguments else gate.everything(python)


def env(_arguments: list[str]) -> int:
    """Make the environment with the tools for development."""
    python = environment.ensure(environment.DEVELOPMENT)
    say(f"The environment is ready: {python}")
    return 0


def wants_a_window(arguments: Sequence[str]) -> bool:
    """Whether dsdesk would open its window: nothing asked, only options, or a project to open."""
    if not arguments:
        return True
    first = arguments[0]
    if first.startswith("-"):
        return not {"-h", "--help", "--version"} & set(arguments)
    return Path(first).suffix == ".dsdesk"


def has_a_screen() -> bool:
    """Whether a window can be shown; a platform plugin that somebody chose is taken at its word."""
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
