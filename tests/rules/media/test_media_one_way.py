"""Tests of `sipdiag.rules.media.media_one_way`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from described import VOICE, call, sdp, with_body
from exchange import Exchange
from facsimile import sent, turned
from sipdiag.analysis import conclude, read
from sipdiag.rules.media.media_one_way import NAME
from streaming import ANSWER, HERE, OFFER, THERE, Talk

if TYPE_CHECKING:
    from collections.abc import Callable

OUTSIDE = ("198.51.100.9", 40_000)
INSIDE = ("192.168.1.10", 4_000)
PRIVATE = sdp(VOICE, address=INSIDE[0])


def private_sent() -> Talk:
    return Talk().begin(PRIVATE).say(OUTSIDE, THERE, 1.1, 6).say(THERE, INSIDE, 1.1, 6, ssrc=8).end(8)


def private() -> Talk:
    return Talk().begin(PRIVATE).say(OUTSIDE, THERE, 1.1, 6).end(8)


def nat() -> Talk:
    return Talk().begin().say(OUTSIDE, THERE, 1.1, 6).end(8)


def elsewhere() -> Talk:
    return Talk().begin().say(HERE, THERE, 1.1, 6).say(THERE, ("192.0.2.10", 4_444), 1.1, 6, ssrc=8).end(8)


def unseen() -> Talk:
    return Talk().begin().say(HERE, THERE, 1.1, 6).end(8)


@pytest.mark.parametrize("story", [private_sent, private, nat, elsewhere, unseen])
def test_the_cause_is_told(story: Callable[[], Talk]) -> None:
    """By where the media were to go, where they went, and where the hearer's own come from."""
    name = story.__name__.replace("_", "-")
    assert story().told(NAME) == [(name, "error", "likely")]


def test_the_evidence_names_both_sides() -> None:
    """Who does not hear whom, where the media should have come from and gone to, and what was seen."""
    (finding,) = elsewhere().findings(NAME)
    told = finding.evidence
    assert (told["sender"], told["hearer"], told["unheard"]) == (
        "callee",
        "sip:+12025550100@example.com",
        "sip:+12025550199@example.com",
    )
    assert (told["expected_from"], told["expected_to"]) == ("203.0.113.20:6000", "192.0.2.10:4000")
    assert (told["seen_to"], told["seen_packets"], told["heard_packets"]) == ("192.0.2.10:4444", 300, 300)
    assert finding.frames[0] == told["told_frame"] == 1
    assert finding.call_id == "call-1"


def test_a_relay_of_which_nothing_is_seen_may_be_seen_elsewhere() -> None:
    """Nothing shows that its media would pass here: a note, once for all such calls."""
    relay = ("203.0.113.99", 6_000)
    talk = Talk().begin(OFFER, sdp("m=audio 6000 RTP/AVP 0", address=relay[0]))
    second = talk.exchange.request("INVITE", 0.2, call_id="call-2", branch="two", from_tag="two")
    second = with_body(talk.exchange, second, sdp("m=audio 4002 RTP/AVP 0"))
    accepted = talk.exchange.response(200, second, 1.2)
    with_body(talk.exchange, accepted, sdp("m=audio 6002 RTP/AVP 0", address=relay[0]))
    talk.say(HERE, relay, 1.1, 6).say((HERE[0], 4_002), (relay[0], 6_002), 1.3, 6, ssrc=8)
    talk.exchange.until = 8
    (finding,) = talk.findings(NAME)
    assert (finding.variant, finding.severity.value, finding.confidence.value) == ("one-sided", "note", "inconclusive")
    assert (finding.evidence["calls"], finding.evidence["call_ids"]) == (2, ["call-1", "call-2"])


def both_ways() -> Talk:
    return Talk().begin().say(HERE, THERE, 1.1, 6).say(THERE, HERE, 1.1, 6, ssrc=8).end(8)


def follows_the_source() -> Talk:
    return Talk().begin(PRIVATE).say(OUTSIDE, THERE, 1.1, 6).say(THERE, OUTSIDE, 1.3, 6, ssrc=8).end(8)


def one_network() -> Talk:
    """Private addresses on both sides reach each other."""
    talk = Talk().begin(PRIVATE, sdp("m=audio 6000 RTP/AVP 0", address="192.168.1.20"))
    inner = ("192.168.1.20", 6_000)
    return talk.say(INSIDE, inner, 1.1, 6).say(inner, INSIDE, 1.1, 6, ssrc=8).end(8)


