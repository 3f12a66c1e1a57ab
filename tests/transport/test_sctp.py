"""SCTP; `tests/test_wrappings.py` has a whole conversation."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from sipdiag.transport import sctp
from tests.transport.wire import OPTIONS, Outcome, ethernet, ipv4

if TYPE_CHECKING:
    import pytest

COMMON = struct.pack(">HHII", 5060, 5080, 99, 0)


def data(payload: bytes, sequence: int, *, flags: int = 3, stream: int = 1, kind: int = 0) -> bytes:
    """A DATA chunk."""
    head = struct.pack(">BBHIHHI", kind, flags, 16 + len(payload), sequence, stream, 0, 0)
    return head + payload + bytes(-len(payload) % 4)


def frame(*chunks: bytes) -> bytes:
    """A packet of chunks."""
    return ethernet(ipv4(COMMON + b"".join(chunks), protocol=132))


def test_several_messages_in_one_packet() -> None:
    """Each DATA chunk that is a whole message is one."""
    outcome = Outcome([frame(data(OPTIONS, 1), data(OPTIONS, 2, stream=2))])
    assert [(each.payload, each.transport, each.source) for each in outcome.datagrams] == [
        (OPTIONS, "sctp", "192.0.2.1:5060")
    ] * 2


def test_fragments_are_joined_in_sequence() -> None:
    """Whatever their order, and however they are mixed with those of another stream."""
    parts = [OPTIONS[:9], OPTIONS[9:20], OPTIONS[20:]]
    flags = [2, 0, 1]
    chunks = [data(part, 10 + at, flags=flags[at]) for at, part in enumerate(parts)]
    other = [data(part, 20 + at, flags=flags[at], stream=2) for at, part in enumerate(parts)]
    outcome = Outcome([frame(chunks[2]), frame(other[0]), frame(chunks[0]), frame(chunks[1]), frame(*other[1:])])
    assert [(each.frame, each.payload, each.fragments) for each in outcome.datagrams] == [
        (4, OPTIONS, (3, 4, 1)),
        (5, OPTIONS, (2, 5)),
    ]


def test_interleaved_messages_are_told_apart() -> None:
    """Parts of two messages of one stream in turn, as RFC 8260 allows: each tells its message and its place."""

    def part(payload: bytes, sequence: int, flags: int, message: int, place: int) -> bytes:
        head = struct.pack(">BBHIHHII", 64, flags, 20 + len(payload), sequence, 1, 0, message, place)
        return head + payload + bytes(-len(payload) % 4)

    chunks = [(OPTIONS[:9], 2, 1, 0), (OPTIONS[:20], 2, 2, 0), (OPTIONS[9:], 1, 1, 1), (OPTIONS[20:], 1, 2, 1)]
    frames = [
        frame(part(payload, 7 + at, flags, message, place))
        for at, (payload, flags, message, place) in enumerate(chunks)
    ]
    assert [(each.frame, each.payload) for each in Outcome(frames).datagrams] == [(3, OPTIONS), (4, OPTIONS)]


def test_a_chunk_sent_again_is_no_message_sent_again() -> None:
    """SCTP repeats by itself, under the same number; a user of it that repeats gets another one."""
    outcome = Outcome([frame(data(OPTIONS, 1)), frame(data(OPTIONS, 1)), frame(data(OPTIONS, 2))])
    assert [each.frame for each in outcome.datagrams] == [1, 3]


def test_what_is_no_sip_is_left() -> None:
    """Other users of SCTP are passed over without an object each."""
    assert Outcome([frame(data(b"\x01\x00\x01\x01binary", 1)), frame(data(b"some other text", 2))]).datagrams == []


def test_open_messages_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of more messages under way than are kept the oldest gives way."""
    monkeypatch.setattr(sctp, "MOST_OPEN", 2)
    begun = [frame(data(OPTIONS[:9], 10 * stream, flags=2, stream=stream)) for stream in range(1, 5)]
    ended = [frame(data(OPTIONS[9:], 10 * stream + 1, flags=1, stream=stream)) for stream in (4, 1)]
    assert [each.frame for each in Outcome([*begun, *ended]).datagrams] == [5]


@given(st.binary(max_size=120), st.booleans())
def test_no_bytes_make_it_raise(noise: bytes, whole: bool) -> None:  # noqa: FBT001
    """Any chunks."""
    packet = frame(data(OPTIONS, 1), noise) if whole else ethernet(ipv4(COMMON + noise, protocol=132))
    assert len(Outcome([packet]).datagrams) >= whole


def test_a_message_that_gives_way_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once, with the frame: of too many messages under way, or of too many parts of one; not what is no text."""
    monkeypatch.setattr(sctp, "MOST_OPEN", 2)
    monkeypatch.setattr(sctp, "MOST_PARTS", 3)
    begun = [frame(data(OPTIONS[:9], 10 * stream, flags=2, stream=stream)) for stream in range(1, 5)]
    assert [(each.kind, each.frame) for each in Outcome(begun).defects] == [("limit-reached", 3)]
    parts = [frame(data(b"a part", number, flags=0)) for number in range(1, 9)]
    assert [(each.kind, each.frame) for each in Outcome(parts).defects] == [("limit-reached", 4)]
    assert Outcome([frame(data(b"\xff" * 9, number, flags=0)) for number in range(1, 9)]).defects == []
