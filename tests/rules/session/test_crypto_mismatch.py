"""Tests of `sipdiag.rules.session.crypto_mismatch`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from described import VOICE, call, refused, sdp
from exchange import Exchange
from sipdiag.rules.session.crypto_mismatch import NAME
from verdict import Told, findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable

SECURE = VOICE.replace("AVP", "SAVP")
KEY = "inline:c2VjcmV0"
ONE = f"\na=crypto:1 AES_CM_128_HMAC_SHA1_80 {KEY}"
TWO = f"\na=crypto:2 AES_CM_128_HMAC_SHA1_32 {KEY}"
DTLS = VOICE.replace("RTP/AVP", "UDP/TLS/RTP/SAVP") + "\na=fingerprint:sha-256 AB\na=setup:"


def contrary(talk: Exchange) -> None:
    refused(talk, sdp(SECURE + ONE), 488, body=sdp(VOICE))


def warned(talk: Exchange) -> None:
    refused(talk, sdp(SECURE + ONE), 488, fields='Warning: 302 example.com "Incompatible transport protocol"\r\n')


def profile(talk: Exchange) -> None:
    call(talk, sdp(SECURE + ONE), sdp(VOICE))


def suite(talk: Exchange) -> None:
    call(talk, sdp(SECURE + ONE), sdp(SECURE + TWO))


def keyless(talk: Exchange) -> None:
    call(talk, sdp(SECURE + ONE), sdp(SECURE))


def setup(talk: Exchange) -> None:
    call(talk, sdp(DTLS + "actpass"), sdp(DTLS + "actpass"))


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (contrary, ("refused", "error", "certain")),
        (warned, ("warned", "error", "likely")),
        (profile, ("profile", "error", "likely")),
        (suite, ("suite", "error", "likely")),
        (keyless, ("keyless", "error", "likely")),
        (setup, ("setup", "error", "likely")),
    ],
)
def test_each_way_of_not_fitting_is_told_apart(story: Callable[[Exchange], None], said: Told) -> None:
    """One encrypts and the other does not, or the keys do not fit."""
    talk = Exchange()
    story(talk)
    talk.until = 60
    assert told(only_finding_of(talk, NAME)) == said


def test_no_key_stands_in_the_evidence() -> None:
    """A report may be sent to others; the key of a call may not."""
    talk = Exchange()
    suite(talk)
    evidence = only_finding_of(talk, NAME).evidence
    assert evidence["offered_keys"] == ["crypto:1 AES_CM_128_HMAC_SHA1_80"]
    assert evidence["answered_keys"] == ["crypto:2 AES_CM_128_HMAC_SHA1_32"]
    assert "c2VjcmV0" not in str(evidence)


def clear(talk: Exchange) -> None:
    call(talk, sdp(VOICE), sdp(VOICE))


def chosen(talk: Exchange) -> None:
    call(talk, sdp(SECURE + ONE + TWO), sdp(SECURE + TWO))


def wrong_tag(talk: Exchange) -> None:
    call(talk, sdp(SECURE + ONE), sdp(SECURE + ONE.replace("crypto:1", "crypto:2")))


def optional(talk: Exchange) -> None:
    call(talk, sdp(VOICE + ONE), sdp(SECURE + ONE))


def handshake(talk: Exchange) -> None:
    call(talk, sdp(DTLS + "actpass"), sdp(DTLS + "active"))


def rejected(talk: Exchange) -> None:
    call(talk, sdp(SECURE + ONE, VOICE), sdp(SECURE.replace("4000", "0"), VOICE))


def refused_for_codecs(talk: Exchange) -> None:
    refused(talk, sdp(SECURE + ONE), 488, body=sdp(SECURE))


def choice_refused(talk: Exchange) -> None:
    refused(talk, sdp(SECURE + ONE, VOICE), 488, body=sdp(VOICE))


@pytest.mark.parametrize(
    "story", [clear, chosen, wrong_tag, optional, handshake, rejected, refused_for_codecs, choice_refused]
)
def test_a_near_miss_is_silent(story: Callable[[Exchange], None]) -> None:
    """Both sides do the same, or nothing says that encryption is the reason."""
    talk = Exchange()
    story(talk)
    assert findings_of(talk, NAME) == []
