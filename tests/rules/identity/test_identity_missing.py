"""Tests of `sipdiag.rules.identity.identity_missing`."""

from __future__ import annotations

from exchange import CALLEE, CALLER, Exchange
from signing_calls import called, identity
from sipdiag.rules.identity.identity_missing import MANY, NAME
from verdict import findings_of, only_finding_of, told


def test_a_verifier_that_insists() -> None:
    """428 says what it wants."""
    talk = Exchange()
    called(talk, None, 428)
    talk.until = 10
    finding = only_finding_of(talk, NAME)
    assert told(finding) == ("demanded", "error", "certain")
    assert finding.evidence == {
        "request_frame": 1, "response_frame": 2, "client": CALLER, "server": CALLEE, "has_identity": False,
    }  # fmt: skip


def signed(talk: Exchange, count: int) -> None:
    for number in range(count):
        called(talk, identity(origid=str(number)), at=10 * number)


def test_an_unsigned_call_among_signed_ones() -> None:
    """Only worth knowing: who must sign is a matter of contract and country."""
    talk = Exchange()
    signed(talk, MANY)
    called(talk, None, at=100)
    finding = only_finding_of(talk, NAME)
    assert told(finding) == ("unsigned", "note", "likely")
    assert (finding.evidence["signed"], finding.evidence["unsigned"]) == (MANY, 1)
    assert finding.frames == [3 * MANY + 1]


def test_a_network_that_does_not_sign() -> None:
    """A few signed calls do not make a custom of it, nor do many among more unsigned ones."""
    talk = Exchange()
    signed(talk, MANY - 1)
    called(talk, None, at=100)
    assert findings_of(talk, NAME) == []
    for number in range(10):
        called(talk, None, at=200 + number)
    signed(talk, 2)
    assert findings_of(talk, NAME) == []
