"""One file that runs by double-click: a few lines of shell with the frozen folder behind them."""

import hashlib
import subprocess
from pathlib import Path

import package_freeze
from console import ROOT, SetupError, say


def build(folder: Path) -> Path:
    """Make the self-extracting file of the frozen `folder`; gives its path."""
    package_freeze.DIST.mkdir(exist_ok=True)
    target = package_freeze.DIST / f"dsdesk-{package_freeze.version()}-x86_64.run"
    say(f"Packing {target.name}.")
    archive = package_freeze.BUILD / "portable.tar.xz"
    order = ["--sort=name", f"--mtime=@{package_freeze.epoch()}", "--owner=0", "--group=0", "--numeric-owner"]
    command = ["tar", *order, "--format=gnu", "-cf", "-", "-C", str(folder.parent), folder.name]
    with archive.open("wb") as file, subprocess.Popen(command, stdout=subprocess.PIPE) as tar:
        packed = subprocess.call(
            ["xz", f"-{package_freeze.packing_level()}", "-T2", "--block-size=24MiB", "-c"],
            stdin=tar.stdout,
            stdout=file,
        )
    if packed or tar.returncode:
        raise SetupError("The archive could not be made; the lines above say why.", status=1)
    head = (ROOT / "installer/linux/portable.sh").read_text(encoding="utf-8")
    content = archive.read_bytes()
    head = head.replace("@VERSION@", package_freeze.version())
    head = head.replace("@DIGEST@", hashlib.sha256(content).hexdigest()[:16])
    head = head.replace("@LINES@", str(head.count("\n") + 1))
    target.write_bytes(head.encode() + content)
    target.chmod(0o755)
    archive.unlink()
    return target
