"""One direction of a TCP connection over several captures, read as if they were one.

It goes on in a later capture if the sequence numbers say so and bytes that came twice are equal (RFC 9293, section
3.4). The later capture was read by itself already, from the middle of the stream on. So its beginning is read once
more, until both readings agree on where a message begins; up to there the reading of the chain counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from sipdiag.defect import LIMIT, Defect
from sipdiag.trace.edge import WRAP
from sipdiag.trace.stream import SipStream
from sipdiag.transport import Hoard, Segment, Stream

if TYPE_CHECKING:
    from sipdiag.trace.edge import Edge
    from sipdiag.trace.sighting import Sighting
    from sipdiag.transport import StreamData

HALF = 1 << 31
"""Sequence numbers that are farther apart than this have wrapped around."""
WINDOW = 1 << 20
"""Bytes: no retransmission lies farther back."""
LONGEST = 8 << 20
"""The most bytes that are read once more: no message is as long."""
MOST_UNKNOWN = 1 << 16
"""After so many bytes in which no message was recognised none will be."""
MOST_UNPROVEN = 64
"""How many captures in a row may hold only pieces that are not yet proven to belong to the stream."""
ACK = 0x10
"""The ACK bit of a TCP header (RFC 9293, section 3.1)."""


class Part(NamedTuple):
    """A stream in one capture."""

    number: int
    """The number of the capture."""
    edge: Edge
    follows: bool = False
    """Whether its bytes show that it goes on from an earlier capture."""


class Chain:
    """One direction of a connection over several captures, read as one."""

    def __init__(self, parts: list[Part], begin: int | None = None) -> None:
        """Begin with the end of the first part, and go on with the others, which are known to follow.

        With `begin`, the sequence number of an earlier byte that only a later capture holds, begin there.
        """
        number, edge, _ = parts[0]
        self.begin = begin
        self.parts = [parts[0]]
        self._places: list[tuple[int, int]] = []
        """Capture and frame of each piece; the stream has the index in this list in place of a frame."""
        self.proven = 1
        """How many of the parts, from the first on, are known to belong together."""
        self.broken = False
        """Whether bytes of the stream are missing."""
        pieces = edge.tail if begin is None else [step.data for step in edge.steps]
        known = edge.tail[0].sequence if begin is None else begin
        if begin is None:
            begin = known if edge.boundary is None else edge.boundary
        self._stream = Stream(edge.source, edge.destination, 0, Hoard(), begin=begin)
        self._sip = SipStream(0)
        if edge.boundary is None and self.begin is None:
            self._sip.lose()
        self._known_at = known
        self._known = bytearray(b"".join(each.payload for each in pieces) if self.begin is None else b"")
        self._said = edge.said
        self._begin, self._fed = (None if self.begin is None and edge.boundary is None else begin), False
        self._found: list[Sighting] = []
        for data in (*pieces, *edge.late):
            self._add(number, data)
        for part in parts[1:]:
            self.take(part)

    def take(self, part: Part) -> int | None:
        """Go on with the next capture; give after how many of its steps both readings agree, 0 where they never do.

        None where the part does not follow; then this chain cannot be used any more.
        """
        number, edge, _ = part
        self.parts.append(part)
        proven = False
        for count, step in enumerate(edge.steps, 1):
            fits = self._fits(step.data)
            if fits is None or len(self._known) > (LONGEST if self.recognized else MOST_UNKNOWN):
                return None
            proven |= fits
            self._add(number, step.data)
            self._said += edge.said if count == 1 else b""
            if step.data.gap and count > 1:
                self._feed(self._stream.acknowledged(step.data.sequence, len(self._places) - 1, step.data.time))
            if self.broken and not proven:
                return None
            if proven and self._agrees(step.boundary, step.end):
                return count
        if not edge.whole or len(self.parts) - self.proven > MOST_UNPROVEN:
            return None
        for data in edge.late:
            self._add(number, data)
        if proven:
            self.proven = len(self.parts)
        return 0

    @property
    def recognized(self) -> bool:
        """Whether a message was recognised in the stream."""
        return bool(self._found) or any(part.edge.recognized for part in self.parts)

    def close(self) -> None:
        """No capture follows: finish the stream."""
        self._feed(self._stream.close(len(self._places) - 1, 0))
        self._found += self._sip.close()

    @property
    def sightings(self) -> list[Sighting]:
        """The messages of the stream, each in the capture that completed it."""
        return [self._placed(seen) for seen in self._found]

    @property
    def defects(self) -> list[tuple[int, Defect]]:
        """What was wrong with it, each with its capture."""
        limits = [Defect(kind=LIMIT, detail=f"{name} (1 time)", frame=place) for name, place in self._sip.limits]
        found = []
        for defect in (*self._sip.defects, *limits):
            number, frame = self._places[defect.frame or 0]
            found.append((number, replace(defect, frame=frame)))
        return found

    @property
    def skipped(self) -> int:
        """Bytes passed over."""
        return self._sip.skipped

    def _placed(self, seen: Sighting) -> Sighting:
        number, frame = self._places[seen.frame]
        carriers = [self._places[place] for place in seen.frames]
        here = tuple(carrier for capture, carrier in carriers if capture == number)
        return replace(
            seen,
            capture=number,
            frame=frame,
            frames=here if len(here) > 1 else (),
            elsewhere=tuple(carrier for carrier in carriers if carrier[0] != number),
        )

    def _fits(self, data: StreamData) -> bool | None:
        """Whether a piece is proven to be of this stream; False where it may be, None where it cannot be."""
        ahead = _after(data.sequence, self._known_end)
        if abs(ahead) > WINDOW:
            return None
        if ahead > 0:
            return False  # the bytes before it may still come
        at = _after(data.sequence, self._known_at)
        here, there = data.payload[max(0, -at) :], self._known[max(0, at) :]
        size = min(len(here), len(there))
        if here[:size] != there[:size]:
            return None
        return bool(size) or ahead == 0 or data.payload in self._said

    @property
    def _known_end(self) -> int:
        return (self._known_at + len(self._known)) % WRAP

    def _agrees(self, boundary: int | None, end: int) -> bool:
        """Whether this reading, at `end`, has the last message end at the same `boundary` as the capture's own."""
        settled = boundary is not None and not self._stream.waits and self._known_end == end
        return settled and (self._sip.boundary if self._fed else self._begin) == boundary

    def _add(self, number: int, data: StreamData) -> None:
        """Feed a piece; in place of its frame it gets the index in `_places` of its capture and frame."""
        self._places.append((number, data.frame))
        segment = Segment(
            frame=len(self._places) - 1,
            time=data.time,
            source=data.source,
            destination=data.destination,
            sequence=data.sequence,
            acknowledgment=0,
            flags=ACK,
            payload=data.payload,
        )
        self._feed(self._stream.add(segment))

    def _feed(self, delivered: Iterable[StreamData]) -> None:
        for data in delivered:
            if data.gap:
                self.broken = True
                self._known_at, self._known = data.sequence, bytearray()
            self._known += data.payload[max(0, -_after(data.sequence, self._known_end)) :]
            self._fed = True
            self._found += self._sip.feed(data)


def _after(sequence: int, other: int) -> int:
    """How many bytes `sequence` is ahead of `other`, negative where it is behind, across a wrap-around."""
    return (sequence - other + HALF) % WRAP - HALF
