"""A BYE got no final response: nobody knows whether the other side has ended the call.

The sender of a BYE takes the session as ended at once (RFC 3261, section 15.1.1), but the other side, which owes a 200
(section 15.1.2), goes on with the call, and with its billing, until something else ends it. Where ICMP says
that the BYE did not arrive, the client is told at once (section 18.4).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import NOTHING_TO_SAY, Call, Duty, Outcome, Passage, Trait, Transaction, request_uri, side_of
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found, seconds, sureness
from sipdiag.trace import Sighting

NAME = "bye-unanswered"
SEVERITY = Severity.ERROR
NEEDS = Trait.TROUBLED


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """Every BYE of the call that got no final response, once, at the hop where it stayed without one."""
    if all(bye.final is not None for bye in call.byes):
        return
    for duty in scene.duties(call, "bye"):
        if duty.outcome in (Outcome.UNDONE, Outcome.UNKNOWN) and duty.reason not in NOTHING_TO_SAY:
            assert duty.passage is not None, "a BYE lays this duty"  # noqa: S101
            yield _finding(call, duty, duty.passage, scene)


def _finding(call: Call, duty: Duty, bye: Passage, scene: Scene) -> Finding:
    answer, other = duty.fulfilled_by, duty.followed_by
    hop = bye.hops[-1] if answer is None else bye.first
    request = hop.request or bye.request
    evidence = _evidence(call, bye, hop, request, scene)
    shown_by = [bye.request, request, *hop.request_repeats]
    if answer is not None:
        evidence["answer_frame"], evidence["answer_source"] = answer.frame, answer.source
        shown_by.append(answer)
    if other is not None:
        evidence["other_bye_frame"] = other.frame
        shown_by.append(other)
    if duty.reason in ("crossed", "answer-lost"):
        severity = Severity.NOTE if duty.reason == "crossed" else SEVERITY
        return found(NAME, duty.reason, severity, Confidence.LIKELY, shown_by, evidence)
    notice = scene.notices.on([request, *hop.request_repeats])
    if notice is not None:
        confidence = notice.confidence(scene.window.left(request.time))
        return notice.added_to(found(NAME, "undelivered", SEVERITY, confidence, shown_by, evidence))
    missed = scene.missed_bytes(request.destination, request.source)
    confidence = sureness(duty.outcome, duty.reason, request, scene.window, missed=missed)
    return found(NAME, duty.reason, SEVERITY, confidence, shown_by, evidence)


def _evidence(call: Call, bye: Passage, hop: Transaction, request: Sighting, scene: Scene) -> Evidence:
    repeats = hop.request_repeats
    return {
        "bye_frame": bye.request.frame,
        "sender": side_of(call, bye.request),
        "client": request.source,
        "server": request.destination,
        "uri": request_uri(request),
        "route": request.message.values("route"),
        "transport": request.transport,
        "hops": len(bye.hops),
        "repeats": len(repeats),
        "repeated_for_s": seconds(repeats[-1].time - request.time) if repeats else 0.0,
        "recorded_after_s": seconds(scene.window.left(request.time)),
    }
