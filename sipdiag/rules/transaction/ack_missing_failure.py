"""An INVITE was refused, and the ACK that ends the transaction never came.

The client transaction acknowledges every final failure on the branch of its INVITE (RFC 3261, section 17.1.1.3); over
UDP the server repeats the response until then, for 64*T1 (timers G and H, section 17.2.1).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import Call, Duty, Outcome, Trait, status
from sipdiag.findings import Confidence, Finding, Scene, Severity, found, seconds

NAME = "ack-missing-failure"
SEVERITY = Severity.WARNING
NEEDS = Trait.TROUBLED


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """Every final failure of the call whose ACK did not come, or may have come unseen."""
    for duty in scene.duties(call, "ack-failure"):
        if duty.outcome in (Outcome.UNDONE, Outcome.UNKNOWN):
            yield _finding(duty, scene)


def _finding(duty: Duty, scene: Scene) -> Finding:
    if duty.outcome is Outcome.UNKNOWN:
        confidence = Confidence.INCONCLUSIVE
    elif duty.timed_out and scene.window.sees(duty.trigger.destination, duty.trigger.source):
        confidence = Confidence.CERTAIN
    else:
        confidence = Confidence.LIKELY
    final = duty.trigger
    return found(
        NAME,
        duty.reason,
        SEVERITY,
        confidence,
        [final, *duty.repeats],
        {
            "response_frame": final.frame,
            "code": status(final),
            "repeats": len(duty.repeats),
            "repeated_for_s": seconds(duty.repeats[-1].time - final.time) if duty.repeats else 0.0,
            "recorded_after_s": seconds(scene.window.left(final.time)),
            "server": final.source,
            "client": final.destination,
        },
    )
