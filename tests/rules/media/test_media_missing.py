"""Tests of `sipdiag.rules.media.media_missing`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from described import VOICE, sdp, with_body
from facsimile import FAX_ANSWER, sent, turned
from sipdiag.rules.media.media_missing import NAME
from streaming import ANSWER, HERE, OFFER, THERE, Talk

if TYPE_CHECKING:
    from collections.abc import Callable

OTHERS = ("192.0.2.77", 1_000), ("192.0.2.78", 1_000)


def silent_call() -> Talk:
    return Talk().begin().end(8)


def test_media_of_the_same_host_prove_that_they_would_be_seen() -> None:
    """Another call's media to the callee's host pass here, this one's do not."""
    (finding,) = silent_call().say(("192.0.2.50", 1), (THERE[0], 7_000), 1, 3).findings(NAME)
    assert (finding.variant, finding.severity.value, finding.confidence.value) == ("none", "error", "likely")
    assert finding.evidence["addresses"] == ["192.0.2.10:4000", "203.0.113.20:6000"]
    assert finding.evidence["other_destination"] == "203.0.113.20:7000"


def test_early_media_prove_it_too() -> None:
    """They were heard before the answer, and nothing after it."""
    talk = Talk()
    invite = with_body(talk.exchange, talk.exchange.request("INVITE", 0), OFFER)
    with_body(talk.exchange, talk.exchange.response(183, invite, 0.5), ANSWER)
    talk.say(THERE, HERE, 0.6, 2)
    with_body(talk.exchange, talk.exchange.response(200, invite, 3), ANSWER)
    talk.exchange.request("ACK", 3.1, branch="ack", to_tag="callee")
    assert talk.end(12).told(NAME) == [("after-early", "error", "likely")]


def relayed_then_direct() -> Talk:
    """A relay has the media of both; then a re-INVITE takes it off their way."""
    relay = ("198.51.100.1", 18_000)
    talk = Talk().begin(OFFER, sdp("m=audio 18000 RTP/AVP 0", address=relay[0]))
    talk.say(HERE, relay, 1.1, 2).say(relay, HERE, 1.1, 2, ssrc=8)
    again = talk.exchange.request("INVITE", 3.2, to_tag="callee", cseq=5, branch="direct")
    with_body(talk.exchange, again, sdp(VOICE))
    with_body(talk.exchange, talk.exchange.response(200, again, 3.3), ANSWER)
    return talk


def test_what_a_relay_saw_proves_nothing_once_it_has_left() -> None:
    """A recorder beside it sees none of what goes from phone to phone."""
    assert relayed_then_direct().end(20).told(NAME) == [("elsewhere", "note", "inconclusive")]


@pytest.mark.parametrize("kind", ["udp 1 203.0.113.99 50000 typ relay", "tcp 1 192.0.2.10 9 typ host"])
def test_what_goes_inside_of_something_else_is_not_missed(kind: str) -> None:
    """TURN and ICE over TCP carry media that nobody recognises on the way."""
    offer = sdp(f"{VOICE}\na=candidate:1 1 {kind}")
    talk = Talk().begin(offer).say(("192.0.2.50", 1), (THERE[0], 7_000), 1, 3).end(8)
    assert talk.told(NAME) == [("elsewhere", "note", "inconclusive")]


def test_media_of_other_hosts_prove_nothing() -> None:
    """A note, once: those of this call may take another way."""
    talk = silent_call().say(*OTHERS, 1, 3)
    again = with_body(talk.exchange, talk.exchange.request("INVITE", 9, call_id="two", branch="2", from_tag="2"), OFFER)
    with_body(talk.exchange, talk.exchange.response(200, again, 10), ANSWER)
    talk.exchange.until = 20
    (finding,) = talk.findings(NAME)
    assert (finding.variant, finding.severity.value, finding.confidence.value) == ("elsewhere", "note", "inconclusive")
    assert finding.evidence["calls"] == 2


def heard_one_way() -> Talk:
    return silent_call().say(HERE, THERE, 1.1, 3)


def signalling_only() -> Talk:
    return silent_call()


def inactive() -> Talk:
    answer = sdp("m=audio 6000 RTP/AVP 0\na=inactive", address=THERE[0])
    return Talk().begin(sdp(f"{VOICE}\na=inactive"), answer).say(*OTHERS, 1, 3).end(8)


def fax() -> Talk:
    image = "m=image 4000 udptl t38"
    return Talk().begin(sdp(image), sdp(image, address=THERE[0])).say(("192.0.2.50", 1), (THERE[0], 7_000), 1, 3).end(8)


def too_short() -> Talk:
    return Talk().begin().say(("192.0.2.50", 1), (THERE[0], 7_000), 1, 3).end(2.5)


@pytest.mark.parametrize("story", [heard_one_way, signalling_only, inactive, fax, too_short])
def test_a_near_miss_is_silent(story: Callable[[], Talk]) -> None:
    """Some media, none of any call, none wanted, none of voice, or no time for them."""
    assert story().told(NAME) == []


def test_a_fax_of_which_nothing_comes_is_told() -> None:
    """Both were heard until the call turned into one."""
    (finding,) = turned().end(16).findings(NAME)
    assert (finding.variant, finding.severity.value, finding.confidence.value) == ("fax", "error", "likely")
    assert finding.evidence["seconds"] == 11.9
    assert finding.evidence["addresses"] == ["192.0.2.10:4000", "203.0.113.20:6000"]


def a_side_of_it() -> Talk:
    return sent(turned(), THERE, HERE, 4.2, 6).end(16)


def over_soon() -> Talk:
    return turned().end(13)


def end_unseen() -> Talk:
    talk = turned()
    talk.exchange.until = 60
    return talk


def taken_by_another_host() -> Talk:
    return turned(answer=sdp("m=image 6000 udptl t38", address="203.0.113.99")).end(16)


def over_tcp() -> Talk:
    return turned(offer="m=image 4000 tcp t38", answer=FAX_ANSWER.replace(b"udptl", b"tcp")).end(16)


def not_taken() -> Talk:
    return turned(answer=sdp("m=image 0 udptl t38", address=THERE[0])).end(16)


def from_the_beginning() -> Talk:
    return Talk().begin(sdp("m=image 4000 udptl t38"), FAX_ANSWER).say(HERE, (THERE[0], 7_000), 1, 3, ssrc=9).end(16)


def voice_one_way() -> Talk:
    return Talk().begin().say(HERE, THERE, 1.1, 2.9).change(4, sdp("m=image 4000 udptl t38"), FAX_ANSWER).end(16)


def beside_the_voice() -> Talk:
    offer, answer = sdp(VOICE, "m=image 4010 udptl t38"), ("m=audio 6000 RTP/AVP 0", "m=image 6010 udptl t38")
    return (
        Talk().begin(offer, sdp(*answer, address=THERE[0])).say(HERE, THERE, 1.1, 14).say(THERE, HERE, 1.1, 14).end(16)
    )


@pytest.mark.parametrize(
    "story",
    [
        a_side_of_it,
        beside_the_voice,
        over_soon,
        end_unseen,
        taken_by_another_host,
        over_tcp,
        not_taken,
        from_the_beginning,
        voice_one_way,
    ],
)
def test_a_fax_that_may_go_elsewhere_is_not_missed(story: Callable[[], Talk]) -> None:
    """A part of it is seen, it was short, none was agreed on, or nothing shows that it would come by."""
    assert story().told(NAME) == []
