"""The window that these tests drive."""

from tests.fakes.window import desk, parts_catalog, qapp, session

__all__ = ["desk", "parts_catalog", "qapp", "session"]
