"""The TCP streams of a call with other messages in them: where each byte goes, and what the numbers become (RFC 9293).

Messages grow and shrink when what they say is replaced. Each segment keeps carrying the part of its message that it
carried; sequence and acknowledgment numbers follow.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Callable, Iterable

import msgspec

from sipdiag.extract.packet import Packet
from sipdiag.extract.rewriting import filling
from sipdiag.sip import Framer

_HALF, _WRAP = 1 << 31, 1 << 32
_SYN = 2


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """One TCP segment."""

    packet: Packet
    header: bytes
    """With options."""
    payload: bytes
    sequence: int
    """Of the first byte of the payload."""


def segment_of(packet: Packet) -> Segment | None:
    """The segment in a packet; None where its header is not all there."""
    data = packet.payload
    length = (data[12] >> 4) * 4 if len(data) >= 20 else 0
    if not 20 <= length <= len(data):
        return None
    (sequence,) = struct.unpack_from("!I", data, 4)
    opens = bool(data[13] & _SYN)
    return Segment(packet=packet, header=data[:length], payload=data[length:], sequence=(sequence + opens) % _WRAP)


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes of a stream without a gap, and what they became."""

    start: int
    """Position of the first byte, counted from the first that was seen."""
    places: list[int]
    """Offsets in the old bytes from which on `bends` hold, ascending, from 0."""
    bends: list[tuple[int, int]]
    """Offset in the new bytes, and bytes until the next place there."""
    length: int
    new: bytes

    def placed(self, offset: int) -> int:
        """Where the byte at `offset` is among the new ones."""
        if offset >= self.length:
            return len(self.new) + offset - self.length
        at = bisect_right(self.places, offset) - 1
        begin, room = self.bends[at]
        return begin + min(offset - self.places[at], room)


class Direction:
    """One direction of a connection."""

    def __init__(self, segments: Iterable[Segment], rewritten: Callable[[bytes], bytes]) -> None:
        listed = list(segments)
        self._base = listed[0].sequence
        self._runs: list[Run] = []
        for start, data in self._pieces(listed):
            self._runs.append(_run(start, data, rewritten))

    def sequence(self, number: int) -> int:
        """What a sequence or acknowledgment number of this direction becomes."""
        return (self._base + self._moved(self._position(number))) % _WRAP

    def payload(self, segment: Segment) -> bytes:
        """What a segment carries now."""
        position, size = self._position(segment.sequence), len(segment.payload)
        for run in self._runs:
            if size and run.start <= position < run.start + run.length:
                offset = position - run.start
                return run.new[run.placed(offset) : run.placed(offset + size)]
        return b""

    def _position(self, number: int) -> int:
        return (number - self._base + _HALF) % _WRAP - _HALF

    def _moved(self, position: int) -> int:
        growth = 0
        for run in self._runs:
            if position < run.start:
                break
            offset = position - run.start
            if offset <= run.length:
                return run.start + growth + run.placed(offset)
            growth += len(run.new) - run.length
        return position + growth

    def _pieces(self, segments: list[Segment]) -> list[tuple[int, bytes]]:
        """The bytes in order, each once, the first copy; a new piece behind each gap."""
        pieces: list[tuple[int, bytearray]] = []
        placed = sorted(
            ((self._position(each.sequence), each.payload) for each in segments if each.payload), key=_first
        )
        for position, payload in placed:
            if pieces and position <= (end := pieces[-1][0] + len(pieces[-1][1])):
                pieces[-1][1].extend(payload[end - position :])
            else:
                pieces.append((position, bytearray(payload)))
        return [(start, bytes(data)) for start, data in pieces]


def _first(placed: tuple[int, bytes]) -> int:
    return placed[0]


def _run(start: int, data: bytes, rewritten: Callable[[bytes], bytes]) -> Run:
    framer = Framer()
    frames = [*framer.feed(data), *framer.close()]
    places, bends, new, at = [0], [], bytearray(), 0
    for begin, end in ((frame.start, frame.end) for frame in frames):
        for first, last, told in ((at, begin, data[at:begin]), (begin, end, None)):
            if last > first:
                piece = filling(told) if told is not None else rewritten(data[first:last])
                bends.append((len(new), len(piece)))
                new += piece
                places.append(last)
        at = max(at, end)
    rest = filling(data[at:])
    bends.append((len(new), len(rest)))
    new += rest
    return Run(start=start, places=places, bends=bends, length=len(data), new=bytes(new))
