"""The installers tried where nothing else is: a minimal Debian root, no network, every system call watched.

    sudo installer/verify                 after `python3 installer/dev.py package`

Installs the .deb in a root made by debootstrap, runs the whole story as a user without rights, first by commands, then
with the window on a virtual screen, all in a network namespace without interfaces and under strace; upgrades over an
older package, removes it, and tries the portable file. Fails where a socket is not a local one, where anything is
written outside the user's own folders, or where the user's data do not survive. Writes build/verify/report.json.

Wants debootstrap, strace, xvfb, xdotool and libglib2.0-bin. The network is used once, to fetch the packages that the
.deb depends on. Keys are made for the occasion and go with it.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import package_freeze
import verify_story
import verify_trace
from console import ROOT, SetupError, say

WORK = ROOT / "build" / "verify"
BASE, TREE = WORK / "base", WORK / "root"
HOME = "/home/tester"
_TOOLS = ("debootstrap", "strace", "Xvfb", "xdotool", "gio", "unshare", "dpkg-deb")
# What a desktop has beside what the package asks for; xz unpacks the portable file.
_DESKTOP = ("shared-mime-info", "desktop-file-utils", "xz-utils")
# Status 1 is an answer too: "a check fails".
_ANSWERS = (0, 1)


def main() -> int:
    """Try everything; gives 1 where anything is not as it must be."""
    report: dict[str, object] = {}
    try:
        _look_for_tools()
        deb, portable = _made(".deb"), _made(".run")
        report["sizes_mb"] = {one.name: round(one.stat().st_size / 1e6, 1) for one in (deb, portable)}
        _make_root(deb)
        with _mounted():
            steps = (_install, _commands, _updates, _window, _upgrade, _remove)
            for step in steps:
                say(f"verify: {step.__name__.strip('_')}")
                report[step.__name__.strip("_")] = step(deb)
            say("verify: portable")
            report["portable"] = _portable(portable)
    except (SetupError, AssertionError) as error:
        say(f"verify: FAILED: {error}")
        report["failed"] = str(error)
    WORK.mkdir(parents=True, exist_ok=True)
    (WORK / "report.json").write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(report, ensure_ascii=False, indent=1))
    return 1 if "failed" in report else 0


def _look_for_tools() -> None:
    missing = [tool for tool in _TOOLS if shutil.which(tool, path=f"{os.environ['PATH']}:/usr/sbin:/sbin") is None]
    if missing or os.geteuid() != 0:
        raise SetupError(f"needs root, and these tools: {', '.join(missing) or 'all there'}")


def _made(ending: str) -> Path:
    found = sorted(package_freeze.DIST.glob(f"*{ending}"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise SetupError(f"there is no {ending} in dist/; make it: python3 installer/dev.py package")
    return found[-1]


# ------------------------------------------------------------------------------------------------------- the clean root


def _make_root(deb: Path) -> None:
    depends = _field(deb, "Depends")
    names = [one.split(" ")[0] for one in depends.split(", ")]
    wanted = WORK / "base-has.txt"
    has = f"{depends} / {', '.join(_DESKTOP)}"
    if not wanted.exists() or wanted.read_text(encoding="utf-8") != has:
        shutil.rmtree(BASE, ignore_errors=True)
        BASE.mkdir(parents=True)
        _run(["debootstrap", "--variant=minbase", "bookworm", BASE])
        quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y", "--no-install-recommends", "install"]
        _run(["chroot", BASE, *quiet, *names, *_DESKTOP])
        _run(["chroot", BASE, "useradd", "-m", "-u", "1234", "tester"])
        wanted.write_text(has, encoding="utf-8")
    shutil.rmtree(TREE, ignore_errors=True)
    _run(["cp", "-a", BASE, TREE])


def _field(deb: Path, name: str) -> str:
    return subprocess.run(["dpkg-deb", "-f", str(deb), name], capture_output=True, text=True, check=True).stdout.strip()


@contextmanager
def _mounted() -> Iterator[None]:
    binds = (("/dev", "dev"), ("/proc", "proc"), ("/sys", "sys"))
    try:
        for source, place in binds:
            _run(["mount", "--rbind", source, TREE / place])
            _run(["mount", "--make-rslave", TREE / place])
        yield
    finally:
        for _, place in binds:
            subprocess.run(["umount", "-l", str(TREE / place)], check=False, stderr=subprocess.DEVNULL)


def _run(command: Sequence[object], *, statuses: Sequence[int] = (0,)) -> str:
    done = subprocess.run([str(one) for one in command], capture_output=True, text=True, errors="replace", check=False)
    if done.returncode not in statuses or "Traceback" in done.stderr:
        said = (done.stderr or done.stdout).strip().splitlines()[-3:]
        raise SetupError(f"{' '.join(map(str, command))[:160]} ended with {done.returncode}: {' / '.join(said)}")
    return done.stdout


def _as_tester(*command: str, home: str = HOME) -> list[str]:
    """`command` as a user without rights, in the root, where no interface of a network is."""
    given = ["PATH=/usr/bin:/bin", f"HOME={home}", "LANG=C.UTF-8", "XDG_DATA_DIRS=/usr/share", f"DISPLAY={_display()}"]
    return ["unshare", "-n", "chroot", "--userspec=1234:1234", str(TREE), "/usr/bin/env", "-i", *given, *command]


@cache
def _display() -> str:
    """A screen that nobody else uses."""
    return next(f":{number}" for number in range(97, 1000) if not Path(f"/tmp/.X{number}-lock").exists())


def _watched(log: Path, command: Sequence[str]) -> list[str]:
    return ["strace", "-f", "-qq", "-y", "-s", "256", "-e", f"trace={verify_trace.CALLS}", "-o", str(log), *command]


# ------------------------------------------------------------------------------------------------------------ the steps


def _install(deb: Path) -> dict[str, object]:
    older = _older(deb)
    for one in (older, deb):
        shutil.copy(one, TREE / "tmp" / one.name)
    start = time.perf_counter()
    _run(["unshare", "-n", "chroot", TREE, "dpkg", "-i", f"/tmp/{older.name}"])
    seconds = time.perf_counter() - start
    assert (TREE / "usr/lib/dsdesk/only-in-the-older.txt").exists()
    _speaks_no_tls(TREE / "usr/lib/dsdesk")
    home = TREE / HOME[1:]
    verify_story.prepare(home)
    _run(["chroot", TREE, "chown", "-R", "1234:1234", HOME])
    return {"seconds": round(seconds, 1), "files_of_the_desktop": _desktop(home / "mine.dsdesk")}


def _speaks_no_tls(folder: Path) -> None:
    """What could speak to a network in earnest is not there; the OpenSSL within `cryptography` comes with that."""
    wanted = ("libssl", "libcrypto", "libgnutls", "libcurl", "_ssl.", "_hashlib.", "libqopensslbackend", "libqcertonly")
    found = [path.name for path in folder.rglob("*") if path.name.startswith(wanted)]
    assert not found, f"in the package: {found}"


def _older(deb: Path) -> Path:
    """The package again as version 0.0.1, with one file more."""
    folder, target = WORK / "older", WORK / "dsdesk-older.deb"
    shutil.rmtree(folder, ignore_errors=True)
    _run(["dpkg-deb", "-R", deb, folder])
    control = folder / "DEBIAN/control"
    text = control.read_text(encoding="utf-8").replace(f"Version: {_field(deb, 'Version')}", "Version: 0.0.1")
    control.write_text(text, encoding="utf-8")
    (folder / "usr/lib/dsdesk/only-in-the-older.txt").write_text("", encoding="utf-8")
    _run(["dpkg-deb", "-Znone", "-b", folder, target])
    shutil.rmtree(folder)
    return target


def _desktop(project: Path) -> dict[str, str]:
    """What a desktop makes of the entry and the file type."""
    share = {**os.environ, "XDG_DATA_DIRS": str(TREE / "usr/share"), "XDG_DATA_HOME": str(WORK / "none")}
    asked = ["gio", "info", "-a", "standard::content-type", str(project)]
    kind = subprocess.run(asked, capture_output=True, text=True, check=True, env=share).stdout.split()[-1]
    cache = (TREE / "usr/share/applications/mimeinfo.cache").read_text(encoding="utf-8")
    opens = [line for line in cache.splitlines() if line.startswith("application/x-dsdesk-project=")]
    assert kind == "application/x-dsdesk-project", f"the file type of a project is {kind}"
    assert opens, "no program opens a project"
    assert "dsdesk.desktop" in opens[0], opens[0]
    _run(["desktop-file-validate", TREE / "usr/share/applications/dsdesk.desktop"])
    return {"type": kind, "opened_by": opens[0].partition("=")[2]}


def _commands(_deb: Path) -> dict[str, object]:
    seconds = {}
    traces = []
    home = TREE / HOME[1:]
    for number, step in enumerate(verify_story.STORY):
        if step.before is not None:
            step.before(home)
        log = WORK / f"command-{number}.trace"
        words = [word.format(home=HOME) for word in step.line.split(" ")]
        start = time.perf_counter()
        told = _run(_watched(log, _as_tester("dsdesk", *words)), statuses=_ANSWERS)
        seconds[step.name] = round(time.perf_counter() - start, 2)
        if step.shown is not None:
            step.shown(told, home)
        traces.append(log)
    return {"seconds_under_strace": seconds, **verify_trace.judge(traces, HOME)}


def _updates(_deb: Path) -> dict[str, object]:
    """A stranger's bundle is refused; one by the key of a root that was put into the tried tree is taken, and back."""
    bundles = WORK / "bundles"
    shutil.rmtree(bundles, ignore_errors=True)
    bundles.mkdir(parents=True)
    facts = bundles / "db"
    shutil.copytree(ROOT / "db", facts)
    (facts / "version.toml").write_text('version = "2099.1.1"\ndate = "2099-01-01"\n', encoding="utf-8")
    program = [str(package_freeze.python()), "-m", "dsdesk", "catalog"]
    for name in ("stranger", "known"):
        key, target = bundles / f"{name}.key", TREE / HOME[1:] / f"{name}.dsdcat"
        _publish([*program, "new-key", str(key), "--no-passphrase"])
        _publish([*program, "publish", str(facts), "-o", str(target), "--key", str(key)])
        target.chmod(0o644)
    _trust(bundles / "known.pub")
    update = ["dsdesk", "catalog", "update"]
    traces = [WORK / "stranger.trace", WORK / "known.trace"]
    _run(_watched(traces[0], _as_tester(*update, f"{HOME}/stranger.dsdcat")), statuses=(2,))
    known = [f"{HOME}/known.dsdcat", "--project", f"{HOME}/mine.dsdesk"]
    _run(_watched(traces[1], _as_tester(*update, *known)))
    told = _run(_as_tester("dsdesk", "catalog", "info"))
    assert "2099.1.1" in told, told[:200]
    _run(_as_tester(*update, "--undo"))
    assert "2099.1.1" not in _run(_as_tester("dsdesk", "catalog", "info")), "the update was not taken back"
    return {"stranger": "refused", "known": "taken, and taken back", **verify_trace.judge(traces, HOME)}


