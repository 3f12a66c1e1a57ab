"""Tests of `sipdiag.rules.session.dtmf_mismatch`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from described import VOICE, call, sdp
from exchange import CALLEE, CALLER, Exchange
from sipdiag.rules.session.dtmf_mismatch import NAME
from verdict import Told, findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable

EVENTS = "\na=rtpmap:101 telephone-event/8000"
OFFER = sdp("m=audio 4000 RTP/AVP 0 18 101" + EVENTS)
G729 = "m=audio 4000 RTP/AVP 18\na=rtpmap:18 G729/8000"


def unlisted(talk: Exchange) -> None:
    call(talk, OFFER, sdp(VOICE + EVENTS))


def declined(talk: Exchange) -> None:
    call(talk, OFFER, sdp(G729))


@pytest.mark.parametrize(
    ("story", "said"),
    [(unlisted, ("unlisted", "warning", "likely")), (declined, ("declined", "note", "likely"))],
)
def test_each_way_of_losing_keys_is_told_apart(story: Callable[[Exchange], None], said: Told) -> None:
    """A contradiction is a fault; leaving events out is allowed."""
    talk = Exchange()
    story(talk)
    assert told(only_finding_of(talk, NAME)) == said


def test_the_evidence_names_the_numbers() -> None:
    """The payload types of both sides, and the codec that carries the voice."""
    talk = Exchange()
    unlisted(talk)
    assert only_finding_of(talk, NAME).evidence == {
        "offer_frame": 1,
        "answer_frame": 2,
        "offerer": CALLER,
        "answerer": CALLEE,
        "offered": "101",
        "answered": "101",
        "codec": "PCMU",
    }


def agreed(talk: Exchange) -> None:
    call(talk, OFFER, OFFER)


def tones_pass(talk: Exchange) -> None:
    call(talk, OFFER, sdp(VOICE))


def never_offered(talk: Exchange) -> None:
    call(talk, sdp(G729), sdp(G729))


def keys_as_info(talk: Exchange) -> None:
    declined(talk)
    fields = "Content-Type: application/dtmf-relay\r\n"
    talk.response(200, talk.request("INFO", 4, to_tag="callee", cseq=2, branch="info", fields=fields), 4.1)


def rejected(talk: Exchange) -> None:
    call(talk, OFFER, sdp(G729.replace("4000", "0")))


@pytest.mark.parametrize("story", [agreed, tones_pass, never_offered, keys_as_info, rejected])
def test_a_near_miss_is_silent(story: Callable[[Exchange], None]) -> None:
    """Keys get through in one way or another, or nobody offered events."""
    talk = Exchange()
    story(talk)
    assert findings_of(talk, NAME) == []
