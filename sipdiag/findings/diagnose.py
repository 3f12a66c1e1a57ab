"""Rules → findings: every rule looks at every subject of its kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar

import msgspec

from sipdiag.calls import Arrival, Call, Correlation, Registration, Subscription, Transaction
from sipdiag.findings.finding import Finding, Severity
from sipdiag.findings.scene import Scene
from sipdiag.findings.twins import with_twins
from sipdiag.trace import Trace

Subject_contra = TypeVar("Subject_contra", contravariant=True)
Subject = TypeVar("Subject")


class Rule(Protocol[Subject_contra]):
    """What a module in `rules` offers."""

    NAME: str
    SEVERITY: Severity
    """The highest that it gives."""

    def check(self, subject: Subject_contra, scene: Scene) -> Iterator[Finding]:
        """The findings on one subject."""


class RuleBook(msgspec.Struct, frozen=True, kw_only=True):
    """The rules in force, by what they look at."""

    calls: Sequence[Rule[Call]] = ()
    transactions: Sequence[Rule[Transaction]] = ()
    registrations: Sequence[Rule[Registration]] = ()
    subscriptions: Sequence[Rule[Subscription]] = ()
    arrivals: Sequence[Rule[Arrival]] = ()
    """Rules on single messages; a repeat is a message too."""
    traces: Sequence[Rule[Trace]] = ()
    """Rules on what lies below SIP in one capture."""
    wholes: Sequence[Rule[Correlation]] = ()
    """Rules on what only the whole can show: scans, floods, a direction that is missing everywhere."""

    @property
    def names(self) -> list[str]:
        """The names of all rules, in the order of the book."""
        return [
            *(rule.NAME for rule in self.calls),
            *(rule.NAME for rule in self.transactions),
            *(rule.NAME for rule in self.registrations),
            *(rule.NAME for rule in self.subscriptions),
            *(rule.NAME for rule in self.arrivals),
            *(rule.NAME for rule in self.traces),
            *(rule.NAME for rule in self.wholes),
        ]


def diagnose(scene: Scene, rules: RuleBook) -> list[Finding]:
    """The findings on everything in `scene`, worst first, then surest, then in the order of time."""
    seen = scene.correlation
    findings = [
        *_found(rules.calls, seen.legs, scene),
        *_found(rules.transactions, seen.transactions, scene),
        *_found(rules.registrations, seen.registrations, scene),
        *_found(rules.subscriptions, seen.subscriptions, scene),
        *_found(rules.arrivals, seen.arrivals, scene),
        *_found(rules.traces, scene.traces, scene),
        *_found(rules.wholes, [seen], scene),
    ]
    findings = list(with_twins(findings, scene))
    findings.sort(key=lambda each: each.place)
    return findings


def _found(rules: Sequence[Rule[Subject]], subjects: Sequence[Subject], scene: Scene) -> Iterator[Finding]:
    for subject in subjects:
        for rule in rules:
            yield from rule.check(subject, scene)
