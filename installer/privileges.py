"""Debian packages that set-up needs, installed with rights that were given or asked for."""

import os
import shlex
import shutil
from collections.abc import Sequence

from console import agrees, say, succeeds


def install_command(packages: Sequence[str]) -> str:
    """The command that a person would type."""
    return f"sudo apt-get install -y --no-install-recommends {shlex.join(packages)}"


def apt_install(packages: Sequence[str], *, purpose: str) -> bool:
    """Install Debian `packages`, saying so; asks first unless the rights are there already. Whether it went well."""
    if shutil.which("apt-get") is None:
        return False
    prefix = _rights(packages, purpose=purpose)
    if prefix is None:
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = [*prefix, "apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    # A new machine has no package lists yet; an old one needs none fetched.
    if succeeds(install, environment=environment, quiet=True):
        return True
    return succeeds([*prefix, "apt-get", "update", "-q"], environment=environment) and succeeds(
        install, environment=environment
    )


def _rights(packages: Sequence[str], *, purpose: str) -> list[str] | None:
    names = " ".join(packages)
    if os.geteuid() == 0:
        say(f"Installing {names} with apt-get: {purpose}.")
        return []
    if shutil.which("sudo") is None:
        return None
    if agrees(f"{names} must be installed with sudo apt-get: {purpose}. Do it now?"):
        return ["sudo"]
    return None
