import logging

from dsdesk.base.journal import RotatingFile


def test_a_full_file_is_put_aside_and_the_oldest_goes(tmp_path):
    path = tmp_path / "dsdesk.log"
    handler = RotatingFile(path, largest=200)
    for number in range(100):
        handler.emit(logging.LogRecord("dsdesk", logging.INFO, "", 0, "line %d of the log", (number,), None))
    handler.close()

    files = sorted(one.name for one in tmp_path.iterdir())
    assert files == ["dsdesk.1.log", "dsdesk.2.log", "dsdesk.3.log", "dsdesk.log"]
    assert all(one.stat().st_size < 260 for one in tmp_path.iterdir())
    kept = [line for name in ("dsdesk.3.log", "dsdesk.2.log", "dsdesk.1.log", "dsdesk.log")
            for line in (tmp_path / name).read_text().splitlines()]  # fmt: skip
    assert kept == [f"line {number} of the log" for number in range(100 - len(kept), 100)]
