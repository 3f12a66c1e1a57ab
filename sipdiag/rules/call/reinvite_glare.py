"""Both sides changed the call at the same moment, and a re-INVITE got 491.

After a 491 the owner of the Call-ID tries again after 2.1 to 4 s, the other side after 0 to 2 s, so that they do not
collide again (RFC 3261, section 14.1).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import (
    MILLISECOND,
    SECOND,
    Call,
    Passage,
    Trait,
    later_of_the_same_side,
    passages_of,
    side_of,
    status,
)
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found, seconds
from sipdiag.trace import Sighting

NAME = "reinvite-glare"
SEVERITY = Severity.WARNING
NEEDS = Trait.TROUBLED

ONE_GLARE = 10 * SECOND
"""491s this close belong together: the longest wait is 4 s."""
TIME_TO_TRY_AGAIN = 5 * SECOND
"""Longer than the longest wait of section 14.1."""
OWNER_WAITS = 2100 * MILLISECOND - 100 * MILLISECOND
"""The shortest wait of who made the Call-ID, less what clocks and networks blur."""


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """Every glare of the call: 491s that come close together are one."""
    if not any(each.final is not None and status(each.final) == 491 for each in call.reinvites):
        return
    changes = passages_of(call.reinvites)
    glare: list[Passage] = []
    for change in changes:
        if change.final is None or status(change.final) != 491:
            continue
        if glare and change.request.time - glare[-1].request.time > ONE_GLARE:
            yield from _told(call, glare, changes, scene)
            glare = []
        glare.append(change)
    if glare:
        yield from _told(call, glare, changes, scene)


def _told(call: Call, glare: list[Passage], changes: list[Passage], scene: Scene) -> Iterator[Finding]:
    last = glare[-1]
    refusals = [each.final for each in glare if each.final is not None]
    again = next(iter(later_of_the_same_side(last, changes)), None)
    others = [each for each in changes if each.answered and abs(each.request.time - last.request.time) < ONE_GLARE]
    recorded = scene.window.left(refusals[-1].time)
    hung_up = any(bye.request is not None and bye.request.time < last.request.time + ONE_GLARE for bye in call.byes)
    variant, severity, confidence = "not-retried", SEVERITY, Confidence.LIKELY
    if again is not None and again.answered:
        variant, severity, confidence = "resolved", Severity.NOTE, Confidence.CERTAIN
    elif again is not None and again.final is not None:
        # The collision is over; what refused the next try is told by the rule on refusals.
        variant, severity, confidence = "unresolved", Severity.NOTE, Confidence.CERTAIN
    elif again is None and hung_up:
        return  # the call ended before anybody had to try again
    elif recorded < TIME_TO_TRY_AGAIN or again is not None:
        variant, confidence = "capture-ended", Confidence.INCONCLUSIVE
    elif others:
        severity = Severity.NOTE  # the other side's change went through, and may have been enough
    early = None if variant == "resolved" else _too_early(call, glare, changes)
    if early is not None:
        variant, severity, confidence = "too-early", SEVERITY, Confidence.CERTAIN
    evidence = _evidence(call, glare, refusals, again, scene)
    if early is not None:
        evidence["retried_after_s"] = seconds(early)
        evidence["caller"] = call.attempts[0].first.source
    shown_by = [seen for each in glare for seen in (each.request, each.final) if seen is not None]
    if again is not None:
        shown_by += [again.request] if again.final is None else [again.request, again.final]
    yield found(NAME, variant, severity, confidence, shown_by, evidence)


def _too_early(call: Call, glare: list[Passage], changes: list[Passage]) -> int | None:
    """How long the caller, who owns the Call-ID, waited before a try that collided again, if that was too short."""
    for each in glare:
        again = next(iter(later_of_the_same_side(each, changes)), None)
        if again is None or each.final is None or again not in glare or side_of(call, each.request) != "caller":
            continue
        waited = again.request.time - each.final.time
        if waited < OWNER_WAITS:
            return waited
    return None


def _evidence(
    call: Call, glare: list[Passage], refusals: list[Sighting], again: Passage | None, scene: Scene
) -> Evidence:
    last = glare[-1]
    evidence: Evidence = {
        "invite_frame": glare[0].request.frame,
        "response_frame": refusals[-1].frame,
        "refusals": len(glare),
        "sender": side_of(call, last.request),
        "client": last.request.source,
        "server": last.born.destination,
        "recorded_after_s": seconds(scene.window.left(refusals[-1].time)),
    }
    if again is not None:
        evidence["retry_frame"] = again.request.frame
        evidence["retry_after_s"] = seconds(again.request.time - refusals[-1].time)
        evidence["retry_code"] = status(again.final) if again.final is not None else 0
    return evidence
