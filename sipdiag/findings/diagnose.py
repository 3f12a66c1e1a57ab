"""Rules → findings: every rule looks at every subject of its kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, Protocol, TypeVar

import msgspec

from sipdiag.calls import Arrival, Call, Registration, Subscription, Trait, Transaction, traits_of
from sipdiag.findings.fault import Fault
from sipdiag.findings.finding import Finding, Severity
from sipdiag.findings.scene import Scene, Source
from sipdiag.findings.twins import with_twins
from sipdiag.findings.whole import Whole, checked
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


EVERY: Final = 0
"""What a rule on calls needs that declares nothing: it is asked about each."""


class RuleBook(msgspec.Struct, frozen=True, kw_only=True):
    """The rules in force, by what they look at."""

    calls: Sequence[Rule[Call]] = ()
    """A rule on calls may declare what it `NEEDS`: a call with none of these traits gives it nothing to say."""
    transactions: Sequence[Rule[Transaction]] = ()
    registrations: Sequence[Rule[Registration]] = ()
    subscriptions: Sequence[Rule[Subscription]] = ()
    arrivals: Sequence[Rule[Arrival]] = ()
    """Rules on single messages; a repeat is a message too."""
    traces: Sequence[Rule[Trace]] = ()
    """Rules on what lies below SIP in one capture."""
    sources: Sequence[Rule[Source]] = ()
    """Rules on all that one host asked of its own accord: scans, floods."""
    faults: Sequence[Rule[Fault]] = ()
    """Rules on what is wrong with the messages of one sender."""
    wholes: Sequence[Whole[Any, Any]] = ()
    """Rules on what only many calls together can show: peers that are slow, a direction that is missing everywhere."""

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
            *(rule.NAME for rule in self.sources),
            *(rule.NAME for rule in self.faults),
            *(rule.NAME for rule in self.wholes),
        ]


def diagnose(scene: Scene, rules: RuleBook) -> list[Finding]:
    """The findings on everything in `scene`, worst first, then surest, then in the order of time."""
    seen = scene.correlation
    findings = [
        *on_calls(scene, rules),
        *on_subjects(rules.traces, scene.traces, scene),
        *on_subjects(rules.sources, scene.sources() if rules.sources else (), scene),
        *on_subjects(rules.faults, scene.faults() if rules.faults else (), scene),
        *(finding for rule in rules.wholes for finding in checked(rule, seen, scene)),
    ]
    findings.sort(key=lambda each: each.place)
    return with_twins(findings, scene)


def on_calls(scene: Scene, rules: RuleBook) -> Iterator[Finding]:
    """The findings on single calls, transactions, registrations, subscriptions and messages."""
    seen = scene.correlation
    yield from _on_legs(rules.calls, seen.legs, scene)
    yield from on_subjects(rules.transactions, seen.transactions, scene)
    yield from on_subjects(rules.registrations, seen.registrations, scene)
    yield from on_subjects(rules.subscriptions, seen.subscriptions, scene)
    yield from on_subjects(rules.arrivals, seen.arrivals, scene)


def _on_legs(rules: Sequence[Rule[Call]], legs: Sequence[Call], scene: Scene) -> Iterator[Finding]:
    """The findings on each leg, of those of `rules` that its traits give reason to ask."""
    heard = int(Trait.HEARD) if scene.streams else 0
    asked: dict[int, list[Rule[Call]]] = {}
    for leg in legs:
        traits = traits_of(leg) | heard
        if traits not in asked:
            asked[traits] = [rule for rule in rules if is_asked(rule, traits)]
        for rule in asked[traits]:
            yield from rule.check(leg, scene)


def is_asked(rule: Rule[Call], traits: int) -> bool:
    """Whether `rule` may have something to say on a call with these traits."""
    needs: int = getattr(rule, "NEEDS", EVERY)
    return needs == EVERY or bool(needs & traits)


def on_subjects(rules: Sequence[Rule[Subject]], subjects: Sequence[Subject], scene: Scene) -> Iterator[Finding]:
    """The findings of `rules` on each of `subjects`."""
    for subject in subjects:
        for rule in rules:
            yield from rule.check(subject, scene)
