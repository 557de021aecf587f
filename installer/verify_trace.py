"""What strace saw, judged: which sockets, and where anything was written."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

CALLS = (
    "socket,connect,sendto,bind,open,openat,openat2,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,rmdir,"
    "link,linkat,symlink,symlinkat,truncate,chmod,fchmodat,chown,fchownat,mknod,mknodat,utimensat"
)
# Everybody's own: devices, the kernel's view of the process itself, and temporary files, which belong to who made them.
_ALLOWED = ("/dev/null", "/dev/tty", "/dev/shm/", "/dev/dri/", "/proc/self/", "/proc/thread-self/", "/tmp/")
_SOCKET = re.compile(r"\bsocket\((\w+)")
_WRITES = re.compile(r"\b(open|openat|openat2)\(.*O_(WRONLY|RDWR|CREAT|TRUNC)")
_CHANGES = re.compile(
    r"\b(creat|mkdir|mkdirat|rename|renameat|renameat2|unlink|unlinkat|rmdir|link|linkat|symlink|symlinkat|truncate|chmod"
    r"|fchmodat|chown|fchownat|mknod|mknodat|utimensat)\("
)
_PATH = re.compile(r'(?:AT_FDCWD(?:<([^>]*)>)?, |\d+<([^>]*)>, )?"([^"]*)"')
_TREE = re.compile(r"^.*/build/verify/root(?=/|$)")
_NET = ("AF_INET", "AF_INET6", "AF_PACKET", "AF_BLUETOOTH", "AF_VSOCK")

# Run in the namespace without interfaces: a screen, the program, and a hand that closes its window.
DRIVER = """
import json, os, shlex, subprocess, sys, time
screen, display, command = shlex.split(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
os.environ["DISPLAY"] = display
server = subprocess.Popen(screen, stderr=subprocess.DEVNULL)
try:
    deadline = time.monotonic() + 20
    while subprocess.call(["xdotool", "getmouselocation"], stdout=-3, stderr=-3) and time.monotonic() < deadline:
        time.sleep(0.05)
    start = time.monotonic()
    program = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    found = ""
    while not found and program.poll() is None and time.monotonic() < start + 60:
        asked = ["xdotool", "search", "--onlyvisible", "--class", "dsdesk"]
        found = subprocess.run(asked, capture_output=True, text=True).stdout.split()
        time.sleep(0.01)
    seconds = time.monotonic() - start
    if not found:
        sys.exit(f"no window; the program ended with {program.poll()}")
    time.sleep(5)  # the catalogue, the evaluation, the icons
    # Keys as from a keyboard: Qt does not listen to keys that one window sends to another.
    while program.poll() is None and time.monotonic() < start + 90:
        subprocess.call(["xdotool", "windowfocus", found[0]], stderr=-3)
        subprocess.call(["xdotool", "key", "ctrl+q"])
        time.sleep(1)
    if program.poll() is None:
        program.kill()
        sys.exit("the window did not close")
    if program.returncode:
        sys.exit(f"the program ended with {program.returncode}")
    print(round(seconds, 2))
finally:
    server.terminate()
    server.wait()
"""


def judge(logs: Sequence[Path], own: str) -> dict[str, object]:
    """Sockets by family and places written to; fails on a family that leaves the machine and on a foreign place.

    Raises:
        AssertionError: there is one.
    """
    sockets: Counter[str] = Counter()
    places: Counter[str] = Counter()
    foreign: list[str] = []
    for log in logs:
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
            if match := _SOCKET.search(line):
                sockets[match[1]] += 1
            elif (_WRITES.search(line) or _CHANGES.search(line)) and not _failed(line):
                for path in _paths(line):
                    places["/tmp" if path.startswith("/tmp/") else "/".join(path.split("/")[:3])] += 1
                    if not path.startswith((own + "/", *_ALLOWED)) and path != own:
                        foreign.append(path)
    speaking = {name: count for name, count in sockets.items() if name in _NET}
    assert not speaking, f"sockets to a network: {speaking}"
    assert not foreign, f"written outside the user's own folders: {sorted(set(foreign))[:10]}"
    return {"sockets": dict(sockets), "written_below": dict(places)}


def _failed(line: str) -> bool:
    return re.search(r"= -1 E", line) is not None


def _paths(line: str) -> list[str]:
    """Every path of a call as an absolute one of the tried tree; what a symbolic link says is no path written."""
    named = _PATH.findall(line.partition("(")[2].rpartition(") = ")[0])
    if "symlink" in line.partition("(")[0]:
        named = named[1:]
    return [path if path.startswith("/") else f"{_TREE.sub('', here or folder)}/{path}" for here, folder, path in named]
