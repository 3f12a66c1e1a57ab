"""A PASSporT speaks of another number than the request that carries it.

The verifier compares `orig` with From or P-Asserted-Identity, and `dest` with To (RFC 8224, section 6.2, and section
4.1 for what they are made of); numbers are brought into one form first (section 8.3).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import Call, Trait
from sipdiag.findings import Confidence, Finding, Scene, Severity, found, mismatches

NAME = "identity-mismatched"
SEVERITY = Severity.ERROR
NEEDS = Trait.SIGNED

VARIANTS = {"orig": "caller", "dest": "callee"}


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """Every number in a PASSporT of the call that the request does not bear out."""
    for claim in scene.claims(call):
        for which, (claimed, stated) in mismatches(claim).items():
            shown_by = [claim.request] if claim.refusal is None else [claim.request, claim.refusal]
            yield found(
                NAME,
                VARIANTS[which],
                Severity.WARNING if claim.refusal is None else SEVERITY,
                Confidence.LIKELY,
                shown_by,
                {**claim.facts, "claimed": claimed, "stated": stated},
            )
