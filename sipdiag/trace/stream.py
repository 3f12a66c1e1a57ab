"""One direction of a TCP connection → sightings, with the frames that carried each message."""

from __future__ import annotations

from sipdiag.defect import Defect
from sipdiag.sip import Frame, Framer, parse
from sipdiag.trace.sighting import Sighting
from sipdiag.transport import StreamData


class SipStream:
    """Cuts stream data into messages and remembers which bytes came in which frame."""

    def __init__(self, capture: int) -> None:
        self._capture = capture
        self._framer = Framer()
        self._arrivals: list[tuple[int, StreamData]] = []
        """(stream offset behind the data, the data), for what is not yet part of a finished message."""
        self._offset = 0
        self.defects: list[Defect] = []

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
            sightings += self._seen(self._framer.feed(data.payload))
        return sightings

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
        message = parse(frame.data)
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
        """The data that held bytes of `frame`; what lies wholly before it is forgotten."""
        arrivals = self._arrivals
        first = next(index for index, (end, _) in enumerate(arrivals) if end > frame.start)
        last = next(index for index, (end, _) in enumerate(arrivals) if end >= frame.end)
        carriers = [data for _, data in arrivals[first : last + 1]]
        del arrivals[:last]
        return carriers
