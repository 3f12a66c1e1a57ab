"""An INVITE was answered with a 2xx, and the ACK that completes the handshake never came.

The caller's core must send an ACK for every 2xx (RFC 3261, section 13.2.2.4); the callee repeats its 2xx until then and
gives the call up after 64*T1 (section 13.3.1.4).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import Call, Duty, Outcome, Trait
from sipdiag.findings import Confidence, Evidence, Finding, Notice, Scene, Severity, found, seconds

NAME = "ack-missing"
SEVERITY = Severity.ERROR
NEEDS = Trait.TROUBLED


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """Every 2xx of the call whose ACK did not come, or may have come unseen."""
    for duty in scene.duties(call, "ack-2xx"):
        if duty.outcome in (Outcome.UNDONE, Outcome.UNKNOWN):
            yield _finding(duty, scene)


def _may_be_missed(duty: Duty, scene: Scene) -> bool:
    """Whether bytes are missing where the ACK may have stood."""
    return scene.missed_bytes(duty.trigger.destination, duty.trigger.source)


def _finding(duty: Duty, scene: Scene) -> Finding:
    if duty.outcome is Outcome.UNKNOWN or (duty.reason == "silent" and _may_be_missed(duty, scene)):
        confidence = Confidence.INCONCLUSIVE
    elif duty.timed_out and scene.window.sees(duty.trigger.destination, duty.trigger.source):
        confidence = Confidence.CERTAIN
    else:
        confidence = Confidence.LIKELY
    answer = duty.trigger
    shown_by = [answer, *duty.repeats]
    evidence: Evidence = {
        "answer_frame": answer.frame,
        "repeats": len(duty.repeats),
        "repeated_for_s": seconds(duty.repeats[-1].time - answer.time) if duty.repeats else 0.0,
        "recorded_after_s": seconds(scene.window.left(answer.time)),
        "callee": answer.source,
        "caller": answer.destination,
        "ack_target": duty.target,
        "contact": answer.message.field("contact") or "",
        "record_route": answer.message.fields("record-route"),
    }
    if duty.fulfilled_by is not None:
        evidence["ack_frame"] = duty.fulfilled_by.frame
        evidence["ack_destination"] = duty.fulfilled_by.destination
        shown_by.append(duty.fulfilled_by)
    if duty.followed_by is not None:
        evidence["bye_frame"] = duty.followed_by.frame
        evidence["bye_after_s"] = seconds(duty.followed_by.time - answer.time)
        shown_by.append(duty.followed_by)
    refused = _refused(duty, scene)
    if refused is None or confidence is Confidence.INCONCLUSIVE:
        return found(NAME, duty.reason, SEVERITY, confidence, shown_by, evidence)
    variant, notice = refused
    return notice.added_to(found(NAME, variant, SEVERITY, confidence, shown_by, evidence))


def _refused(duty: Duty, scene: Scene) -> tuple[str, Notice] | None:
    """What ICMP says of the 2xx, or of its ACK."""
    if (notice := scene.notices.on([duty.trigger, *duty.repeats])) is not None:
        return "answer-undelivered", notice
    if duty.fulfilled_by is not None and (notice := scene.notices.on([duty.fulfilled_by])) is not None:
        return "ack-undelivered", notice
    return None
