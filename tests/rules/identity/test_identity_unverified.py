"""Tests of `sipdiag.rules.identity.identity_unverified`."""

from __future__ import annotations

import pytest

from below import found_in, trace_of
from exchange import Exchange
from keys import certificate, signed
from signing_calls import INFO, ISSUED, called, identity
from sipdiag.findings import Settings
from sipdiag.rules.identity.identity_unverified import NAME
from sipdiag.sip import Certificate
from verdict import findings_of, only_finding_of, told

FAILED = "TN-Validation-Failed"


@pytest.mark.parametrize("code", [436, 437, 438])
def test_a_refusal_that_nothing_explains(code: int) -> None:
    """Certificate and signature are left."""
    talk = Exchange()
    called(talk, identity(), code)
    finding = only_finding_of(talk, NAME)
    assert told(finding) == ("refused", "error", "certain")
    assert finding.evidence["refusal_code"] == code


@pytest.mark.parametrize(
    "asserted",
    [
        f"<tel:+12025550100;verstat={FAILED}>",
        f"<sip:+12025550100;verstat={FAILED}@example.com;user=phone>",
        f"<sip:+12025550100@example.com>;verstat={FAILED}",
    ],
)
def test_a_number_that_a_verifier_marked(asserted: str) -> None:
    """The call goes on, and the callee is warned of the caller."""
    talk = Exchange()
    called(talk, None, fields=f"P-Asserted-Identity: {asserted}\r\n")
    finding = only_finding_of(talk, NAME)
    assert told(finding) == ("failed", "warning", "certain")
    assert finding.evidence["field"] == "P-Asserted-Identity"
    assert finding.evidence["value"] == asserted


@pytest.mark.parametrize(
    ("value", "code", "fields"),
    [
        (identity(), 200, ""),
        (identity(), 486, ""),
        (identity(attest="D"), 438, ""),
        (identity(iat=ISSUED - 300), 438, ""),
        (identity(orig={"tn": "12025550123"}), 438, ""),
        (None, 200, "P-Asserted-Identity: <tel:+12025550100;verstat=TN-Validation-Passed>\r\n"),
        (None, 200, "P-Asserted-Identity: <tel:+12025550100;verstat=No-TN-Validation>\r\n"),
    ],
)
def test_a_near_miss_is_silent(value: str | None, code: int, fields: str) -> None:
    """Accepted, refused for another reason or for one that another rule tells, verified, or not looked at."""
    talk = Exchange()
    called(talk, value, code, fields=fields)
    assert findings_of(talk, NAME) == []


@pytest.mark.parametrize(("signer", "said"), [("mine", ["refused-signed"]), ("other", [])])
def test_a_signature_that_was_checked_narrows_it_down(signer: str, said: list[str]) -> None:
    """Right: the verifier's own view is left; wrong: that is told by itself."""
    talk = Exchange()
    called(talk, signed(signer), 438)
    settings = Settings(certificates=(Certificate(url=INFO, pem=certificate("mine")),))
    assert [each.variant for each in found_in(talk, trace_of(talk), NAME, settings)] == said
