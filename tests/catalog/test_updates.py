"""Bundles by stick. Every attack in docs/security.md has its test in test_updates*.py, by the same name."""

import errno
import json
from datetime import date

import pytest

from dsdesk.base import paths
from dsdesk.base.errors import CatalogError, FileError
from dsdesk.catalog.updates import stage
from dsdesk.catalog.updates.changes import catalogue_changes, project_changes
from dsdesk.catalog.updates.company_prices import read_signed_prices
from dsdesk.catalog.updates.installed import undo
from dsdesk.catalog.updates.installed_check import check_installed
from dsdesk.catalog.updates.manifest import BundleKind
from dsdesk.catalog.updates.refusal import Reason, RefusedError
from dsdesk.catalog.updates.stage import staged
from dsdesk.catalog.updates.trust import read_trust, trust_company
from dsdesk.project.file import save
from dsdesk.project.project import Configuration, Line, Machine, Project
from tests.catalog.bundles import (
    COMPANY,
    OTHER,
    ROOT_KEYS,
    SIGNER,
    TODAY,
    accept,
    bundle,
    crafted,
    everything,
    facts,
    good,
    key,
    newer,
    our_root,
    refused,
    root_text,
    successor,
    volts,
)

pytestmark = pytest.mark.usefixtures("our_root")
__all__ = ["good", "newer", "our_root"]


# ---------------------------------------------------------------------------------------------------- what must work


def test_an_update_is_taken_used_and_taken_back(opened, good):
    assert volts(opened) == 1000
    accept(good)
    assert volts(opened) == 1200
    assert opened().version.startswith("2 ")
    assert check_installed(read_trust()).intact
    undo()
    assert volts(opened) == 1000
    with pytest.raises(CatalogError):
        undo()
    accept(good)
    assert volts(opened) == 1200


def test_looking_changes_nothing(opened, good):
    before = everything()
    with staged(good, today=TODAY) as new:
        changes = catalogue_changes(opened(), new.store)
        assert [(one.part_id, one.fields) for one in changes.changed] == [("volt-1000", ("rated_w",))]
    assert everything() == before
    assert volts(opened) == 1000


def test_the_users_own_layer_is_untouched(opened, good, make_part):
    store = opened()
    store.add_own_part(make_part())
    store.close()
    own = (paths.data() / "own.sqlite").read_bytes()
    accept(good)
    assert (paths.data() / "own.sqlite").read_bytes() == own
    assert len(opened().own_parts()) == 1


def test_what_changes_for_my_projects_is_told(opened, newer, tmp_path, small_db):
    project = tmp_path / "mine.dsdesk"
    save(
        Project(configurations=(Configuration(machines=(Machine(lines=(Line(no=1, part_id="volt-1000"),)),)),)), project
    )
    folder = newer()
    prices = folder / "prices" / "market.csv"
    prices.write_text(prices.read_text() + "volt-1000,99,USD,new,retail,2026-11-01,shop\n", encoding="utf-8")
    with staged(bundle(folder, tmp_path / "b.dsdcat"), today=TODAY) as new:
        (mine, gone) = project_changes([project, tmp_path / "none.dsdesk"], opened(), new.store)
    assert {one.what for one in mine.changes} >= {"total"}
    assert gone.error is not None


def test_a_newer_program_wins_over_an_older_bundle(opened, good, small_db):
    accept(good)
    facts(small_db, "3", volts=1500)
    assert volts(opened) == 1500


def test_progress_rises_to_the_end(good):
    told = []
    accept(good, progress=lambda share, _what: told.append(share))
    assert told == sorted(told)
    assert told[-1] == 1.0


# -------------------------------------------------------------------------------------------------------- signatures


def test_another_key(newer, tmp_path):
    refused(bundle(newer(), tmp_path / "b.dsdcat", OTHER), Reason.UNKNOWN_KEY)


def test_altered_list(good):
    content = good.read_bytes()
    good.write_bytes(content.replace(b'"publisher": "test"', b'"publisher": "tesT"'))
    refused(good, Reason.UNKNOWN_KEY)


def test_altered_comment_of_the_signer(good):
    content = good.read_bytes()
    good.write_bytes(content.replace(b"trusted comment: catalogue 2", b"trusted comment: catalogue 9"))
    refused(good, Reason.UNKNOWN_KEY)


def test_altered_file(good):
    content = bytearray(good.read_bytes())
    content[-1] ^= 1
    good.write_bytes(content)
    refused(good, Reason.ALTERED)


