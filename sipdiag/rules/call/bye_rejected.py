"""A BYE was refused, so that the two sides disagree on whether the call is over.

481 and 408 end the dialog for the sender all the same (RFC 3261, section 15.1.1): 481 says that the other side knows
no such dialog (section 15.1.2). A proxy that hears no answer says 408, even where one was given
(section 16.8). A challenge wants the BYE again with credentials (section 22.2).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import (
    Call,
    Duty,
    Outcome,
    Passage,
    Trait,
    accepted_behind,
    reason_phrase,
    request_uri,
    side_of,
    status,
)
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found
from sipdiag.trace import Sighting

NAME = "bye-rejected"
SEVERITY = Severity.ERROR
NEEDS = Trait.TROUBLED

SEVERITIES = {"recovered": Severity.NOTE, "challenged": Severity.ERROR, "wrong-tags": Severity.ERROR}
"""Severity of the variants that are not a warning."""


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """Every BYE of the call that got a final response other than 2xx, once, at the hop where the refusal arose."""
    if not any(bye.final is not None and status(bye.final) >= 300 for bye in call.byes):
        return
    for duty in scene.duties(call, "bye"):
        bye, final = duty.passage, duty.fulfilled_by
        if bye is not None and final is not None and final is bye.final and status(final) >= 300:
            variant = _variant(duty, final, scene)
            if variant:
                yield _finding(call, bye, final, variant, SEVERITIES.get(variant, Severity.WARNING))


def _variant(duty: Duty, final: Sighting, scene: Scene) -> str:
    """How the BYE was refused; empty where that harmed nobody, or where the next try is reported instead."""
    if duty.reason == "challenged":
        asked = scene.duties_under(final.message.call_id, "credentials")
        undone = any(each.trigger is final and each.outcome is Outcome.UNDONE for each in asked)
        return "challenged" if undone else ""
    return "" if duty.outcome is Outcome.DONE else duty.reason


def _finding(call: Call, bye: Passage, final: Sighting, variant: str, severity: Severity) -> Finding:
    born = bye.born
    refusal = born.final or final
    request = bye.request.message
    evidence: Evidence = {
        "bye_frame": bye.request.frame,
        "response_frame": refusal.frame,
        "code": status(final),
        "reason": reason_phrase(final),
        "sender": side_of(call, bye.request),
        "client": bye.request.source,
        "server": born.destination,
        "uri": request_uri(bye.request),
        "from_tag": request.from_tag,
        "to_tag": request.to_tag,
        "hops": len(bye.hops),
    }
    for name in ("reason", "warning"):
        if (value := refusal.message.field(name)) is not None:
            evidence[f"header_{name}"] = value
    shown_by = [bye.request, refusal, final]
    if variant == "answer-unheard" and (answer := accepted_behind(bye)) is not None:
        evidence["answer_frame"], evidence["answer_source"] = answer.frame, answer.source
        shown_by.append(answer)
    # Where the capture lacks the beginning of the call, it may lack the other side's own BYE too.
    sure = variant != "unknown-dialog" or bool(call.attempts)
    confidence = Confidence.CERTAIN if sure else Confidence.INCONCLUSIVE
    shown_by = list({each.frame: each for each in shown_by}.values())
    return found(NAME, variant, severity, confidence, shown_by, evidence)
