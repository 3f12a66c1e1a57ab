"""Tests of `sipdiag.media.sdp`."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sipdiag.media import Candidate, Codec, Connection, Crypto, Fingerprint, parse_sdp

OFFER = b"""v=0\r
o=alice 2890844526 2890844527 IN IP4 host.example.com\r
s=-\r
c=IN IP4 192.0.2.10\r
t=0 0\r
a=group:BUNDLE a v\r
a=fingerprint:sha-256 AB:CD\r
a=setup:actpass\r
a=sendonly\r
m=audio 16384 UDP/TLS/RTP/SAVPF 111 0 101\r
c=IN IP4 192.0.2.99/127\r
a=mid:a\r
a=rtpmap:111 opus/48000/2\r
a=fmtp:111 useinbandfec=1\r
a=rtpmap:101 telephone-event/8000\r
a=ptime:20\r
a=recvonly\r
a=rtcp:16390 IN IP4 192.0.2.98\r
a=rtcp-mux\r
a=candidate:1 1 UDP 2130706431 10.0.0.1 16384 typ host\r
a=candidate:broken\r
m=video 0 UDP/TLS/RTP/SAVPF 96\r
a=mid:v\r
a=bundle-only\r
m=image 4000 udptl t38\r
a=T38FaxVersion:0\r
"""


def test_what_the_session_says_holds_for_each_stream() -> None:
    """A stream's own connection, direction and the like come before the session's."""
    read = parse_sdp(OFFER)
    audio, video, fax = read.media
    assert audio.connection == Connection(family="IP4", address="192.0.2.99")
    assert video.connection == read.connection == Connection(family="IP4", address="192.0.2.10")
    assert (audio.direction, video.direction) == ("recvonly", "sendonly")
    assert audio.fingerprint == fax.fingerprint == Fingerprint(algorithm="sha-256", value="AB:CD")
    assert audio.setup == "actpass"
    assert read.origin_version == ("2890844526", "2890844527")
    assert (read.version, read.name, read.bundles) == ("0", "-", (("a", "v"),))


def test_a_stream_is_read_with_its_formats() -> None:
    """Rtpmap, fmtp and the static table say what the numbers of the m= line mean."""
    audio, video, fax = parse_sdp(OFFER).media
    assert audio.codecs == (
        Codec(payload_type="111", name="opus", rate=48000, channels=2, parameters="useinbandfec=1"),
        Codec(payload_type="0", name="PCMU", rate=8000),
        Codec(payload_type="101", name="telephone-event", rate=8000),
    )
    assert [codec.name for codec in audio.voices] == ["opus", "PCMU"]
    assert (audio.ptime, audio.rtcp, audio.rtcp_mux) == (20, (16390, "192.0.2.98"), True)
    assert audio.candidates == (Candidate(component="1", transport="udp", address="10.0.0.1", port=16384, kind="host"),)
    assert audio.secure
    assert video.bundle_only
    assert video.codecs[0].name == ""
    assert fax.is_fax
    assert not fax.secure
    assert fax.codecs == ()
    assert fax.attribute("t38faxversion") == "0"
    assert fax.attribute("t38vendorinfo") is None


def test_keys_are_not_kept_with_the_suite() -> None:
    """A report never holds the key of a call."""
    body = b"m=audio 9 RTP/SAVP 0\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:secret\na=crypto:2\n"
    (audio,) = parse_sdp(body).media
    assert audio.crypto == (Crypto(tag="1", suite="AES_CM_128_HMAC_SHA1_80"), Crypto(tag="2", suite=""))
    assert "secret" not in repr(audio.crypto)


def test_what_is_no_description_gives_no_streams() -> None:
    """Nor does a damaged one raise: what cannot be read stays empty."""
    assert parse_sdp(b"").media == ()
    read = parse_sdp(b"hello\r\nm=audio\r\nc=IN\r\na=rtcp:x\r\no=-")
    assert (read.media[0].kind, read.media[0].port, read.media[0].connection) == ("audio", 0, None)
    assert read.origin_version == ("", "")


@given(st.binary() | st.lists(st.sampled_from(OFFER.splitlines(keepends=True))).map(b"".join))
def test_no_body_makes_it_raise(body: bytes) -> None:
    """Capture bytes are hostile."""
    assert len(parse_sdp(body).media) <= body.count(b"m=")
