"""Tests of `sipdiag.rules.session.media_rejected`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from described import VOICE, call, sdp, with_body
from exchange import CALLEE, CALLER, Exchange
from sipdiag.rules.session.media_rejected import NAME
from verdict import Told, findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable

VIDEO = "m=video 4002 RTP/AVP 96\na=rtpmap:96 H264/90000"
SECURE = VOICE.replace("AVP", "SAVP")
FAX = "m=image 4004 udptl t38"


def closed(stream: str) -> str:
    return stream.replace(" 4000 ", " 0 ").replace(" 4002 ", " 0 ").replace(" 4004 ", " 0 ")


def change(talk: Exchange, offer: bytes, answer: bytes) -> None:
    call(talk, sdp(VOICE), sdp(VOICE))
    again = with_body(talk, talk.request("INVITE", 3, to_tag="callee", cseq=2, branch="again"), offer)
    with_body(talk, talk.response(200, again, 3.1), answer)
    talk.request("ACK", 3.2, to_tag="callee", cseq=2, branch="ack-again")


def everything(talk: Exchange) -> None:
    call(talk, sdp(VOICE), sdp(closed(VOICE)))


def everything_within(talk: Exchange) -> None:
    change(talk, sdp(VOICE), sdp(closed(VOICE)))


def audio(talk: Exchange) -> None:
    call(talk, sdp(VOICE, VIDEO), sdp(closed(VOICE), VIDEO))


def fax(talk: Exchange) -> None:
    change(talk, sdp(FAX), sdp(closed(FAX)))


def counted_wrong(talk: Exchange) -> None:
    call(talk, sdp(VOICE, VIDEO), sdp(VOICE))


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (everything, ("everything", "error", "certain")),
        (everything_within, ("everything", "warning", "certain")),
        (audio, ("audio", "warning", "certain")),
        (fax, ("fax", "note", "certain")),
        (counted_wrong, ("counted-wrong", "note", "certain")),
    ],
)
def test_each_rejection_is_told_apart(story: Callable[[Exchange], None], said: Told) -> None:
    """A call without any media is broken; one without the voice nearly so."""
    talk = Exchange()
    story(talk)
    assert told(only_finding_of(talk, NAME)) == said


def test_the_evidence_names_what_was_rejected() -> None:
    """Kind, profile and formats of each rejected stream."""
    talk = Exchange()
    audio(talk)
    assert only_finding_of(talk, NAME).evidence == {
        "offer_frame": 1,
        "answer_frame": 2,
        "offerer": CALLER,
        "answerer": CALLEE,
        "rejected": ["audio RTP/AVP 0"],
        "offered_count": 2,
        "answered_count": 2,
    }


def accepted(talk: Exchange) -> None:
    call(talk, sdp(VOICE), sdp(VOICE))


def no_camera(talk: Exchange) -> None:
    call(talk, sdp(VOICE, VIDEO), sdp(VOICE, closed(VIDEO)))


def one_of_two(talk: Exchange) -> None:
    call(talk, sdp(SECURE, VOICE), sdp(closed(SECURE), VOICE))


def never_offered(talk: Exchange) -> None:
    call(talk, sdp(VOICE, closed(VIDEO)), sdp(VOICE, closed(VIDEO)))


def turned_into_a_fax(talk: Exchange) -> None:
    change(talk, sdp(VOICE, FAX), sdp(closed(VOICE), FAX))


def bundled(talk: Exchange) -> None:
    call(talk, sdp(VOICE), sdp(closed(VOICE) + "\na=bundle-only"))


@pytest.mark.parametrize("story", [accepted, no_camera, one_of_two, never_offered, turned_into_a_fax, bundled])
def test_a_near_miss_is_silent(story: Callable[[Exchange], None]) -> None:
    """Nothing that anybody needs was rejected."""
    talk = Exchange()
    story(talk)
    assert findings_of(talk, NAME) == []
