"""The whole story by commands, watched from inside Python: no network, and no write outside the user's own folders.

What C++ and C do by themselves Python does not see; `installer/verify` watches the packaged program's system calls.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Audit hooks cannot be taken away again, so the story runs in a process of its own.
WATCHED = """
import json, os, sys
home, steps = sys.argv[1], json.loads(sys.argv[2])
spoken, written, started = [], [], []
FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

def note(path):
    if isinstance(path, (str, bytes, os.PathLike)):
        written.append(os.path.realpath(os.fsdecode(path)))

def hook(event, arguments):
    if event.startswith("socket.") or event.startswith("urllib.") or event.startswith(("http.", "ftplib.", "smtplib.")):
        spoken.append(f"{event} {arguments[1:]!r}")
    elif event == "open":
        path, mode, flags = arguments
        if (mode and set(mode) & set("wxa+")) or (isinstance(flags, int) and flags & FLAGS):
            note(path)
    elif event in {"os.mkdir", "os.remove", "os.rmdir", "os.truncate", "os.chmod", "os.utime"}:
        note(arguments[0])
    elif event in {"os.rename", "os.link", "os.symlink"}:
        note(arguments[0]); note(arguments[1])
    elif event == "sqlite3.connect" and "mode=ro" not in str(arguments[0]) and ":memory:" not in str(arguments[0]):
        name = os.fsdecode(arguments[0])
        note(name.removeprefix("file://").partition("?")[0])
    elif event in {"subprocess.Popen", "os.exec", "os.posix_spawn", "os.system"}:
        started.append(repr(arguments[:2]))

from dsdesk.catalog.updates import trust
from tests.catalog.bundles import first_root
trust.pinned_root = first_root
from dsdesk.cli.main import main
sys.addaudithook(hook)
statuses = []
for step in steps:
    sys.stdout = open(os.devnull, "w")
    statuses.append(main(step))
    sys.stdout = sys.__stdout__
print(json.dumps({"statuses": statuses, "spoken": spoken, "written": sorted(set(written)), "started": started}))
"""


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """The story told once: (what was seen, the one folder in which everything may lie)."""
    own = tmp_path_factory.mktemp("own")
    _prepare(own)
    steps = [
        ["models", "deepseek", "--json"],
        ["parts", "显卡", "--json"],
        ["memory", "--model", "DeepSeek-V3", "--precision", "fp8", "--context", "131072", "--json"],
        ["forecast", "--model", "DeepSeek-V3", "--precision", "fp8", "--gpu", "H200", "--count", "8", "--json"],
        ["detect", "--json"],
        ["check", "scheme-1", "--json"],
        ["evaluate", "scheme-2"],
        ["quote", "scheme-1", "-o", str(own / "rfq.pdf"), "--xlsx", str(own / "rfq.xlsx"), "--lang", "both"],
        ["deploy", "scheme-2", "-o", str(own / "launch")],
        ["catalog", "import", "prices", str(own / "prices.csv")],
        ["catalog", "backup", str(own / "backup.json")],
        ["catalog", "export", str(own / "all.json")],
        ["catalog", "new-key", str(own / "mine.key"), "--no-passphrase"],
        ["catalog", "publish", str(own / "prices.csv"), "-o", str(own / "p.dsdcat"), "--key", str(own / "mine.key")],
        ["catalog", "trust", str(own / "mine.pub"), "--name", "Our buyers"],
        ["catalog", "update", str(own / "p.dsdcat")],
        ["catalog", "publish", str(own / "db"), "-o", str(own / "c.dsdcat"), "--key", str(own / "signer.key")],
        ["catalog", "verify", str(own / "c.dsdcat")],
        ["catalog", "update", str(own / "c.dsdcat")],
        ["catalog", "verify"],
        ["catalog", "update", "--undo"],
        ["catalog", "info"],
        ["catalog", "restore", str(own / "backup.json")],
    ]
    temporary = own / "tmp"
    temporary.mkdir()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("COV_")},
        "DSDESK_HOME": str(own / "home"),
        "TMPDIR": str(temporary),
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, "-W", "ignore", "-c", WATCHED, str(own), json.dumps(steps)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=own)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1]), own, steps, done.stderr


def _prepare(own: Path) -> None:
    import shutil

    from dsdesk.catalog.updates.secret import write_keys
    from tests.catalog.bundles import SIGNER

    shutil.copytree(ROOT / "db", own / "db")
    shutil.rmtree(own / "db" / "parts" / "listed")  # the other lists are enough to be watched, and read sooner
    for path in sorted((own / "db" / "llm").iterdir())[5:]:
        path.unlink()
    (own / "db" / "version.toml").write_text('version = "2099.1.1"\n', encoding="utf-8")
    (own / "prices.csv").write_text("name,price,currency\nRTX 4090,1999,USD\n", encoding="utf-8")
    write_keys(SIGNER, own / "signer.key", "")


def test_every_step_gives_an_answer(story):
    seen, _own, steps, errors = story
    failed = [step for step, status in zip(steps, seen["statuses"], strict=True) if status not in {0, 1}]
    assert not failed, errors


def test_no_socket_is_opened(story):
    assert story[0]["spoken"] == []


def test_nothing_is_written_outside_the_users_own_folders(story):
    seen, own, _steps, _errors = story
    allowed = (str(own.resolve()) + os.sep, os.devnull)
    assert [path for path in seen["written"] if not (path + os.sep).startswith(allowed)] == []
    assert any(path.startswith(str((own / "home").resolve())) for path in seen["written"])


def test_no_program_is_started_but_our_own_child(story):
    assert [one for one in story[0]["started"] if "dsdesk.detect.nvml_child" not in one] == []


def test_the_hook_sees_a_socket_and_a_write(tmp_path):
    """The watch itself, so that silence means something."""
    lines = WATCHED.replace("from dsdesk.cli.main import main", "").replace(
        "statuses.append(main(step))",
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('127.0.0.1', 9));"
        " open(home + '/x', 'w').close()",
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-W", "ignore", "-c", lines, str(tmp_path), "[[]]"]
    seen = json.loads(subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout)
    assert any("127.0.0.1" in one for one in seen["spoken"])
    assert str((tmp_path / "x").resolve()) in seen["written"]
