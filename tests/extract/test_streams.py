"""Tests of `sipdiag.extract.streams`: however a stream was cut, a receiver has the new messages in order."""

from __future__ import annotations

import itertools
import struct

from hypothesis import given
from hypothesis import strategies as st

from sipdiag.capture import Record
from sipdiag.extract.packet import packet_of
from sipdiag.extract.streams import Direction, Segment, segment_of
from tests.transport.wire import ACK, SYN, ethernet, ipv4, tcp

MESSAGES = [
    b"OPTIONS sip:alice@example.com SIP/2.0\r\nCall-ID: 1\r\nContent-Length: 4\r\n\r\nbody",
    b"SIP/2.0 200 OK\r\nCall-ID: 1\r\nContent-Length: 0\r\n\r\n",
    b"BYE sip:b@example.com SIP/2.0\r\nCall-ID: 22\r\nContent-Length: 0\r\n\r\n",
]
WRAP = 1 << 32


def segment(sequence: int, payload: bytes = b"", flags: int = ACK) -> Segment:
    packet = packet_of(
        Record(
            capture=0,
            frame=1,
            time=0,
            link=1,
            data=ethernet(ipv4(tcp(payload, sequence=sequence % WRAP, flags=flags), protocol=6)),
            original=2000,
        )
    )
    told = segment_of(packet)
    assert told is not None
    return told


def longer(data: bytes) -> bytes:
    """As if every address had grown."""
    return data.replace(b"example.com", b"a-much-longer-name.example").replace(b"Call-ID: 22", b"Call-ID: 2")


def received(direction: Direction, segments: list[Segment]) -> bytes:
    """What a receiver puts together from the segments that came of these."""
    there: dict[int, int] = {}
    first = min(direction.sequence(each.sequence) for each in segments if each.payload)
    for each in segments:
        payload = direction.payload(each)
        begin = (direction.sequence(each.sequence) - first) % WRAP
        for offset, octet in enumerate(payload):
            assert there.setdefault(begin + offset, octet) == octet
    assert sorted(there) == list(range(len(there)))
    return bytes(there[place] for place in sorted(there))


@given(
    st.lists(st.integers(1, 220), max_size=12),
    st.integers(1, 1 << 30),
    st.lists(st.integers(0, 9), max_size=5),
)
def test_the_messages_arrive_however_they_are_cut(cuts: list[int], start: int, again: list[int]) -> None:
    """In pieces of any size, with some of them sent twice."""
    stream = b"\r\n\r\n" + b"".join(MESSAGES)
    places = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    pieces = [(one, stream[one:other]) for one, other in itertools.pairwise(places)]
    segments = [segment(start + place, data) for place, data in pieces]
    segments += [segments[number % len(segments)] for number in again]
    direction = Direction(segments, longer)
    assert received(direction, segments) == b"\r\n\r\n" + b"".join(map(longer, MESSAGES))


def test_acknowledgments_follow() -> None:
    """What acknowledges the end of a message acknowledges the end of the new one; numbers wrap around."""
    start = WRAP - 30
    segments = [segment(start, MESSAGES[0]), segment(start + len(MESSAGES[0]), MESSAGES[1])]
    direction = Direction(segments, longer)
    grown = len(longer(MESSAGES[0])) - len(MESSAGES[0])
    assert direction.sequence(start) == start
    assert direction.sequence((start + len(MESSAGES[0])) % WRAP) == (start + len(MESSAGES[0]) + grown) % WRAP
    end = start + len(MESSAGES[0]) + len(MESSAGES[1])
    assert direction.sequence(end % WRAP) == (end + grown) % WRAP
    assert direction.sequence((end + 1) % WRAP) == (end + grown + 1) % WRAP


def test_a_gap_stays_a_gap() -> None:
    """Of the same size: what lies in it is not in the capture."""
    far = 5_000
    segments = [segment(100, MESSAGES[0]), segment(100 + far, MESSAGES[2])]
    direction = Direction(segments, longer)
    grown = len(longer(MESSAGES[0])) - len(MESSAGES[0])
    assert direction.sequence(100 + far) == 100 + far + grown
    assert direction.payload(segments[1]) == longer(MESSAGES[2])


def test_what_is_no_message_becomes_a_filling() -> None:
    """Half of another call's message, between two of this one."""
    segments = [segment(1, b"secret of somebody else\r\n" + MESSAGES[1])]
    told = Direction(segments, longer).payload(segments[0])
    assert b"secret" not in told
    assert told.endswith(MESSAGES[1])


def test_a_syn_counts_as_one() -> None:
    """The first byte follows it (RFC 9293, section 3.4)."""
    opening = segment(99, flags=SYN)
    assert opening.sequence == 100
    assert struct.unpack_from("!I", opening.header, 4) == (99,)


def test_half_a_header_is_no_segment() -> None:
    """Cut off by the snap length."""
    packet = packet_of(
        Record(capture=0, frame=1, time=0, link=1, data=ethernet(ipv4(tcp()[:12], protocol=6)), original=60)
    )
    assert segment_of(packet) is None
