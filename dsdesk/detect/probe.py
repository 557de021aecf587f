"""The probe: two scripts for a machine that cannot talk to this one."""

from pathlib import Path

from dsdesk.base import assets
from dsdesk.base.errors import FileError, reason_of
from dsdesk.base.message import N_, Message

NAMES = ("probe.sh", "probe.ps1")
_EXECUTABLE = 0o755


def save_probe(folder: Path) -> tuple[str, ...]:
    """Write both scripts into `folder`, under names that say whose they are.

    Returns:
        Their names.

    Raises:
        FileError: the folder cannot be written to.
    """
    written = []
    for name in NAMES:
        target = folder / f"dsdesk-{name}"
        text = assets.resource("detect", name).read_text(encoding="utf-8")
        # Windows before 11 reads a script without a mark as ANSI, and Notepad wants its own line ends.
        data = text.encode() if name.endswith(".sh") else text.replace("\n", "\r\n").encode("utf-8-sig")
        try:
            target.write_bytes(data)
            if name.endswith(".sh"):
                target.chmod(_EXECUTABLE)
        except OSError as error:
            text = N_("{path} cannot be written: {reason}.")
            raise FileError(Message(text, path=str(target), reason=reason_of(error))) from error
        written.append(target.name)
    return tuple(written)