def test_signature_without_a_hash(good):
    content = good.read_bytes()
    start = content.index(b"untrusted comment: ")
    line = content.index(b"\n", start) + 1
    good.write_bytes(content[:line] + b"RWQ" + content[line + 3 :])  # "Ed" where "ED" was
    refused(good, Reason.UNKNOWN_KEY)


def test_unsigned(newer, tmp_path):
    path = crafted(tmp_path / "b.dsdcat", {"version.toml": b'version = "2"'})
    content = path.read_bytes()
    start = content.index(b"manifest-signature ")
    path.write_bytes(content[:start] + content[content.index(b"files ") :])
    refused(path, Reason.UNKNOWN_KEY)


# ------------------------------------------------------------------------------------------------- rollback, freeze


def test_rollback(newer, tmp_path, opened):
    accept(bundle(newer("3"), tmp_path / "three.dsdcat"))
    older = bundle(newer("2", 900), tmp_path / "two.dsdcat")
    refused(older, Reason.OLDER)
    undo()
    refused(older, Reason.OLDER)  # taking an update back does not open the door
    assert volts(opened) == 1000


def test_rollback_below_the_program(small_db, newer, tmp_path):
    path = bundle(newer("2"), tmp_path / "b.dsdcat")
    facts(small_db, "3")
    refused(path, Reason.OLDER)


def test_rollback_by_a_bundle_that_was_looked_at_earlier(newer, tmp_path, opened):
    with staged(bundle(newer("2", 900), tmp_path / "two.dsdcat"), today=TODAY) as older:
        accept(bundle(newer("3"), tmp_path / "three.dsdcat"))
        before = everything()
        with pytest.raises(RefusedError, match="in the meantime"):
            older.accept()
        assert [read_trust().highest, volts(opened)] == ["3", 1200]
    assert {path: before[path] for path in everything()} == everything()


def test_a_company_that_is_trusted_meanwhile_stays_so(good):
    with staged(good, today=TODAY) as new:
        trust_company(COMPANY.public.text(), "Our buyers")
        new.accept()
    assert [one.name for one in read_trust().companies] == ["Our buyers"]


def test_file_swapped_after_the_look(good, newer, tmp_path, opened):
    other = bundle(newer("3", 900), tmp_path / "other.dsdcat")
    with staged(good, today=TODAY) as new:
        other.replace(good)
        new.accept()
    assert [read_trust().highest, volts(opened)] == ["2", 1200]


def test_two_bundles_of_one_version(newer, tmp_path):
    accept(bundle(newer("2"), tmp_path / "a.dsdcat"))
    refused(bundle(newer("2", 900), tmp_path / "b.dsdcat"), Reason.OLDER)


def test_versions_compare_as_numbers(newer, tmp_path):
    accept(bundle(newer("2.9"), tmp_path / "a.dsdcat"))
    accept(bundle(newer("2.10", 900), tmp_path / "b.dsdcat"))


def test_freeze(newer, tmp_path, opened):
    path = bundle(newer(), tmp_path / "b.dsdcat", until=date(2026, 11, 1))
    told = refused(path, Reason.EXPIRED)
    assert {"2026-11-01", "2026-12-01"} <= set(told.message.values.values())
    accept(path, although_expired=True)
    assert any("until" in notice.text for notice in opened().notices)


# ------------------------------------------------------------------------------------------------------ mix-and-match


def test_list_of_one_bundle_with_files_of_another(newer, tmp_path):
    one = bundle(newer("2", 1100), tmp_path / "a.dsdcat").read_bytes()
    other = bundle(newer("2", 1300), tmp_path / "b.dsdcat").read_bytes()
    mixed = tmp_path / "m.dsdcat"
    mixed.write_bytes(one[: one.index(b"\nfiles ")] + other[other.index(b"\nfiles ") :])
    refused(mixed, Reason.ALTERED)


def test_version_of_the_list_is_not_that_of_the_facts(tmp_path):
    refused(crafted(tmp_path / "b.dsdcat", {"version.toml": b'version = "7"'}), Reason.MIXED)


def test_key_of_a_company_signs_a_catalogue(newer, tmp_path):
    trust_company(COMPANY.public.text(), "Our buyers")
    refused(bundle(newer(), tmp_path / "b.dsdcat", COMPANY), Reason.UNKNOWN_KEY)


def test_key_of_the_catalogue_signs_a_price_list(opened, tmp_path):
    path = crafted(tmp_path / "b.dsdcat", {"prices.csv": b"name,price\n"}, SIGNER, kind=BundleKind.PRICES)
    with pytest.raises(RefusedError) as caught:
        read_signed_prices(path, opened(), today=TODAY)
    assert caught.value.reason is Reason.UNKNOWN_KEY


