"""The actions of `dsdesk catalog` that have to do with signed bundles."""

import argparse
import getpass
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from dsdesk.base.errors import InputError, reason_of
from dsdesk.base.message import N_, Message
from dsdesk.cli.command import ANSWER_IS_NO, OK, Session
from dsdesk.cli.parser import wrong_argument

if TYPE_CHECKING:
    from dsdesk.catalog.updates.changes import CatalogueChanges, ProjectChanges
    from dsdesk.catalog.updates.secret import SecretKey

_GOOD_DAYS = 365
Add = Callable[[str, Callable[[Session], int], str], argparse.ArgumentParser]


def add_update_actions(add: Add) -> None:
    """Declare them through `add(name, action, meaning)`."""
    verb = add("verify", _verify, "check a bundle, or without FILE the accepted facts on this machine")
    verb.add_argument("path", type=Path, nargs="?", help="*.dsdcat")
    verb = add("update", _update, "take a signed catalogue or price list, or take the last update back")
    verb.add_argument("path", type=Path, nargs="?", help="*.dsdcat")
    verb.add_argument("--project", type=Path, action="append", default=[], help="tell what changes for it (repeatable)")
    verb.add_argument("--look", action="store_true", help="tell what would change and change nothing")
    verb.add_argument(
        "--although-expired",
        action="store_true",
        help="take it after its last day, where the clock is wrong or there is no newer one",
    )
    verb.add_argument("--undo", action="store_true", help="go back to the facts before the last update")
    verb = add("trust", _trust, "take price lists that this key signs from now on")
    verb.add_argument("path", type=Path, help="KEY.pub of minisign")
    verb.add_argument("--name", required=True, help="what you call its owner")
    verb = add("new-key", _new_key, "make a key to sign bundles with (minisign's format)")
    verb.add_argument("path", type=Path, help="secret key to write; the public one goes beside it as *.pub")
    verb.add_argument("--no-passphrase", action="store_true", help="for a key that is kept safe otherwise")
    verb = add("publish", _publish, "make a signed bundle of facts or of a price list")
    verb.add_argument("path", type=Path, help="folder laid out as db/, or a price list as CSV")
    verb.add_argument("-o", "--output", type=Path, required=True, help="*.dsdcat to write")
    verb.add_argument("--key", type=Path, action="append", required=True, help="secret key (repeatable)")
    verb.add_argument(
        "--good-until", type=_day, help=f"day by which a newer one should exist (default {_GOOD_DAYS} days)"
    )
    verb.add_argument("--publisher", default="", help="who you are")
    verb.add_argument("--edition", default="", help="version of a price list, such as 2026.11.24")
    verb.add_argument("--roots", type=Path, help="folder of root-2.json and its signatures, where keys were changed")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise wrong_argument(Message(N_("{text} is no day such as 2026-11-24"), text=repr(text))) from None


def _verify(session: Session) -> int:
    from dsdesk.catalog.updates.bundle import opened
    from dsdesk.catalog.updates.installed_check import check_installed
    from dsdesk.catalog.updates.trust import read_trust

    arguments, trust = session.arguments, read_trust()
    if arguments.path is None:
        found = check_installed(trust)
        if session.arguments.json:
            session.give(found)
        else:
            for sentence in found.sentences():
                session.say(sentence)
        return OK if found.intact else ANSWER_IS_NO
    try:
        with opened(arguments.path, trust) as bundle:
            files = sum(1 for _ in bundle.files())
            manifest = bundle.manifest
    except OSError as error:
        raise _unreadable(arguments.path, error) from error
    if arguments.json:
        session.give({"kind": manifest.kind, "version": manifest.version, "made_on": manifest.made_on,
                      "good_until": manifest.good_until, "publisher": manifest.publisher, "files": files})  # fmt: skip
    else:
        session.say(
            Message(
                N_("The signatures hold, and all {files} files are what was signed: version {version}, made on {day}, "
                   "good until {until}."),
                files=files,
                version=manifest.version,
                day=manifest.made_on.isoformat(),
                until=manifest.good_until.isoformat(),
            )
        )  # fmt: skip
    return OK


def _unreadable(path: Path, error: OSError) -> InputError:
    return InputError(Message(N_("{path} cannot be read: {reason}."), path=str(path), reason=reason_of(error)))


def _update(session: Session) -> int:
    arguments = session.arguments
    if arguments.undo:
        return _undo(session)
    if arguments.path is None:
        raise InputError(Message(N_("Name the bundle to take, or say --undo.")))
    from dsdesk.catalog.updates.bundle import kind_of_file
    from dsdesk.catalog.updates.manifest import BundleKind

    if kind_of_file(arguments.path) is BundleKind.PRICES:
        return _take_prices(session)
    return _take_catalogue(session)


