"""All TCP streams of a capture that carry SIP: each until it ends, and together no more than a bound."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.defect import Defects
from sipdiag.trace.sighting import Sighting
from sipdiag.trace.stream import SipStream
from sipdiag.transport import StreamData

MOST_HELD = 128 << 20
"""Bytes of unfinished messages, of all streams together; beyond it the stream that began first is given up."""
MOST_DEFECTS = 10_000
"""Gaps and the like, of which more would tell nothing new."""
HELD = f"unfinished messages of more than {MOST_HELD >> 20} MB"
GAPS = f"gaps in TCP streams, more than {MOST_DEFECTS}"

Key = tuple[int, str]
"""Connection and source."""


class SipStreams:
    """Hands stream data to the stream that it belongs to."""

    def __init__(self, capture: int) -> None:
        self._capture = capture
        self._open: dict[Key, SipStream] = {}
        self._held = 0
        self.defects = Defects()
        """What was wrong with streams; complete after `finish`."""

    def feed(self, data: StreamData) -> Iterator[Sighting]:
        """Yield the messages that `data` completes."""
        key = (data.connection, data.source)
        stream = self._open.get(key)
        if stream is None:
            stream = self._open[key] = SipStream(self._capture)
        before = stream.held
        yield from stream.feed(data)
        self._held += stream.held - before
        if data.end:
            yield from self._closed(key)
        while self._held > MOST_HELD and self._open:
            self.defects.reach(HELD, data.frame)
            yield from self._closed(next(iter(self._open)))

    def finish(self) -> Iterator[Sighting]:
        """Yield the messages that streams broke off in."""
        for key in list(self._open):
            yield from self._closed(key)

    def _closed(self, key: Key) -> Iterator[Sighting]:
        stream = self._open.pop(key)
        self._held -= stream.held
        yield from stream.close()
        for limit, frame in stream.limits:
            self.defects.reach(limit, frame)
        room = max(0, MOST_DEFECTS - len(self.defects))
        self.defects += stream.defects[:room]
        if beyond := stream.defects[room:]:
            self.defects.reach(GAPS, beyond[0].frame, len(beyond))
