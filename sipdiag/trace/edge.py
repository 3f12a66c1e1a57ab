"""What a capture keeps of TCP streams at its beginning and its end, for the captures before and behind it.

A capture is read by itself. Of each direction of a connection it keeps the first pieces, until it is certain where
messages begin, and the last ones, from the last such place on. With both it keeps which messages were made of them, so
that these can be taken back.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import islice

import msgspec

from sipdiag.trace.sighting import Sighting
from sipdiag.transport import StreamData

WRAP = 1 << 32
"""TCP sequence numbers are counted modulo this."""
MOST_GIVEN = 3
"""After so many whole messages it is certain where messages begin, even in a stream that began in the middle of one."""
LONGEST_BEGINNING = 1 << 20
"""Bytes that are kept of the beginning of a stream: no message is as long."""
MOST_SAID = 3
"""So many of the last messages of a stream are kept, so that they are recognised when they are sent again."""
LONGEST_SAID = 8_192
"""Bytes that such a message has at most."""
MOST_LOOKED_AT = 20_000
"""So many of the last messages of the capture are searched for them."""
COST = 400
"""Bytes of memory that a piece takes besides its payload."""

Mark = tuple[int, bool]
"""Frame of a message, and whether it is complete."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of the beginning of a stream, and the state of the reading after it."""

    data: StreamData
    boundary: int | None
    """Sequence number of the first byte behind the last message; None while the next start line is looked for."""
    given: int
    """Messages made so far."""
    gaps: int
    """Gaps met so far."""
    skipped: int
    """Bytes passed over so far."""

    @property
    def end(self) -> int:
        """Sequence number of the first byte behind the piece."""
        return end_of(self.data)


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """One direction of a TCP connection where a capture begins and where it ends."""

    source: str
    destination: str
    opened: bool
    """Whether its SYN is in the capture, so that nothing in an earlier one belongs to it."""
    ended: bool
    """Whether it was closed or reset before the capture ended."""
    steps: list[Step]
    """The pieces that it begins with."""
    whole: bool
    """Whether these are all pieces that came in sequence."""
    recognized: bool = True
    """Whether signalling was recognised in it."""
    given: list[Mark] = []
    """The messages that were made of the beginning."""
    gaps: list[int] = []
    """Frames of the gaps in the beginning."""
    tail: list[StreamData] = []
    """The pieces that it ends with: from the last boundary on, and the last piece in any case."""
    boundary: int | None = None
    """Sequence number behind the last message; None where the next start line was looked for."""
    late: list[StreamData] = []
    """Pieces behind a gap that was not filled when the capture ended."""
    late_given: list[Mark] = []
    """The messages that were made of the tail and the late pieces because nothing followed."""
    late_gaps: list[int] = []
    """Frames of the gaps before the late pieces."""
    skipped: int = 0
    """Bytes passed over before the capture ended."""
    skipped_in_all: int = 0
    """Bytes passed over, those of the tail and the late pieces included."""
    said: bytes = b""
    """Its last messages, parts of which may be sent again."""

    @property
    def end(self) -> int:
        """Sequence number of the byte that comes next."""
        return end_of(self.tail[-1])

    @property
    def last_time(self) -> int:
        """When the last piece came."""
        return max(data.time for data in (*self.tail, *self.late))

    @property
    def is_clean(self) -> bool:
        """Whether it ends between two messages."""
        return self.boundary == self.end and not self.late

    @property
    def size(self) -> int:
        """Bytes of memory, about."""
        pieces = [*(step.data for step in self.steps), *self.tail, *self.late]
        return sum((COST + len(data.payload) for data in pieces), len(self.said))


def end_of(data: StreamData) -> int:
    """The sequence number behind a piece."""
    return (data.sequence + len(data.payload)) % WRAP


class Beginning:
    """Keeps the first pieces of a stream whose SYN is not in the capture."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.given: list[Mark] = []
        self.gaps: list[int] = []
        self._convincing = self.size = 0
        self.whole = True
        """Whether everything so far is kept."""

    def add(self, step: Step, sightings: list[Sighting]) -> None:
        """Take the next piece, and what was made of it."""
        if self._convincing >= MOST_GIVEN or self.size + len(step.data.payload) > LONGEST_BEGINNING:
            self.whole = False
            return
        self.steps.append(step)
        self.size += COST + len(step.data.payload)
        self.given += map(mark_of, sightings)
        self._convincing += sum(bool(each.message.call_id and each.message.cseq_method) for each in sightings)
        if step.data.gap:
            self.gaps.append(step.data.frame)

    def give_up(self) -> int:
        """Keep nothing, for lack of room; give how many bytes that frees."""
        size, self.size, self.whole = self.size, 0, False
        self.steps, self.given, self.gaps = [], [], []
        return size


class Ending:
    """Keeps the last pieces of a stream."""

    def __init__(self, *, tail: list[StreamData], boundary: int | None, skipped: int, ended: bool) -> None:
        self.tail, self.boundary, self.skipped, self.ended = tail, boundary, skipped, ended
        self.late: list[StreamData] = []
        self.given: list[Mark] = []
        self.gaps: list[int] = []

    def add(self, data: StreamData, sightings: list[Sighting]) -> None:
        """Take data that had been held back until the end, and the messages that were made of it."""
        if data.payload:
            self.late.append(data)
        if data.gap:
            self.gaps.append(data.frame)
        self.given += map(mark_of, sightings)


def last_said(sources: Collection[str], sightings: Sequence[Sighting]) -> dict[tuple[str, str], bytes]:
    """The last messages of streams from `sources`, by source and destination."""
    found: dict[tuple[str, str], list[bytes]] = {}
    for seen in islice(reversed(sightings), MOST_LOOKED_AT if sources else 0):
        if seen.transport == "tcp" and seen.complete and seen.source in sources:
            said = found.setdefault((seen.source, seen.destination), [])
            if len(said) < MOST_SAID and len(seen.message.head) + len(seen.message.body) < LONGEST_SAID:
                said.append(seen.message.head.encode("utf-8", "surrogateescape") + b"\r\n\r\n" + seen.message.body)
    return {way: b"".join(reversed(said)) for way, said in found.items()}


def mark_of(seen: Sighting) -> Mark:
    """What tells a message from the others of its stream."""
    return seen.frame, seen.complete


def edge_of(beginning: Beginning | None, ending: Ending, skipped: int) -> Edge:
    """The edge of a stream, from what was kept of its beginning and its end; `skipped` counts all bytes passed over."""
    last = ending.tail[-1]
    return Edge(
        source=last.source,
        destination=last.destination,
        opened=beginning is None,
        ended=ending.ended,
        steps=[] if beginning is None else beginning.steps,
        whole=beginning is not None and beginning.whole,
        given=[] if beginning is None else beginning.given,
        gaps=[] if beginning is None else beginning.gaps,
        tail=ending.tail,
        boundary=ending.boundary,
        late=ending.late,
        late_given=ending.given,
        late_gaps=ending.gaps,
        skipped=ending.skipped,
        skipped_in_all=skipped,
    )


def unrecognized_edge(found: list[StreamData]) -> Edge:
    """The edge of a stream in which no message was recognised: all its pieces, those behind a gap as late ones."""
    before = next((number for number, data in enumerate(found) if data.gap), len(found))
    first = found[0]
    steps = [Step(data=data, boundary=None, given=0, gaps=0, skipped=0) for data in found[:before]]
    return Edge(
        source=first.source,
        destination=first.destination,
        opened=first.opened,
        ended=False,
        steps=steps,
        whole=True,
        recognized=False,
        tail=found[:before],
        boundary=first.sequence,
        late=found[before:],
    )
