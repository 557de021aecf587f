"""PySide's look into every module that is imported, switched off.

For its `__feature__` switch, which dsdesk does not use, PySide wants the source of each module right after its import.
On the way there `inspect` asks the module for `__wrapped__`, and a library that imports on such a question (pydantic)
imports itself in a circle. PySide means to avoid that by putting `builtins.__import__` back while it looks, but does so
for all threads at once: where two import at the same time, one is looked into in the midst of the other's look.
"""

import sys

import PySide6.QtCore  # noqa: F401 - brings the look with it


def import_as_usual() -> None:
    """Take every module for one that does not switch features."""
    feature = sys.modules.get("shibokensupport.feature")
    if feature is not None and hasattr(feature, "_mod_uses_pyside"):
        vars(feature)["_mod_uses_pyside"] = lambda _module: False
