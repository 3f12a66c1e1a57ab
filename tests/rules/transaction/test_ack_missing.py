"""Tests of `sipdiag.rules.transaction.ack_missing`: the rule that this program was written for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from below import found_in, trace_of
from exchange import CALLEE, CALLER, PROXY, Exchange, ladder
from sipdiag.defect import Defect
from sipdiag.rules.transaction.ack_missing import NAME
from verdict import Told, findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable

ALWAYS = {
    "answer_frame",
    "repeats",
    "repeated_for_s",
    "recorded_after_s",
    "callee",
    "caller",
    "ack_target",
    "contact",
    "record_route",
}
WITH_ACK = {"ack_frame", "ack_destination"}
WITH_BYE = {"bye_frame", "bye_after_s"}


def timed_out(talk: Exchange) -> None:
    talk.again(talk.answered_call(ack=False), *ladder(1.5))


def given_up(talk: Exchange) -> None:
    talk.again(talk.answered_call(ack=False), 2, 3)
    talk.request("BYE", 33.5, branch="bye", source=CALLEE, destination=CALLER, from_tag="callee", to_tag="caller")


def repeated(talk: Exchange) -> None:
    talk.again(talk.answered_call(ack=False), 2, 3, 5)


def silent(talk: Exchange) -> None:
    talk.answered_call(ack=False)
    talk.until = 60


def sent_elsewhere(talk: Exchange) -> None:
    answer = talk.answered_call(ack=False)
    talk.request("ACK", 1.6, branch="ack", to_tag="callee", destination="10.0.0.5:5060")
    talk.again(answer, *ladder(1.5))


def swallowed(talk: Exchange) -> None:
    near = talk.request("INVITE", 0, destination=PROXY, branch="near")
    far = talk.request("INVITE", 0.01, source=PROXY, branch="far")
    answer = talk.response(200, far, 1)
    talk.response(200, near, 1.01)
    talk.request("ACK", 1.1, destination=PROXY, branch="ack", to_tag="callee")
    talk.again(answer, *ladder(1))


def not_accepted(talk: Exchange) -> None:
    answer = talk.answered_call()
    talk.again(answer, *ladder(1.5))


def one_sided(talk: Exchange) -> None:
    talk.answered_call(ack=False)
    talk.sightings = [each for each in talk.sightings if each.source == CALLEE]
    talk.until = 20


def capture_ended(talk: Exchange) -> None:
    talk.answered_call(ack=False)


@pytest.mark.parametrize(
    ("story", "said", "further"),
    [
        (timed_out, ("timed-out", "error", "certain"), set()),
        (given_up, ("given-up", "error", "likely"), WITH_BYE),
        (repeated, ("repeated", "error", "likely"), set()),
        (silent, ("silent", "note", "inconclusive"), set()),
        (sent_elsewhere, ("sent-elsewhere", "error", "certain"), WITH_ACK),
        (swallowed, ("swallowed", "error", "certain"), WITH_ACK),
        (not_accepted, ("not-accepted", "error", "certain"), WITH_ACK),
        (one_sided, ("one-sided", "note", "inconclusive"), set()),
        (capture_ended, ("capture-ended", "note", "inconclusive"), set()),
    ],
)
def test_each_way_of_missing_is_told_apart(story: Callable[[Exchange], None], said: Told, further: set[str]) -> None:
    """A variant has its own severity and confidence, and always the same evidence for its sentence."""
    talk = Exchange()
    story(talk)
    finding = only_finding_of(talk, NAME)
    assert told(finding) == said
    assert set(finding.evidence) == ALWAYS | further
    assert finding.knowledge == "rule/ack-missing"


def test_the_evidence_of_a_full_ladder() -> None:
    """The 200, each of its copies and the BYE that ended the call, with where the ACK should have gone."""
    talk = Exchange()
    answer = talk.answered_call(ack=False)
    copies = talk.again(answer, *ladder(1.5))
    bye = talk.request("BYE", 33.6, branch="bye", source=CALLEE, destination=CALLER, from_tag="callee", to_tag="caller")
    finding = only_finding_of(talk, NAME)
    assert finding.frames == [answer.frame, *(copy.frame for copy in copies), bye.frame]
    assert (finding.time, finding.call_id) == (answer.time, "call-1")
    assert finding.evidence == {
        "answer_frame": 3,
        "repeats": 10,
        "repeated_for_s": 31.5,
        "recorded_after_s": 32.1,
        "callee": CALLEE,
        "caller": CALLER,
        "ack_target": f"sip:callee@{CALLEE}",
        "contact": f"<sip:callee@{CALLEE}>",
        "record_route": [],
        "bye_frame": bye.frame,
        "bye_after_s": 32.1,
    }


def test_the_route_that_the_200_gave_is_evidence() -> None:
    """The first thing to look at is where the 200 led the ACK: the last Record-Route before the Contact."""
    talk = Exchange()
    invite = talk.request("INVITE", 0)
    routes = "Record-Route: <sip:inner.example.com;lr>\r\nRecord-Route: <sip:outer.example.com;lr>\r\n"
    answer = talk.response(200, invite, 1, fields=routes + "Contact: <sip:callee@10.1.2.3>\r\n")
    talk.again(answer, *ladder(1))
    evidence = only_finding_of(talk, NAME).evidence
    assert evidence["record_route"] == ["<sip:inner.example.com;lr>", "<sip:outer.example.com;lr>"]
    assert evidence["ack_target"] == "sip:outer.example.com;lr"
    assert evidence["contact"] == "<sip:callee@10.1.2.3>"


def test_nothing_is_certain_where_the_caller_was_not_heard() -> None:
    """The callee asked to the end, but an ACK on the caller's side is more than such a capture could show."""
    talk = Exchange()
    timed_out(talk)
    talk.sightings = [each for each in talk.sightings if each.source == CALLEE]
    assert told(only_finding_of(talk, NAME)) == ("timed-out", "error", "likely")


