"""Tests of `sipdiag.extract.bodies`: each kind of body keeps what the protocol reads in it."""

from __future__ import annotations

import pytest

from sipdiag.extract.bodies import Bodies
from sipdiag.extract.pseudonyms import Pseudonyms
from sipdiag.extract.rewriting import Rewriting
from sipdiag.extract.wording import Wording
from sipdiag.media import parse_sdp

SDP = (
    "v=0\r\no=alice 53655765 2353687637 IN IP4 8.8.8.8\r\ns=Talk of Alice\r\ni=About money\r\n"
    "u=http://provider.com/x\r\n"
    "e=alice@provider.com\r\nc=IN IP4 8.8.8.8\r\nt=0 0\r\nm=audio 49172 RTP/SAVP 0 101\r\n"
    "a=rtpmap:101 telephone-event/8000\r\n"
    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20|1:32\r\n"
    "a=ice-ufrag:8hhY\r\na=ice-pwd:asd88fgpdd777uzjYhagZg\r\na=candidate:1 1 UDP 2130706431 9.9.9.9 49172 typ host\r\n"
    "a=rtcp:49173 IN IP4 9.9.9.9\r\na=fingerprint:sha-256 12:DF:3E:5D:49\r\na=ssrc:1234 cname:alice@pc\r\n"
    "a=x-vendor:Alice\r\na=ptime:20\r\na=sendonly\r\n"
)


@pytest.fixture
def bodies() -> Bodies:
    """Under one key."""
    names = Pseudonyms(b"0123456789abcdef")
    return Bodies(names, Wording(names), Rewriting(names).part)


def test_a_description_offers_the_same(bodies: Bodies) -> None:
    """Streams, ports, codecs, directions; not who, where, or with which keys."""
    told = bodies.body(SDP.encode(), "application/sdp").decode()
    for gone in ["alice", "provider", "8.8.8.8", "9.9.9.9", "money", "d0Rmdmc", "8hhY", "asd88", "12:DF:3E", "Talk"]:
        assert gone.lower() not in told.lower(), gone
    (before,), (after,) = parse_sdp(SDP.encode()).media, parse_sdp(told.encode()).media
    for name in ("kind", "port", "protocol", "formats", "codecs", "direction", "ptime"):
        assert getattr(after, name) == getattr(before, name)
    assert [each.suite for each in after.crypto] == [each.suite for each in before.crypto]
    assert [each.port for each in after.candidates] == [49172]
    assert after.rtcp is not None
    assert after.rtcp[0] == 49173
    assert parse_sdp(told.encode()).origin_version == parse_sdp(SDP.encode()).origin_version
    assert [line[:2] for line in told.splitlines()] == [line[:2] for line in SDP.splitlines()]


def test_addresses_on_hold_stay_on_hold(bodies: Bodies) -> None:
    """0.0.0.0 means no media (RFC 3264, section 8.4)."""
    assert b"c=IN IP4 0.0.0.0" in bodies.body(b"v=0\r\nc=IN IP4 0.0.0.0\r\n", "application/sdp")


def test_digits_that_were_keyed_are_hidden(bodies: Bodies) -> None:
    """As INFO carries them."""
    told = bodies.body(b"Signal=7\r\nDuration=160\r\n", "application/dtmf-relay")
    assert told == b"Signal=0\r\nDuration=160\r\n"
    assert bodies.body(b"9", "application/dtmf") == b"0"


def test_parts_are_taken_each_by_its_type(bodies: Bodies) -> None:
    """The boundary stays, the header fields of each part too."""
    body = f"--b1\r\nContent-Type: application/sdp\r\n\r\n{SDP}\r\n--b1\r\n"
    body += "Content-Type: text/plain\r\n\r\nHi Alice\r\n--b1--\r\n"
    told = bodies.body(body.encode(), 'multipart/mixed;boundary="b1"').decode()
    assert told.count("--b1") == 3
    assert "m=audio 49172" in told
    assert "Alice" not in told
    assert "8.8.8.8" not in told


def test_fragments_of_messages_are_messages(bodies: Bodies) -> None:
    """As NOTIFY of a transfer carries them."""
    told = bodies.body(b"SIP/2.0 180 Ringing\r\nTo: <sip:alice@8.8.8.8>\r\n", "message/sipfrag;version=2.0").decode()
    assert told.startswith("SIP/2.0 180 Ringing\r\nTo: <sip:")
    assert "alice" not in told


def test_markup_keeps_its_elements_and_states(bodies: Bodies) -> None:
    """Presence and dialogs: open, confirmed; not whose."""
    body = (
        '<?xml version="1.0"?><presence entity="sip:alice@provider.com">'
        '<tuple id="a"><status><basic>open</basic></status>'
        "<note>In Paris with Bob</note><contact>sip:alice@8.8.8.8</contact></tuple></presence>"
    )
    told = bodies.body(body.encode(), "application/pidf+xml").decode()
    assert "<basic>open</basic>" in told
    assert [gone for gone in ("alice", "Paris", "Bob", "8.8.8.8", "provider") if gone in told] == []
    assert told.count("<") == body.count("<")


@pytest.mark.parametrize(
    ("body", "kind", "encoding"),
    [
        (b"\x1f\x8b\x08secret", "application/sdp", "gzip"),
        (b"\x01\x00secret", "application/isup", ""),
        (b"secret words", "text/plain", ""),
        (b"secret", "multipart/mixed", ""),
    ],
)
def test_what_cannot_be_read_is_filled(body: bytes, kind: str, encoding: str, bodies: Bodies) -> None:
    """As long as it was, and nothing of it left."""
    told = bodies.body(body, kind, encoding)
    assert len(told) == len(body)
    assert b"secret" not in told
