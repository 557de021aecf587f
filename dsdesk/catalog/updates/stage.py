"""An update tried before it is taken: unpacked beside what is in use, built, looked at; then taken at once or gone."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from dsdesk.base import paths
from dsdesk.base.errors import CatalogError, FileError, reason_of
from dsdesk.base.message import N_, Message
from dsdesk.catalog import seed
from dsdesk.catalog.files import OWN_NAME, Opened
from dsdesk.catalog.reading import Reader
from dsdesk.catalog.search import read_words
from dsdesk.catalog.store import Store
from dsdesk.catalog.updates.bundle import Bundle, check_date, check_newness, opened
from dsdesk.catalog.updates.installed import shipped_version
from dsdesk.catalog.updates.manifest import BundleKind, rank
from dsdesk.catalog.updates.refusal import Reason, RefusedError, overtaken
from dsdesk.catalog.updates.trust import Accepted, Trust, read_trust, updates_folder, write_trust
from dsdesk.llm.library import load_library

MANIFEST = "manifest.json"
_SHARE_UNPACKED = 0.3
_DRAFTS_STAY_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class Staged:
    """A catalogue that could be taken.

    Attributes:
        bundle: where it comes from.
        folder: its facts with the database built from them.
        store: the catalogue as it would be, with the user's own layer.
        trust: what is remembered now.
    """

    bundle: Bundle
    folder: Path
    store: Store
    trust: Trust

    def accept(self) -> None:
        """Use these facts from the next opening of the catalogue on.

        Raises:
            RefusedError: another update was taken since this one was looked at.
            FileError: it cannot be written; nothing is changed.
        """
        manifest, trust = self.bundle.manifest, self._trust_now()
        name = f"{manifest.version}-{self.bundle.digest[:12]}"
        target = updates_folder() / name
        self.store.close()
        old = target.with_name(f".{name}.old.part")
        try:
            if target.exists():
                target.rename(old)  # the same facts, perhaps damaged since
            self.folder.rename(target)
        except OSError as error:
            raise _not_written(error) from error
        shutil.rmtree(old, ignore_errors=True)
        active = Accepted(name, manifest.version, manifest.good_until.isoformat())
        again = trust.active == active
        write_trust(
            replace(
                trust,
                root=self.bundle.root.text,
                active=active,
                previous=trust.previous if again else (*trust.previous, trust.active)[-2:],
                highest=manifest.version,
                manifest=self.bundle.digest,
            )
        )
        _remove_others(read_trust())

    def _trust_now(self) -> Trust:
        """What is remembered now; what the checks rested on must still be so, or a rollback could slip through."""
        now = read_trust()
        if any(getattr(now, name) != getattr(self.trust, name) for name in ("root", "active", "highest", "manifest")):
            raise overtaken()
        return now


@contextmanager
def staged(
    path: Path, *, although_expired: bool = False, today: date | None = None, progress: seed.Progress | None = None
) -> Iterator[Staged]:
    """The catalogue bundle at `path`, verified, unpacked and built; what is not accepted inside is removed after.

    Raises:
        RefusedError: it must not be taken.
        FileError: it cannot be read, or there is no room for it. Nothing is changed.
    """
    tell = progress or (lambda _share, _what: None)
    trust = read_trust()
    try:
        with opened(path, trust) as bundle, _draft() as folder:
            tell(0.0, Message(N_("The signatures hold")))
            _check(bundle, trust, today or date.today(), although_expired=although_expired)
            _unpack(bundle, folder)
            tell(_SHARE_UNPACKED, Message(N_("Every file is what was signed")))
            store = _built(bundle, folder, tell)
            try:
                yield Staged(bundle, folder, store, trust)
            finally:
                store.close()
    except OSError as error:
        raise _not_written(error) from error


def _check(bundle: Bundle, trust: Trust, today: date, *, although_expired: bool) -> None:
    if bundle.manifest.kind is not BundleKind.CATALOGUE:
        raise RefusedError(Reason.MIXED, Message(N_("The bundle holds a price list, no catalogue.")))
    check_newness(bundle, trust.highest, trust.manifest)
    shipped = shipped_version()
    if rank(bundle.manifest.version) <= rank(shipped):
        raise RefusedError(
            Reason.OLDER,
            Message(
                N_("The bundle is of version {version}; this dsdesk came with {known} already. It was refused."),
                version=bundle.manifest.version,
                known=shipped,
            ),
        )
    if not although_expired:
        check_date(bundle, today)


@contextmanager
def _draft() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=".", suffix=".part", dir=updates_folder()))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unpack(bundle: Bundle, folder: Path) -> None:
    for name, content in bundle.files():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, content)
    _write(folder / MANIFEST, bundle.text)
    for number, signature in enumerate(bundle.signatures):
        _write(folder / f"{MANIFEST}.{number}.minisig", signature.encode())


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _built(bundle: Bundle, folder: Path, tell: seed.Progress) -> Store:
    """Build the database now, so that whatever this dsdesk does not understand is found before anything is changed."""
    try:
        if seed.read_version(folder) != bundle.manifest.version:
            raise RefusedError(
                Reason.MIXED, Message(N_("The bundle and the facts in it are not of the same version. It was refused."))
            )
        digest = seed.digest(folder)
        database = folder / seed.file_name(digest)
        seed.build(folder, database, lambda share, what: tell(_SHARE_UNPACKED + (1 - _SHARE_UNPACKED) * share, what))
        load_library(folder / "llm")
    except seed.NotWritableError:
        raise
    except CatalogError as error:
        raise RefusedError(
            Reason.CONTENT,
            Message(
                N_("This dsdesk does not understand the facts in the bundle: {why} Update dsdesk first."),
                why=error.message,
            ),
        ) from error
    own = paths.data() / OWN_NAME
    return Store(
        Opened(
            reader=Reader(database, own if own.exists() else None),
            factory=database,
            own=own,
            words=read_words(folder / "words.toml"),
            models=folder / "llm",
            apis=folder / "apis.toml",
            digest=digest,
            notices=(),
        )
    )


def _remove_others(trust: Trust) -> None:
    """Facts that neither are in use nor can be gone back to, and what an interrupted update left."""
    kept = {one.folder for one in (trust.active, *trust.previous)}
    long_ago = time.time() - _DRAFTS_STAY_S
    for path in updates_folder().iterdir():
        with suppress(OSError):
            is_draft = path.name.startswith(".")  # another dsdesk may be at it
            if path.is_dir() and path.name not in kept and (not is_draft or path.stat().st_mtime < long_ago):
                shutil.rmtree(path)


def _not_written(error: OSError) -> FileError:
    return FileError(Message(N_("The update stopped, and nothing was changed: {reason}."), reason=reason_of(error)))