def test_price_list_where_a_catalogue_is_expected(tmp_path):
    trust_company(COMPANY.public.text(), "Our buyers")
    path = crafted(tmp_path / "b.dsdcat", {"prices.csv": b"name,price\n"}, COMPANY, kind=BundleKind.PRICES)
    refused(path, Reason.MIXED)


# -------------------------------------------------------------------------------------------------- rotation of keys


def rotated(*signers, number=2, version=2, roots=ROOT_KEYS):
    return successor(number, root_text(version, (OTHER,), roots=roots), *signers)


def test_rotation_by_threshold(newer, tmp_path):
    accept(bundle(newer("2"), tmp_path / "a.dsdcat", OTHER, roots=(rotated(*ROOT_KEYS[:2]),)))
    assert read_trust().newest_root().version == 2
    refused(bundle(newer("3"), tmp_path / "b.dsdcat", SIGNER), Reason.UNKNOWN_KEY)  # retired
    accept(bundle(newer("4"), tmp_path / "c.dsdcat", OTHER, roots=(rotated(*ROOT_KEYS[:2]),)))


def test_rotation_by_one_stolen_key(newer, tmp_path):
    refused(bundle(newer(), tmp_path / "b.dsdcat", OTHER, roots=(rotated(ROOT_KEYS[0]),)), Reason.SIGNATURE)


def test_rotation_by_the_same_key_twice(newer, tmp_path):
    twice = rotated(ROOT_KEYS[0], ROOT_KEYS[0])
    refused(bundle(newer(), tmp_path / "b.dsdcat", OTHER, roots=(twice,)), Reason.SIGNATURE)


def test_rotation_that_its_own_keys_do_not_sign(newer, tmp_path):
    strangers = rotated(*ROOT_KEYS[:2], roots=(key(7), key(8)))
    refused(bundle(newer(), tmp_path / "b.dsdcat", OTHER, roots=(strangers,)), Reason.SIGNATURE)


def test_rotation_that_skips_a_version(newer, tmp_path):
    third = rotated(*ROOT_KEYS[:2], number=3, version=3)
    refused(bundle(newer(), tmp_path / "b.dsdcat", OTHER, roots=(third,)), Reason.SIGNATURE)


def test_rotation_to_other_root_keys(newer, tmp_path):
    fresh = (key(7), key(8))
    second = rotated(*ROOT_KEYS[:2], *fresh, roots=fresh)
    third = successor(3, root_text(3, (SIGNER,), roots=fresh), *fresh)
    accept(bundle(newer("2"), tmp_path / "a.dsdcat", SIGNER, roots=(second, third)))
    assert read_trust().newest_root().version == 3
    # The same stick years later: the first successor is no longer signed by anybody known, and is passed over.
    accept(bundle(newer("3"), tmp_path / "b.dsdcat", SIGNER, roots=(second, third)))


# ---------------------------------------------------------------------------------------------------------- failures


def test_full_disk(good, monkeypatch, opened):
    before = everything()

    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(FileError, match="No space left"):
        accept(good)
    monkeypatch.undo()
    assert everything() == before


def test_stick_pulled_out(good, monkeypatch):
    before = everything()

    def pulled(_bundle):
        yield "version.toml", b'version = "2"'
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("dsdesk.catalog.updates.bundle.Bundle.files", pulled)
    with pytest.raises(FileError, match="Input/output error"):
        accept(good)
    assert everything() == before


def test_power_cut_before_the_last_step(good, monkeypatch, opened):
    def cut(_trust):
        raise KeyboardInterrupt

    monkeypatch.setattr(stage, "write_trust", cut)
    with pytest.raises(KeyboardInterrupt):
        accept(good)
    assert volts(opened) == 1000


def test_damaged_state_is_told_and_the_programs_facts_are_used(good, opened):
    accept(good)
    (paths.data() / "updates" / "state.json").write_text("{", encoding="utf-8")
    store = opened()
    assert store.part("volt-1000").rated_w == 1000
    assert any("state.json" in str(notice.values) for notice in store.notices)


def test_facts_altered_on_this_machine_are_found(good):
    accept(good)
    folder = next((paths.data() / "updates").glob("2-*"))
    (folder / "words.toml").write_text("", encoding="utf-8")
    state = check_installed(read_trust())
    assert not state.intact
    assert state.altered == ("words.toml",)


def test_state_is_readable_json(good):
    accept(good)
    held = json.loads((paths.data() / "updates" / "state.json").read_text(encoding="utf-8"))
    assert held["highest"] == "2"
