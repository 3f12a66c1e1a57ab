"""A provisional response was sent reliably, and the PRACK that confirms it never came.

The caller sends a PRACK for each (RFC 3262, section 4); until it comes the callee repeats the response, for 64*T1, and
then refuses the INVITE with a 5xx (section 3). It may send responses reliably only if the INVITE allowed it.
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import MILLISECOND, Call, Duty, Outcome, Trait, status
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found, seconds

NAME = "prack-missing"
SEVERITY = Severity.ERROR
NEEDS = Trait.TROUBLED

CLEARLY_OPEN = 200 * MILLISECOND
"""A response closer to the end of the capture than this is not reported: its PRACK was on the way."""


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """Every reliable provisional response of the call whose PRACK did not come, or may have come unseen."""
    for duty in scene.duties(call, "prack"):
        if duty.outcome in (Outcome.DONE, Outcome.LATE):
            continue
        if duty.reason == "capture-ended" and scene.window.left(duty.trigger.time) < CLEARLY_OPEN:
            continue
        yield _finding(duty, scene)


def _finding(duty: Duty, scene: Scene) -> Finding:
    response, final = duty.trigger, duty.followed_by
    severity = SEVERITY
    if duty.outcome is Outcome.UNKNOWN:
        confidence = Confidence.INCONCLUSIVE
    elif duty.timed_out and scene.window.sees(response.destination, response.source):
        confidence = Confidence.CERTAIN
    else:
        confidence = Confidence.LIKELY
    if final is not None and status(final) < 300:
        severity = Severity.WARNING  # somebody picked up before the callee gave up waiting
    evidence: Evidence = {
        "response_frame": response.frame,
        "code": status(response),
        "rseq": response.message.field("rseq") or "",
        "repeats": len(duty.repeats),
        "repeated_for_s": seconds(duty.repeats[-1].time - response.time) if duty.repeats else 0.0,
        "recorded_after_s": seconds(scene.window.left(response.time)),
        "callee": response.source,
        "caller": duty.debtor,
    }
    shown_by = [response, *duty.repeats]
    if duty.fulfilled_by is not None:
        evidence["prack_frame"] = duty.fulfilled_by.frame
        evidence["prack_destination"] = duty.fulfilled_by.destination
        evidence["rack"] = duty.fulfilled_by.message.field("rack") or ""
        shown_by.append(duty.fulfilled_by)
    if final is not None:
        evidence["final_frame"] = final.frame
        evidence["final_code"] = status(final)
        evidence["final_after_s"] = seconds(final.time - response.time)
        shown_by.append(final)
    return found(NAME, duty.reason, severity, confidence, shown_by, evidence)
