"""`dsdesk check`: does it go together."""

import argparse

from dsdesk.checks.finding import Finding, Severity
from dsdesk.cli.command import ANSWER_IS_NO, OK, Command, Session
from dsdesk.cli.common import add_json
from dsdesk.cli.project_argument import add_project, evaluated


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_project(parser)
    add_json(parser)


def finding_row(finding: Finding) -> dict[str, object]:
    """A finding with the keys of the contract."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message,
        "subject": finding.subject,
        "machine": finding.machine,
        "values": finding.message.values,
        "fixes": [{"text": fix.text, "term": fix.term, "applies": fix.edit is not None} for fix in finding.fixes],
        "source": finding.source,
        "assumption": finding.assumption,
    }


def _run(session: Session) -> int:
    findings = evaluated(session).findings
    if session.arguments.json:
        session.give({"findings": [finding_row(finding) for finding in findings]})
    else:
        for finding in findings:
            session.say(f"{finding.severity.name.lower():9} {finding.code:16} {session.text(finding.message)}")
    return ANSWER_IS_NO if any(finding.severity is Severity.ERROR for finding in findings) else OK


COMMAND = Command(name="check", summary="check that a project goes together", add_arguments=_add_arguments, run=_run)
