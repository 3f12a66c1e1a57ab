"""Tests of `sipdiag.findings.twins`."""

from __future__ import annotations

from exchange import Exchange
from sipdiag.findings import Finding, diagnose
from sipdiag.rules import RULES


def findings_of(talk: Exchange) -> list[Finding]:
    return diagnose(talk.scene(), RULES)


def test_a_refusal_carries_its_twin_in_the_evidence() -> None:
    """The frame of the request that worked, and each difference with both values."""
    talk = Exchange()
    worked = talk.request("INVITE", 0, call_id="good", branch="good", uri="sip:+12025550199@example.com")
    talk.response(200, worked, 1)
    talk.request("ACK", 1.1, call_id="good", branch="ack", to_tag="callee")
    failed = talk.request("INVITE", 9, call_id="bad", branch="bad", uri="sip:12025550199@example.com")
    talk.response(403, failed, 9.1)
    talk.request("ACK", 9.2, call_id="bad", branch="bad", to_tag="callee")
    (refusal,) = [each for each in findings_of(talk) if each.rule == "call-failed"]
    assert refusal.evidence["twin_frame"] == worked.frame
    assert refusal.evidence["twin_differences"] == ["ruri form: no prefix, 11 digits | E.164 with +"]


def test_what_no_status_code_explains_gets_no_twin() -> None:
    """A missing ACK is no refusal."""
    talk = Exchange()
    answer = talk.answered_call(ack=False)
    talk.again(answer, 2.0, 3.0, 5.0)
    (missing,) = [each for each in findings_of(talk) if each.rule == "ack-missing"]
    assert "twin_frame" not in missing.evidence
