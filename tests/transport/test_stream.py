"""Streams: one direction of a TCP connection."""

from __future__ import annotations

import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.transport.segments import Segment
from sipdiag.transport.stream import COST, MOST_HELD, Hoard, Stream
from tests.transport.wire import ACK, FIN, SYN

TEXT = bytes(range(256)) * 4


def segment(payload: bytes, sequence: int, *, frame: int = 1, flags: int = ACK, cut: int = 0) -> Segment:
    """Build a segment from `a` to `b`."""
    return Segment(
        frame=frame, time=frame * 1_000, source="a", destination="b", sequence=sequence % 2**32, acknowledgment=0,
        flags=flags, payload=payload, cut=cut,
    )  # fmt: skip


def stream() -> Stream:
    """Give a stream of its own hoard."""
    return Stream("a", "b", 1, Hoard())


@given(
    st.lists(st.tuples(st.integers(0, 1_000), st.integers(1, 200)), max_size=30),
    st.integers(0, 2**32 - 1),
    st.integers(0, 9),
)
def test_any_order_gives_each_byte_once(pieces: list[tuple[int, int]], start: int, seed: int) -> None:
    """Segments in any order, repeated, overlapping, across the wrap of sequence numbers: each byte once, in order."""
    whole = [(at, at + 100) for at in range(0, len(TEXT), 100)] + [(at, at + size) for at, size in pieces]
    random.Random(seed).shuffle(whole)  # noqa: S311
    one, given_out = stream(), b""
    list(one.add(segment(b"", start - 1, flags=SYN)))
    for frame, (at, end) in enumerate(whole):
        for data in one.add(segment(TEXT[at:end], start + at, frame=frame)):
            assert not data.gap
            given_out += data.payload
    assert given_out == TEXT


def test_data_names_its_own_frame() -> None:
    """Data held back for a missing segment keeps the frame and time of its own segment."""
    one = stream()
    list(one.add(segment(b"a", 9, flags=SYN)))
    assert not list(one.add(segment(b"cd", 12, frame=2)))
    pieces = list(one.add(segment(b"b", 11, frame=3)))
    assert [(data.frame, data.time, data.payload) for data in pieces] == [(3, 3_000, b"b"), (2, 2_000, b"cd")]


def test_acknowledged_hole_is_a_gap() -> None:
    """What the receiver has and the capture has not is given up, and the data behind it says so."""
    one = stream()
    list(one.add(segment(b"abcd", 0)))
    list(one.add(segment(b"ijkl", 8, frame=2)))
    assert not list(one.acknowledged(7, 3, 3))
    (data,) = one.acknowledged(8, 3, 3)
    assert (data.payload, data.gap) == (b"ijkl", True)
    (data,) = one.add(segment(b"mnop", 12, frame=4))
    assert not data.gap


def test_waiting_is_bounded() -> None:
    """When too much waits for a missing segment, it counts as lost."""
    one = stream()
    list(one.add(segment(b"abcd", 0)))
    out = [data for i in range(MOST_HELD + 1) for data in one.add(segment(b"x", 5 + i, frame=i))]
    assert len(out) == MOST_HELD + 1
    assert [data.gap for data in out[:2]] == [True, False]


def test_any_number_waits_for_a_known_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    """What came before the first byte waits for it, within the memory that its segments take."""
    hoard = Hoard()
    one = Stream("a", "b", 1, hoard, begin=0)
    assert not [data for at in range(1_500, 0, -1) for data in one.add(segment(b"x", at, frame=at))]
    assert hoard.bytes == 1_500 * (COST + 1)
    assert len(list(one.add(segment(b"x", 0)))) == 1_501
    assert hoard.bytes == 0
    monkeypatch.setattr("sipdiag.transport.stream.MOST_AWAITING_BYTES", 10 * COST)
    short = Stream("a", "b", 1, hoard, begin=0)
    assert [data.gap for at in range(10, 0, -1) for data in short.add(segment(b"x", at, frame=at))][:1] == [True]


