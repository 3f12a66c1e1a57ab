"""Tests of `sipdiag.report.ladder`: the messages of a call as lanes and arrows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from exchange import CALLEE, CALLER, PROXY, Exchange
from sipdiag.report.ladder import Ladder, label_of, ladder_of
from sipdiag.sip import parse
from streaming import HERE, THERE, Talk

if TYPE_CHECKING:
    from sipdiag.calls import CallMedia
    from sipdiag.trace import Sighting


def drawn_of(talk: Exchange, findings: dict[tuple[int, int], list[int]] | None = None) -> Ladder:
    (call,) = talk.scene().correlation.calls
    return ladder_of(call, findings)


def test_hosts_are_lanes_in_the_order_they_were_seen() -> None:
    """And each message is an arrow between two of them, in the order of time."""
    talk = Exchange()
    near = talk.request("INVITE", 0, destination=PROXY, branch="near")
    far = talk.request("INVITE", 0.01, source=PROXY, branch="far")
    talk.response(486, far, 1)
    talk.response(486, near, 1.01)
    ladder = drawn_of(talk)
    assert ladder.lanes == ["192.0.2.10", "198.51.100.1", "203.0.113.20"]
    assert [(arrow.source, arrow.destination, arrow.label) for arrow in ladder.arrows] == [
        (0, 1, "INVITE"),
        (1, 2, "INVITE"),
        (2, 1, "486 Reason (INVITE)"),
        (1, 0, "486 Reason (INVITE)"),
    ]


def test_retransmissions_are_folded_into_the_first() -> None:
    """Of requests, responses and ACKs: their frames, and when the last one was sent."""
    talk = Exchange()
    invite = talk.request("INVITE", 0)
    talk.again(invite, 0.5)
    answer = talk.response(200, invite, 1)
    talk.again(answer, 1.5, 2.5)
    ack = talk.request("ACK", 2.6, branch="ack", to_tag="callee")
    copies = talk.again(ack, 3.6)
    ladder = drawn_of(talk)
    assert [(arrow.frame, arrow.repeats) for arrow in ladder.arrows] == [(1, [2]), (3, [4, 5]), (6, [7])]
    assert [arrow.last_time for arrow in ladder.arrows][2] == copies[0].time
    assert ladder.arrows[1].last_time - ladder.arrows[1].time == 1_500_000_000


def test_the_ack_of_a_failure_is_drawn_too() -> None:
    """It belongs to the transaction, with its repeats."""
    talk = Exchange()
    talk.response(486, talk.request("INVITE", 0), 1)
    talk.again(talk.request("ACK", 1.1, to_tag="callee"), 1.6)
    assert [(arrow.label, arrow.repeats) for arrow in drawn_of(talk).arrows][-1] == ("ACK", [4])


def test_a_host_that_talks_to_itself_has_a_lane_for_each_port() -> None:
    """A load test on loopback would else be one lane."""
    talk = Exchange()
    talk.answered_call()
    talk.sightings = [
        msgspec.structs.replace(
            each,
            source=each.source.replace(CALLEE, "192.0.2.10:5080"),
            destination=each.destination.replace(CALLEE, "192.0.2.10:5080"),
        )
        for each in talk.sightings
    ]
    assert drawn_of(talk).lanes == [CALLER, "192.0.2.10:5080"]


def test_an_arrow_carries_the_numbers_of_the_findings_that_name_it() -> None:
    """Through its repeats too, each once, ascending."""
    talk = Exchange()
    answer = talk.answered_call(ack=False)
    talk.again(answer, 2)
    ladder = drawn_of(talk, {(0, 3): [4], (0, 4): [2, 4], (1, 1): [9]})
    assert [arrow.findings for arrow in ladder.arrows] == [[], [], [2, 4]]


def seen(text: bytes) -> Sighting:
    message = parse(text)
    assert message is not None
    return msgspec.structs.replace(Exchange().request("OPTIONS", 0), message=message)


def test_a_label_says_what_it_is() -> None:
    """The method, whether there is an SDP, the code with its reason and method; hostile text escaped."""
    sdp = b"INVITE sip:b@x SIP/2.0\r\nContent-Type: Application/SDP\r\nContent-Length: 5\r\n\r\nv=0\r\n"
    assert label_of(seen(sdp)) == "INVITE (SDP)"
    assert label_of(seen(sdp.replace(b"Application/SDP", b"text/plain"))) == "INVITE"
    assert label_of(seen(b"SIP/2.0 200 \r\nCSeq: 1 BYE\r\n\r\n")) == "200 (BYE)"
    assert label_of(seen(b"SIP/2.0 404 \x1b[0m\r\nCSeq: 1 BYE\r\n\r\n")) == "404 \\x1b[0m (BYE)"


def media_of(talk: Talk) -> tuple[Ladder, CallMedia]:
    scene = talk.scene()
    (call,) = scene.correlation.calls
    media = scene.carriage.of(call)
    return ladder_of(call, {(0, 1_001): [3]}, [(each, f"RTP {each.number}") for each in media.carried]), media


def test_media_are_arrows_of_their_own() -> None:
    """Where their first packet came, until their last; a host that only sends media gets a lane."""
    talk = Talk().begin().say(HERE, THERE, 1.2, 3).say(("198.51.100.99", 5), HERE, 1.3, 3, ssrc=8).end(5)
    ladder, media = media_of(talk)
    assert ladder.lanes == ["192.0.2.10", "203.0.113.20", "198.51.100.99"]
    first, second = [each for each in ladder.arrows if each.media]
    assert (first.label, first.source, first.destination, first.findings) == ("RTP 0", 0, 1, [3])
    assert (second.source, second.destination) == (2, 0)
    assert first.last_time == media.carried[0].stream.last_time
    assert [each.time for each in ladder.arrows] == sorted(each.time for each in ladder.arrows)
