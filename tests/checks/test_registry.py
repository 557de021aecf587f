"""Every check: its code, its words, a project that passes, one that fails, and fixes that clear what they promise."""

from collections.abc import Iterator

import pytest

from dsdesk.base.translate import Language, render
from dsdesk.checks.context import CheckContext
from dsdesk.checks.finding import Finding, Severity
from dsdesk.checks.registry import Check, check
from dsdesk.checks.subjects import all_checks
from tests.checks.cases import CASES, UNPUBLISHED, judged

CODES = [one.code for one in all_checks()]


def found(code: str, findings: tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in findings if finding.code == code]


def test_codes_are_unique_and_every_one_has_a_case():
    assert len(set(CODES)) == len(CODES)
    assert set(CASES) == set(CODES)
    assert set(UNPUBLISHED) <= set(CODES)


@pytest.mark.parametrize("one", all_checks(), ids=lambda one: one.code)
def test_check_explains_itself(one: Check):
    for words in (one.title, one.reason, one.remedy, one.source):
        assert len(words) > 10
    worst = {"E": Severity.ERROR, "W": Severity.WARNING, "N": Severity.NOTE}[one.code.partition(".")[2][0]]
    assert all(finding.severity <= max(worst, Severity.UNCHECKED) for finding in _all_findings(one.code))


def _all_findings(code: str) -> Iterator[Finding]:
    for cases in (CASES, UNPUBLISHED):
        if code in cases:
            yield from found(code, judged(cases[code].failing, cases[code].catalog()).findings)


@pytest.mark.parametrize("code", CODES)
def test_failing_project_is_found_out(code):
    case = CASES[code]
    findings = found(code, judged(case.failing, case.catalog()).findings)
    assert findings
    for finding in findings:
        assert finding.source
        assert render(finding.message, Language.ENGLISH)


@pytest.mark.parametrize("code", CODES)
def test_passing_project_is_left_alone(code):
    case = CASES[code]
    assert found(code, judged(case.passing, case.catalog()).findings) == []


@pytest.mark.parametrize("code", CODES)
def test_each_error_offers_a_way_out_and_fixes_clear_the_finding(code):
    case = CASES[code]
    catalog = case.catalog()
    for finding in found(code, judged(case.failing, catalog).findings):
        if finding.severity is Severity.ERROR:
            assert any(fix.edit for fix in finding.fixes), finding.message.in_english()
        for fix in finding.fixes:
            if fix.edit is None:
                continue
            after = judged(fix.edit.apply(case.failing), catalog)
            assert not _still(finding, after.findings), fix.text.in_english()


def _still(finding: Finding, findings: tuple[Finding, ...]) -> list[Finding]:
    """What is left of a finding: the same code and subject, no milder than before and more than a note."""
    same = [one for one in found(finding.code, findings) if one.machine == finding.machine]
    about = [one for one in same if one.subject == finding.subject]
    return [one for one in about if Severity.NOTE < one.severity >= finding.severity]


@pytest.mark.parametrize("code", list(UNPUBLISHED))
def test_unknown_fact_is_never_a_pass(code):
    case = UNPUBLISHED[code]
    findings = found(code, judged(case.failing, case.catalog()).findings)
    assert [finding.severity for finding in findings] == [Severity.UNCHECKED] * len(findings)
    assert findings


def test_check_without_explanation_is_refused():
    with pytest.raises(ValueError, match="Remedy"):

        @check("fit.E999")
        def silent(context: CheckContext) -> Iterator[Finding]:
            """Title.

            Reason: there is one.
            Source: none.
            """
            yield from ()


def test_code_is_taken_only_once():
    with pytest.raises(ValueError, match="registered"):

        @check("power.E001")
        def again(context: CheckContext) -> Iterator[Finding]:
            """Title.

            Reason: a.
            Remedy: b.
            Source: c.
            """
            yield from ()


def test_code_has_a_form():
    with pytest.raises(ValueError, match="subject"):
        check("E001")(lambda context: iter(()))


def test_findings_come_worst_first():
    case = CASES["fit.E013"]
    severities = [finding.severity for finding in judged(case.failing, case.catalog()).findings]
    assert severities == sorted(severities, reverse=True)
