"""Folding: findings left open only because the capture misses a direction become part of `capture-one-sided`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from msgspec.structs import replace

from sipdiag.calls import Arrival
from sipdiag.findings.finding import Evidence, Finding
from sipdiag.trace import host

CAUSE = "capture-one-sided"
"""The rule on directions that the capture misses: its findings are the causes here."""
OPEN = "one-sided"
"""The variant of every finding that a missing direction left open."""
WORTH_FOLDING = 2
"""A cause that is not proven takes in open findings only if there are so many of them."""
MOST_FRAMES = 40
MOST_DIRECTIONS = 10

Place = tuple[int, int]
"""Capture and frame."""


def folded(findings: list[Finding], arrivals: Iterable[Arrival]) -> list[Finding]:
    """`findings` in their order, without the open ones that a finding of `capture-one-sided` takes in."""
    return told_once(findings, directions_of(findings, arrivals) if causes_in(findings) else {})


def told_once(findings: list[Finding], ways: Mapping[Place, set[str]]) -> list[Finding]:
    """The same, where the directions of open findings, `ways`, are known already: see `directions_of`."""
    causes = causes_in(findings)
    if not causes:
        return findings
    folding = Folding(causes)
    left_open = [(order, each, ways.get(shown_at(each), set())) for order, each in enumerate(findings) if is_open(each)]
    folding.weigh(directions for _, _, directions in left_open)
    inside = {order for order, finding, directions in left_open if folding.takes((order,), finding, directions)}
    told = iter(folding.told())
    kept = [next(told) if each.rule == CAUSE else each for order, each in enumerate(findings) if order not in inside]
    return [finding for finding in kept if finding is not None]


Order = tuple[Any, ...]
"""What findings are sorted by."""


class Folding:
    """Decides which cause takes in which open finding, once it is known how many of them each cause could take in.

    The findings may come piece by piece: first all of them are counted by `weigh`, then each is offered to `takes`.
    """

    def __init__(self, causes: Sequence[Finding]) -> None:
        self._causes, self._named = causes, [_missing(cause) for cause in causes]
        self._kinds: Counter[frozenset[int]] = Counter()
        self._speaks: list[bool] | None = None
        self._shares = [_Share() for _ in causes]

    def weigh(self, directions: Iterable[set[str]]) -> None:
        """Count open findings, given by the directions between their hosts, by the causes that could take them in."""
        self._speaks = None
        self._kinds.update(map(self._open_to, directions))

    def takes(self, order: Order, finding: Finding, directions: set[str]) -> bool:
        """Whether a cause takes in an open finding; if so, it is added to what the cause says."""
        cause = self._cause_of(directions)
        if cause is not None:
            self._shares[cause].add(order, finding, directions & self._named[cause], self._causes[cause].capture)
        return cause is not None

    def tells(self, directions: set[str]) -> bool:
        """Whether a cause takes in an open finding with such directions."""
        return self._cause_of(directions) is not None

    def told(self) -> list[Finding | None]:
        """Each cause with what it took in; None in the place of one that takes in nothing and is not proven."""
        speaks = self._settled()
        return [
            share.said_by(cause) if speaks[number] else None
            for number, (cause, share) in enumerate(zip(self._causes, self._shares, strict=True))
        ]

    def _open_to(self, directions: set[str]) -> frozenset[int]:
        return frozenset(number for number, named in enumerate(self._named) if directions & named)

    def _cause_of(self, directions: set[str]) -> int | None:
        speaks = self._settled()
        return next((number for number in sorted(self._open_to(directions)) if speaks[number]), None)

    def _settled(self) -> list[bool]:
        """Which causes take in findings: one after the other, each of what those before it left."""
        if self._speaks is None:
            left = dict(self._kinds)
            self._speaks = []
            for number, cause in enumerate(self._causes):
                mine = [kind for kind in left if number in kind]
                speaks = cause.variant == "proven" or sum(left[kind] for kind in mine) >= WORTH_FOLDING
                self._speaks.append(speaks)
                for kind in mine if speaks else ():
                    del left[kind]
        return self._speaks


class _Share:
    """What one cause took in of open findings."""

    def __init__(self) -> None:
        self._rules: Counter[str] = Counter()
        self._ways: set[str] = set()
        self._frames: dict[int, Order] = {}

    def add(self, order: Order, finding: Finding, ways: set[str], capture: int) -> None:
        self._rules[finding.rule] += 1
        self._ways |= ways
        if finding.capture == capture:
            for place, frame in enumerate(finding.frames):
                self._frames[frame] = min((*order, place), self._frames.get(frame, (*order, place)))
            if len(self._frames) > 4 * MOST_FRAMES:
                self._frames = dict(self._first_frames())

    def _first_frames(self) -> list[tuple[int, Order]]:
        return sorted(self._frames.items(), key=itemgetter(1))[:MOST_FRAMES]

    def said_by(self, cause: Finding) -> Finding:
        """`cause` with what it took in; where it is not proven, it names only the directions of these findings."""
        shown = _missing(cause) if cause.variant == "proven" else self._ways
        evidence: Evidence = {
            **cause.evidence,
            "missing": sorted(shown)[:MOST_DIRECTIONS],
            "directions": len(shown),
            "open": [f"{rule} ({count})" for rule, count in sorted(self._rules.items())],
            "open_count": self._rules.total(),
        }
        frames = [*cause.frames, *(frame for frame, _ in self._first_frames())]
        return replace(cause, evidence=evidence, frames=list(dict.fromkeys(frames))[:MOST_FRAMES])


def _missing(cause: Finding) -> set[str]:
    missing = cause.evidence["missing"]
    return {str(direction) for direction in missing} if isinstance(missing, list) else set()


def directions_of(findings: Iterable[Finding], arrivals: Iterable[Arrival]) -> dict[Place, set[str]]:
    """Place of each open finding → the two directions between its hosts, written as in the evidence of a cause."""
    ways: dict[Place, set[str]] = {shown_at(finding): set() for finding in findings if is_open(finding)}
    for arrival in arrivals if ways else ():
        seen = arrival.sighting
        if (seen.capture, seen.frame) in ways:
            one, other = host(seen.source), host(seen.destination)
            ways[seen.capture, seen.frame] |= {f"{one} → {other}", f"{other} → {one}"}
    return ways


def causes_in(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that may take in others."""
    return [finding for finding in findings if finding.rule == CAUSE]


def is_open(finding: Finding) -> bool:
    """Whether a missing direction left it open."""
    return finding.variant == OPEN and finding.rule != CAUSE


def shown_at(finding: Finding) -> Place:
    """The capture and the first frame of a finding."""
    return finding.capture, finding.frames[0]
