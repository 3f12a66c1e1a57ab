"""Tests of `sipdiag.trace.packed`: a message that went to another process is the same there."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sipdiag.trace.packed import MOST, ROW, Rows, rows_of, sightings_in
from sipdiag.trace.room import FURTHER
from sipdiag.transport import Datagram

START = st.sampled_from([b"OPTIONS sip:bob@example.com SIP/2.0\r\n", b"SIP/2.0 486 Busy\r\n"])


@given(START, st.binary(max_size=200), st.integers(0, 2**40), st.integers(0, 3))
def test_every_field_comes_back(start: bytes, rest: bytes, time: int, cut: int) -> None:
    """Bytes that are no UTF-8 too; frames are counted from where the other process began."""
    ends = {"source": "192.0.2.1:5060", "destination": "198.51.100.2:5060"}
    datagram = Datagram(frame=7, time=time, payload=start + rest, ip_id=5, cut=cut, **ends)
    rows = Rows()
    assert rows.take([datagram])
    (seen,) = sightings_in(rows.packed, 3, 100)
    assert (seen.capture, seen.frame, seen.time, seen.ip_id, seen.complete) == (3, 107, time, 5, not cut)
    assert (seen.source, seen.destination, seen.transport) == (*ends.values(), "udp")
    assert seen.message.head.encode("utf-8", "surrogateescape").startswith(start.strip())


def test_what_is_no_message_is_left_out() -> None:
    """As in one process."""
    datagram = Datagram(frame=7, time=1, source="192.0.2.1:1", destination="192.0.2.2:2", payload=b"hello")
    assert list(rows_of([datagram])) == []


def test_more_than_two_processes_should_hold_is_told() -> None:
    """Whoever packs them can give up while there is memory."""
    payload = b"OPTIONS sip:bob@example.com SIP/2.0\r\n\r\n" + b"x" * ((MOST // 10 - ROW) // (1 + FURTHER))
    datagram = Datagram(frame=7, time=1, source="192.0.2.1:1", destination="192.0.2.2:2", payload=payload)
    rows = Rows()
    assert [rows.take([datagram]) for _ in range(12)] == [True] * 10 + [False] * 2
