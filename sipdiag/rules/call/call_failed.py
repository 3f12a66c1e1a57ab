"""A call was not set up: the caller got a final response other than 2xx.

The severity follows the status code. No failure is a challenge that the caller answered or a redirect that it followed
(RFC 3261, sections 8.1.3.4 and 22.1), nor a refusal at the very end of a capture after which the client may try again.
Where several hops are seen, the element that said no is named: a proxy passes a final response on as it is (section
16.7), a B2BUA answers with one of its own instead.
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import (
    NOT_ACCEPTABLE,
    Call,
    CallState,
    Certainty,
    Failure,
    Trait,
    description_in,
    encryption_refused,
    failure_of,
    reason_phrase,
    status,
)
from sipdiag.findings import (
    Confidence,
    Evidence,
    Finding,
    Scene,
    Severity,
    found,
    may_go_on,
    milliseconds,
    seconds,
    severity_of,
)
from sipdiag.sip import Response
from sipdiag.trace import Sighting

NAME = "call-failed"
SEVERITY = Severity.ERROR
CODES = range(100, 700)
"""What is a code at all: of another `message-malformed` tells, and nobody knows what it says of the call."""
NEEDS = Trait.TROUBLED


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """The call, if it ended before it was answered."""
    final = call.final
    if final is None or call.state is CallState.ANSWERED or not isinstance(final.message, Response):
        return
    if final.message.status not in CODES or _is_told_elsewhere(call, whole := scene.correlation.whole_of(call)):
        return
    code = final.message.status
    challenged, goes_on = code in (401, 407), may_go_on(final, scene.window)
    if goes_on and (challenged or code < 400):
        return  # the capture ends before the caller could have come back with credentials, or called the new target
    failure = failure_of(whole)
    if failure is not None and failure.steps[-1].final is not final:
        failure = None  # a leg whose failure did not reach the caller: it is reported by itself
    evidence = _evidence(call, final, final.message)
    shown_by = [final]
    if (invite := call.attempts[-1].first.request) is not None:
        shown_by.insert(0, invite)
    cancelled = call.state is CallState.CANCELLED
    variant = "cancelled" if cancelled else "challenged" if challenged else "redirected" if code < 400 else "failed"
    if failure is not None and variant == "failed" and (len(failure.steps) > 1 or failure.unanswered):
        evidence |= _way(failure)
        shown_by = [*shown_by[:-1], *(step.final for step in failure.steps)]
        variant = "relayed" if len(failure.steps) > 1 else "unanswered-behind"
        if "lost_on_the_way" in evidence:
            variant = "relayed-bare"
    if variant == "failed" and code in NOT_ACCEPTABLE and invite is not None and encryption_refused(invite, final):
        variant = "encryption-refused"
        evidence["offered"] = [stream.protocol for stream in description_in(invite).media]
    severity, confidence = Severity.NOTE if cancelled else severity_of(code), Confidence.CERTAIN
    if goes_on and severity is not Severity.NOTE:
        variant, confidence = "capture-ended", Confidence.INCONCLUSIVE
        evidence["recorded_after_ms"] = milliseconds(scene.window.left(final.time))
    yield found(NAME, variant, severity, confidence, shown_by, evidence, knowledge=f"status/{code}")


def _is_told_elsewhere(leg: Call, whole: Call) -> bool:
    """Whether the failure of a leg behind a B2BUA is reported with the caller's, or made good by an answered leg."""
    first = whole.legs[0] if whole.legs else leg
    if leg is first:
        return False
    if first.state in (CallState.FAILED, CallState.CANCELLED):
        return True
    others = (each for each in whole.legs[1:] if each is not leg)
    return first.state is CallState.ANSWERED and any(each.state is CallState.ANSWERED for each in others)


def _evidence(call: Call, final: Sighting, response: Response) -> Evidence:
    """What the caller got."""
    invite = call.attempts[-1].first.request
    evidence: Evidence = {
        "code": response.status,
        "reason": response.reason,
        "response_frame": final.frame,
        "server": final.source,
        "client": final.destination,
        "attempts": len(call.attempts),
    }
    if invite is not None:
        evidence["request_frame"] = invite.frame
        evidence["after_s"] = seconds(final.time - invite.time)
    for name in ("reason", "warning", "server", "retry-after"):
        if (value := response.field(name)) is not None:
            evidence[f"header_{name.replace('-', '_')}"] = value
    return evidence


def _way(failure: Failure) -> Evidence:
    """Who said no, who passed it on, what each made of it, and which header fields explained it on the way."""
    origin = failure.origin.final
    evidence: Evidence = {
        "origin": origin.source,
        "origin_code": status(origin),
        "origin_reason": reason_phrase(origin),
        "origin_frame": origin.frame,
        "relayed_by": failure.relays,
        "path": [
            f"{step.final.source} → {step.final.destination} {step.code} {reason_phrase(step.final)}"
            for step in failure.steps
        ],
        "certain_of_legs": failure.certainty is Certainty.CERTAIN,
    }
    if failure.unanswered:
        evidence["unanswered"] = [hop.destination for hop in failure.unanswered]
    lost = []
    for name in ("reason", "warning"):
        told = [(step.final.source, step.final.message.field(name)) for step in failure.steps]
        if any(value is not None for _, value in told):
            evidence[f"{name}_on_the_way"] = [f"{sender}: {value or '-'}" for sender, value in told]
        if told[0][1] is not None and told[-1][1] is None:
            lost.append(f"{name.capitalize()}: {told[0][1]}")
    if lost:
        evidence["lost_on_the_way"] = lost
    return evidence
