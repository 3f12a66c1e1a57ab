"""One direction of a TCP connection, put in sequence: each byte once, the first copy wins (RFC 9293 section 3.10)."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from sipdiag.transport.delivery import StreamData
from sipdiag.transport.segments import FIN, SYN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sipdiag.transport.segments import Segment

MOST_HELD = 256
"""Segments that wait for a missing one before it counts as lost."""
MOST_HELD_BYTES = 1 << 20
"""Bytes of memory that they may take."""
MOST_AWAITING_BYTES = 1 << 22
"""Bytes of memory that segments may take, in any number, while they wait for the first byte of the stream."""
COST = 400
"""Bytes of memory that a segment takes besides its payload."""
MOST_HOARDED_BYTES = 128 << 20
"""Bytes of memory that all streams together may hold back."""
FAR_BEHIND = 1 << 26
"""A segment that begins so far before the next byte is no retransmission: it is of another stream on the same ports."""
WRAP = 1 << 32
HALF = 1 << 31


def may_be_keep_alive(segment: Segment) -> bool:
    """Tell whether a segment is a single byte, and not a letter or digit, which may be the first byte of a message."""
    alone = len(segment.payload) + segment.cut == 1 and not segment.flags & SYN
    return alone and not segment.payload.isalnum()


class Hoard:
    """Bytes of memory that all streams of a capture hold back together."""

    def __init__(self) -> None:
        self.bytes = 0


class Stream:
    """Takes the segments of one direction in order of capture and gives their bytes in order of sequence.

    Positions are sequence numbers that do not wrap: they go on counting beyond 2^32.
    """

    def __init__(
        self,
        source: str,
        destination: str,
        connection: int,
        hoard: Hoard,
        *,
        begin: int | None = None,
        opened: bool = False,
    ) -> None:
        self._source, self._destination, self._connection = source, destination, connection
        self._hoard, self._opened = hoard, opened
        self._next = self._begin = begin
        self._held: list[tuple[int, int, Segment]] = []
        """Heap of the segments that came too early: position, frame, segment."""
        self._held_bytes = 0
        self._end: int | None = None
        """The position of the FIN."""
        self._received = 0
        """The position up to which the other side has acknowledged."""
        self._gap = False
        self._ended = False

    @property
    def waits(self) -> bool:
        """Whether segments are held back because bytes before them are missing."""
        return bool(self._held)

    def is_at(self, sequence: int) -> bool:
        """Tell whether the byte with that number is the next."""
        return self._next == sequence and not self._ended

    def add(self, segment: Segment) -> Iterator[StreamData]:
        """Take a segment; yield what it puts in sequence."""
        size = len(segment.payload) + segment.cut
        begin = segment.sequence + (1 if segment.flags & SYN else 0)
        if self._ended or not (size or segment.flags & (SYN | FIN)):
            return
        if self._next is None:
            # In a stream that is seen from its middle on: a keep-alive repeats the byte before the next one.
            self._next = begin + 1 if may_be_keep_alive(segment) else begin
            self._begin = self._next if segment.flags & SYN else None
        at = self._position(begin)
        if at + FAR_BEHIND < self._next:
            yield from self._flushed(segment.frame, segment.time)
            self._next, self._gap, self._end = at, True, None
        if size:
            heapq.heappush(self._held, (at, segment.frame, segment))
            self._count(len(segment.payload) + COST)
        if segment.flags & FIN:
            self._end = at + size
        yield from self._in_sequence(segment.frame, segment.time)
        while self._held and self._holds_too_much():
            yield from self._beyond_gap(segment.frame, segment.time)

    def acknowledged(self, number: int, frame: int, time: int) -> Iterator[StreamData]:
        """Take an acknowledgment of the other side: what it has received will not come again."""
        if self._next is None:
            return
        self._received = max(self._received, self._position(number))
        while self._held and self._received >= self._held[0][0]:
            yield from self._beyond_gap(frame, time)

    def close(self, frame: int, time: int) -> Iterator[StreamData]:
        """Give what is still held back, and the end."""
        if self._next is None or self._ended:
            return
        yield from self._flushed(frame, time)
        if not self._ended:  # what was held may have led up to the FIN
            self._ended = True
            # A FIN takes one sequence number: what was acknowledged and not seen may be the FIN alone.
            self._gap |= self._next < (self._end or 0) or self._next + 1 < self._received
            yield self._data(frame, time, b"", end=True)

    def _count(self, size: int) -> None:
        self._held_bytes += size
        self._hoard.bytes += size

    def _holds_too_much(self) -> bool:
        if self._hoard.bytes > MOST_HOARDED_BYTES:
            return True
        if self._begin is not None and self._next == self._begin:
            return self._held_bytes > MOST_AWAITING_BYTES
        return len(self._held) > MOST_HELD or self._held_bytes > MOST_HELD_BYTES

    def _position(self, sequence: int) -> int:
        following = self._next or 0
        return following + (sequence - following + HALF) % WRAP - HALF

    def _flushed(self, frame: int, time: int) -> Iterator[StreamData]:
        while self._held:
            yield from self._beyond_gap(frame, time)

    def _beyond_gap(self, frame: int, time: int) -> Iterator[StreamData]:
        """Give up what is missing before the first segment held."""
        self._next, self._gap = self._held[0][0], True
        yield from self._in_sequence(frame, time)

    def _in_sequence(self, frame: int, time: int) -> Iterator[StreamData]:
        while self._held and self._held[0][0] <= (self._next or 0):
            at, _, segment = heapq.heappop(self._held)
            self._count(-len(segment.payload) - COST)
            end = at + len(segment.payload) + segment.cut
            if end <= (self._next or 0):
                continue
            payload = segment.payload[(self._next or 0) - at :]
            if payload:
                yield self._data(segment.frame, segment.time, payload)
            self._next = end
            self._gap = bool(segment.cut) or (self._gap and not payload)
        if self._end is not None and (self._next or 0) >= self._end and not self._ended:
            self._ended = True
            self._held.clear()
            self._count(-self._held_bytes)
            yield self._data(frame, time, b"", end=True)

    def _data(self, frame: int, time: int, payload: bytes, *, end: bool = False) -> StreamData:
        return StreamData(
            frame=frame,
            time=time,
            source=self._source,
            destination=self._destination,
            connection=self._connection,
            payload=payload,
            gap=self._gap,
            end=end,
            sequence=(self._next or 0) % WRAP,
            opened=self._opened,
        )
