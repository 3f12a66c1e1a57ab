"""Tests of `sipdiag.rules.transaction.request_unanswered`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from below import found_in, trace_of
from exchange import CALLEE, CALLER, PROXY, Exchange, ladder
from sipdiag.defect import Defect
from sipdiag.rules.transaction.request_unanswered import NAME
from sipdiag.transport import Connection
from verdict import Told, findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable

URI = "sip:+12025550199@example.com"
LADDER_OF_INVITE = (10.5, 11.5, 13.5, 17.5, 25.5, 41.5)
"""An INVITE sent at second 10: the pauses double and double (RFC 3261, section 17.1.1.2)."""


def heard(talk: Exchange) -> None:
    """The callee has answered something else before, so the recorder hears it."""
    talk.response(200, talk.request("OPTIONS", 0, call_id="ping", branch="ping"), 0.1)


def timed_out(talk: Exchange) -> None:
    heard(talk)
    talk.again(talk.request("INFO", 10, branch="info"), *ladder(10))


def invite_timed_out(talk: Exchange) -> None:
    heard(talk)
    talk.again(talk.request("INVITE", 10), *LADDER_OF_INVITE)


def dead(talk: Exchange) -> None:
    talk.again(talk.request("INVITE", 10), *LADDER_OF_INVITE)


def repeated(talk: Exchange) -> None:
    heard(talk)
    talk.again(talk.request("INVITE", 10), 10.5, 11.5, 13.5)
    talk.until = 16


def silent(talk: Exchange) -> None:
    heard(talk)
    talk.request("INVITE", 10, transport="tcp")
    talk.until = 45


def one_sided(talk: Exchange) -> None:
    talk.request("MESSAGE", 0)
    talk.until = 60


def capture_ended(talk: Exchange) -> None:
    heard(talk)
    talk.request("INVITE", 10)
    talk.until = 11


def capture_ended_after_a_repeat(talk: Exchange) -> None:
    heard(talk)
    talk.again(talk.request("INVITE", 10), 10.5)


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (timed_out, ("timed-out", "error", "certain")),
        (invite_timed_out, ("timed-out", "error", "certain")),
        (dead, ("timed-out", "error", "likely")),
        (repeated, ("repeated", "error", "likely")),
        (silent, ("silent", "error", "likely")),
        (one_sided, ("one-sided", "note", "inconclusive")),
        (capture_ended, ("capture-ended", "note", "inconclusive")),
        (capture_ended_after_a_repeat, ("capture-ended", "note", "inconclusive")),
    ],
)
def test_each_way_of_staying_unanswered_is_told_apart(story: Callable[[Exchange], None], said: Told) -> None:
    """A variant has its own severity and confidence; certain is only a full ladder to a host that was heard."""
    talk = Exchange()
    story(talk)
    assert told(only_finding_of(talk, NAME)) == said


def test_the_evidence_of_a_full_ladder() -> None:
    """The request and each of its copies, and between whom."""
    talk = Exchange()
    heard(talk)
    info = talk.request("INFO", 10, branch="info")
    copies = talk.again(info, *ladder(10))
    finding = only_finding_of(talk, NAME)
    assert finding.frames == [info.frame, *(copy.frame for copy in copies)]
    assert finding.knowledge == "rule/request-unanswered"
    assert finding.evidence == {
        "method": "INFO",
        "request_frame": info.frame,
        "uri": URI,
        "repeats": 10,
        "repeated_for_s": 31.5,
        "recorded_after_s": 31.5,
        "client": CALLER,
        "server": CALLEE,
        "transport": "udp",
    }


def test_a_server_heard_elsewhere_only_is_heard() -> None:
    """It speaks to others past this recorder, and the client asked again and again: its silence counts."""
    talk = Exchange()
    talk.request("OPTIONS", 0, source=CALLEE, destination=PROXY, call_id="ping", branch="ping")
    talk.again(talk.request("INFO", 10, branch="info"), 10.5, 11.5, 13.5)
    talk.until = 16
    told_of = [each for each in findings_of(talk, NAME) if each.evidence["method"] == "INFO"]
    assert [told(each) for each in told_of] == [("repeated", "error", "likely")]


def answered_late(talk: Exchange) -> None:
    request = talk.request("INVITE", 0)
    talk.again(request, 0.5, 1.5)
    talk.response(486, request, 3)
    talk.until = 60


def trying_only(talk: Exchange) -> None:
    talk.response(100, talk.request("INVITE", 0), 0.1)
    talk.until = 60


def at_the_very_end(talk: Exchange) -> None:
    heard(talk)
    talk.request("INVITE", 10)
    talk.until = 10.1


def bye(talk: Exchange) -> None:
    talk.answered_call()
    talk.again(talk.request("BYE", 10, branch="bye", cseq=2, to_tag="callee"), *ladder(10))


def ack(talk: Exchange) -> None:
    talk.answered_call()
    talk.until = 60


def cancel_of_an_invite_that_ended(talk: Exchange) -> None:
    invite = talk.request("INVITE", 0)
    talk.again(talk.request("CANCEL", 1), *ladder(1))
    talk.response(487, invite, 1.1)


def keep_alive(talk: Exchange) -> None:
    talk.request("OPTIONS", 0)
    talk.until = 60


def notification(talk: Exchange) -> None:
    talk.request("NOTIFY", 0, fields="Event: presence\r\n")
    talk.until = 60


def seen_on_a_second_link(talk: Exchange) -> None:
    request = talk.request("MESSAGE", 0)
    talk.response(200, request, 0.1)
    talk.elsewhere(request, 0.01, source=PROXY, destination=CALLEE)
    talk.until = 60


@pytest.mark.parametrize(
    "story",
    [
        answered_late,
        trying_only,
        at_the_very_end,
        ack,
        bye,
        cancel_of_an_invite_that_ended,
        keep_alive,
        notification,
        seen_on_a_second_link,
    ],
)
def test_a_near_miss_is_silent(story: Callable[[Exchange], None]) -> None:
    """Any response is an answer; what needs none, had no time to get one, or has a rule of its own is no failure."""
    talk = Exchange()
    story(talk)
    assert findings_of(talk, NAME) == []


def test_a_request_that_came_back_on_another_connection_is_a_note() -> None:
    """The first connection was lost under it, and the second brought the answer."""
    talk = Exchange()
    heard(talk)
    talk.request("MESSAGE", 10, transport="tcp", source="192.0.2.10:49001", branch="m1")
    again = talk.request("MESSAGE", 12, transport="tcp", source="192.0.2.10:49002", branch="m2", cseq=2)
    talk.response(200, again, 12.1)
    talk.until = 60
    assert told(only_finding_of(talk, NAME)) == ("silent", "note", "likely")


@pytest.mark.parametrize(
    ("gap", "confidence"), [(f"{CALLEE} → {CALLER}", "inconclusive"), (f"{CALLER} → {CALLEE}", "likely")]
)
def test_where_bytes_are_missing_nobody_knows(gap: str, confidence: str) -> None:
    """A recorder that lost a TCP segment may have lost the answer with it; on the way there it matters not."""
    talk = Exchange()
    silent(talk)
    heard(talk)
    trace = trace_of(talk, defects=[Defect(kind="stream-gap", detail=gap)])
    assert [each.confidence.value for each in found_in(talk, trace, NAME)] == [confidence]


def test_a_way_back_that_was_never_captured_leaves_it_open() -> None:
    """The host is heard on other connections, this one shows its client only, which acknowledges what came."""
    talk = Exchange()
    silent(talk)
    sent = talk.sightings[-1]
    alone = Connection(
        number=1,
        client=sent.source,
        server=sent.destination,
        signalling=True,
        client_heard=True,
        first_acknowledged=5_001,
        last_acknowledged=5_301,
    )
    assert (alone.unheard, alone.acknowledged) == (sent.destination, 300)
    (finding,) = found_in(talk, trace_of(talk, connections=[alone]), NAME)
    assert told(finding) == ("unheard", "note", "inconclusive")
    assert finding.evidence["acknowledged_bytes"] == 300
    both = replace(alone, server_heard=True)
    assert both.unheard == both.way_unheard == ""
    (finding,) = found_in(talk, trace_of(talk, connections=[both]), NAME)
    assert told(finding) == ("silent", "error", "likely")
