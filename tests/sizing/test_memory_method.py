from pathlib import Path

from dsdesk.sizing.memory_method import method_text


def test_the_document_is_what_the_code_says_of_itself():
    # Rewrite it with: python -c "from dsdesk.sizing.memory_method import method_text; print(method_text(), end='')"
    written = Path(__file__).resolve().parents[2] / "docs" / "method" / "memory.md"
    assert written.read_text(encoding="utf-8") == method_text()
