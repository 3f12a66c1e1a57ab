"""Tests of `sipdiag.findings.folding`: what one missing direction leaves open is said once."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from exchange import CALLEE, CALLER, PROXY, Exchange
from sipdiag.findings import Confidence, Finding, Folding, Severity, diagnose, folded
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


WAYS = [{"192.0.2.1 → 192.0.2.2", "192.0.2.2 → 192.0.2.1"}, {"192.0.2.3 → 192.0.2.2"}, {"192.0.2.9 → 192.0.2.8"}]


def cause(variant: str, missing: list[str]) -> Finding:
    return replace(left_open("", 0, [100]), rule="capture-one-sided", variant=variant, evidence={"missing": missing})


def left_open(rule: str, time: int, frames: list[int]) -> Finding:
    return Finding(
        rule=rule,
        variant="one-sided",
        severity=Severity.NOTE,
        confidence=Confidence.INCONCLUSIVE,
        knowledge="",
        capture=0,
        time=time,
        frames=frames,
    )


@given(
    causes=st.lists(
        st.builds(cause, st.sampled_from(["proven", "likely"]), st.lists(st.sampled_from(sorted(set().union(*WAYS))))),
        min_size=1,
        max_size=4,
    ),
    some=st.lists(st.tuples(st.sampled_from(WAYS), st.lists(st.integers(1, 60), min_size=1)), max_size=30),
    seed=st.randoms(),
)
def test_open_findings_may_come_in_any_order(
    causes: list[Finding], some: list[tuple[set[str], list[int]]], seed: Random
) -> None:
    """What is told of them is that of all of them, one after the other: by the first cause that speaks."""
    opened = [((at,), left_open("ack-late", at, frames), ways) for at, (ways, frames) in enumerate(some)]
    seed.shuffle(opened)
    folding = Folding(causes)
    folding.weigh(ways for *_, ways in opened)
    inside = {order for order, each, ways in opened if folding.takes(order, each, ways)}
    assert inside == {order for order, _, ways in opened if folding.tells(ways)}
    left = sorted(opened, key=lambda each: each[0])
    for each, told in zip(causes, folding.told(), strict=True):
        mine = [one for one in left if one[2] & set(each.evidence["missing"])]
        speaks = each.variant == "proven" or len(mine) > 1
        assert (told is not None) == speaks
        if told is not None:
            left = [one for one in left if one not in mine]
            frames = dict.fromkeys([*each.frames, *(frame for _, finding, _ in mine for frame in finding.frames)])
            assert told.frames == list(frames)[:40]
            assert told.evidence["open_count"] == len(mine)
    assert inside == {order for order, *_ in opened} - {order for order, *_ in left}