def _trust(key: Path) -> None:
    """Let `key` sign catalogues in the tried tree; the upgrade that follows brings the real root back."""
    root = TREE / "usr/lib/dsdesk/_internal/resources/keys/root.json"
    made = WORK / "bundles/root.json"
    wanted = ["--root", str(key), "--root-threshold", "1", "--catalogue", str(key), "--catalogue-threshold", "1"]
    _publish([str(package_freeze.python()), str(ROOT / "installer/roots.py"), "make", "1", str(made), *wanted])
    root.write_bytes(made.read_bytes())


def _publish(command: list[str]) -> None:
    environment = {**package_freeze.build_environment(), "DSDESK_HOME": str(WORK / "publisher")}
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)


def _window(_deb: Path) -> dict[str, object]:
    """Open the project by the desktop entry's own command, on a virtual screen, and close it again."""
    entry = (TREE / "usr/share/applications/dsdesk.desktop").read_text(encoding="utf-8")
    command = next(line for line in entry.splitlines() if line.startswith("Exec=")).removeprefix("Exec=").split()
    words = [word.replace("%f", f"{HOME}/mine.dsdesk") for word in command]
    first = _opened_and_closed(words, WORK / "window.trace")
    plain = [_opened_and_closed(words, None) for _ in range(3)]
    judged = verify_trace.judge([WORK / "window.trace"], HOME)
    return {"seconds_under_strace": first, "seconds": plain, **judged}


