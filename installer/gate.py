"""Everything that must hold before a change is one: style, types, floors, translations, tests."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from console import ROOT

_SHOWN_ON_FAILURE = 200  # lines of a check's output


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    name: str
    status: int
    seconds: float
    output: str


def everything(python: Path) -> int:
    """Run every check and then the tests, whatever fails; pytest's closing line comes last."""
    # Two at a time: more would only make a small machine swap.
    with ThreadPoolExecutor(max_workers=2) as pool:
        outcomes = list(pool.map(lambda check: _run_check(*check), _checks(python)))
    for outcome in outcomes:
        if outcome.status:
            _print_output(outcome)
    status, seconds, closing_line = _run_pytest(python, [])
    outcomes.append(_Outcome(name="tests", status=status, seconds=seconds, output=""))
    print()
    for outcome in outcomes:
        verdict = "FAILED" if outcome.status else "ok"
        print(f"{outcome.name:<16} {verdict:<6} {outcome.seconds:6.1f} s")
    failed = sum(outcome.status != 0 for outcome in outcomes)
    print(closing_line or f"{len(outcomes) - failed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


def pytest_only(python: Path, arguments: list[str]) -> int:
    """Run pytest with `arguments`."""
    return subprocess.call([str(python), "-m", "pytest", *arguments], cwd=ROOT, env=_environment())


def _checks(python: Path) -> list[tuple[str, list[str]]]:
    tools = python.parent
    return [
        ("types", [str(tools / "mypy")]),
        ("style", [str(tools / "ruff"), "check"]),
        ("layout", [str(tools / "ruff"), "format", "--check"]),
        ("floors", [str(tools / "lint-imports")]),
        ("translations", [str(python), str(ROOT / "installer" / "i18n.py"), "check"]),
    ]


def _run_check(name: str, command: list[str]) -> _Outcome:
    start = time.perf_counter()
    done = subprocess.run(
        command, cwd=ROOT, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    output = done.stdout.decode(errors="replace")
    return _Outcome(name=name, status=done.returncode, seconds=time.perf_counter() - start, output=output)


def _print_output(outcome: _Outcome) -> None:
    lines = outcome.output.splitlines()
    print(f"---- {outcome.name} ----")
    print("\n".join(lines[:_SHOWN_ON_FAILURE]))
    if len(lines) > _SHOWN_ON_FAILURE:
        print(f"... and {len(lines) - _SHOWN_ON_FAILURE} lines more")


def _run_pytest(python: Path, arguments: list[str]) -> tuple[int, float, str]:
    """Run pytest and pass its output on; gives its status, the seconds and its closing line."""
    start = time.perf_counter()
    colour = ["--color=yes"] if sys.stdout.isatty() else []
    command = [str(python), "-m", "pytest", *colour, *arguments]
    closing_line = ""
    with subprocess.Popen(command, cwd=ROOT, env=_environment(), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for raw in process.stdout:
            line = raw.decode(errors="replace").rstrip()
            print(line, flush=True)
            closing_line = line or closing_line
    return process.returncode, time.perf_counter() - start, closing_line


def _environment() -> dict[str, str]:
    return {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONUTF8": "1"}
