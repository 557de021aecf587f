"""*.dsdesk files: one Project as JSON, read with every field checked, written so that a crash loses nothing."""

import json
import os
import stat
import tempfile
from pathlib import Path
from typing import Any

from dsdesk.base.errors import FileError, reason_of
from dsdesk.base.imports import importing
from dsdesk.base.message import N_, Message
from dsdesk.project.project import FORMAT_VERSION, Project
from dsdesk.project.upgrades import upgrade

SUFFIX = ".dsdesk"
LARGEST_BYTES = 64 * 1024 * 1024


def load(path: Path) -> Project:
    """The project in the file at `path`, older formats upgraded.

    Raises:
        FileError: there is no such file, it is not a dsdesk project, it is damaged, or a newer dsdesk wrote it.
    """
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise FileError(Message(N_("{path} is too large to be a dsdesk project."), path=str(path)))
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise FileError(
            Message(N_("{path} cannot be read: {reason}."), path=str(path), reason=reason_of(error))
        ) from error
    except UnicodeDecodeError as error:
        raise FileError(
            Message(N_("{path} is not a dsdesk project: it is not text. Choose a *.dsdesk file."), path=str(path))
        ) from error
    return from_text(text, str(path))


def from_text(text: str, name: str) -> Project:
    """The project in `text`; `name` is what errors call it.

    Raises:
        FileError: see `load`.
    """
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f"{error.lineno}:{error.colno}" if isinstance(error, json.JSONDecodeError) else "?"
        raise FileError(
            Message(
                N_("{path} is damaged: not valid JSON at line and column {where}. Open a backup of it."),
                path=name,
                where=where,
            )
        ) from error
    version = raw.get("format_version") if isinstance(raw, dict) else None
    if not isinstance(version, int) or isinstance(version, bool):
        raise FileError(
            Message(N_("{path} is not a dsdesk project: it has no format_version. Choose a *.dsdesk file."), path=name)
        )
    if version > FORMAT_VERSION:
        raise FileError(
            Message(
                N_("{path} was written by a newer dsdesk (format {theirs}, this one reads {ours}). Update dsdesk."),
                path=name,
                theirs=version,
                ours=FORMAT_VERSION,
            )
        )
    return _validated(upgrade(raw, version), name)


def _validated(raw: dict[str, Any], name: str) -> Project:
    with importing():
        from pydantic import TypeAdapter, ValidationError

        adapter = TypeAdapter(Project)
    try:
        project = adapter.validate_json(json.dumps(raw))
    except ValidationError as error:
        first = error.errors()[0]
        raise FileError(
            Message(
                N_("{path} is damaged at {where}: {reason}."),
                path=name,
                where=".".join(str(step) for step in first["loc"]) or "?",
                reason=str(first["msg"]),
            )
        ) from error
    if unknown := _unknown_key(raw, adapter.dump_python(project, mode="json"), ""):
        raise FileError(Message(N_("{path} has a field that dsdesk does not know: {where}."), path=name, where=unknown))
    if not project.configurations or not 0 <= project.active < len(project.configurations):
        raise FileError(Message(N_("{path} is damaged: it has no active configuration."), path=name))
    return project


def _unknown_key(raw: object, known: object, where: str) -> str:
    if isinstance(raw, dict) and isinstance(known, dict):
        for key, value in raw.items():
            if key not in known:
                return f"{where}{key}"
            if deeper := _unknown_key(value, known[key], f"{where}{key}."):
                return deeper
    if isinstance(raw, list) and isinstance(known, list):
        for index, (one, other) in enumerate(zip(raw, known, strict=False)):
            if deeper := _unknown_key(one, other, f"{where}{index}."):
                return deeper
    return ""


def to_text(project: Project) -> str:
    """The project as the text of a file."""
    with importing():
        from pydantic import TypeAdapter

        adapter = TypeAdapter(Project)
    content = adapter.dump_python(project, mode="json")
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def save(project: Project, path: Path) -> None:
    """Write `project` to `path`: all of it or, on any failure, the old file as it was.

    Raises:
        FileError: the folder cannot be written or the disk is full.
    """
    write_atomically(path, to_text(project).encode())


def _mode(path: Path) -> int:
    """Permissions of the file that is replaced, else those of the user's new files; temporary ones are private."""
    if path.exists():
        return stat.S_IMODE(path.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def write_atomically(path: Path, content: bytes) -> None:
    """Replace the file at `path` by `content` in one step.

    Raises:
        FileError: it cannot be written.
    """
    temporary = ""
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            temporary = file.name
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(_mode(path))
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise FileError(
            Message(
                N_("{path} cannot be written: {reason}. The old file is unchanged."),
                path=str(path),
                reason=reason_of(error),
            )
        ) from error
