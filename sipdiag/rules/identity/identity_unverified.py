"""A verifier did not accept the caller's identity, and nothing that can be seen in the request says why.

A verifier refuses with 436, 437 or 438 (RFC 8224, section 6.2.2), or lets the call pass and says so in a `verstat`
parameter (3GPP TS 24.229, section 7.2A.20). The reason must then be the certificate or the signature; where the
certificate is given, `identity-invalid` checks the signature.
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import Call, Trait, status
from sipdiag.findings import Claim, Confidence, Finding, Scene, Severity, found, mismatches, signature_in
from sipdiag.sip import Signature, parse_name_addr
from sipdiag.trace import Sighting

NAME = "identity-unverified"
SEVERITY = Severity.ERROR
NEEDS = Trait.SIGNED

FAILED = "tn-validation-failed"


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """The refusals of the call that no other rule explains, and the first mark of a failed verification."""
    for claim in scene.claims(call):
        if claim.refusal is not None and status(claim.refusal) in (436, 437, 438) and not _explained(claim, scene):
            signature = signature_in(claim, scene.settings)
            variant = "refused-signed" if signature is Signature.VALID else "refused"
            shown_by = [claim.request, claim.refusal]
            yield found(NAME, variant, SEVERITY, Confidence.CERTAIN, shown_by, claim.facts)
    for attempt in call.attempts:
        for hop in attempt.hops:
            request = hop.request
            if request is not None and "verstat=" in request.message.head and (field := _marked(request)):
                yield _failed(request, field)
                return


def _explained(claim: Claim, scene: Scene) -> bool:
    age = claim.age_s
    stale = age is not None and abs(age) > scene.settings.identity_fresh_s
    badly = signature_in(claim, scene.settings) in (Signature.WRONG, Signature.EXPIRED)
    return bool(claim.passport.problems or stale or badly or mismatches(claim))


def _marked(request: Sighting) -> str:
    """The name of the header field in which a verifier says that the number failed."""
    for name in ("P-Asserted-Identity", "From"):
        for value in request.message.fields(name.lower()):
            address = parse_name_addr(value)
            marks = (address.uri.parameters.get("verstat", ""), address.parameters.get("verstat", ""))
            # In a SIP URI with user=phone the parameter stands in the user part.
            user = address.uri.text.partition("@")[0].lower()
            if FAILED in (mark.lower() for mark in marks) or f"verstat={FAILED}" in user:
                return name
    return ""


def _failed(request: Sighting, field: str) -> Finding:
    return found(
        NAME,
        "failed",
        Severity.WARNING,
        Confidence.CERTAIN,
        [request],
        {
            "request_frame": request.frame,
            "source": request.source,
            "destination": request.destination,
            "field": field,
            "value": request.message.field(field.lower()) or "",
        },
    )
