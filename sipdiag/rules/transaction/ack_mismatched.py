"""An ACK was sent that matches no response: wrong CSeq number, wrong tag, or wrong branch.

The ACK of a 2xx has the CSeq number of its INVITE and both tags of the dialog (RFC 3261, section 13.2.2.4); the ACK of
a failure has the branch of its INVITE (section 17.1.1.3). One that does not match is ignored, and the callee gives up.
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import T1, T2, Call, Duty, Outcome, Trait
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found, seconds
from sipdiag.trace import Sighting

NAME = "ack-mismatched"
SEVERITY = Severity.ERROR
NEEDS = Trait.TROUBLED


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """Every ACK of the call that was meant for a response and does not match it."""
    for kind in ("ack-2xx", "ack-failure"):
        for duty in scene.duties(call, kind):
            if duty.outcome is Outcome.WRONG and duty.fulfilled_by is not None:
                yield _finding(duty, duty.fulfilled_by, scene)


def _finding(duty: Duty, ack: Sighting, scene: Scene) -> Finding:
    """The finding: if the sender of the response repeated it, the ACK did not count; if it stayed quiet, it did."""
    response = duty.trigger
    ignored = [repeat for repeat in duty.repeats if repeat.time > ack.time]
    accepted = not ignored and scene.window.left(ack.time) > T2 + T1
    evidence: Evidence = {
        "response_frame": response.frame,
        "ack_frame": ack.frame,
        "repeats_after": len(ignored),
        "ack_after_s": seconds(ack.time - response.time),
        "expected_cseq": response.message.cseq,
        "ack_cseq": ack.message.cseq,
        "expected_to_tag": response.message.to_tag,
        "ack_to_tag": ack.message.to_tag,
        "expected_branch": response.message.branch,
        "ack_branch": ack.message.branch,
        "caller": ack.source,
    }
    shown_by = [response, ack, *ignored]
    if accepted:
        return found(NAME, f"{duty.reason}-accepted", Severity.NOTE, Confidence.LIKELY, shown_by, evidence)
    confidence = Confidence.CERTAIN if ignored else Confidence.INCONCLUSIVE
    severity = SEVERITY if duty.kind == "ack-2xx" else Severity.WARNING  # the call had failed already
    return found(NAME, duty.reason, severity, confidence, shown_by, evidence)
