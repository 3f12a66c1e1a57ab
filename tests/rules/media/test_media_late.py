"""Tests of `sipdiag.rules.media.media_late`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from described import with_body
from sipdiag.rules.media.media_late import NAME
from streaming import ANSWER, HERE, OFFER, THERE, Talk

if TYPE_CHECKING:
    from collections.abc import Callable


def test_a_first_packet_seconds_after_the_answer_is_late() -> None:
    """The wait, the answer and the packet are named."""
    (finding,) = Talk().begin().say(HERE, THERE, 1.1, 8).say(THERE, HERE, 4.5, 4, ssrc=8).end(9).findings(NAME)
    assert (finding.variant, finding.severity.value, finding.confidence.value) == ("late", "warning", "certain")
    assert (finding.evidence["waited_s"], finding.evidence["answer_frame"], finding.evidence["sender"]) == (
        3.5,
        2,
        "callee",
    )
    assert finding.frames == [2, finding.evidence["first_frame"]]


def test_who_saves_packets_may_have_had_nothing_to_say() -> None:
    """A side that sends nothing between its talkspurts is told as a note."""
    talk = Talk().begin().say(HERE, THERE, 1.1, 8).say(THERE, HERE, 4.5, 4, ssrc=8, marked=(0, 40, 90))
    (finding,) = talk.end(9).findings(NAME)
    assert (finding.severity.value, finding.confidence.value) == ("note", "likely")


def test_who_only_dials_may_have_had_nothing_to_say() -> None:
    """A stream that begins with a key: a note."""
    keys = {"payload_type": 101, "payload": b"\x05\x0a\x00\xa0", "ticks": 0}
    talk = Talk().begin().say(HERE, THERE, 4.5, 0.2, **keys).say(THERE, HERE, 1.1, 8, ssrc=8)
    (finding,) = talk.end(9).findings(NAME)
    assert (finding.severity.value, finding.confidence.value) == ("note", "likely")


def in_time() -> Talk:
    return Talk().begin().say(HERE, THERE, 1.1, 8).say(THERE, HERE, 2.5, 4, ssrc=8).end(9)


def early_media() -> Talk:
    talk = Talk()
    invite = with_body(talk.exchange, talk.exchange.request("INVITE", 0), OFFER)
    with_body(talk.exchange, talk.exchange.response(183, invite, 0.5), ANSWER)
    talk.say(THERE, HERE, 0.6, 10)
    with_body(talk.exchange, talk.exchange.response(200, invite, 3), ANSWER)
    talk.exchange.request("ACK", 3.1, branch="ack", to_tag="callee")
    return talk.end(12)


def after_a_hold() -> Talk:
    talk = Talk().begin().say(HERE, THERE, 1.1, 10).say(THERE, HERE, 1.1, 2, ssrc=8)
    return talk.hold(3).hold(6, "a=sendrecv", "a=sendrecv").say(THERE, HERE, 8.5, 2, ssrc=8, first=100).end(11)


@pytest.mark.parametrize("story", [in_time, early_media, after_a_hold])
def test_a_near_miss_is_silent(story: Callable[[], Talk]) -> None:
    """In time, heard before the answer already, or later in the call."""
    assert story().told(NAME) == []
