"""Tests of `sipdiag.rules.media.media_stopped`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from described import sdp, with_body
from sipdiag.findings import diagnose
from sipdiag.rules import RULES
from sipdiag.rules.media.media_stopped import NAME
from streaming import HERE, THERE, Talk

if TYPE_CHECKING:
    from collections.abc import Callable


def test_a_side_that_falls_silent_is_told_with_its_last_packet() -> None:
    """How long it was heard, and for how long no more."""
    (finding,) = Talk().begin().say(HERE, THERE, 1.1, 12).say(THERE, HERE, 1.1, 3, ssrc=8).end(13).findings(NAME)
    assert (finding.variant, finding.severity.value, finding.confidence.value) == ("one", "note", "likely")
    assert (finding.evidence["heard_s"], finding.evidence["silent_s"], finding.evidence["sender"]) == (
        3.08,
        8.92,
        "callee",
    )
    assert finding.evidence["last_frame"] in finding.frames


def test_both_sides_at_once_is_one_finding() -> None:
    """The way between them broke."""
    talk = Talk().begin().say(HERE, THERE, 1.1, 3).say(THERE, HERE, 1.1, 3, ssrc=8).end(13)
    assert talk.told(NAME) == [("both", "error", "likely")]


def test_a_new_port_where_nobody_is_heard_is_one_error() -> None:
    """From where to where the media moved, by which frame, and what was heard last."""
    talk = Talk().begin().say(HERE, THERE, 1.1, 3).say(THERE, HERE, 1.1, 3.04, ssrc=8)
    (finding,) = talk.change(4, sdp("m=audio 4010 RTP/AVP 0")).end(14).findings(NAME)
    assert (finding.variant, finding.severity.value, finding.confidence.value) == ("moved", "error", "likely")
    told = finding.evidence
    assert (told["moved_from"], told["moved_to"]) == (["192.0.2.10:4000"], ["192.0.2.10:4010"])
    assert (told["offer_frame"], told["source"], told["silent_s"]) == (4, "203.0.113.20:6000", 9.88)
    assert {told["offer_frame"], told["last_frame"]} < set(finding.frames)


def test_a_hold_that_ended_in_silence_is_one_error() -> None:
    """Nobody moved."""
    talk = Talk().begin().say(HERE, THERE, 1.1, 3).say(THERE, HERE, 1.1, 3, ssrc=8).hold(4, "a=inactive", "a=inactive")
    assert talk.change(6).end(16).told(NAME) == [("resumed", "error", "likely")]


@pytest.mark.parametrize("before", [3.06, 4.2])
def test_old_packets_on_their_way_are_no_side_that_is_heard(before: float) -> None:
    """What comes shortly after the new offer is still sent under the old one: nothing else is told of that time."""
    talk = Talk().begin().say(HERE, THERE, 1.1, before).say(THERE, HERE, 1.1, 2.9, ssrc=8)
    scene = talk.change(4, sdp("m=audio 4010 RTP/AVP 0")).end(14).scene()
    told = [(each.rule, each.variant) for each in diagnose(scene, RULES) if each.rule.startswith("media")]
    assert told == [(NAME, "moved")]


def until_the_end() -> Talk:
    return Talk().begin().say(HERE, THERE, 1.1, 12).say(THERE, HERE, 1.1, 9, ssrc=8).end(13)


def held() -> Talk:
    return Talk().begin().say(HERE, THERE, 1.1, 12).say(THERE, HERE, 1.1, 3, ssrc=8).hold(4).end(13)


def with_noise() -> Talk:
    talk = Talk().begin().say(HERE, THERE, 1.1, 12).say(THERE, HERE, 1.1, 3, ssrc=8)
    return talk.say(THERE, HERE, 4.1, 0.02, ssrc=8, first=150, payload_type=13, payload=b"\x40").end(13)


def describing_silence(payload_type: int, voice: int, silence: int) -> Callable[[], Talk]:
    def talk() -> Talk:
        kind: dict[str, object] = {"payload_type": payload_type, "ssrc": 8}
        told = Talk().begin().say(HERE, THERE, 1.1, 12).say(THERE, HERE, 1.1, 3, payload=bytes(range(voice)), **kind)
        return told.say(THERE, HERE, 4.1, 0.02, first=150, payload=bytes(silence), marked=(), **kind).end(13)

    return talk


def in_talkspurts() -> Talk:
    return Talk().begin().say(HERE, THERE, 1.1, 12).say(THERE, HERE, 1.1, 3, ssrc=8, marked=(0, 40, 90)).end(13)


def under_another_ssrc() -> Talk:
    talk = Talk().begin().say(HERE, THERE, 1.1, 12).say(THERE, HERE, 1.1, 3, ssrc=8)
    return talk.say(THERE, HERE, 4.2, 9, ssrc=9).end(13)


def capture_ends() -> Talk:
    return Talk().begin().say(HERE, THERE, 1.1, 12).say(THERE, HERE, 1.1, 3, ssrc=8)


def handed_over() -> Talk:
    talk = Talk().begin().say(HERE, THERE, 1.1, 12).say(THERE, HERE, 1.1, 3, ssrc=8)
    talk.exchange.response(202, talk.exchange.request("REFER", 4.2, to_tag="callee", cseq=3, branch="refer"), 4.3)
    return talk.end(13)


def turned_into_a_fax() -> Talk:
    talk = Talk().begin().say(HERE, THERE, 1.1, 3).say(THERE, HERE, 1.1, 3, ssrc=8)
    again = talk.exchange.request("INVITE", 4, to_tag="callee", cseq=5, branch="fax")
    again = with_body(talk.exchange, again, sdp("m=image 4000 udptl t38"))
    with_body(talk.exchange, talk.exchange.response(200, again, 4.2), sdp("m=image 6000 udptl t38", address=THERE[0]))
    return talk.end(30)


def ended_unseen() -> Talk:
    talk = Talk().begin().say(HERE, THERE, 1.1, 3).say(THERE, HERE, 1.1, 3, ssrc=8)
    talk.exchange.until = 60
    return talk


@pytest.mark.parametrize(
    "story",
    [
        turned_into_a_fax,
        ended_unseen,
        until_the_end,
        held,
        with_noise,
        describing_silence(18, 20, 2),
        describing_silence(4, 24, 4),
        in_talkspurts,
        under_another_ssrc,
        capture_ends,
        handed_over,
    ],
)
def test_a_near_miss_is_silent(story: Callable[[], Talk]) -> None:
    """It need not send, saves packets, goes on under another number, or nothing was recorded after it."""
    assert story().told(NAME) == []