def test_hoard_is_bounded() -> None:
    """When all streams together hold too much, the one that adds gives way."""
    hoard = Hoard()
    hoard.bytes = 1 << 40
    one = Stream("a", "b", 1, hoard)
    list(one.add(segment(b"abcd", 0)))
    (data,) = one.add(segment(b"x", 9))
    assert data.gap
    assert hoard.bytes == 1 << 40


def test_keep_alive_is_no_data() -> None:
    """The byte that a keep-alive repeats is not given again, not even when the capture begins with it."""
    one = stream()
    list(one.add(segment(b"abcd", 0)))
    assert not list(one.add(segment(b"\0", 3)))
    late = stream()
    assert not list(late.add(segment(b"\0", 99)))
    assert [data.payload for data in late.add(segment(b"abcd", 100))] == [b"abcd"]


def test_end_waits_for_missing_data() -> None:
    """A FIN ends the stream once everything before it is there, and only once."""
    one = stream()
    list(one.add(segment(b"ab", 0)))
    assert not list(one.add(segment(b"ef", 4, flags=FIN | ACK, frame=2)))
    last = list(one.add(segment(b"cd", 2, frame=3)))
    assert [(data.payload, data.end) for data in last] == [(b"cd", False), (b"ef", False), (b"", True)]
    assert not list(one.add(segment(b"ef", 4, flags=FIN | ACK)))
    assert not list(one.close(9, 9))


def test_close_gives_what_is_held() -> None:
    """At the end of the capture what waited comes out behind a gap, then the end."""
    one = stream()
    list(one.add(segment(b"ab", 0)))
    list(one.add(segment(b"ef", 4, frame=2)))
    pieces = list(one.close(7, 7_000))
    assert [(data.frame, data.payload, data.gap, data.end) for data in pieces] == [
        (2, b"ef", True, False),
        (7, b"", False, True),
    ]


def test_snap_length_leaves_a_gap() -> None:
    """Bytes that the snap length cut off are a gap before the next segment."""
    one = stream()
    list(one.add(segment(b"ab", 0, cut=10)))
    (data,) = one.add(segment(b"next", 12))
    assert (data.payload, data.gap) == (b"next", True)


@pytest.mark.parametrize("jump", [1 << 27, 1 << 30])
def test_another_stream_begins_far_behind(jump: int) -> None:
    """What begins far before the next byte is not dropped as a retransmission."""
    one = stream()
    list(one.add(segment(b"abcd", jump)))
    (data,) = one.add(segment(b"efgh", 0))
    assert (data.payload, data.gap) == (b"efgh", True)


@given(
    st.lists(
        st.builds(segment, st.binary(max_size=5), st.integers(0, 2**32 - 1), flags=st.integers(0, 63)), max_size=40
    )
)
def test_any_segments(segments: list[Segment]) -> None:
    """Whatever comes, nothing raises, no more comes out than went in, and nothing stays in the hoard."""
    hoard = Hoard()
    one = Stream("a", "b", 1, hoard)
    numbered = [msgspec.structs.replace(each, frame=frame) for frame, each in enumerate(segments)]
    out = [data for each in numbered for data in one.add(each)] + list(one.close(0, 0))
    assert sum(len(data.payload) for data in out) <= sum(len(each.payload) for each in segments)
    assert sum(data.end for data in out) <= 1
    assert hoard.bytes == 0


@pytest.mark.parametrize(
    ("flags", "at", "acknowledged", "gap"),
    [
        (FIN | ACK, 8, 0, True),
        (FIN | ACK, 4, 5, False),
        (ACK, 4, 8, True),
        (ACK, 4, 5, False),
    ],
)
def test_the_end_tells_what_was_never_seen(flags: int, at: int, acknowledged: int, *, gap: bool) -> None:
    """A FIN that stands further on, or an acknowledgment of more than came; that of a FIN counts one more."""
    one = stream()
    list(one.add(segment(b"abcd", 0)))
    told = [*one.add(segment(b"", at, frame=2, flags=flags)), *one.acknowledged(acknowledged, 3, 3), *one.close(4, 4)]
    assert [data.gap for data in told if data.end] == [gap]
