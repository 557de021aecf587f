"""docs/method/checks.md from the registry: `python -m tests.checks.method_page` rewrites it, a test keeps it true."""

from itertools import groupby
from pathlib import Path

from dsdesk.base.units import Quantity
from dsdesk.checks.assumed import GROUPS
from dsdesk.checks.registry import Check
from dsdesk.checks.subjects import all_checks
from dsdesk.project.assumptions import ASSUMED

PAGE = Path(__file__).parents[2] / "docs" / "method" / "checks.md"

_HEAD = """\
# Checks

Every check that dsdesk makes of a build, from the registry in `dsdesk/checks`. The letter of a code tells the worst
that it can say: E an error, W a warning, N a note. Where a fact is not published a check answers "cannot be checked,
because", never a pass. A rule whose source begins with "Assumption" is general knowledge, shown as such and open to
change.

This page is written by `python -m tests.checks.method_page`; a test keeps it true.
"""


_ASSUMED = """
## What is assumed

These numbers are engineering judgement. Each stands in the project (`site.assumed`) and can be changed on the page
Checks; what a part publishes is always used before it.
"""


def page() -> str:
    """The whole page."""
    parts = [_HEAD]
    for subject, checks in groupby(sorted(all_checks(), key=lambda one: one.code), key=lambda one: one.subject):
        parts.append(f"\n## {subject}\n")
        parts += [_section(one) for one in checks]
    parts.append(_ASSUMED)
    for title, values in GROUPS:
        parts.append(f"\n### {title}\n\n")
        parts += [
            f"- {one.label}: {Quantity(getattr(ASSUMED, one.field), one.unit).text()} ({', '.join(one.codes)})\n"
            for one in values
        ]
    return "".join(parts)


def _section(one: Check) -> str:
    return f"\n### {one.code} {one.title}\n\n- Reason: {one.reason}\n- Remedy: {one.remedy}\n- Source: {one.source}\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
