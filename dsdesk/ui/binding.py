"""PySide's look into every module that is imported, switched off.

For its `__feature__` switch, which dsdesk does not use, PySide reads the source of each module right after its import.
That asks half-imported modules for attributes, and a library that imports on such a question (pydantic) then imports
itself in a circle: sometimes, and more often in a package, which has no sources.
"""

import sys

import PySide6.QtCore  # noqa: F401 - brings the look with it


def import_as_usual() -> None:
    """Take every module for one that does not switch features."""
    feature = sys.modules.get("shibokensupport.feature")
    if feature is not None and hasattr(feature, "_mod_uses_pyside"):
        vars(feature)["_mod_uses_pyside"] = lambda _module: False
