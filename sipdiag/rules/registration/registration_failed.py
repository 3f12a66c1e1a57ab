"""A registration was refused, so that calls to the user do not arrive.

A challenge that is answered in the next request is part of a successful registration (RFC 3261, sections 10.2 and
22.2); any failure is not. Where user name, password, realm or nonce are at fault, rules of their own say so.
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import Cause, Outage, Refusal, Registration, asks_for_removal
from sipdiag.findings import (
    Confidence,
    Finding,
    Scene,
    Severity,
    found,
    may_go_on,
    milliseconds,
    recovery_evidence,
    refusal_evidence,
    refusal_severity,
    refusal_sightings,
    severity_of,
)

NAME = "registration-failed"
SEVERITY = Severity.ERROR


def check(registration: Registration, scene: Scene) -> Iterator[Finding]:
    """Each outage of the registration that no more specific rule tells."""
    for outage in scene.outages(registration):
        refusals = outage.of(Cause.OTHER)
        if outage.of(Cause.CREDENTIALS, Cause.REALM):
            refusals = [each for each in refusals if each.code != 403]  # the block that follows wrong credentials
        if refusals:
            yield _finding(registration, outage, refusals, scene)


def _finding(registration: Registration, outage: Outage, refusals: list[Refusal], scene: Scene) -> Finding:
    # The gravest response says most about a run of refusals.
    worst = min(refusals, key=lambda each: severity_of(each.code).rank)
    variant = "refused"
    if outage.recovered is not None:
        variant = "recovered"
    elif asks_for_removal(worst.transaction):  # the user wanted no calls; the binding lapses by itself
        variant = "removal-refused"
    evidence = refusal_evidence(registration, worst, len(refusals)) | recovery_evidence(outage, refusals)
    confidence = Confidence.CERTAIN
    if variant == "refused" and all(may_go_on(each.final, scene.window) for each in refusals):
        variant, confidence = "capture-ended", Confidence.INCONCLUSIVE
        evidence["recorded_after_ms"] = milliseconds(scene.window.left(worst.final.time))
    return found(
        NAME,
        variant,
        refusal_severity(outage, worst, severity_of(worst.code)),
        confidence,
        refusal_sightings(outage, refusals, worst),
        evidence,
        knowledge=f"status/{worst.code}",
    )
