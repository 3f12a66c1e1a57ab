"""What a user decided about findings: other severities, rules left out, and peers that are known and accepted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from sipdiag.findings.finding import Finding, Severity
from sipdiag.trace import host


class Silence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Findings of one rule about one peer that are accepted, and why."""

    rule: str
    peer: str
    """The address or host name of one side: findings that name it in their evidence are accepted."""
    reason: str
    until: date | None = None
    """The last day on which the silence holds; None: for ever."""


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """How findings are to be taken."""

    severities: dict[str, Severity] = {}
    """Rule → severity of its findings; those that the rule itself makes notes are not raised."""
    silences: list[Silence] = []


def taken(findings: Iterable[Finding], policy: Policy, today: date) -> list[Finding]:
    """`findings` as `policy` takes them, in the order that `diagnose` gives; `today` ends silences that expired."""
    return [each for each in weighed(findings, policy) if silence_for(each, policy, today) is None]


def weighed(findings: Iterable[Finding], policy: Policy) -> list[Finding]:
    """`findings` with the severities that `policy` gives them, silenced ones too."""
    return sorted((_weighed(finding, policy) for finding in findings), key=lambda each: each.place)


def silence_for(finding: Finding, policy: Policy, today: date) -> Silence | None:
    """The silence of `policy` that accepts `finding` and holds `today`; None where there is none."""
    current = (each for each in policy.silences if each.until is None or each.until >= today)
    return next((each for each in current if _silences(each, finding)), None)


def _weighed(finding: Finding, policy: Policy) -> Finding:
    severity = policy.severities.get(finding.rule)
    if severity is None or (severity.rank < finding.severity.rank and finding.severity is Severity.NOTE):
        return finding  # what the rule itself holds to be a note (healed, inconclusive) is never raised
    return msgspec.structs.replace(finding, severity=severity)


def _silences(silence: Silence, finding: Finding) -> bool:
    if silence.rule != finding.rule:
        return False
    texts = (value for value in finding.evidence.values() if isinstance(value, str))
    return any(silence.peer in (text, host(text)) for text in texts)
