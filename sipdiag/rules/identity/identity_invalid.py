"""An Identity header field cannot be used: it cannot be read, or lacks what it must have.

RFC 8225, sections 4 and 5, says what header and payload of a PASSporT hold; RFC 8224, section 4, the parameters around
it; RFC 8588 what `shaken` adds. A verifier refuses such a one with 438, or treats the call as unsigned.
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import Call
from sipdiag.findings import Confidence, Finding, Scene, Severity, found

NAME = "identity-invalid"
SEVERITY = Severity.ERROR

TOLD = (
    "request_frame",
    "source",
    "destination",
    "info",
    "ppt",
    "attestation",
    "origid",
    "refusal_frame",
    "refusal_code",
    "final_code",
)
"""Facts on the PASSporT that the finding tells."""


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """Every PASSporT of the call that breaks the rules of its form."""
    for claim in scene.claims(call):
        if not claim.passport.problems:
            continue
        shown_by = [claim.request] if claim.refusal is None else [claim.request, claim.refusal]
        yield found(
            NAME,
            "malformed" if claim.refusal is None else "refused",
            Severity.WARNING if claim.refusal is None else SEVERITY,
            Confidence.CERTAIN,
            shown_by,
            {**claim.told(*TOLD), "problems": list(claim.passport.problems)},
        )
