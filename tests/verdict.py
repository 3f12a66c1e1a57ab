"""What the rules in force say of an `Exchange`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipdiag.findings import Finding, diagnose
from sipdiag.rules import RULES

if TYPE_CHECKING:
    from exchange import Exchange

Told = tuple[str, str, str]
"""Variant, severity, confidence."""


def findings_of(talk: Exchange, rule: str) -> list[Finding]:
    """The findings of one rule, all rules looking at the whole scene."""
    return [finding for finding in diagnose(talk.scene(), RULES) if finding.rule == rule]


def only_finding_of(talk: Exchange, rule: str) -> Finding:
    """The one finding of one rule."""
    (finding,) = findings_of(talk, rule)
    return finding


def told(finding: Finding) -> Told:
    """How a finding speaks."""
    return finding.variant, finding.severity.value, finding.confidence.value
