"""What one cause left open is said once: findings that only wait for the missing direction join that finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from sipdiag.calls import Arrival
from sipdiag.findings.finding import Evidence, Finding
from sipdiag.trace import host

CAUSE = "capture-one-sided"
OPEN = "one-sided"
"""The variant of every finding that a missing direction left open."""
WORTH_FOLDING = 2
"""A single question that nothing proves to come from the recorder is told by its own rule."""
MOST_FRAMES = 40
MOST_DIRECTIONS = 10

Place = tuple[int, int]
"""Capture and frame."""


def folded(findings: list[Finding], arrivals: Iterable[Arrival]) -> list[Finding]:
    """`findings` in their order, without those that `capture-one-sided` tells of together."""
    return told_once(findings, directions_of(findings, arrivals) if _causes(findings) else {})


def told_once(findings: list[Finding], ways: Mapping[Place, set[str]]) -> list[Finding]:
    """The same, where it is known already which `ways` the messages of open findings went."""
    causes = _causes(findings)
    if not causes:
        return findings
    left_open = [finding for finding in findings if _is_open(finding)]
    directions = {id(finding): ways.get(_place(finding), set()) for finding in left_open}
    said: dict[int, Finding | None] = {}
    for cause in causes:
        named = _missing(cause)
        mine = [finding for finding in left_open if id(finding) not in said and directions[id(finding)] & named]
        if cause.variant != "proven" and len(mine) < WORTH_FOLDING:
            said[id(cause)] = None
            continue
        said[id(cause)] = _with(cause, mine, named & set().union(*(directions[id(each)] for each in mine)))
        said.update((id(finding), None) for finding in mine)
    kept = (said.get(id(finding), finding) for finding in findings)
    return [finding for finding in kept if finding is not None]


def _with(cause: Finding, mine: list[Finding], named: set[str]) -> Finding:
    """`cause` with what it left open; one that nothing proves speaks of those directions only."""
    shown = _missing(cause) if cause.variant == "proven" else named
    rules = Counter(finding.rule for finding in mine)
    evidence: Evidence = {
        **cause.evidence,
        "missing": sorted(shown)[:MOST_DIRECTIONS],
        "directions": len(shown),
        "open": [f"{rule} ({count})" for rule, count in sorted(rules.items())],
        "open_count": len(mine),
    }
    frames = [
        *cause.frames,
        *(frame for finding in mine if finding.capture == cause.capture for frame in finding.frames),
    ]
    return replace(cause, evidence=evidence, frames=list(dict.fromkeys(frames))[:MOST_FRAMES])


def _missing(cause: Finding) -> set[str]:
    missing = cause.evidence["missing"]
    return {str(direction) for direction in missing} if isinstance(missing, list) else set()


def directions_of(findings: Iterable[Finding], arrivals: Iterable[Arrival]) -> dict[Place, set[str]]:
    """First frame of each finding that is open → the two directions between its hosts, as the evidence names them."""
    ways: dict[Place, set[str]] = {_place(finding): set() for finding in findings if _is_open(finding)}
    for arrival in arrivals if ways else ():
        seen = arrival.sighting
        if (seen.capture, seen.frame) in ways:
            one, other = host(seen.source), host(seen.destination)
            ways[seen.capture, seen.frame] |= {f"{one} → {other}", f"{other} → {one}"}
    return ways


def _causes(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.rule == CAUSE]


def _is_open(finding: Finding) -> bool:
    return finding.variant == OPEN and finding.rule != CAUSE


def _place(finding: Finding) -> Place:
    return finding.capture, finding.frames[0]
