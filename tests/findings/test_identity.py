"""Tests of `sipdiag.findings.identity`: PASSporTs held against the calls that carry them."""

from __future__ import annotations

import pytest

from exchange import Exchange
from signing_calls import ISSUED, called, identity
from sipdiag.findings import Claim, mismatches


def claim_of(talk: Exchange) -> Claim:
    scene = talk.scene()
    (claim,) = scene.claims(scene.correlation.calls[0])
    return claim


@pytest.mark.parametrize(
    ("code", "reason", "refused"),
    [
        (438, "Invalid Identity Header", True),
        (403, "Stale Date", True),
        (403, "Forbidden", False),
        (486, "Busy Here", False),
        (200, "OK", False),
    ],
)
def test_what_refuses_an_identity(code: int, reason: str, *, refused: bool) -> None:
    """RFC 8224, section 6.2.2; a 403 only when its reason says so."""
    talk = Exchange()
    called(talk, identity(), code, reason=reason)
    assert (claim_of(talk).refusal is not None) is refused


def test_the_age_is_by_the_clock_of_the_recorder() -> None:
    """Negative when it comes from the future; unknown without a time."""
    talk = Exchange()
    called(talk, identity(iat=ISSUED + 9))
    assert claim_of(talk).age_s == -9
    other = Exchange()
    called(other, identity(iat=None))
    assert claim_of(other).age_s is None


@pytest.mark.parametrize("caller", ["12025550100", "2025550100", "012025550100"])
def test_one_number_in_two_writings(caller: str) -> None:
    """With the country code or without, with a trunk prefix or without (RFC 8224, section 8.3)."""
    talk = Exchange()
    called(talk, identity(orig={"tn": caller}))
    assert mismatches(claim_of(talk)) == {}
