"""All checks: imports every subject, in the order in which findings of equal weight are read, and runs them."""

from functools import cache

from dsdesk.checks import (
    cables,
    coolers,
    cooling,
    distribution,
    drivers,
    drives,
    firmware,
    fit,
    links,
    memory,
    model,
    network,
    parts,
    pcie,
    platforms,
    plugs,
    power,
    site,
    software,
    speed,
    storage,
    trade,
)
from dsdesk.checks.context import CheckContext
from dsdesk.checks.finding import Finding
from dsdesk.checks.registry import Check, findings_of, registered

ALL = (
    parts,
    model,
    speed,
    software,
    drivers,
    fit,
    firmware,
    platforms,
    pcie,
    drives,
    memory,
    links,
    power,
    plugs,
    coolers,
    cooling,
    storage,
    network,
    cables,
    site,
    distribution,
    trade,
)


@cache
def all_checks() -> tuple[Check, ...]:
    """Every check, in the order of the subjects and of the lines of their files."""
    order = {module.__name__: place for place, module in enumerate(ALL)}
    known = (one for one in registered() if one.run.__module__ in order)
    return tuple(sorted(known, key=lambda one: order[one.run.__module__]))


def run_checks(context: CheckContext) -> tuple[Finding, ...]:
    """All findings about a build, worst first; equal ones in the order of the subjects."""
    findings = [finding for one in all_checks() for finding in findings_of(one, context)]
    return tuple(sorted(findings, key=lambda finding: -finding.severity))