def listens_only() -> Talk:
    answer = sdp("m=audio 6000 RTP/AVP 0\na=recvonly", address="203.0.113.20")
    return Talk().begin(sdp(f"{VOICE}\na=sendonly"), answer).say(HERE, THERE, 1.1, 6).end(8)


def held_at_once() -> Talk:
    return Talk().begin().hold(1.5).say(HERE, THERE, 1.1, 6).end(8)


def too_short() -> Talk:
    return Talk().begin().say(HERE, THERE, 1.1, 2).end(3)


def capture_ends() -> Talk:
    return Talk().begin().say(HERE, THERE, 1.1, 1)


def handed_over() -> Talk:
    talk = Talk().begin().say(HERE, THERE, 1.1, 6)
    talk.exchange.response(202, talk.exchange.request("REFER", 2, to_tag="callee", cseq=3, branch="refer"), 2.1)
    return talk.end(8)


def early_media_only() -> Talk:
    talk = Talk()
    invite = with_body(talk.exchange, talk.exchange.request("INVITE", 0), OFFER)
    with_body(talk.exchange, talk.exchange.response(183, invite, 1), ANSWER)
    talk.say(THERE, HERE, 1.1, 6)
    talk.exchange.response(486, invite, 8)
    return talk


@pytest.mark.parametrize(
    "story",
    [
        both_ways,
        follows_the_source,
        one_network,
        listens_only,
        held_at_once,
        too_short,
        capture_ends,
        handed_over,
        early_media_only,
    ],
)
def test_a_near_miss_is_silent(story: Callable[[], Talk]) -> None:
    """Who may not send, or had no time to, is not missed."""
    assert story().told(NAME) == []


def test_without_media_nothing_is_said() -> None:
    """A call of which only the signalling was read."""
    talk = Talk(exchange=Exchange())
    call(talk.exchange, OFFER, ANSWER)
    talk.exchange.until = 20
    assert talk.told(NAME) == []


def test_silence_on_hold_is_no_one_way_media() -> None:
    """A hold by `c=0.0.0.0` (RFC 3264, section 8.4): who was heard before it waits too, and nobody speaks."""
    talk = Talk().begin().say(HERE, THERE, 1.1, 6).say(THERE, HERE, 1.1, 6, ssrc=8)
    hold = talk.exchange.request("INVITE", 7.2, cseq=2, branch="hold", to_tag="callee")
    hold = with_body(talk.exchange, hold, sdp(VOICE, address="0.0.0.0"))  # noqa: S104
    with_body(talk.exchange, talk.exchange.response(200, hold, 7.3), ANSWER)
    talk.exchange.request("ACK", 7.4, cseq=2, branch="hold-ack", to_tag="callee")
    assert talk.end(20).told(NAME) == []


@pytest.mark.parametrize("media", [True, False])
@pytest.mark.parametrize(
    ("name", "variants"), [("port-closed", ["port-closed"]), ("prohibited", ["prohibited"]), ("opened-late", [])]
)
def test_what_icmp_says_needs_no_media(name: str, variants: list[str], media: bool) -> None:  # noqa: FBT001
    """Who refuses media says so in packets that are looked at with `--no-media` too."""
    samples = Path(__file__).resolve().parents[3] / "samples" / "media-one-way"
    found = conclude([read(str(samples / f"{name}.pcap"), media=media)]).findings
    assert [each.variant for each in found if each.rule == NAME] == variants


def test_one_side_of_a_fax_is_told() -> None:
    """The machine of which nothing comes."""
    (finding,) = sent(turned(), THERE, HERE, 4.2, 20).end(25).findings(NAME)
    assert (finding.variant, finding.severity.value, finding.evidence["sender"]) == ("fax", "error", "caller")
    assert (finding.evidence["heard_packets"], finding.evidence["seconds"]) == (500, 20.9)


def test_a_machine_may_listen_for_a_while() -> None:
    """Whoever sends by hand presses a key late; and both may well be silent once voice is back."""
    assert sent(turned(), THERE, HERE, 4.2, 19).end(23).told(NAME) == []
    assert sent(sent(turned(), THERE, HERE, 4.2, 20), HERE, THERE, 20, 1).end(25).told(NAME) == []
