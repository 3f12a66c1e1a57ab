"""An element gave a failure another meaning: it changed the code, or wrote a cause that contradicts it.

RFC 3398, sections 7.2.4.1 and 8.2.6.1, map Q.850 causes to status codes and back; a Reason header field carries the
cause beside the code (RFC 3326; RFC 6432). Where "busy" becomes 503, the caller's server tries every other carrier in
vain; where "out of reach" becomes 404, a good number is taken off a list. Codes and causes that vendors use with
several meanings are not reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import (
    PLAIN,
    Call,
    CallState,
    Certainty,
    Failure,
    Step,
    Trait,
    cause_contradicts,
    cause_of,
    causes_disagree,
    codes_disagree,
    failure_of,
    reason_phrase,
    status,
)
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found
from sipdiag.trace import Sighting

NAME = "cause-mistranslated"
SEVERITY = Severity.WARNING
NEEDS = Trait.TROUBLED


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """Every element that changed the meaning of the failure, and the first one if it contradicts itself."""
    if call.state is not CallState.FAILED:
        return
    whole = scene.correlation.whole_of(call)
    if whole.legs and whole.legs[0] is not call:
        return  # the way back to the caller is reported once, with the first leg
    failure = failure_of(whole)
    if failure is None:
        return
    confidence = Confidence.CERTAIN if failure.certainty is Certainty.CERTAIN else Confidence.LIKELY
    before: Step | None = None
    for step in failure.steps:
        told = _changed(before, step, failure) if before is not None else None
        told = told or _contradicted(before, step)
        if told is not None:
            variant, severity, evidence = told
            shown_by = [step.final] if before is None else [before.final, step.final]
            yield found(NAME, variant, severity, confidence, shown_by, evidence)
        before = step


def _changed(before: Step, step: Step, failure: Failure) -> tuple[str, Severity, Evidence] | None:
    """How the element between two steps changed the failure; one that tried several targets may choose among theirs."""
    choices = [before.final, *before.others]
    evidence = _evidence(step.final) | {
        "was_code": before.code,
        "was_reason": reason_phrase(before.final),
        "was_frame": before.final.frame,
        "said_by": before.final.source,
        "legs": len({each.hop.call_id for each in failure.steps}),
    }
    was, now = cause_of(before.final), cause_of(step.final)
    if was is not None:
        evidence["was_cause"] = was
    if all(codes_disagree(status(each), step.code) for each in choices):
        return "code-changed", SEVERITY, evidence
    if was is not None and now is not None and was != now and causes_disagree(was, now):
        plain = was in PLAIN and now in PLAIN
        return "cause-changed", SEVERITY if plain else Severity.NOTE, evidence
    return None


def _contradicted(before: Step | None, step: Step) -> tuple[str, Severity, Evidence] | None:
    """A code and a cause in one response that cannot both be true; the element that put them together is to blame."""
    cause = cause_of(step.final)
    if cause is None or not cause_contradicts(cause, step.code):
        return None
    if before is not None and (before.code, cause_of(before.final)) == (step.code, cause):
        return None
    return "contradicted", SEVERITY if cause in PLAIN else Severity.NOTE, _evidence(step.final)


def _evidence(final: Sighting) -> Evidence:
    evidence: Evidence = {
        "code": status(final),
        "reason": reason_phrase(final),
        "response_frame": final.frame,
        "changed_by": final.source,
        "client": final.destination,
    }
    if (cause := cause_of(final)) is not None:
        evidence |= {"cause": cause, "header_reason": final.message.field("reason") or ""}
    return evidence
