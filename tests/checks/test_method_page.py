"""The page of all checks says what the registry says."""

from tests.checks.method_page import PAGE, page


def test_page_of_checks_is_true():
    text = PAGE.read_text(encoding="utf-8")
    assert text == page(), "run: python -m tests.checks.method_page"
