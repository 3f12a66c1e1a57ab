"""Tests of `sipdiag.findings.causes`."""

from __future__ import annotations

import pytest

from exchange import Exchange
from sipdiag.calls import Correlation
from sipdiag.findings import Confidence, Evidence, Finding, Severity, caused, unfolded
from sipdiag.findings.causes import TABLE

SECOND = 1_000_000_000


def seen() -> Correlation:
    talk = Exchange()
    talk.answered_call()
    return talk.scene().correlation


def finding(  # (what tells one finding from another)
    rule: str,
    at: float = 0,
    *,
    severity: Severity = Severity.ERROR,
    confidence: Confidence = Confidence.CERTAIN,
    frames: tuple[int, ...] = (3,),
    call_id: str | None = "call-1",
    evidence: Evidence | None = None,
) -> Finding:
    return Finding(
        rule=rule,
        variant="any",
        severity=severity,
        confidence=confidence,
        knowledge=f"rule/{rule}",
        capture=0,
        time=round(at * SECOND),
        frames=list(frames),
        call_id=call_id,
        evidence=evidence or {},
    )


def rules(findings: list[Finding]) -> list[str]:
    return [each.rule for each in findings]


def test_a_call_dropped_for_a_private_contact_is_one_finding() -> None:
    """ACK to a private Contact, dropped at 32 s, BYE unanswered: ack-missing, with its cause and what it led to."""
    (told,) = caused(
        [
            finding("dropped-by-timer", 34, frames=(9,)),
            finding("contact-private", 1.5),
            finding("ack-missing", 1.5),
            finding("bye-unanswered", 34, frames=(9, 10)),
        ],
        seen(),
    )
    assert told.rule == "ack-missing"
    assert rules(told.causes) == ["contact-private"]
    assert rules(told.consequences) == ["dropped-by-timer", "bye-unanswered"]


def test_what_stands_alone_stays_as_it_is() -> None:
    """Neither another call's finding nor one that the table does not know is drawn in."""
    given = [
        finding("ack-missing"),
        finding("contact-private", call_id="call-2"),
        finding("setup-slow"),
        finding("scanner-seen", call_id=None),
    ]
    assert caused(given, seen()) == given


def test_what_nobody_can_conclude_causes_nothing() -> None:
    """An inconclusive finding explains no other."""
    given = [finding("contact-private", confidence=Confidence.INCONCLUSIVE), finding("ack-missing")]
    assert caused(given, seen()) == given


def test_the_condition_must_hold() -> None:
    """A private Contact in other messages than the 2xx is not why the ACK is missing."""
    given = [finding("contact-private", frames=(1,)), finding("ack-missing", frames=(3,))]
    assert caused(given, seen()) == given


def test_the_gravest_speaks() -> None:
    """A cause that is itself no more than a warning does not hide the failure."""
    (told,) = caused(
        [finding("call-failed", evidence={"code": 488}), finding("codec-mismatch", severity=Severity.WARNING)], seen()
    )
    assert (told.rule, rules(told.causes)) == ("call-failed", ["codec-mismatch"])


def test_a_graver_cause_keeps_the_word() -> None:
    """An INVITE that nobody answered is an error, the 408 that a proxy makes of it a warning."""
    (told,) = caused(
        [
            finding("request-unanswered", evidence={"method": "INVITE"}),
            finding("call-failed", 32, severity=Severity.WARNING, evidence={"code": 408}),
        ],
        seen(),
    )
    assert (told.rule, rules(told.consequences)) == ("request-unanswered", ["call-failed"])


def test_a_cause_that_is_left_out_leaves_its_consequences() -> None:
    """`--ignore ack-missing`: what it led to stands by itself again."""
    given = [finding("ack-missing"), finding("dropped-by-timer", 32)]
    alone = unfolded(caused(given, seen()))
    assert alone == given
    assert rules(caused([each for each in alone if each.rule != "ack-missing"], seen())) == ["dropped-by-timer"]


def test_folding_twice_changes_nothing() -> None:
    """What is unfolded folds again to the same."""
    given = [finding("ack-missing"), finding("contact-private"), finding("dropped-by-timer", 32)]
    told = caused(given, seen())
    assert caused(unfolded(told), seen()) == told
    assert caused(told, seen()) == told


def test_what_a_leg_passes_on_is_told_of_the_leg_where_it_arose() -> None:
    """A slow callee behind a B2BUA makes both legs slow: one finding, on the leg behind."""
    talk = Exchange()
    talk.request("INVITE", 0, call_id="near", branch="near", destination="198.51.100.1:5060")
    talk.request("INVITE", 0.1, call_id="far", branch="far", source="198.51.100.1:5060", fields="X-CID: near\r\n")
    given = [finding("setup-slow", 0, call_id="near"), finding("setup-slow", 0.1, call_id="far")]
    (told,) = caused(given, talk.scene().correlation)
    assert (told.call_id, [each.call_id for each in told.consequences]) == ("far", ["near"])


@pytest.mark.parametrize("row", range(len(TABLE)))
def test_no_rule_causes_itself(row: int) -> None:
    """The table has no row whose cause is its own consequence."""
    causes, effects, _ = TABLE[row]
    assert not set(causes) & set(effects)
