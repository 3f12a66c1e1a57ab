"""Both sides changed the call at the same moment, and a re-INVITE got 491.

After a 491 the owner of the Call-ID tries again after 2.1 to 4 s, the other side after 0 to 2 s, so that they do not
collide again (RFC 3261, section 14.1).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import SECOND, Call, Duty, Outcome, Passage, Trait, Transaction, passages_of, side_of, status
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found, seconds
from sipdiag.trace import Sighting

NAME = "reinvite-glare"
SEVERITY = Severity.WARNING
NEEDS = Trait.TROUBLED

ONE_GLARE = 10 * SECOND
"""491s this close together belong to one collision: the longest wait is 4 s."""

Collision = tuple[Duty, Passage]
"""A 491 with the duty that it lays, and the re-INVITE that got it."""


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """Every glare of the call: 491s that come close together are one."""
    if not any(each.final is not None and status(each.final) == 491 for each in call.reinvites):
        return
    changes = passages_of(call.reinvites)
    glare: list[Collision] = []
    for duty in scene.duties(call, "glare"):
        change = duty.passage
        if change is None or change.first.method != "INVITE":
            continue
        if glare and change.request.time - glare[-1][1].request.time > ONE_GLARE:
            yield from _told(call, glare, changes, scene)
            glare = []
        glare.append((duty, change))
    if glare:
        yield from _told(call, glare, changes, scene)


def _told(call: Call, glare: list[Collision], changes: list[Passage], scene: Scene) -> Iterator[Finding]:
    duty, last = glare[-1]
    refusals = [each.trigger for each, _ in glare]
    again = next((each for each in changes if each.request is duty.fulfilled_by), None)
    others = [each for each in call.reinvites if _may_be_enough(each, last)]
    variant, severity, confidence = "not-retried", SEVERITY, Confidence.LIKELY
    if again is not None and again.answered:
        variant, severity, confidence = "resolved", Severity.NOTE, Confidence.CERTAIN
    elif again is not None and again.final is not None:
        # The collision is over; the refusal of the next try has a rule of its own.
        variant, severity, confidence = "unresolved", Severity.NOTE, Confidence.CERTAIN
    elif again is None and duty.outcome is Outcome.DONE:
        return  # the call ended before anybody had to try again, or the recorder missed the next try
    elif again is not None or duty.outcome is Outcome.UNKNOWN:
        variant, confidence = "capture-ended", Confidence.INCONCLUSIVE
    elif others:
        severity = Severity.NOTE  # the other side's change went through, and may have been enough
    early = None if variant == "resolved" else _too_early(glare)
    if early is not None:
        variant, severity, confidence = "too-early", SEVERITY, Confidence.CERTAIN
    evidence = _evidence(call, [each for _, each in glare], refusals, again, scene)
    if early is not None:
        evidence["retried_after_s"] = seconds(early)
        evidence["caller"] = call.attempts[0].first.source
    shown_by = [seen for _, each in glare for seen in (each.request, each.final) if seen is not None]
    if again is not None:
        shown_by += [again.request] if again.final is None else [again.request, again.final]
    yield found(NAME, variant, severity, confidence, shown_by, evidence)


def _may_be_enough(each: Transaction, last: Passage) -> bool:
    """Whether a change near the collision went through, or the recorder missed whether it did."""
    first = last.first
    if (each.cseq, each.from_tag) == (first.cseq, first.from_tag) or abs(each.time - last.request.time) >= ONE_GLARE:
        return False
    return bool(each.answers) or each.final is None


def _too_early(glare: list[Collision]) -> int | None:
    """How long the caller, who owns the Call-ID, waited before a try that collided again, if that was too short."""
    collided = [change.request for _, change in glare]
    for duty, _ in glare:
        again = duty.fulfilled_by
        if duty.outcome is Outcome.WRONG and again is not None and any(again is each for each in collided):
            return again.time - duty.trigger.time
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
