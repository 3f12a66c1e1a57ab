"""The registrar found the nonce too old, so that a REGISTER with a good password was challenged again.

`stale=true` tells the client to try again with the new nonce, "without reprompting the user for a new username and
password" (RFC 2617, section 3.2.1); without it the challenge looks as if the password were wrong.
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import AT_ONCE, SECOND, TIMEOUT, Cause, Outage, Refusal, Registration, challenges_in
from sipdiag.findings import (
    Confidence,
    Evidence,
    Finding,
    Scene,
    Severity,
    found,
    recovery_evidence,
    refusal_evidence,
    refusal_severity,
    refusal_sightings,
    seconds,
)

NAME = "nonce-stale"
SEVERITY = Severity.ERROR

ENDLESS = 3
"""After so many nonces in a row that were too old as soon as they were used, the registrar must have lost track."""
UNDECIDED = 2 * SECOND
"""Nothing is reported where the recording ends this soon after the new nonce: the client was about to use it."""


def check(registration: Registration, scene: Scene) -> Iterator[Finding]:
    """Each run of refusals in which the nonce was at fault."""
    for outage in scene.outages(registration):
        refusals = outage.of(Cause.NONCE)
        verdict = _verdict(registration, outage, refusals, scene) if refusals else None
        if verdict is not None:
            left = scene.window.left(refusals[-1].final.time)
            yield _finding(registration, outage, refusals, verdict, left)


def _tried_at_once(registration: Registration, refused: Refusal) -> bool:
    """Whether the client used the new nonce at once, and did not repeat: it got an answer that the recorder missed."""
    again = next((each for each in registration.attempts if each.time > refused.final.time), None)
    if again is None or again.final is not None:
        return False
    return again.time - refused.final.time < AT_ONCE and not again.request_repeats


def _verdict(
    registration: Registration, outage: Outage, refusals: list[Refusal], scene: Scene
) -> tuple[str, Severity, Confidence] | None:
    last = refusals[-1]
    confidence = Confidence.CERTAIN if last.stated else Confidence.LIKELY
    if outage.recovered is not None:
        if last is outage.refusals[-1] and outage.recovered.time - last.final.time < AT_ONCE:
            return "renewed" if last.stated else "unsaid", Severity.NOTE, confidence
        if _tried_at_once(registration, last):
            return "renewed" if last.stated else "unsaid", Severity.NOTE, Confidence.LIKELY
        return "recovered", refusal_severity(outage, last, SEVERITY), confidence
    # The new nonce was used: something else was refused then, or the answer is not in the capture.
    if last is not outage.refusals[-1] or _tried_at_once(registration, last):
        return None
    severity = refusal_severity(outage, last, SEVERITY)
    if len(refusals) >= ENDLESS and outage.refusals[-ENDLESS:] == refusals[-ENDLESS:]:
        return "repeated", severity, confidence
    left = scene.window.left(last.final.time)
    if left < UNDECIDED:
        return None
    if left < TIMEOUT:
        return "capture-ended", severity, Confidence.INCONCLUSIVE
    return "unanswered", severity, confidence


def _finding(
    registration: Registration,
    outage: Outage,
    refusals: list[Refusal],
    verdict: tuple[str, Severity, Confidence],
    left: int,
) -> Finding:
    first = refusals[0]
    evidence: Evidence = {
        "stale": any(asked.stale for each in refusals for asked in challenges_in(each.final)),
        "recorded_after_s": seconds(left),
    }
    return found(
        NAME,
        *verdict,
        refusal_sightings(outage, refusals, first),
        refusal_evidence(registration, first, len(refusals)) | evidence | recovery_evidence(outage, refusals),
    )
