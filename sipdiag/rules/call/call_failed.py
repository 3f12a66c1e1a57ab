"""A call was not set up: the caller got a final response other than 2xx.

The severity follows the status code; a challenge that the caller answered, or a redirect that it followed, is no
failure (RFC 3261, sections 8.1.3.4 and 22.1).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import SECOND, Call, CallState, status
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found, seconds, severity_of
from sipdiag.sip import Response

NAME = "call-failed"
SEVERITY = Severity.ERROR

TIME_TO_AUTHENTICATE = 2 * SECOND
"""A client answers a challenge at once; one that has not by now will not, or it would have to ask its user."""


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """The call, if it ended before it was answered."""
    final = call.final
    if final is None or call.state is CallState.ANSWERED or not isinstance(final.message, Response):
        return
    code = final.message.status
    challenged = code in (401, 407)
    if challenged and scene.window.left(final.time) < TIME_TO_AUTHENTICATE:
        return  # the capture ends before the caller could have come back with credentials
    invite = call.attempts[-1].first.request
    evidence: Evidence = {
        "code": code,
        "reason": final.message.reason,
        "response_frame": final.frame,
        "server": final.source,
        "client": final.destination,
        "attempts": len(call.attempts),
    }
    shown_by = [final]
    if invite is not None:
        evidence["request_frame"] = invite.frame
        evidence["after_s"] = seconds(final.time - invite.time)
        shown_by.insert(0, invite)
    for name in ("reason", "warning", "server", "retry-after"):
        if (value := final.message.field(name)) is not None:
            evidence[f"header_{name.replace('-', '_')}"] = value
    cancelled = call.state is CallState.CANCELLED
    variant = "cancelled" if cancelled else "challenged" if challenged else "redirected" if code < 400 else "failed"
    severity = Severity.NOTE if cancelled else severity_of(code)
    yield found(NAME, variant, severity, Confidence.CERTAIN, shown_by, evidence, knowledge=f"status/{status(final)}")
