"""All TCP streams of a capture that carry SIP: each until it ends, with a bound on the memory of all together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from sipdiag.defect import Defects
from sipdiag.trace.edge import COST, Edge, last_said, unrecognized_edge
from sipdiag.trace.sighting import Sighting
from sipdiag.trace.stream import SipStream
from sipdiag.transport import StreamData

MOST_HELD = 128 << 20
"""Bytes that unfinished messages of all streams may take; beyond, the stream that began first is given up."""
MOST_DEFECTS = 10_000
"""So many defects of streams are kept; more would say nothing new."""
HELD = f"unfinished messages of more than {MOST_HELD >> 20} MB"
MOST_KEPT = 32 << 20
"""Bytes that the edges of streams may take."""
GAPS = f"gaps in TCP streams, more than {MOST_DEFECTS}"

Key = tuple[int, str]
"""Connection and source."""


class SipStreams:
    """Hands stream data to the stream that it belongs to."""

    def __init__(self, capture: int, *, alone: bool = False) -> None:
        """Take the number of the capture, and whether it is `alone`, without others before and behind it."""
        self._capture, self._alone = capture, alone
        self._open: dict[Key, SipStream] = {}
        self._held = 0
        self._kept = 0
        self._finishing = False
        self._said: dict[tuple[str, str], bytes] = {}
        self.edges: list[Edge] = []
        """What is kept of streams for captures before and behind this one; complete after `finish`."""
        self.edges_left_out = 0
        """For how many streams there was no room to keep it."""
        self.defects = Defects()
        """What was wrong with streams; complete after `finish`."""

    def feed(self, data: StreamData) -> Iterator[Sighting]:
        """Yield the messages that `data` completes."""
        key = (data.connection, data.source)
        stream = self._open.get(key)
        if stream is None:
            stream = self._open[key] = SipStream(self._capture)
            if not (data.opened or self._alone):
                self._keep_beginning(stream)
        before = stream.held
        yield from stream.feed(data)
        self._held += stream.held - before
        if (beginning := stream.beginning) is not None and beginning.whole:
            self._kept += COST + len(data.payload)
            if self._kept > MOST_KEPT:
                self._kept -= beginning.give_up()
                self.edges_left_out += 1
        if data.end:
            yield from self._closed(key)
        while self._held > MOST_HELD and self._open:
            self.defects.reach(HELD, data.frame)
            yield from self._closed(next(iter(self._open)))

    def stop(self, unbegun: Iterable[StreamData], sightings: Sequence[Sighting]) -> None:
        """The capture ends: data that is fed from now on had been held back.

        `unbegun` has an empty piece for each stream of which nothing has come; `sightings` are those of all streams.
        """
        self._said = last_said({source for _, source in self._open}, sightings)
        self._finishing = True
        for stream in self._open.values():
            stream.stop()
        for nothing in unbegun:
            stream = self._open[nothing.connection, nothing.source] = SipStream(self._capture)
            stream.stop(nothing)

    def finish(self, unrecognized: Iterable[list[StreamData]] = ()) -> Iterator[Sighting]:
        """Yield the messages that streams broke off in; `unrecognized` streams may be parts of messages as well."""
        for key in list(self._open):
            yield from self._closed(key)
        for found in unrecognized:
            if found:
                self._keep(unrecognized_edge(found))

    def _keep_beginning(self, stream: SipStream) -> None:
        if self._kept < MOST_KEPT:
            stream.keep_beginning()
        else:
            self.edges_left_out += 1

    def _keep(self, edge: Edge) -> None:
        self._kept += edge.size
        if self._kept > MOST_KEPT:
            self.edges_left_out += 1
        else:
            self.edges.append(edge)

    def _closed(self, key: Key) -> Iterator[Sighting]:
        stream = self._open.pop(key)
        self._held -= stream.held
        if stream.beginning is not None and not self._finishing:
            stream.stop(ended=True)
        yield from stream.close()
        self._kept -= 0 if stream.beginning is None else stream.beginning.size
        edge = stream.edge()
        if edge is not None:
            said = self._said.get((edge.source, edge.destination), b"")
            self._keep(replace(edge, said=said) if said else edge)
        for limit, frame in stream.limits:
            self.defects.reach(limit, frame)
        room = max(0, MOST_DEFECTS - len(self.defects))
        self.defects += stream.defects[:room]
        if beyond := stream.defects[room:]:
            self.defects.reach(GAPS, beyond[0].frame, len(beyond))
