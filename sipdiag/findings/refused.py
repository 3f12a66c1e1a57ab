"""How rules tell of refused REGISTERs: the same facts and the same severities, whichever rule speaks."""

from __future__ import annotations

from collections.abc import Sequence

from sipdiag.calls import Outage, Refusal, Registration, asks_for_removal
from sipdiag.findings.finding import Evidence, Severity
from sipdiag.findings.telling import seconds
from sipdiag.sip import Response
from sipdiag.trace import Sighting


def refusal_evidence(registration: Registration, refusal: Refusal, refusals: int) -> Evidence:
    """What every finding on a refusal says: who asked whom for what, and the answer."""
    response = refusal.final.message
    evidence: Evidence = {
        "aor": registration.aor,
        "contact": registration.contact,
        "code": refusal.code,
        "reason": response.reason if isinstance(response, Response) else "",
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
    """The request and the response that tell most, the other refusals, and what ended them."""
    shown_by = [each for each in (told.transaction.request, told.final) if each is not None]
    shown_by += [each.final for each in refusals if each is not told]
    return shown_by if outage.recovered is None else [*shown_by, outage.recovered]


def refusal_severity(outage: Outage, told: Refusal, severity: Severity) -> Severity:
    """`severity`, less where the user lost less: a removal lapses by itself, a refresh in time costs nothing."""
    if asks_for_removal(told.transaction) or severity is Severity.NOTE:
        return Severity.NOTE
    if outage.recovered is None:
        return severity
    return Severity.WARNING if outage.expired_before else Severity.NOTE
