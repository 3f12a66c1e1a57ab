"""Rules → findings: every rule looks at every subject of its kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Any, Final, Protocol, TypeVar

import msgspec

from sipdiag.calls import Arrival, Call, Correlation, Registration, Subscription, Trait, Transaction, traits_of
from sipdiag.findings.damage import weakened
from sipdiag.findings.fault import Fault
from sipdiag.findings.finding import Finding, Severity
from sipdiag.findings.scene import Scene, Source
from sipdiag.findings.twins import with_twins
from sipdiag.findings.whole import Whole, checked
from sipdiag.trace import Trace, all_done, may_fork

Subject_contra = TypeVar("Subject_contra", contravariant=True)
Subject = TypeVar("Subject")


class Rule(Protocol[Subject_contra]):
    """What a module in `rules` offers."""

    NAME: str
    SEVERITY: Severity
    """The highest severity that its findings have."""

    def check(self, subject: Subject_contra, scene: Scene) -> Iterator[Finding]:
        """The findings on one subject."""


Task = Callable[[], Iterator[Finding]]
ENOUGH: Final = 2_000
"""From so many messages on, a second process saves more time than it takes to begin."""
MOST: Final = 60_000
"""Above so many messages a second process needs too much memory: counting references copies what the two share."""
MOST_SAID: Final = 64 << 20
"""Characters of header fields, of all messages together, above which the same holds."""
FEWEST: Final = 16
"""Calls that a task has at least."""
EVERY: Final = 0
"""The needs of a rule on calls that declares none: it is asked about every call."""


class RuleBook(msgspec.Struct, frozen=True, kw_only=True):
    """The rules in force, by what they look at."""

    calls: Sequence[Rule[Call]] = ()
    """A rule on calls may declare in `NEEDS` the traits of which a call must have one for the rule to be asked."""
    transactions: Sequence[Rule[Transaction]] = ()
    registrations: Sequence[Rule[Registration]] = ()
    subscriptions: Sequence[Rule[Subscription]] = ()
    arrivals: Sequence[Rule[Arrival]] = ()
    """Rules on single messages, retransmissions included."""
    traces: Sequence[Rule[Trace]] = ()
    """Rules on what lies below SIP in one capture."""
    sources: Sequence[Rule[Source]] = ()
    """Rules on all requests that one host made: scans, floods."""
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


def diagnose(scene: Scene, rules: RuleBook, *, helped: bool = False) -> list[Finding]:
    """The findings on everything in `scene`, worst first, then surest, then in the order of time.

    If `helped` and there are many messages, a second process judges a part of them; the result is the same.
    """
    seen = scene.correlation
    helped = helped and ENOUGH <= len(seen.arrivals) <= MOST and may_fork() and _said(seen) <= MOST_SAID
    legs = _blocks(seen.legs) if helped else [seen.legs]
    if helped:
        scene.settle()
    tasks: list[Task] = [
        *(partial(_on_legs, rules.calls, some, scene) for some in legs),
        lambda: _on_others(scene, rules),
        lambda: on_subjects(rules.traces, scene.traces, scene),
        lambda: on_subjects(rules.sources, scene.sources() if rules.sources else (), scene),
        lambda: on_subjects(rules.faults, scene.faults() if rules.faults else (), scene),
        lambda: (finding for rule in rules.wholes for finding in checked(rule, seen, scene)),
    ]
    done = _done_by_two(tasks) if helped else (task() for task in tasks)
    findings = [finding for found in done for finding in found]
    if scene.damages:
        findings = list(weakened(findings, scene))
    findings.sort(key=lambda each: each.place)
    return with_twins(findings, scene)


def _done_by_two(tasks: Sequence[Task]) -> Iterator[list[Finding]]:
    """The results of `tasks`, in their order; the longest come last and are begun first, so that both end together."""
    return reversed(all_done([partial(_listed, task) for task in reversed(tasks)]))


def _listed(task: Task) -> list[Finding]:
    return list(task())


def _said(seen: Correlation) -> int:
    """Characters of start lines and header fields of all messages."""
    return sum(len(each.sighting.message.head) for each in seen.arrivals)


def _blocks(legs: Sequence[Call]) -> list[Sequence[Call]]:
    """`legs` in blocks that are worth a task each."""
    size = max(FEWEST, len(legs) // 100)
    return [legs[at : at + size] for at in range(0, len(legs), size)]


def on_calls(scene: Scene, rules: RuleBook) -> Iterator[Finding]:
    """The findings on single calls, transactions, registrations, subscriptions and messages."""
    found = chain(_on_legs(rules.calls, scene.correlation.legs, scene), _on_others(scene, rules))
    yield from weakened(found, scene) if scene.damages else found


def _on_others(scene: Scene, rules: RuleBook) -> Iterator[Finding]:
    """The same without the findings on calls."""
    seen = scene.correlation
    yield from on_subjects(rules.transactions, seen.transactions, scene)
    yield from on_subjects(rules.registrations, seen.registrations, scene)
    yield from on_subjects(rules.subscriptions, seen.subscriptions, scene)
    yield from on_subjects(rules.arrivals, seen.arrivals, scene)


def _on_legs(rules: Sequence[Rule[Call]], legs: Sequence[Call], scene: Scene) -> Iterator[Finding]:
    """The findings on each leg, by those of `rules` that need one of its traits."""
    heard = int(Trait.HEARD) if scene.has_streams else 0
    asked: dict[int, list[Rule[Call]]] = {}
    for leg in legs:
        traits = traits_of(leg) | heard
        if traits not in asked:
            asked[traits] = [rule for rule in rules if is_asked(rule, traits)]
        for rule in asked[traits]:
            yield from rule.check(leg, scene)


def is_asked(rule: Rule[Call], traits: int) -> bool:
    """Whether `rule` may have something to say about a call with these traits (see `Trait`)."""
    needs: int = getattr(rule, "NEEDS", EVERY)
    return needs == EVERY or bool(needs & traits)


def on_subjects(rules: Sequence[Rule[Subject]], subjects: Sequence[Subject], scene: Scene) -> Iterator[Finding]:
    """The findings of `rules` on each of `subjects`."""
    for subject in subjects:
        for rule in rules:
            yield from rule.check(subject, scene)
