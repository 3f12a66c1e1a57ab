"""Tests of `sipdiag.rules.session.codec_mismatch`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from described import VOICE, call, refused, sdp
from exchange import CALLEE, CALLER, Exchange
from sipdiag.rules.session.codec_mismatch import NAME
from verdict import Told, findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable

EVENTS = "\na=rtpmap:101 telephone-event/8000"
OFFER = sdp(f"m=audio 4000 RTP/AVP 0 8 101{EVENTS}")
G729 = "m=audio 4000 RTP/AVP 18\na=rtpmap:18 G729/8000"
WARNING = 'Warning: 305 example.com "Incompatible media format"\r\n'


def by_description(talk: Exchange) -> None:
    refused(talk, OFFER, 488, body=sdp(G729.replace("4000", "0")))


def by_warning(talk: Exchange) -> None:
    refused(talk, OFFER, 606, fields=WARNING)


def foreign(talk: Exchange) -> None:
    call(talk, OFFER, sdp(G729))


def tones_only(talk: Exchange) -> None:
    call(talk, OFFER, sdp(f"m=audio 4000 RTP/AVP 101{EVENTS}"))


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (by_description, ("refused", "error", "certain")),
        (by_warning, ("warned", "error", "certain")),
        (foreign, ("foreign", "error", "likely")),
        (tones_only, ("tones-only", "error", "likely")),
    ],
)
def test_each_way_of_not_fitting_is_told_apart(story: Callable[[Exchange], None], said: Told) -> None:
    """What the refusal says itself is certain; an answer may yet be understood."""
    talk = Exchange()
    story(talk)
    talk.until = 60
    assert told(only_finding_of(talk, NAME)) == said


def test_the_evidence_sets_the_codecs_against_each_other() -> None:
    """Names and clock rates, as both sides list them."""
    talk = Exchange()
    by_description(talk)
    assert only_finding_of(talk, NAME).evidence == {
        "offer_frame": 1,
        "answer_frame": 2,
        "offerer": CALLER,
        "answerer": CALLEE,
        "offered": ["PCMU/8000", "PCMA/8000"],
        "answered": ["G729/8000"],
        "code": 488,
    }


def fits(talk: Exchange) -> None:
    call(talk, OFFER, sdp(VOICE))


def refused_without_a_word(talk: Exchange) -> None:
    refused(talk, OFFER, 488)


def refused_for_something_else(talk: Exchange) -> None:
    refused(talk, OFFER, 488, body=sdp(VOICE), fields='Warning: 370 example.com "Insufficient bandwidth"\r\n')


def busy(talk: Exchange) -> None:
    refused(talk, OFFER, 486, fields=WARNING)


def another_number(talk: Exchange) -> None:
    call(talk, OFFER, sdp("m=audio 4000 RTP/AVP 96\na=rtpmap:96 PCMA/8000"))


def another_name(talk: Exchange) -> None:
    call(talk, sdp(G729), sdp(G729.replace("G729", "G729A")))


def unexplained_number(talk: Exchange) -> None:
    call(talk, OFFER, sdp("m=audio 4000 RTP/AVP 97"))


def rejected(talk: Exchange) -> None:
    call(talk, OFFER, sdp(G729.replace("4000", "0")))


def only_events_offered(talk: Exchange) -> None:
    call(talk, sdp(f"m=audio 4000 RTP/AVP 101{EVENTS}"), sdp(f"m=audio 4000 RTP/AVP 101{EVENTS}"))


def inactive(talk: Exchange) -> None:
    call(talk, OFFER, sdp(G729 + "\na=inactive"))


@pytest.mark.parametrize(
    "story",
    [
        *(fits, refused_without_a_word, refused_for_something_else, busy, another_number, another_name),
        *(unexplained_number, rejected, only_events_offered, inactive),
    ],
)
def test_a_near_miss_is_silent(story: Callable[[Exchange], None]) -> None:
    """A codec is shared, or nothing says that codecs are the reason."""
    talk = Exchange()
    story(talk)
    assert findings_of(talk, NAME) == []
