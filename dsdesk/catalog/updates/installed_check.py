"""The accepted facts on this machine, checked against what was signed."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dsdesk.base.message import N_, Message
from dsdesk.catalog.updates.installed import shipped_version
from dsdesk.catalog.updates.manifest import digest_of, read_manifest
from dsdesk.catalog.updates.refusal import RefusedError
from dsdesk.catalog.updates.stage import MANIFEST
from dsdesk.catalog.updates.trust import Trust, updates_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledState:
    """What is in use, and whether it is what was signed.

    Attributes:
        version: of the facts in use.
        accepted: whether they came by a bundle.
        intact: whether every file of them is as it was signed.
        altered: files that are not.
        root: version of the newest known list of keys.
        keys: key ids that may sign a catalogue.
        highest: newest version ever accepted, "" for none.
        good_until: day by which a newer bundle should exist, "" for the program's own facts.
        today: what the clock of this machine says.
    """

    version: str
    accepted: bool
    intact: bool
    altered: tuple[str, ...]
    root: int
    keys: tuple[str, ...]
    highest: str
    good_until: str
    today: str

    def sentences(self) -> tuple[Message, ...]:
        """The same in words."""
        said = [
            Message(
                N_("Catalogue {version}; list of keys number {root}; catalogues are signed by {keys}."),
                version=self.version,
                root=self.root,
                keys=self.keys,
            )
        ]
        if self.altered:
            said.append(Message(N_("These files are not as they were signed: {files}."), files=self.altered))
        elif self.accepted:
            said.append(Message(N_("Every file is what was signed; good until {until}."), until=self.good_until))
        else:
            said.append(Message(N_("The facts are those that came with the program.")))
        return tuple(said)


def check_installed(trust: Trust) -> InstalledState:
    """Compare the accepted facts with their manifest, whose hash was remembered when it was accepted."""
    root, active = trust.newest_root(), trust.active
    altered = _altered(updates_folder() / active.folder) if active.folder else ()
    return InstalledState(
        version=active.version or shipped_version(),
        accepted=bool(active.folder),
        intact=not altered,
        altered=altered,
        root=root.version,
        keys=tuple(key.name() for key in root.catalogue.keys),
        highest=trust.highest,
        good_until=active.good_until,
        today=date.today().isoformat(),
    )


def _altered(folder: Path) -> tuple[str, ...]:
    try:
        text = (folder / MANIFEST).read_bytes()
        manifest = read_manifest(text)
    except (OSError, RefusedError):
        return (MANIFEST,)
    if not folder.name.endswith(digest_of(text)[:12]):
        return (MANIFEST,)
    return tuple(entry.path for entry in manifest.entries if _digest(folder / entry.path) != entry.blake2b)


def _digest(path: Path) -> str:
    try:
        return digest_of(path.read_bytes())
    except OSError:
        return ""
