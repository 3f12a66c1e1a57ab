"""A SUBSCRIBE was refused, so that the subscriber gets no notifications (RFC 6665, section 4.1.2.1).

A 481 inside a subscription ends it, and the subscriber makes a new one; a 423 asks for a longer interval.
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import Subscription, carries_credentials, status
from sipdiag.findings import (
    Confidence,
    Evidence,
    Finding,
    Scene,
    Severity,
    found,
    may_go_on,
    milliseconds,
    severity_of,
)
from sipdiag.sip import Response
from sipdiag.trace import Sighting, host

NAME = "subscription-failed"
SEVERITY = Severity.ERROR


def check(subscription: Subscription, scene: Scene) -> Iterator[Finding]:
    """The newest refusal, if no later SUBSCRIBE was accepted, in this subscription or in a new one."""
    answered = [each for each in subscription.subscribes if each.final is not None and each.origin is None]
    if not answered:
        return
    last = answered[-1]
    final = last.final
    if final is None or status(final) < 300 or not isinstance(final.message, Response):
        return
    code = status(final)
    if code == 423 or (code in (401, 407) and not carries_credentials(last)):
        return
    if code == 481 and _renewed(subscription, final, scene):
        return
    evidence: Evidence = {
        "event": subscription.event,
        "code": code,
        "reason": final.message.reason,
        "response_frame": final.frame,
        "server": final.source,
        "client": final.destination,
    }
    shown_by = [final]
    if last.request is not None:
        evidence["request_frame"] = last.request.frame
        shown_by.insert(0, last.request)
    severity = Severity.NOTE if code == 489 and _uses_others(subscription, final, scene) else severity_of(code)
    variant, confidence = "refused", Confidence.CERTAIN
    # Credentials that were turned down are not mended at once.
    if may_go_on(final, scene.window) and severity is not Severity.NOTE and code not in (401, 407):
        variant, confidence = "capture-ended", Confidence.INCONCLUSIVE
        evidence["recorded_after_ms"] = milliseconds(scene.window.left(final.time))
    yield found(NAME, variant, severity, confidence, shown_by, evidence, knowledge=f"status/{code}")


def _uses_others(subscription: Subscription, refusal: Sighting, scene: Scene) -> bool:
    """Whether the same host subscribed to another event package: then it only tries which packages there are."""
    client = host(refusal.destination)
    return any(there == client and event != subscription.event for event, there in scene.surroundings["watched"])


def _renewed(subscription: Subscription, refusal: Sighting, scene: Scene) -> bool:
    """Whether the subscriber asked anew and was accepted, as RFC 6665, section 4.1.2.2 wants after a 481."""
    for _, call_id, final in scene.surroundings["renewed"].get((subscription.event, refusal.destination), ()):
        if call_id != subscription.call_id and final.time > refusal.time:
            return status(final) < 300
    return False
