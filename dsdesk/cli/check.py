"""`dsdesk check`: does it go together, and does a scheme of the guide hold what the guide says of it."""

import argparse

from dsdesk.base.message import Message
from dsdesk.checks.finding import Finding, Severity
from dsdesk.claims import Claim, Strength, Verdict, claims_of_scheme
from dsdesk.cli.command import ANSWER_IS_NO, OK, Command, Session
from dsdesk.cli.common import add_json
from dsdesk.cli.project_argument import add_project, evaluated

_STRENGTHS = {
    Strength.A: Message("A: shown by arithmetic, or by a source that states it"),
    Strength.B: Message("B: strong, but secondary or partly by absence"),
    Strength.C: Message("C: doubtful, so never called wrong"),
}


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


def claim_row(claim: Claim) -> dict[str, object]:
    """A claim of the guide about this scheme, with what it rests on."""
    return {
        "id": claim.id,
        "verdict": claim.verdict.value,
        "strength": claim.strength.value,
        "text": claim.text,
        "reason": claim.reason,
        "source": claim.source,
    }


def _say_claim(session: Session, claim: Claim) -> None:
    session.say(f"{claim.verdict.value:9} {claim.id:18} {session.text(claim.text)}")
    for said in (claim.reason, _STRENGTHS[claim.strength], Message("Source: {source}", source=claim.source)):
        session.say(f"{'':28} {session.text(said)}")


def _run(session: Session) -> int:
    evaluation = evaluated(session)
    findings = evaluation.findings
    key = evaluation.project.claims_of
    claims = claims_of_scheme(evaluation, session.catalog, key) if key else ()
    if session.arguments.json:
        answer: dict[str, object] = {"findings": [finding_row(finding) for finding in findings]}
        if claims:
            answer["claims"] = [claim_row(claim) for claim in claims]
        session.give(answer)
    else:
        for finding in findings:
            session.say(f"{finding.severity.name.lower():9} {finding.code:16} {session.text(finding.message)}")
        for claim in claims:
            if claim.verdict is not Verdict.AGREES:
                _say_claim(session, claim)
    return ANSWER_IS_NO if any(finding.severity is Severity.ERROR for finding in findings) else OK


COMMAND = Command(name="check", summary="check that a project goes together", add_arguments=_add_arguments, run=_run)
