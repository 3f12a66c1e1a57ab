"""Tests of `sipdiag.extract.silence`: media of the same shape, in which nobody says anything."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.extract.pseudonyms import Pseudonyms
from sipdiag.extract.silence import silenced
from talking import rtcp, rtp

NAMES = Pseudonyms(b"0123456789abcdef")
CODECS = {0: "PCMU", 8: "PCMA", 18: "G729", 101: "telephone-event", 96: "opus"}


@pytest.mark.parametrize(("kind", "octet"), [(0, b"\xff"), (8, b"\xd5"), (18, b"\0"), (96, b"\0"), (77, b"\0")])
def test_speech_becomes_silence(kind: int, octet: bytes) -> None:
    """That of the codec where it has one; the header, by which loss and jitter are measured, stays."""
    packet = rtp(7, kind=kind, payload=b"speech" * 20)
    told = silenced(packet, CODECS, NAMES)
    assert told == packet[:12] + octet * 120


def test_keys_become_zeros() -> None:
    """Which key it was goes; that it was one, how long and how loud stays (RFC 4733, section 2.3)."""
    told = silenced(rtp(1, kind=101, payload=bytes([7, 0x8A, 3, 32])), CODECS, NAMES)
    assert told is not None
    assert told[12:] == bytes([0, 0x8A, 3, 32])


def test_extensions_and_padding_keep_their_place() -> None:
    """Contributing sources stay, what an extension holds goes, the count of padding stays."""
    head = struct.pack("!BBHII", 0x80 | 0x30 | 1, 0, 1, 2, 3) + b"CSRC" + struct.pack("!HH", 0xBEDE, 1) + b"name"
    told = silenced(head + b"speech\0\2", CODECS, NAMES)
    assert told == head[:-4] + bytes(4) + b"\xff" * 7 + b"\2"


def test_reports_lose_their_names_only() -> None:
    """Receiver reports stay; the canonical name becomes as long a nothing; the packet is as long as it was."""
    packet = rtcp(0x1234)
    told = silenced(packet, CODECS, NAMES)
    assert told is not None
    assert len(told) == len(packet)
    assert told[:8] == packet[:8]
    assert b"alice" not in told
    assert b"host" not in told
    assert told[8:18] == packet[8:18]


def test_goodbyes_and_applications_say_nothing() -> None:
    """A reason for leaving, and what somebody added."""
    bye = struct.pack("!BBHI", 0x81, 203, 3, 1) + b"\x06secret\0"
    extra = struct.pack("!BBHI4s", 0x80, 204, 3, 1, b"name") + b"secr"
    told = silenced(bye + extra, CODECS, NAMES)
    assert told is not None
    assert b"secr" not in told
    assert len(told) == len(bye + extra)
    assert told[:9] == bye[:9]


@pytest.mark.parametrize("payload", [b"", b"\x80", b"\x00\x01" + bytes(20), b"\x16\xfe\xfd" + bytes(20)])
def test_what_is_neither_is_left_out(payload: bytes) -> None:
    """STUN, DTLS and stray bytes hold addresses and certificates."""
    assert silenced(payload, CODECS, NAMES) is None


@given(st.binary(min_size=8, max_size=80).map(lambda data: bytes([data[0] & 0x3F | 0x80]) + data[1:]))
def test_nothing_makes_it_raise_or_longer(payload: bytes) -> None:
    """Whatever the lengths in it claim."""
    told = silenced(payload, CODECS, NAMES)
    assert told is not None
    assert len(told) == len(payload)
