"""Tests of `sipdiag.findings.folding`: what one missing direction leaves open is said once."""

from __future__ import annotations

from exchange import CALLEE, CALLER, PROXY, Exchange
from sipdiag.findings import Finding, diagnose, folded
from sipdiag.rules import RULES


def told_of(talk: Exchange) -> list[Finding]:
    scene = talk.scene()
    return folded(diagnose(scene, RULES), scene.correlation.arrivals)


def test_open_questions_join_a_proven_cause() -> None:
    """The unanswered INFO is no finding of its own any more, and the cause says how many there were."""
    talk = Exchange()
    talk.request("INVITE", 0)
    talk.request("ACK", 4, branch="ack", to_tag="callee")
    talk.request("INFO", 5, branch="info", to_tag="callee", cseq=2)
    talk.until = 60
    (finding,) = [each for each in told_of(talk) if each.confidence.value != "x" and each.rule != "call-unfinished"]
    assert (finding.rule, finding.variant) == ("capture-one-sided", "proven")
    assert finding.evidence["open"] == ["request-unanswered (1)"]
    assert finding.evidence["open_count"] == 1
    assert set(finding.frames) == {2, 3}


def test_one_open_question_that_nothing_proves_is_told_by_its_own_rule() -> None:
    """A host that never answers is more likely down."""
    talk = Exchange()
    talk.request("MESSAGE", 0)
    talk.until = 20
    assert [(each.rule, each.variant) for each in told_of(talk)] == [("request-unanswered", "one-sided")]


def test_many_that_nothing_proves_are_told_together() -> None:
    """Once, with the directions that they are about, and only those."""
    talk = Exchange()
    for number in range(3):
        talk.request("MESSAGE", number, call_id=f"ping-{number}", branch=f"ping-{number}")
    talk.again(talk.request("MESSAGE", 0, destination=PROXY, branch="sms", call_id="sms"), 0.5, 1.5, 3.5, 7.5, 31.5)
    talk.until = 40
    (finding,) = [each for each in told_of(talk) if each.rule == "capture-one-sided"]
    assert finding.variant == "unheard"
    assert finding.evidence["missing"] == ["203.0.113.20 → 192.0.2.10"]
    assert finding.evidence["open"] == ["request-unanswered (3)"]
    assert [each.variant for each in told_of(talk) if each.rule == "request-unanswered"] == ["timed-out"]


def test_questions_about_another_direction_stay() -> None:
    """The proof is of one direction; what another one leaves open is not answered by it."""
    talk = Exchange()
    talk.request("INVITE", 0)
    talk.request("ACK", 4, branch="ack", to_tag="callee")
    talk.request("MESSAGE", 5, source=CALLER, destination=PROXY, call_id="ping", branch="ping")
    talk.until = 20
    left = [each for each in told_of(talk) if each.variant == "one-sided"]
    assert [each.evidence["server"] for each in left] == [PROXY]


def test_without_a_cause_nothing_changes() -> None:
    """Findings on a capture with both directions pass as they are."""
    talk = Exchange()
    talk.response(403, talk.request("INVITE", 0, destination=CALLEE), 1)
    scene = talk.scene()
    findings = diagnose(scene, RULES)
    assert folded(findings, scene.correlation.arrivals) is findings
