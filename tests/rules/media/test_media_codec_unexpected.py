"""Tests of `sipdiag.rules.media.media_codec_unexpected`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from described import sdp
from sipdiag.rules.media.media_codec_unexpected import NAME
from streaming import HERE, OFFER, THERE, TONE, Talk

if TYPE_CHECKING:
    from collections.abc import Callable

PCMA_ONLY = sdp("m=audio 6000 RTP/AVP 8", address=THERE[0])
SECURE = "m=audio 4000 RTP/SAVP 0\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:a"
SECURED = sdp(SECURE.replace("4000", "6000"), address=THERE[0])
TAG = bytes(10)


def foreign() -> Talk:
    return Talk().begin(OFFER, PCMA_ONLY).say(HERE, THERE, 1.1, 4).end(6)


def partly() -> Talk:
    talk = Talk().begin(OFFER, PCMA_ONLY).say(HERE, THERE, 1.1, 3, payload_type=8)
    return talk.say(HERE, THERE, 4.1, 1, first=150).end(6)


def keys() -> Talk:
    talk = Talk().begin(OFFER, PCMA_ONLY).say(HERE, THERE, 1.1, 3, payload_type=8)
    return talk.say(HERE, THERE, 4.1, 0.2, first=150, payload_type=101, payload=b"\x05\x0a\x00\xa0").end(6)


def clear() -> Talk:
    return Talk().begin(sdp(SECURE), SECURED).say(HERE, THERE, 1.1, 4).end(6)


def encrypted() -> Talk:
    return Talk().begin().say(HERE, THERE, 1.1, 4, payload=TONE + TAG).end(6)


@pytest.mark.parametrize(
    ("story", "severity"),
    [(foreign, "error"), (partly, "warning"), (keys, "warning"), (clear, "error"), (encrypted, "error")],
)
def test_each_kind_is_told_apart(story: Callable[[], Talk], severity: str) -> None:
    """All of it or a part, keys, and SRTP where it was not agreed on, or not used."""
    assert story().told(NAME) == [(story.__name__, severity, "likely")]


def test_the_evidence_names_both_lists() -> None:
    """What came, and what the hearer had listed in which frame."""
    (finding,) = foreign().findings(NAME)
    told = finding.evidence
    assert (told["payload_type"], told["codec"], told["listed"], told["told_frame"]) == (0, "PCMU", ["8"], 2)
    assert (told["packets"], told["all_packets"]) == (200, 200)


def listed() -> Talk:
    return Talk().begin().say(HERE, THERE, 1.1, 4, payload_type=8).end(6)


def noise() -> Talk:
    talk = Talk().begin().say(HERE, THERE, 1.1, 3)
    return talk.say(HERE, THERE, 4.1, 1, first=150, payload_type=13, payload=b"\x40").end(6)


def on_its_way() -> Talk:
    talk = Talk().begin(OFFER, PCMA_ONLY).say(HERE, THERE, 1.1, 3, payload_type=8)
    return talk.say(HERE, THERE, 4.1, 0.08, first=150).end(6)


def agreed_later() -> Talk:
    talk = Talk().begin(OFFER, PCMA_ONLY).say(HERE, THERE, 1.1, 3, payload_type=8)
    return talk.hold(4, "a=sendrecv", "a=sendrecv").say(HERE, THERE, 4.2, 2, first=150).end(7)


def secured() -> Talk:
    return Talk().begin(sdp(SECURE), SECURED).say(HERE, THERE, 1.1, 4, payload=TONE + TAG).end(6)


def kept_open() -> Talk:
    talk = Talk().begin().say(HERE, THERE, 1.1, 4)
    return talk.say(HERE, THERE, 1.1, 4, ssrc=9, payload_type=20, payload=b"").end(6)


def encrypted_both_ways() -> Talk:
    talk = Talk().begin().say(HERE, THERE, 1.1, 4, payload=TONE + TAG)
    return talk.say(THERE, HERE, 1.1, 4, ssrc=8, payload=TONE + TAG).end(6)


def of_odd_length() -> Talk:
    return Talk().begin().say(HERE, THERE, 1.1, 4, payload=TONE + bytes(3)).end(6)


@pytest.mark.parametrize(
    "story",
    [listed, noise, on_its_way, agreed_later, secured, kept_open, encrypted_both_ways, of_odd_length],
)
def test_a_near_miss_is_silent(story: Callable[[], Talk]) -> None:
    """What was listed, comfort noise, a few packets, empty ones, keys of ZRTP, and lengths that prove nothing."""
    assert story().told(NAME) == []
