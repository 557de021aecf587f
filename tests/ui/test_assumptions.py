"""What is assumed is changed in a dialog and counts at once; undone, it is as before."""

from dsdesk.project.assumptions import ASSUMED
from dsdesk.project.templates import scheme
from dsdesk.ui.dialogs.assumptions import AssumptionsDialog
from tests.fakes.window import settle


def _flow(session) -> str:
    findings = session.desk.store.evaluation.findings
    return next(str(one.message.in_english()) for one in findings if one.code == "cooling.N013")


def test_another_rise_of_the_air_takes_another_flow(qtbot, session):
    session.desk.store.open(scheme("scheme-1"), None)
    settle(qtbot, session)
    before = _flow(session)
    dialog = AssumptionsDialog(session.window, session.desk.store.project.site.assumed, "cooling.N013")
    qtbot.addWidget(dialog)
    assert dialog.edit() is None
    dialog._spins["air_rise_k"].setValue(10.0)
    session.desk.store.apply(dialog.edit())
    settle(qtbot, session)
    assert "10" in _flow(session)
    assert _flow(session) != before
    dialog._restore()
    assert dialog._spins["air_rise_k"].quantity() == ASSUMED.air_rise_k
    session.desk.store.undo_stack.undo()
    settle(qtbot, session)
    assert _flow(session) == before


def test_it_fits_a_small_screen(qtbot, session):
    dialog = AssumptionsDialog(session.window, ASSUMED)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.minimumSizeHint().height() < 700
    assert dialog.height() < 700
