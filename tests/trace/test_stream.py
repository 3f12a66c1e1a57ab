"""Tests of `sipdiag.trace.stream`: however a stream is cut into segments, the same messages come out."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sipdiag.trace.stream import SipStream
from sipdiag.transport import StreamData

MESSAGES = [
    b"INVITE sip:b@example.com SIP/2.0\r\nCall-ID: 1\r\nContent-Length: 5\r\n\r\nv=0\r\n",
    b"SIP/2.0 180 Ringing\r\nCall-ID: 1\r\nContent-Length: 0\r\n\r\n",
    b"SIP/2.0 200 OK\r\nCall-ID: 1\r\nContent-Length: 0\r\n\r\n",
]
STREAM = b"\r\n\r\n".join(MESSAGES)


def data(payload: bytes, frame: int, *, gap: bool = False) -> StreamData:
    return StreamData(
        frame=frame, time=frame, source="192.0.2.1:1", destination="192.0.2.2:2", connection=0, payload=payload, gap=gap
    )


@given(st.sets(st.integers(1, len(STREAM) - 1), max_size=12))
def test_any_cut_gives_the_same_messages_with_the_frames_that_held_them(cuts: set[int]) -> None:
    """A message's frames are exactly the segments that held a byte of it; the last one is its frame."""
    edges = [0, *sorted(cuts), len(STREAM)]
    segments = list(pairwise(edges))
    stream = SipStream(0)
    seen = [
        each for number, (begin, end) in enumerate(segments, 1) for each in stream.feed(data(STREAM[begin:end], number))
    ]
    seen += stream.close()
    assert [each.message.head.encode() + b"\r\n\r\n" for each in seen] == [
        part.partition(b"v=0")[0] for part in MESSAGES
    ]
    assert all(each.complete for each in seen)
    at = 0
    for sighting, message in zip(seen, MESSAGES, strict=True):
        begin = STREAM.index(message, at)
        at = begin + len(message)
        held = [number for number, (first, last) in enumerate(segments, 1) if first < at and last > begin]
        assert sighting.frame == held[-1]
        assert sighting.frames == (tuple(held) if len(held) > 1 else ())
    assert stream.defects == []


def test_a_gap_is_a_defect_with_its_place() -> None:
    """Between whom, and in which frame the stream goes on."""
    stream = SipStream(0)
    stream.feed(data(MESSAGES[1], 1))
    assert [each.frame for each in stream.feed(data(MESSAGES[2], 5, gap=True))] == [5]
    (defect,) = stream.defects
    assert (defect.kind, defect.frame, defect.detail) == ("stream-gap", 5, "192.0.2.1:1 → 192.0.2.2:2")


def test_bytes_that_are_no_sip_are_counted() -> None:
    """What was passed over to find a start line again is told once, at the end."""
    stream = SipStream(0)
    assert stream.feed(data(b"GARBAGE\x00\x01\r\n" + MESSAGES[1], 1))
    assert stream.close() == []
    assert [(defect.kind, defect.frame) for defect in stream.defects] == [("stream-not-sip", 1)]
