"""The command line: the same work as the window, without a screen. One file a command; see `dsdesk.cli.command`."""

from dsdesk.cli.main import main

__all__ = ["main"]