def _opened_and_closed(words: list[str], log: Path | None, home: str = HOME) -> float:
    command = _as_tester("XDG_RUNTIME_DIR=/tmp/runtime-tester", *words, home=home)
    # Without -noreset the server begins anew whenever its last client leaves, and refuses whoever comes just then.
    screen = f"Xvfb {_display()} -screen 0 1600x1000x24 -nolisten tcp -noreset"
    # One namespace for both: the screen's socket is the only thing that the program may speak to.
    inner = command[2:]  # without its own "unshare -n"
    watched = _watched(log, inner) if log else inner
    script = WORK / "window.py"
    script.write_text(verify_trace.DRIVER, encoding="utf-8")
    runtime = TREE / "tmp/runtime-tester"
    runtime.mkdir(mode=0o700, exist_ok=True)
    os.chown(runtime, 1234, 1234)
    told = _run(["unshare", "-n", sys.executable, script, screen, _display(), json.dumps(watched)])
    return float(told.split()[-1])


def _upgrade(deb: Path) -> dict[str, object]:
    before = _data()
    _run(["unshare", "-n", "chroot", TREE, "dpkg", "-i", f"/tmp/{deb.name}"])
    assert not (TREE / "usr/lib/dsdesk/only-in-the-older.txt").exists(), "a file of the older version stayed"
    assert _data() == before, "the user's data changed"
    told = _run(_as_tester("dsdesk", "--version")).strip()
    assert told == f"dsdesk {_field(deb, 'Version')}", told
    return {"version": told, "data": "kept"}


