"""What the window takes for granted of the library beneath it."""

import sys

from PySide6.QtCore import QObject, Signal


class _Bell(QObject):
    rung = Signal(object)


def test_emitting_a_signal_keeps_true_alive():
    """A release that forgets a reference to True at each emit aborts Python after some hundreds of them."""
    bell = _Bell()
    heard = []
    bell.rung.connect(heard.append)
    before = sys.getrefcount(True)
    for number in range(50):
        bell.rung.emit(number)

    assert heard == list(range(50))
    assert sys.getrefcount(True) >= before
