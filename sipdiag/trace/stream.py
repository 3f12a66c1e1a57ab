"""One direction of a TCP connection → sightings, with the frames that carried each message."""

from __future__ import annotations

from bisect import bisect_right
from operator import itemgetter

from sipdiag.defect import Defect
from sipdiag.sip import LARGEST_BODY, LARGEST_HEAD, Frame, Framer, parse
from sipdiag.trace.edge import WRAP, Beginning, Edge, Ending, Step, edge_of, end_of, mark_of
from sipdiag.trace.sighting import Sighting
from sipdiag.transport import StreamData

LONGEST_FRAGMENT = 128 << 10
"""Bytes kept of a message whose end never came."""
HEADS = f"header fields of a message on TCP of more than {LARGEST_HEAD >> 10} kB"
BODIES = f"a body on TCP of more than {LARGEST_BODY >> 20} MB"
ARRIVAL = 250
"""Bytes of memory that one piece of data takes besides its payload."""


class SipStream:
    """Cuts stream data into messages and remembers which bytes came in which frame."""

    def __init__(self, capture: int) -> None:
        self._capture = capture
        self._framer = Framer()
        self._arrivals: list[tuple[int, StreamData]] = []
        """(stream offset behind the data, the data), for what is not yet part of a finished message."""
        self._offset = self._waiting = 0
        self.defects: list[Defect] = []
        self.limits: list[tuple[str, int]] = []
        """Messages that were too long: which limit they reached, and in which frame."""
        self._given = 0
        self.beginning: Beginning | None = None
        """Its first pieces, where it may have begun before the capture."""
        self._ending: Ending | None = None

    @property
    def held(self) -> int:
        """Approximate bytes of memory taken by data that waits for the end of a message."""
        return self._waiting + ARRIVAL * len(self._arrivals)

    @property
    def boundary(self) -> int | None:
        """Sequence number of the first byte behind the last message; None where the next start line is looked for."""
        if not self._framer.knows_where or not self._arrivals:
            return None
        return (end_of(self._arrivals[-1][1]) - (self._offset - self._framer.begin)) % WRAP

    @property
    def skipped(self) -> int:
        """Bytes passed over to find a start line."""
        return self._framer.skipped

    def keep_beginning(self) -> None:
        """Keep its first pieces, for captures before this one."""
        self.beginning = Beginning()

    def lose(self) -> None:
        """The next byte may be anywhere in a message."""
        self._framer.lose()

    def stop(self, nothing: StreamData | None = None, *, ended: bool = False) -> None:
        """The capture ends here, or the stream itself: data that is fed from now on had been held back.

        `nothing` is an empty piece at the sequence number of the first byte, for a stream of which none has come.
        """
        if nothing is not None:
            self._ending = Ending(tail=[nothing], boundary=nothing.sequence, skipped=0, ended=False)
        elif self._arrivals and self._ending is None:
            tail = [data for _, data in self._arrivals]
            self._ending = Ending(tail=tail, boundary=self.boundary, skipped=self.skipped, ended=ended)

    def edge(self) -> Edge | None:
        """What is kept of the stream for captures before and behind this one; complete when it is closed."""
        return None if self._ending is None else edge_of(self.beginning, self._ending, self.skipped)

    def feed(self, data: StreamData) -> list[Sighting]:
        """The messages that `data` completes."""
        sightings = self._fed(data)
        if self._ending is not None:
            self._ending.add(data, sightings)
        elif self.beginning is not None and self.beginning.whole and data.payload:
            self._given += len(sightings)
            step = Step(
                data=data,
                boundary=self.boundary,
                given=self._given,
                gaps=len(self.beginning.gaps) + data.gap,
                skipped=self.skipped,
            )
            self.beginning.add(step, sightings)
        return sightings

    def _fed(self, data: StreamData) -> list[Sighting]:
        sightings: list[Sighting] = []
        if data.gap:
            self.defects.append(
                Defect(kind="stream-gap", detail=f"{data.source} → {data.destination}", frame=data.frame)
            )
            sightings += self._seen(self._framer.lose())
        if data.payload:
            self._offset += len(data.payload)
            self._arrivals.append((self._offset, data))
            self._waiting += 2 * len(data.payload)  # here and in the framer
            sightings += self._seen(self._framer.feed(data.payload))
            self._note_limits(data.frame)
            self._forget()
        return sightings

    def _note_limits(self, frame: int) -> None:
        framer = self._framer
        self.limits += [(HEADS, frame)] * framer.endless_heads + [(BODIES, frame)] * framer.endless_bodies
        framer.endless_heads = framer.endless_bodies = 0

    def _forget(self) -> None:
        """Let go of pieces that lie before the first byte that may belong to a message, but keep the last one."""
        begin = self._framer.begin
        if self._arrivals[0][0] <= begin:
            count = min(bisect_right(self._arrivals, begin, key=itemgetter(0)), len(self._arrivals) - 1)
            self._waiting -= sum(2 * len(data.payload) for _, data in self._arrivals[:count])
            del self._arrivals[:count]

    def close(self) -> list[Sighting]:
        """The message that the stream broke off in, if there is one."""
        sightings = self._seen(self._framer.close())
        if self._ending is not None:
            self._ending.given += map(mark_of, sightings)
        if self._framer.skipped and self._arrivals:
            last = self._arrivals[-1][1]
            detail = skipped_detail(self._framer.skipped, last.source)
            self.defects.append(Defect(kind="stream-not-sip", detail=detail, frame=last.frame))
        return sightings

    def _seen(self, frames: list[Frame]) -> list[Sighting]:
        return [sighting for frame in frames if (sighting := self._sighting(frame)) is not None]

    def _sighting(self, frame: Frame) -> Sighting | None:
        carriers = self._carriers(frame)
        message = parse(frame.data if frame.complete else frame.data[:LONGEST_FRAGMENT])
        if message is None:
            return None
        last = carriers[-1]
        return Sighting(
            capture=self._capture,
            frame=last.frame,
            time=last.time,
            source=last.source,
            destination=last.destination,
            transport=last.transport,
            message=message,
            frames=tuple(data.frame for data in carriers) if len(carriers) > 1 else (),
            complete=frame.complete,
        )

    def _carriers(self, frame: Frame) -> list[StreamData]:
        """The data that held bytes of `frame`."""
        arrivals = self._arrivals
        first = next(index for index, (end, _) in enumerate(arrivals) if end > frame.start)
        last = next(index for index, (end, _) in enumerate(arrivals) if end >= frame.end)
        return [data for _, data in arrivals[first : last + 1]]


def skipped_detail(size: int, source: str) -> str:
    """The detail of a `stream-not-sip` defect."""
    return f"{size} bytes from {source}"
