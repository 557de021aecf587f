"""The Catalogue page: found by any name, every field in words, the user's own parts and prices."""

from dataclasses import fields
from decimal import Decimal

import pytest
from PySide6.QtWidgets import QLineEdit

from dsdesk.base.money import Money
from dsdesk.hardware.field_words import LABELS
from dsdesk.hardware.parts import CLASS_OF_KIND, Accelerator
from dsdesk.hardware.vocabulary import LinkKind, Mount, PartKind, PcieLink, PowerConnector
from dsdesk.ui.pages.catalogue_compare import CompareParts
from dsdesk.ui.pages.catalogue_own import OwnPartDialog
from dsdesk.ui.pages.catalogue_rows import field_rows
from dsdesk.ui.pages.catalogue_words import _HIDDEN, shown_fields, value_text
from dsdesk.ui.widgets.fields import Choice
from tests.fakes.window import settle


def test_every_field_of_every_part_has_its_words():
    every = {field.name for kind in CLASS_OF_KIND.values() for field in fields(kind)}
    assert every - _HIDDEN == set(LABELS)


@pytest.mark.parametrize("kind", PartKind)
def test_every_part_can_be_shown(parts_catalog, kind):
    for part in parts_catalog.parts(kind)[:40]:
        rows = field_rows((part,))
        assert [row.name for row in rows] == list(shown_fields(kind))
        assert all(value for row in rows for value in row.values)


def test_values_in_the_unit_that_people_read():
    assert value_text("memory_bytes", 24 * 2**30) == "24\N{NO-BREAK SPACE}GiB"
    assert value_text("capacity_bytes", 15.36e12) == "15.4\N{NO-BREAK SPACE}TB"
    assert value_text("bandwidth_b_s", 1008e9) == "1,008\N{NO-BREAK SPACE}GB/s"
    assert value_text("fp8_flops", 0.0) == "not in hardware"
    assert value_text("fp8_flops", None) == "not published"
    assert value_text("mount", Mount.PCIE) == "PCIe card"
    assert value_text("link", LinkKind.PCIE) == "pcie"


def _page(qtbot, session):
    session.window.go("catalogue")
    page = session.window.page_named("catalogue")
    qtbot.waitUntil(lambda: page._table.rows.rowCount() > 0, timeout=20_000)
    return page


@pytest.mark.parametrize("words", ["4090", "显卡 4090", "geforce rtx 4090"])
def test_search_while_typing(qtbot, session, words):
    page = _page(qtbot, session)
    page._search.setText(words)
    qtbot.waitUntil(lambda: 0 < page._table.rows.rowCount() < 50, timeout=20_000)
    assert any(row.part.id == "nvidia-rtx-4090" for row in page._table.rows.rows)
    assert page._details._part is not None


def test_kind_narrows_the_search(qtbot, session):
    page = _page(qtbot, session)
    page._kind.setCurrentIndex(page._kind.findData(PartKind.PSU))
    page._kind.activated.emit(page._kind.currentIndex())
    qtbot.waitUntil(lambda: {row.part.kind for row in page._table.rows.rows} == {PartKind.PSU}, timeout=20_000)


def test_add_to_the_machine(qtbot, session):
    page = _page(qtbot, session)
    part = session.desk.database.part("nvidia-rtx-4090")
    page._details.show_part(part, session.desk.database)
    page._details._add.click()
    settle(qtbot, session)
    assert [line.part_id for line in session.desk.store.project.configuration.machines[0].lines] == [part.id]


def test_switch_goes_to_the_whole_and_not_into_one_machine(qtbot, session):
    page = _page(qtbot, session)
    switch = session.desk.database.parts(PartKind.SWITCH)[0]
    page._add(switch)
    assert [line.part_id for line in session.desk.store.project.configuration.shared] == [switch.id]


@pytest.mark.parametrize("kind", PartKind)
def test_a_form_for_every_kind(qtbot, qapp, kind):
    dialog = OwnPartDialog(None, kind)
    qtbot.addWidget(dialog)
    assert {"manufacturer", "name"} <= set(dialog.editors)
    with pytest.raises(ValueError, match="missing"):
        dialog.part()


def test_own_part_is_made_from_what_was_typed(qtbot, qapp):
    dialog = OwnPartDialog(None, PartKind.ACCELERATOR)
    qtbot.addWidget(dialog)
    typed = {
        "manufacturer": "Acme",
        "name": "X1",
        "memory_bytes": "48",
        "bandwidth_b_s": "900",
        "pcie": "5x16",
        "connectors": "12v_2x6=1",
        "board_power_w": "300",
    }
    for name, text in typed.items():
        line = dialog.editors[name]
        assert isinstance(line, QLineEdit)
        line.setText(text)
    segment = dialog.editors["segment"]
    assert isinstance(segment, Choice)
    segment.show_key("workstation")
    part = dialog.part()
    assert isinstance(part, Accelerator)
    assert part.memory_bytes == 48 * 2**30
    assert part.bandwidth_b_s == 900e9
    assert part.pcie == PcieLink(5, 16)
    assert part.connectors == ((PowerConnector.PCIE_16, 1),)
    assert part.sources[0].text == "user"
    line = dialog.editors["memory_bytes"]
    assert isinstance(line, QLineEdit)
    line.setText("many")
    with pytest.raises(ValueError, match="number"):
        dialog.part()


def test_own_price_counts_at_once(qtbot, session):
    page = _page(qtbot, session)
    part = session.desk.database.part("nvidia-rtx-4090")
    page._details.show_part(part, session.desk.database)
    page._add(part)
    page._details._typed.setText("CNY 9999")
    page._details._enter()
    settle(qtbot, session)
    qtbot.waitUntil(
        lambda: session.desk.store.evaluation.cost.lines[0].unit == Money(Decimal(9999), "CNY"), timeout=20_000
    )
    page._remove_price(session.desk.database.prices(part.id)[0])
    settle(qtbot, session)
    qtbot.waitUntil(
        lambda: session.desk.store.evaluation.cost.lines[0].unit != Money(Decimal(9999), "CNY"), timeout=20_000
    )


def test_side_by_side_can_show_only_what_differs(qtbot, session):
    page = _page(qtbot, session)
    parts = tuple(session.desk.database.part(one) for one in ("nvidia-rtx-4090", "nvidia-rtx-3090"))
    dialog = CompareParts(page, parts)
    qtbot.addWidget(dialog)
    every = dialog._table.filter.rowCount()
    dialog._show_only(True)
    assert 0 < dialog._table.filter.rowCount() < every


def test_side_by_side_begins_with_the_prices(qtbot, session):
    page = _page(qtbot, session)
    database = session.desk.database
    parts = tuple(database.part(one) for one in ("nvidia-rtx-4090", "nvidia-rtx-4090-d"))
    dialog = CompareParts(page, parts, database.prices)
    qtbot.addWidget(dialog)
    row = dialog._table.rows.rows[0]
    assert row.values[0].startswith("USD")
    assert row.values[1] == "price unknown"
    assert dialog._table.rows.columns[0].text(row) == "Price"


def test_another_kind_keeps_what_was_typed(qtbot, session):
    dialog = OwnPartDialog(session.window, PartKind.ACCELERATOR)
    qtbot.addWidget(dialog)
    name = dialog.editors["name"]
    assert isinstance(name, QLineEdit)
    name.setText("Own 1")
    dialog._kind.show_key(PartKind.CPU)
    dialog._build()
    name = dialog.editors["name"]
    assert isinstance(name, QLineEdit)
    assert name.text() == "Own 1"
