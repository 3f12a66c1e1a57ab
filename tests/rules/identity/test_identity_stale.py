"""Tests of `sipdiag.rules.identity.identity_stale`."""

from __future__ import annotations

import pytest

from exchange import Exchange
from signing_calls import ISSUED, called, identity
from sipdiag.findings import Settings
from sipdiag.rules.identity.identity_stale import NAME
from strangers import found_under
from verdict import findings_of, only_finding_of, told


@pytest.mark.parametrize(
    ("age", "code", "reason", "said"),
    [
        (300, 403, "Stale Date", ("refused", "error", "certain")),
        (0, 403, "Stale Date", ("refused", "error", "certain")),
        (300, 200, "OK", ("old", "note", "likely")),
        (-300, 200, "OK", ("future", "note", "likely")),
    ],
)
def test_the_word_of_a_verifier_is_proof(age: int, code: int, reason: str, said: tuple[str, str, str]) -> None:
    """Without it the clock of the recorder may be the one that is wrong."""
    talk = Exchange()
    called(talk, identity(iat=ISSUED - age), code, reason=reason)
    finding = only_finding_of(talk, NAME)
    assert told(finding) == said
    assert finding.evidence["off_by_s"] == abs(age)


@pytest.mark.parametrize(("age", "code"), [(59, 200), (-59, 200), (10, 403), (10, 438)])
def test_a_near_miss_is_silent(age: int, code: int) -> None:
    """A fresh one is not stale because the call failed for another reason."""
    talk = Exchange()
    called(talk, identity(iat=ISSUED - age), code, reason="Forbidden")
    assert findings_of(talk, NAME) == []


def test_how_fresh_it_must_be_is_a_setting() -> None:
    """RFC 8224 only recommends 60 seconds."""
    talk = Exchange()
    called(talk, identity(iat=ISSUED - 59))
    assert found_under(talk, NAME, Settings(identity_fresh_s=30))
