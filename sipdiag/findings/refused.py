"""How rules report refused REGISTERs: with the same facts and the same severities, whichever rule it is."""

from __future__ import annotations

from collections.abc import Sequence

from sipdiag.calls import Outage, Refusal, Registration, asks_for_removal, reason_phrase
from sipdiag.findings.finding import Evidence, Severity
from sipdiag.findings.telling import seconds
from sipdiag.trace import Sighting


def refusal_evidence(registration: Registration, refusal: Refusal, refusals: int) -> Evidence:
    """What every finding on `refusal`, one of so many `refusals`, says: who asked whom for what, and the response."""
    evidence: Evidence = {
        "aor": registration.aor,
        "contact": registration.contact,
        "code": refusal.code,
        "reason": reason_phrase(refusal.final),
        "response_frame": refusal.final.frame,
        "refusals": refusals,
        "server": refusal.final.source,
        "client": refusal.final.destination,
    }
    if refusal.transaction.request is not None:
        evidence["request_frame"] = refusal.transaction.request.frame
    if refusal.nonce_age is not None:
        evidence["nonce_age_s"] = seconds(refusal.nonce_age)
    return evidence


def recovery_evidence(outage: Outage, refusals: Sequence[Refusal]) -> Evidence:
    """When it worked again; nothing when it did not."""
    if outage.recovered is None:
        return {}
    return {
        "recovered_frame": outage.recovered.frame,
        "recovered_after_s": seconds(outage.recovered.time - refusals[0].final.time),
    }


def refusal_sightings(outage: Outage, refusals: Sequence[Refusal], told: Refusal) -> list[Sighting]:
    """The request and response of `told`, the other refusals, and the 2xx that ended the outage."""
    shown_by = [each for each in (told.transaction.request, told.final) if each is not None]
    shown_by += [each.final for each in refusals if each is not told]
    return shown_by if outage.recovered is None else [*shown_by, outage.recovered]


def refusal_severity(outage: Outage, told: Refusal, severity: Severity) -> Severity:
    """`severity`, or less: a binding that was to be removed lapses by itself, and a refresh in time loses nothing."""
    if asks_for_removal(told.transaction) or severity is Severity.NOTE:
        return Severity.NOTE
    if outage.recovered is None:
        return severity
    return Severity.WARNING if outage.expired_before else Severity.NOTE
