"""One direction of a TCP connection → sightings, with the frames that carried each message."""

from __future__ import annotations

from bisect import bisect_right
from operator import itemgetter

from sipdiag.defect import Defect
from sipdiag.sip import LARGEST_BODY, LARGEST_HEAD, Frame, Framer, parse
from sipdiag.trace.sighting import Sighting
from sipdiag.transport import StreamData

LONGEST_FRAGMENT = 128 << 10
"""Bytes kept of a message whose end never came."""
HEADS = f"header fields of a message on TCP of more than {LARGEST_HEAD >> 10} kB"
BODIES = f"a body on TCP of more than {LARGEST_BODY >> 20} MB"
ARRIVAL = 250
"""Bytes that one arrival costs beside its payload."""


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
        """Messages that were longer than is believed: what of them, and the frame."""

    @property
    def held(self) -> int:
        """Bytes of memory, about, that wait for the end of a message."""
        return self._waiting + ARRIVAL * len(self._arrivals)

    def feed(self, data: StreamData) -> list[Sighting]:
        """The messages that `data` completes."""
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
        """Let go of what lies before the first byte that may belong to a message, but for the last."""
        begin = self._framer.begin
        if self._arrivals[0][0] <= begin:
            count = min(bisect_right(self._arrivals, begin, key=itemgetter(0)), len(self._arrivals) - 1)
            self._waiting -= sum(2 * len(data.payload) for _, data in self._arrivals[:count])
            del self._arrivals[:count]

    def close(self) -> list[Sighting]:
        """The message that the stream broke off in, if there is one."""
        sightings = self._seen(self._framer.close())
        if self._framer.skipped and self._arrivals:
            last = self._arrivals[-1][1]
            detail = f"{self._framer.skipped} bytes from {last.source}"
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
