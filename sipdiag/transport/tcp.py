"""TCP connections: how each fared, and the streams of those that carry signalling (RFC 9293)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipdiag.transport.delivery import Connection, StreamData
from sipdiag.transport.segments import ACK, FIN, RST, SYN
from sipdiag.transport.stream import HALF, WRAP, Hoard, Stream, may_be_keep_alive

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sipdiag.defect import Defects
    from sipdiag.transport.segments import Segment

MOST_OPEN = 65_536
"""Connections without signalling that are remembered; beyond, the oldest is given up."""
MOST_SIGNALLING = 65_536
"""Connections with signalling that are followed at a time; beyond, the oldest is given up."""
MOST_FAILED = 65_536
"""Connections that were refused or never answered that are kept; more would say nothing new."""
OPEN = f"TCP connections without SIP at a time, more than {MOST_OPEN}"
SIGNALLING = f"TCP connections with SIP at a time, more than {MOST_SIGNALLING}"
FAILED = f"TCP connections that came to nothing, more than {MOST_FAILED}"
MOST_ENDS = 4_096
"""Connections with only an end, or only a beginning, that are kept: another capture may have the rest."""
FARTHEST_BEGIN = 1 << 16
"""Signalling that is recognised at most so many bytes behind the SYN is read from the SYN on."""

Pair = tuple[str, str]
"""Two endpoints: those of a connection in alphabetical order, or source and destination of a stream."""


class _Tracked:
    """A connection and its two streams."""

    def __init__(self, connection: Connection, sequence: int | None) -> None:
        self.connection = connection
        self.sequence = sequence
        """Sequence number of its SYN, which tells a retransmitted SYN from that of the next connection."""
        self.streams: dict[str, Stream] = {}
        self.begins: dict[str, int] = {}
        """Sequence number of the first byte of each side, where its SYN was seen."""

    def stream(self, segment: Segment, hoard: Hoard, lowest: int | None) -> Stream:
        source = segment.source
        if source not in self.streams:
            begin = self.begins.get(source)
            at = segment.sequence + (1 if segment.flags & SYN else 0)
            if begin is not None and (at - begin) % WRAP > FARTHEST_BEGIN:
                begin = None  # recognised long after it began, so that nothing is left of its beginning
            begin = lowest if begin is None else begin
            number = self.connection.number
            opened = source in self.begins
            self.streams[source] = Stream(source, segment.destination, number, hoard, begin=begin, opened=opened)
        return self.streams[source]

    def close(self, frame: int, time: int) -> Iterator[StreamData]:
        for stream in self.streams.values():
            yield from stream.close(frame, time)


class Connections:
    """All TCP connections of a capture, as far as they matter."""

    def __init__(self, defects: Defects) -> None:
        self._defects = defects
        self._signalling: dict[Pair, _Tracked] = {}
        self._others: dict[Pair, _Tracked] = {}
        self._past: list[Connection] = []
        self._failed = 0
        self._number = 0
        self._ends: dict[Pair, Connection] = {}
        """Connections of which only the end is in the capture."""
        self._recognized: set[Pair] = set()
        self._lowest: dict[Pair, int] = {}
        """Source and destination → sequence number of the first byte, where that was not the first to come."""
        self._hoard = Hoard()
        self._last = (0, 0)

    def recognize(self, source: str, destination: str) -> None:
        """Count the connections between two endpoints, from now on, as signalling."""
        self._recognized.add(_pair(source, destination))

    def foresee(self, segments: Iterable[Segment], recognized: set[Pair]) -> None:
        """Look through the segments of connections that were just recognised, before they are added one by one.

        A stream whose SYN was not seen may have come out of order: it begins with its lowest sequence number, not with
        its first segment.
        """
        first: dict[Pair, int] = {}
        begun: set[Pair] = set()
        for segment in segments:
            ends = (segment.source, segment.destination)
            if ends not in recognized and ends[::-1] not in recognized:
                continue
            if segment.flags & SYN:
                begun.add(ends)  # what follows begins behind it
            elif segment.payload and ends not in begun and not may_be_keep_alive(segment):
                known = self._lowest.get(ends, first.setdefault(ends, segment.sequence))
                if (
                    0 < (known - segment.sequence) % WRAP < HALF
                    and (first[ends] - segment.sequence) % WRAP <= FARTHEST_BEGIN
                ):
                    self._lowest[ends] = segment.sequence

    def add(self, segment: Segment) -> Iterator[StreamData]:
        """Take the next segment in order of capture; yield the stream data that it completes."""
        self._last = (segment.frame, segment.time)
        pair = _pair(segment.source, segment.destination)
        tracked = self._signalling.get(pair) or self._others.get(pair)
        opens = segment.flags & SYN and not segment.flags & ACK
        if opens and tracked and tracked.sequence != segment.sequence:
            yield from self._closed(pair, tracked, segment)
            tracked = None
        if tracked is None:
            if not segment.flags & SYN and pair not in self._recognized:
                self._note_end(pair, segment)
                return
            tracked = self._opened(pair, segment)
        if segment.flags & SYN:
            tracked.begins[segment.source] = (segment.sequence + 1) % WRAP
        _note(tracked.connection, segment)
        if pair in self._recognized:
            if not tracked.connection.signalling:
                tracked.connection.signalling = True
                self._signalling[pair] = self._others.pop(pair)
                if len(self._signalling) > MOST_SIGNALLING:
                    yield from self._give_way(segment)
            yield from self._streamed(tracked, segment)

    def number(self, source: str, destination: str) -> int:
        """Give the number of the connection between two endpoints; 0 where none is remembered."""
        pair = _pair(source, destination)
        tracked = self._signalling.get(pair) or self._others.get(pair)
        return 0 if tracked is None else tracked.connection.number

    def unrecognized(self, segments: list[Segment]) -> list[StreamData]:
        """Give what one side sent on a connection without signalling, in sequence; pieces behind a gap come last.

        Where its SYN was seen, an empty piece at the sequence number of the first byte comes first.
        """
        first = segments[0]
        tracked = self._others.get(_pair(first.source, first.destination))
        begin = None if tracked is None else tracked.begins.get(first.source)
        opened = [] if begin is None else [_nothing(first.source, first.destination, 0, begin, first.time)]
        if begin is None:
            begin = min((each.sequence for each in segments), key=lambda at: (at - first.sequence + HALF) % WRAP)
        stream = Stream(first.source, first.destination, 0, Hoard(), begin=begin)
        found = [data for segment in segments for data in stream.add(segment)]
        return [*opened, *(data for data in (*found, *stream.close(*self._last)) if data.payload)]

    def unbegun(self) -> Iterator[StreamData]:
        """Give an empty piece for each side of a connection with signalling that has sent nothing behind its SYN."""
        for pair, tracked in self._signalling.items():
            for source, begin in tracked.begins.items():
                stream = tracked.streams.get(source)
                if stream is None or stream.is_at(begin):
                    destination = pair[0] if source == pair[1] else pair[1]
                    time = tracked.connection.syn_time or self._last[1]
                    yield _nothing(source, destination, tracked.connection.number, begin, time)

    def finish(self) -> Iterator[StreamData]:
        """Yield what is still held back, and the end of every stream."""
        for tracked in self._signalling.values():
            yield from tracked.close(*self._last)

    def all(self) -> list[Connection]:
        """Give the connections with signalling and those that never came about, in the order in which they began."""
        under_way = [tracked.connection for tracked in (*self._signalling.values(), *self._others.values())]
        kept = [connection for connection in under_way if connection.signalling or _failed(connection)]
        return sorted(self._past + kept, key=lambda connection: connection.number)

    def parts(self) -> list[Connection]:
        """Give the connections without signalling that another capture may have more of: open ones, and mere ends."""
        under_way = [each.connection for each in self._others.values()]
        still_open = [each for each in under_way if each.fin_frame is None and each.reset_frame is None]
        begun = [each for each in still_open if each.established_frame is not None]
        return [*self._ends.values(), *begun[-MOST_ENDS:]]

    def _note_end(self, pair: Pair, segment: Segment) -> None:
        """Note the end of a connection whose beginning is not in the capture."""
        ended = self._ends.get(pair)
        if ended is None:
            if len(self._ends) >= MOST_ENDS:
                return
            ended = self._ends[pair] = Connection(number=0, client=segment.source, server=segment.destination)
        _note(ended, segment)

    def _opened(self, pair: Pair, segment: Segment) -> _Tracked:
        self._number += 1
        from_server = segment.flags & SYN and segment.flags & ACK
        client, server = (segment.destination, segment.source) if from_server else (segment.source, segment.destination)
        opens = segment.flags & SYN and not from_server
        connection = Connection(number=self._number, client=client, server=server)
        self._others[pair] = tracked = _Tracked(connection, segment.sequence if opens else None)
        if len(self._others) > MOST_OPEN:
            oldest = next(iter(self._others))
            given_up = self._others.pop(oldest).connection
            if given_up.fin_frame is None and given_up.reset_frame is None and not _failed(given_up):
                self._defects.reach(OPEN, segment.frame)
            self._keep(given_up)
        return tracked

    def _closed(self, pair: Pair, tracked: _Tracked, segment: Segment) -> Iterator[StreamData]:
        """End a connection, because its ports begin another one."""
        yield from tracked.close(segment.frame, segment.time)
        (self._signalling if tracked.connection.signalling else self._others).pop(pair)
        self._keep(tracked.connection)

    def _give_way(self, segment: Segment) -> Iterator[StreamData]:
        """Give up the connection that began first, and note that."""
        self._defects.reach(SIGNALLING, segment.frame)
        pair, oldest = next(iter(self._signalling.items()))
        yield from self._closed(pair, oldest, segment)

    def _keep(self, connection: Connection) -> None:
        if not connection.signalling:
            if not _failed(connection):
                return
            if self._failed >= MOST_FAILED:
                self._defects.reach(FAILED, connection.syn_frame)
                return
            self._failed += 1
        self._past.append(connection)

    def _streamed(self, tracked: _Tracked, segment: Segment) -> Iterator[StreamData]:
        lowest = self._lowest.pop((segment.source, segment.destination), None)
        stream = tracked.stream(segment, self._hoard, lowest)
        yield from stream.add(segment)
        other = tracked.streams.get(segment.destination)
        if other and segment.flags & ACK:
            yield from other.acknowledged(segment.acknowledgment, segment.frame, segment.time)
        if segment.flags & RST:
            yield from tracked.close(segment.frame, segment.time)


def _nothing(source: str, destination: str, connection: int, sequence: int, time: int) -> StreamData:
    """An empty piece at the sequence number where the first byte of a stream belongs."""
    return StreamData(
        frame=0,
        time=time,
        source=source,
        destination=destination,
        connection=connection,
        payload=b"",
        sequence=sequence,
        opened=True,
    )


def _pair(source: str, destination: str) -> Pair:
    return (source, destination) if source < destination else (destination, source)


def _failed(connection: Connection) -> bool:
    """Tell whether a SYN was refused or never answered."""
    return connection.syn_count > 0 and connection.established_frame is None and connection.fin_frame is None


def _note(connection: Connection, segment: Segment) -> None:
    """Write down what the segment says of the connection's fate."""
    if segment.source == connection.client:
        connection.client_heard = True
    else:
        connection.server_heard = True
    if segment.flags & ACK and not segment.flags & RST:
        if connection.first_acknowledged is None:
            connection.first_acknowledged = segment.acknowledgment
        connection.last_acknowledged = segment.acknowledgment
    if segment.flags & SYN and segment.flags & ACK:
        connection.established_frame = connection.established_frame or segment.frame
    elif segment.flags & SYN:
        connection.syn_count += 1
        if connection.syn_frame is None:
            connection.syn_frame, connection.syn_time = segment.frame, segment.time
    if segment.flags & FIN:
        connection.fin_frame = connection.fin_frame or segment.frame
    if segment.flags & RST and connection.reset_frame is None:
        connection.reset_frame, connection.reset_time = segment.frame, segment.time
        connection.reset_by = segment.source
