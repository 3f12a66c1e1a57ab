"""The ACK came only after the callee had repeated its 2xx: the handshake works, but something delays or loses packets.

The callee repeats at T1, then at doubled intervals up to T2 (RFC 3261, section 13.3.1.4); one repeat is what a single
lost packet costs.
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import Call, Outcome, Trait
from sipdiag.findings import Confidence, Finding, Scene, Severity, found, seconds

NAME = "ack-late"
SEVERITY = Severity.WARNING
NEEDS = Trait.TROUBLED

MANY_REPEATS = 3
"""So many repeats (3.5 s) are not due to a single lost packet, and the callee hears nobody meanwhile."""


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """Every 2xx of the call that was repeated before its ACK came."""
    for duty in scene.duties(call, "ack-2xx"):
        if duty.outcome is not Outcome.LATE or duty.fulfilled_by is None:
            continue
        answer, ack = duty.trigger, duty.fulfilled_by
        repeats = [repeat for repeat in duty.repeats if repeat.time <= ack.time]
        severity = SEVERITY if len(repeats) >= MANY_REPEATS else Severity.NOTE
        yield found(
            NAME,
            "late",
            severity,
            Confidence.CERTAIN,
            [answer, *repeats, ack],
            {
                "answer_frame": answer.frame,
                "ack_frame": ack.frame,
                "repeats": len(repeats),
                "late_by_s": seconds(ack.time - answer.time),
                "callee": answer.source,
                "caller": answer.destination,
            },
        )
