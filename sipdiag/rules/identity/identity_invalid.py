"""An Identity header field cannot be used: it cannot be read, lacks what it must have, or is not signed as it says.

What a PASSporT holds is told by RFC 8225, sections 4 and 5 (header and payload), RFC 8224, section 4 (parameters), and
RFC 8588 (what `shaken` adds). A verifier refuses one that breaks these rules with 438, or treats the call as unsigned.
Where its certificate is given, the signature must be by it, and made while it was valid (RFC 8224, section 6.2).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import Call, Trait
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found, signature_in
from sipdiag.sip import Signature

NAME = "identity-invalid"
SEVERITY = Severity.ERROR
NEEDS = Trait.SIGNED


BAD = {
    Signature.WRONG: ("signature", SEVERITY, Confidence.CERTAIN),
    Signature.EXPIRED: ("certificate-expired", SEVERITY, Confidence.CERTAIN),
    # Another operator's certificate proves nothing of this one's signature.
    Signature.FOREIGN: ("signature-foreign", Severity.NOTE, Confidence.LIKELY),
}
"""What a check of the signature gave → variant, severity, confidence."""


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """Every PASSporT of the call that breaks the rules of its form, or whose signature is not what it should be."""
    for claim in scene.claims(call):
        shown_by = [claim.request] if claim.refusal is None else [claim.request, claim.refusal]
        evidence: Evidence = {**claim.facts, "problems": list(claim.passport.problems)}
        if claim.passport.problems:
            variant = "malformed" if claim.refusal is None else "refused"
            severity = Severity.WARNING if claim.refusal is None else SEVERITY
            yield found(NAME, variant, severity, Confidence.CERTAIN, shown_by, evidence)
            continue
        signature = signature_in(claim, scene.settings)
        if signature in BAD:
            variant, severity, confidence = BAD[signature]
            yield found(NAME, variant, severity, confidence, shown_by, evidence)
