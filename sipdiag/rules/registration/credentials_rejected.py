"""The registrar turned credentials down: user name, password or realm are not those it knows.

A server to which credentials are not acceptable "may repeat its challenge, or it may respond with a 403" (RFC 3261,
section 22.1). A nonce that is only too old is another matter: `stale=true` says so (RFC 2617, section 3.2.1).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import Cause, Outage, Refusal, Registration, challenges_in, credentials_in
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
)

NAME = "credentials-rejected"
SEVERITY = Severity.ERROR


def check(registration: Registration, scene: Scene) -> Iterator[Finding]:
    """Each run of rejections, by the response that says most; a 403 among them is a block for wrong tries."""
    for outage in scene.outages(registration):
        rejections = outage.of(Cause.CREDENTIALS, Cause.REALM)
        if rejections:
            carried = [each for each in outage.of(Cause.OTHER) if each.code == 403]
            yield _finding(registration, outage, rejections, [*rejections, *carried])


def _finding(registration: Registration, outage: Outage, rejections: list[Refusal], refusals: list[Refusal]) -> Finding:
    told = min(rejections, key=lambda each: (each.cause is not Cause.REALM, not each.stated))
    variant = "rejected"
    if outage.recovered is not None:
        variant = "recovered"
    elif told.cause is Cause.REALM:
        variant = "wrong-realm"
    elif told.stated:
        variant = "named"
    return found(
        NAME,
        variant,
        refusal_severity(outage, told, SEVERITY),
        Confidence.CERTAIN,
        refusal_sightings(outage, refusals, told),
        refusal_evidence(registration, told, len(refusals)) | _given(told) | recovery_evidence(outage, refusals),
    )


def _given(told: Refusal) -> Evidence:
    """The user name that the client gave, and for which realm."""
    given, asked = credentials_in(told.transaction.request), challenges_in(told.final)
    realms = [each.realm for each in asked] or [each.realm for each in given]
    mine = next((each for each in given if each.realm in realms), None) or (given[0] if given else None)
    return {
        "username": "" if mine is None else mine.username,
        "realm": "" if mine is None else mine.realm,
        "realm_asked": realms[0] if realms else "",
        "same_nonce_asked": any(mine is not None and mine.nonce == each.nonce for each in asked),
    }
