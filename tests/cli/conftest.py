"""The command line in this process, its catalogue opened once."""

import pytest

from dsdesk.catalog.store import open_catalog
from dsdesk.cli import command, main


@pytest.fixture(scope="session")
def catalog(tmp_path_factory):
    """The factory catalogue in a home of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DSDESK_HOME", str(tmp_path_factory.mktemp("home")))
        yield open_catalog()


@pytest.fixture
def dsdesk(catalog, capsys, monkeypatch):
    """Runs the command line in English; returns (exit status, stdout, stderr)."""
    monkeypatch.setattr(command, "open_catalog", lambda: catalog)

    def run(*arguments):
        status = main(["--messages", "en", *arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run