def _remove(_deb: Path) -> dict[str, object]:
    before = _data()
    _run(["unshare", "-n", "chroot", TREE, "dpkg", "-P", "dsdesk"])
    left = [str(path.relative_to(TREE)) for place in ("usr", "opt", "etc", "var/lib/dsdesk") if (TREE / place).exists()
            for path in (TREE / place).rglob("*dsdesk*")]  # fmt: skip
    assert not left, f"left behind: {left}"
    assert before, "there were no data to keep"
    assert _data() == before, "the user's data changed"
    return {"left_behind": 0, "files_of_the_user_kept": len(before)}


def _data() -> dict[str, bytes]:
    folder = TREE / HOME[1:]
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def _portable(portable: Path) -> dict[str, object]:
    """All state beside the program, nothing in the home folder, no rights; by commands and with the window."""
    stick = TREE / "stick"
    stick.mkdir(mode=0o755)
    os.chown(stick, 1234, 1234)
    shutil.copy(portable, stick / "dsdesk.run")
    empty = "/tmp/empty-home"
    (TREE / empty[1:]).mkdir(mode=0o777)
    (TREE / empty[1:]).chmod(0o777)
    shutil.copy(TREE / HOME[1:] / "prices.csv", stick / "prices.csv")
    seconds = []
    traces = []
    for number, words in enumerate(("--version", "catalog import prices /stick/prices.csv", "check scheme-1 --json")):
        log = WORK / f"portable-{number}.trace"
        start = time.perf_counter()
        command = _as_tester("/stick/dsdesk.run", *words.split(" "), home=empty)
        _run(_watched(log, command), statuses=_ANSWERS)
        seconds.append(round(time.perf_counter() - start, 1))
        traces.append(log)
    shutil.copy(ROOT / "db/templates/scheme-1.dsdesk", stick / "mine.dsdesk")
    os.chown(stick / "mine.dsdesk", 1234, 1234)
    traces.append(WORK / "portable-window.trace")
    window = _opened_and_closed(["/stick/dsdesk.run", "/stick/mine.dsdesk"], traces[-1], home=empty)
    assert not list((TREE / empty[1:]).iterdir()), "something was written to the home folder"
    assert (stick / "dsdesk-portable/dsdesk-data/data/own.sqlite").exists(), "no state beside the program"
    return {"seconds_under_strace": seconds, "window_under_strace": window, **verify_trace.judge(traces, "/stick")}


if __name__ == "__main__":
    sys.exit(main())
