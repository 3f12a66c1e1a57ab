"""The caller cancelled, and the callee answered: the call stands though the caller gave it up.

"CANCEL has no effect on requests that have already generated a final response" (RFC 3261, section 9.1). A caller that
gave up owes the answer its ACK all the same, and then a BYE (section 15); without it the callee waits, and is billed.
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import Call, Duty, Outcome, Trait, side_of
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found, seconds

NAME = "cancel-crossed-answer"
SEVERITY = Severity.ERROR
NEEDS = Trait.TROUBLED


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """The 2xx of the call, if it crossed its CANCEL; healed where a BYE ended the call."""
    if call.answer is None:
        return
    for duty in scene.duties(call, "cancel-bye"):
        if duty.followed_by is not None:
            if duty.reason != "unseen":  # where the ACK was not seen, the BYE would not be seen either
                yield _finding(call, duty, scene)


def _finding(call: Call, duty: Duty, scene: Scene) -> Finding:
    answer, cancel, bye = duty.trigger, duty.followed_by, duty.fulfilled_by
    assert cancel is not None, "a crossing without its CANCEL is no duty"  # noqa: S101
    evidence: Evidence = {
        "answer_frame": answer.frame,
        "cancel_frame": cancel.frame,
        "gap_ms": round(abs(answer.time - cancel.time) / 1e6, 3),
        "callee": answer.source,
        "caller": duty.debtor,
        "recorded_after_s": seconds(scene.window.left(answer.time)),
    }
    shown_by = sorted((cancel, answer), key=lambda each: each.time)
    if bye is not None:
        evidence["bye_frame"] = bye.frame
        evidence["bye_after_s"] = seconds(bye.time - answer.time)
        evidence["bye_sender"] = side_of(call, bye)
        return found(NAME, duty.reason, Severity.NOTE, Confidence.CERTAIN, [*shown_by, bye], evidence)
    if duty.outcome is Outcome.UNKNOWN:
        return found(NAME, duty.reason, SEVERITY, Confidence.INCONCLUSIVE, shown_by, evidence)
    return found(NAME, "not-hung-up", SEVERITY, Confidence.LIKELY, shown_by, evidence)
