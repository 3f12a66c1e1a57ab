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
    """The address or host name of one side: it silences what names it in its evidence."""
    reason: str
    until: date | None = None
    """The last day on which it holds."""


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """How findings are to be taken."""

    severities: dict[str, Severity] = {}
    """Rule → severity in place of its own; a lower one of the finding itself stays."""
    silences: list[Silence] = []


def taken(findings: Iterable[Finding], policy: Policy, today: date) -> list[Finding]:
    """`findings` as `policy` takes them, in the order that `diagnose` gives; `today` ends silences that expired."""
    current = [silence for silence in policy.silences if silence.until is None or silence.until >= today]
    kept = [
        _weighed(finding, policy) for finding in findings if not any(_silences(silence, finding) for silence in current)
    ]
    kept.sort(key=lambda each: each.place)
    return kept


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
