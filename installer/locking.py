"""Pins what pyproject.toml asks for, with hashes, for every system and Python that dsdesk supports.

No lock file of uv is kept: it names the hosts of package indexes, and hashes need none.
"""

import os
from pathlib import Path

import environment
from console import ROOT, SetupError, succeeds


def lock(arguments: list[str]) -> int:
    """Write the requirements files; `--upgrade` moves to the newest versions."""
    python = environment.ensure(environment.DEVELOPMENT)
    os.chdir(ROOT)  # the files name one another as they are called here
    flags = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", "-q"]
    named = ["--custom-compile-command", "python3 installer/dev.py lock"]
    common: list[str | Path] = [python, "-m", "uv", "pip", "compile", "pyproject.toml", *flags, *named, *arguments]
    development = ["--group", "dev", "-c", environment.RUNTIME]
    packaging = ["--group", "package", "-c", environment.RUNTIME]
    wanted: tuple[tuple[list[str], str], ...] = (
        ([], environment.RUNTIME),
        (development, environment.DEVELOPMENT),
        (packaging, environment.PACKAGING),
    )
    for extra, output in wanted:
        if not succeeds([*common, *extra, "-o", output]):
            raise SetupError(f"{ROOT / output} could not be written; the lines above say why.", status=1)
    return 0
