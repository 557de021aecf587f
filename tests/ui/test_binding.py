"""What the window takes for granted of the library beneath it."""

import subprocess
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


def test_no_module_is_looked_into_while_it_is_imported():
    """A library that imports on demand would import itself in a circle."""
    program = (
        "import inspect, sys\n"
        "import dsdesk.ui\n"
        "def look(thing):\n"
        "    raise AssertionError(thing)\n"
        "inspect.getsource = look\n"
        "assert 'pydantic' not in sys.modules\n"
        "import pydantic, xml.dom.minidom\n"
        "pydantic.BaseModel\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