def _undo(session: Session) -> int:
    from dsdesk.catalog.updates.installed import shipped_version, undo

    now = undo()
    version = now.version or shipped_version()
    if session.arguments.json:
        session.give({"version": version})
    else:
        session.say(Message(N_("The catalogue in use is {version} again."), version=version))
    return OK


def _take_prices(session: Session) -> int:
    from dsdesk.catalog.updates.company_prices import read_signed_prices

    arguments = session.arguments
    signed = read_signed_prices(arguments.path, session.store, although_expired=arguments.although_expired)
    batch, found = signed.keep(session.store), signed.found
    if arguments.json:
        session.give({"import": batch, "prices": len(found.prices), "problems": found.problems})
        return OK
    session.say(
        Message(
            N_("{prices} prices were taken from {source}; {problems} rows left out."),
            prices=len(found.prices),
            source=found.source,
            problems=len(found.problems),
        )
    )
    return OK


def _take_catalogue(session: Session) -> int:
    from dsdesk.catalog.updates.changes import catalogue_changes, project_changes
    from dsdesk.catalog.updates.stage import staged

    arguments = session.arguments
    with staged(arguments.path, although_expired=arguments.although_expired) as new:
        changes = catalogue_changes(session.store, new.store)
        projects = project_changes(arguments.project, session.store, new.store)
        version, before = new.bundle.manifest.version, session.store.version
        if not arguments.look:
            session.store.close()
            new.accept()
    if arguments.json:
        session.give({"before": before, "version": version, "accepted": not arguments.look, "changes": changes,
                      "projects": projects})  # fmt: skip
        return OK
    _tell_changes(session, changes, projects)
    if arguments.look:
        session.say(Message(N_("Nothing was changed.")))
    else:
        session.say(Message(N_("The catalogue in use is {version} now. Take it back: dsdesk catalog update --undo."),
                            version=version))  # fmt: skip
    return OK


def _tell_changes(session: Session, changes: "CatalogueChanges", projects: "tuple[ProjectChanges, ...]") -> None:
    session.say(changes.sentence())
    for project in projects:
        if project.error is not None:
            session.say(f"{project.path}: {session.text(project.error)}")
        elif not project.changes:
            session.say(Message(N_("{project}: nothing changes."), project=str(project.path)))
        for one in project.changes:
            before, after = (session.text(side) if side else "-" for side in (one.before, one.after))
            session.say(f"{project.path}: {session.text(one.title)}: {before} -> {after}")


def _trust(session: Session) -> int:
    from dsdesk.catalog.updates.trust import trust_company

    arguments = session.arguments
    try:
        text = arguments.path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        text = ""
    except OSError as error:
        raise _unreadable(arguments.path, error) from error
    key = trust_company(text, arguments.name)
    session.say(Message(N_("Price lists signed with the key {key} are taken from now on."), key=key.name()))
    return OK


def _new_key(session: Session) -> int:
    from dsdesk.catalog.updates.secret import new_key, write_keys

    arguments = session.arguments
    passphrase = "" if arguments.no_passphrase else _new_passphrase(session)
    key = new_key()
    public = write_keys(key, arguments.path, passphrase)
    session.say(
        Message(N_("Keep {secret} to yourself; hand on {public}."), secret=str(arguments.path), public=str(public))
    )
    return OK


def _new_passphrase(session: Session) -> str:
    first = getpass.getpass(session.text(Message(N_("New passphrase: "))))
    if not first or first != getpass.getpass(session.text(Message(N_("Once more: ")))):
        raise InputError(Message(N_("The passphrase is empty, or the two are not the same. No key was made.")))
    return first


def _secret_keys(session: Session) -> "list[SecretKey]":
    from dsdesk.catalog.updates.secret import needs_passphrase, read_secret_key

    keys = []
    for path in session.arguments.key:
        asked = session.text(Message(N_("Passphrase of {path}: "), path=str(path)))
        keys.append(read_secret_key(path, getpass.getpass(asked) if needs_passphrase(path) else ""))
    return keys


def _publish(session: Session) -> int:
    from dsdesk.catalog.updates.publish import Edition, publish_catalogue, publish_prices
    from dsdesk.catalog.updates.roots import read_successors

    arguments, today = session.arguments, date.today()
    until = arguments.good_until or today + timedelta(days=_GOOD_DAYS)
    version = arguments.edition or today.strftime("%Y.%m.%d")
    edition = Edition(made_on=today, good_until=until, publisher=arguments.publisher, version=version)
    keys = _secret_keys(session)
    if arguments.path.is_dir():
        successors = read_successors(arguments.roots) if arguments.roots else []
        manifest = publish_catalogue(arguments.path, arguments.output, edition, keys, successors)
    else:
        manifest = publish_prices(arguments.path, arguments.output, edition, keys)
    session.say(
        Message(
            N_("{path} was written: version {version}, {files} files."),
            path=str(arguments.output),
            version=manifest.version,
            files=len(manifest.entries),
        )
    )
    return OK
