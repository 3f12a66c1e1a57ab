"""An INVITE got a provisional response, and no final one ever came.

A callee sends a provisional response every minute to keep the INVITE alive (RFC 3261, section 13.3.1.1); a proxy that
hears none for more than three minutes ends it (timer C, sections 16.6 and 16.8); a CANCEL is answered by a 487 to the
INVITE (section 9.2).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import MILLISECOND, SECOND, TIMEOUT, Attempt, Call, CallState, Outcome, Trait, status
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found, seconds
from sipdiag.trace import Sighting

NAME = "call-unfinished"
SEVERITY = Severity.WARNING
NEEDS = Trait.TROUBLED

CLEARLY_OPEN = 200 * MILLISECOND
"""A response closer to the end of the capture than this is not reported: the next was on the way."""


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """The last attempt of the call, if it was left without a final response."""
    if call.final is not None or not call.attempts or call.state is CallState.ANSWERED:
        return
    if call.acks or call.byes:
        return  # somebody knew of a final response: the recorder missed it
    attempt = call.attempts[-1]
    request = attempt.first.request
    heard = [response for hop in attempt.hops for response in hop.responses]
    if request is None or not heard:
        return  # other rules report requests without any response, and responses without their request
    last = max(heard, key=lambda each: each.time)
    verdict = _verdict(call, attempt, last, scene)
    if verdict is None:
        return
    variant, severity, shown_by = verdict
    confidence = Confidence.INCONCLUSIVE if variant == "capture-ended" else Confidence.LIKELY
    evidence: Evidence = {
        "invite_frame": request.frame,
        "response_frame": last.frame,
        "code": status(last),
        "after_s": seconds(last.time - request.time),
        "recorded_after_s": seconds(scene.window.left(_last_time(attempt))),
        "client": request.source,
        "server": request.destination,
        "last_server": last.source,
    }
    if variant == "cancel-unfinished":
        evidence["cancel_frame"] = shown_by[-1].frame
    yield found(NAME, variant, severity, confidence, [request, *shown_by], evidence)


def _verdict(call: Call, attempt: Attempt, last: Sighting, scene: Scene) -> tuple[str, Severity, list[Sighting]] | None:
    recorded = scene.window.left(_last_time(attempt))
    if call.state is CallState.CANCELLED:
        cancel = None if call.ending is None else call.ending.request
        duties = scene.duties_under(call.call_id, "cancel-invite")
        if any(each.trigger is cancel and each.outcome is Outcome.UNDONE for each in duties) and cancel is not None:
            # Elements of RFC 2543 end the call without a 487, so this alone harms nobody.
            return "cancel-unfinished", Severity.NOTE, [last, cancel]
        return None
    behind = attempt.hops[1:]
    failures = [final for hop in behind if (final := hop.final) is not None]
    if behind and len(failures) == len(behind):
        if recorded >= TIMEOUT:
            return "failure-withheld", SEVERITY, failures
    elif recorded >= scene.settings.unfinished_after_s * SECOND:
        return "ringing" if status(last) > 100 else "trying", SEVERITY, [last]
    return ("capture-ended", SEVERITY, [last]) if recorded > CLEARLY_OPEN else None


def _last_time(attempt: Attempt) -> int:
    return max(hop.last_time for hop in attempt.hops)
