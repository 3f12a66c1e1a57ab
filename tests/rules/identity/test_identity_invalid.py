"""Tests of `sipdiag.rules.identity.identity_invalid`."""

from __future__ import annotations

import pytest

from below import found_in, trace_of
from exchange import CALLEE, CALLER, Exchange
from keys import NOT_AFTER, certificate, signed
from signing_calls import INFO, ISSUED, called, identity
from sipdiag.findings import Settings
from sipdiag.rules.identity.identity_invalid import NAME
from sipdiag.sip import Certificate
from verdict import findings_of, only_finding_of, told


@pytest.mark.parametrize(
    ("code", "said"), [(438, ("refused", "error", "certain")), (200, ("malformed", "warning", "certain"))]
)
def test_a_verifier_may_refuse_it_or_not(code: int, said: tuple[str, str, str]) -> None:
    """A refusal breaks the call; otherwise it is as if it were unsigned."""
    talk = Exchange()
    called(talk, identity(attest="D"), code)
    finding = only_finding_of(talk, NAME)
    assert told(finding) == said
    assert finding.evidence == {
        "request_frame": 1,
        "source": CALLER,
        "destination": CALLEE,
        "info": INFO,
        "ppt": "shaken",
        "attestation": "D",
        "origid": "1",
        "refusal_frame": 2 if code == 438 else 0,
        "refusal_code": 438 if code == 438 else 0,
        "final_code": code,
        "problems": ["attest-wrong"],
    }


@pytest.mark.parametrize("value", [None, identity(), f"..c2ln;info=<{INFO}>"])
def test_a_near_miss_is_silent(value: str | None) -> None:
    """None at all, one as it should be, the compact form."""
    talk = Exchange()
    called(talk, value)
    assert findings_of(talk, NAME) == []


def test_a_passport_is_judged_once_however_many_hops_it_passes() -> None:
    """Where it was seen first."""
    talk = Exchange()
    value = identity(attest="D")
    called(talk, value)
    talk.request(
        "INVITE", 0.01, source=CALLEE, destination="198.51.100.7:5060", call_id="call-0", branch="onward",
        fields=f"Identity: {value}\r\n",
    )  # fmt: skip
    assert only_finding_of(talk, NAME).frames == [1]


@pytest.mark.parametrize(
    ("signer", "url", "iat", "said"),
    [
        ("mine", INFO, ISSUED, None),
        ("other", INFO, ISSUED, ("signature", "error", "certain")),
        ("other", "", ISSUED, ("signature-foreign", "note", "likely")),
        ("mine", INFO, NOT_AFTER + 9, ("certificate-expired", "error", "certain")),
    ],
)
def test_the_signature_is_held_against_what_was_given(
    signer: str, url: str, iat: int, said: tuple[str, str, str] | None
) -> None:
    """Wrong is only what was not made with the certificate that the call itself names."""
    talk = Exchange()
    called(talk, signed(signer, iat=iat))
    settings = Settings(certificates=(Certificate(url=url, pem=certificate("mine")),))
    found = found_in(talk, trace_of(talk), NAME, settings)
    assert [told(each) for each in found] == ([] if said is None else [said])


def test_form_comes_before_signature() -> None:
    """Of one that breaks the rules nothing more is said."""
    talk = Exchange()
    called(talk, signed("other", attest="D"))
    settings = Settings(certificates=(Certificate(url=INFO, pem=certificate("mine")),))
    assert [each.variant for each in found_in(talk, trace_of(talk), NAME, settings)] == ["malformed"]