def test_a_reinvite_owes_an_ack_too() -> None:
    """RFC 3261, section 14.1: a 2xx to a re-INVITE is acknowledged like any other."""
    talk = Exchange()
    talk.answered_call()
    hold = talk.request("INVITE", 10, branch="hold", cseq=2, to_tag="callee")
    answer = talk.response(200, hold, 10.1)
    talk.again(answer, *ladder(10.1))
    finding = only_finding_of(talk, NAME)
    assert (told(finding), finding.evidence["answer_frame"]) == (("timed-out", "error", "certain"), answer.frame)


def test_each_forked_answer_without_its_ack_is_a_finding() -> None:
    """RFC 3261, section 13.2.2.4: the ACK of one answer does not serve the other."""
    talk = Exchange()
    invite = talk.request("INVITE", 0)
    talk.response(200, invite, 1, to_tag="desk")
    mobile = talk.response(200, invite, 1.1, to_tag="mobile")
    talk.request("ACK", 1.2, branch="ack", to_tag="desk")
    talk.again(mobile, *ladder(1.1))
    assert only_finding_of(talk, NAME).evidence["answer_frame"] == mobile.frame


def acknowledged(talk: Exchange) -> None:
    talk.answered_call()
    talk.until = 60


def acknowledged_late(talk: Exchange) -> None:
    talk.again(talk.answered_call(ack=False), 2, 3, 5)
    talk.request("ACK", 5.1, branch="ack", to_tag="callee")
    talk.until = 60


def acknowledged_behind_the_recorder(talk: Exchange) -> None:
    talk.answered_call(ack=False)
    talk.request("BYE", 20, branch="bye", cseq=2, to_tag="callee")
    talk.until = 60


def repeated_until_the_ack_came(talk: Exchange) -> None:
    talk.again(talk.answered_call(ack=False), 2, 3, 5)
    talk.until = 60


def past_the_recorder(talk: Exchange) -> None:
    near = talk.request("INVITE", 0, destination=PROXY)
    talk.response(200, near, 1, fields=f"Contact: <sip:callee@{CALLEE}>\r\n")
    talk.until = 60


def acknowledged_wrongly(talk: Exchange) -> None:
    answer = talk.answered_call(ack=False)
    talk.request("ACK", 1.6, branch="ack", cseq=7, to_tag="callee")
    talk.again(answer, *ladder(1.5))


def recorded_twice(talk: Exchange) -> None:
    talk.answered_call()
    for each in list(talk.sightings):
        talk.again(each, (each.time - talk.sightings[0].time) / 1e9 + 0.00003)
    talk.until = 60


def refused(talk: Exchange) -> None:
    talk.again(talk.response(486, talk.request("INVITE", 0), 1), *ladder(1))


@pytest.mark.parametrize(
    "story",
    [
        acknowledged,
        acknowledged_late,
        acknowledged_behind_the_recorder,
        repeated_until_the_ack_came,
        past_the_recorder,
        acknowledged_wrongly,
        recorded_twice,
        refused,
    ],
)
def test_a_near_miss_is_silent(story: Callable[[Exchange], None]) -> None:
    """An ACK that came, late or behind the recorder's back, or that another rule tells of, is not missing."""
    talk = Exchange()
    story(talk)
    assert findings_of(talk, NAME) == []


def test_where_bytes_are_missing_an_ack_may_have_stood() -> None:
    """Over TCP a callee need not ask again, and a recorder that lost a segment may have lost the ACK."""
    talk = Exchange()
    invite = talk.request("INVITE", 0, transport="tcp")
    talk.response(200, invite, 1, fields=f"Contact: <sip:callee@{CALLEE};transport=tcp>\r\n")
    talk.until = 60
    whole, gap = trace_of(talk), trace_of(talk, defects=[Defect(kind="stream-gap", detail=f"{CALLER} → {CALLEE}")])
    assert [told(each)[1:] for each in found_in(talk, whole, NAME)] == [("error", "likely")]
    assert [told(each)[1:] for each in found_in(talk, gap, NAME)] == [("note", "inconclusive")]
