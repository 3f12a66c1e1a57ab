"""A PASSporT is too old, or comes from the future, so that a verifier must not trust it.

A verifier checks that `iat` or Date lies within its policy for freshness, for which 60 seconds are recommended
(RFC 8224, section 6.2, step 4); it refuses with 403 "Stale Date" (section 6.2.2).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import Call, Trait, status
from sipdiag.findings import Claim, Confidence, Finding, Scene, Severity, found

NAME = "identity-stale"
SEVERITY = Severity.ERROR
NEEDS = Trait.SIGNED


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """Every PASSporT of the call whose time is too far from that of its request."""
    for claim in scene.claims(call):
        age = claim.age_s
        refused = claim.refusal is not None and status(claim.refusal) == 403
        if refused or (age is not None and abs(age) > scene.settings.identity_fresh_s):
            yield _finding(claim, age or 0, refused=refused)


def _finding(claim: Claim, age: int, *, refused: bool) -> Finding:
    """The finding: only a verifier's refusal is proof, since otherwise the recorder's clock may be at fault."""
    shown_by = [claim.request]
    if claim.refusal is not None:
        shown_by.append(claim.refusal)
    if refused:
        variant, severity, confidence = "refused", SEVERITY, Confidence.CERTAIN
    else:
        variant, severity, confidence = "old" if age > 0 else "future", Severity.NOTE, Confidence.LIKELY
    return found(
        NAME,
        variant,
        severity,
        confidence,
        shown_by,
        {
            **claim.facts,
            "off_by_s": abs(age),
            "iat": claim.passport.issued or 0,
            "date": claim.request.message.field("date") or "",
        },
    )
