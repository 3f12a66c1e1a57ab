"""Capture → sightings: the one place where packets become SIP messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

import msgspec

from sipdiag.capture import Capture, open_capture
from sipdiag.defect import Defect
from sipdiag.media import Stream
from sipdiag.sip import begins_message, parse
from sipdiag.trace.clock import Clock, ClockStep
from sipdiag.trace.media import MediaLane
from sipdiag.trace.sighting import Sighting
from sipdiag.trace.stream import SipStream
from sipdiag.transport import Connection, Datagram, Demultiplexer, Handshake, PartialDatagram, StreamData

Progress = Callable[[int, int], None]
"""Told after each chunk: bytes read so far, bytes in all (0 when nobody knows)."""


class CaptureFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What one capture is, and what was wrong with it."""

    path: str
    format: str
    link_types: list[int]
    packets: int
    bytes: int
    first_time: int | None
    """Nanoseconds since 1970-01-01 UTC of the earliest packet; None when there is none."""
    last_time: int | None
    sip_messages: int
    defects: list[Defect]


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """All that one capture shows of SIP and media."""

    facts: CaptureFacts
    sightings: list[Sighting]
    """In the order of their frames."""
    connections: list[Connection]
    clock_steps: list[ClockStep] = []
    """Where the time of the packets went back."""
    partial: list[PartialDatagram] = []
    """Datagrams of which a fragment is missing."""
    handshakes: list[Handshake] = []
    """TLS handshakes, whatever was to be said behind them."""
    streams: list[Stream] = []
    """The RTP streams, in the order in which they began."""
    media: bool = False
    """Whether media was looked at; without that nothing is known of it."""


def read_trace(
    path: str,
    *,
    capture: int = 0,
    stream: BinaryIO | None = None,
    progress: Progress | None = None,
    media: bool = False,
) -> Trace:
    """What the capture at `path` (`-`: `stream`) shows of SIP, with `capture` as its number, and of `media` if wanted.

    Raises `CaptureError` when it cannot be read at all.
    """
    with open_capture(path, stream=stream) as source:
        reader = _Reader(source, capture, media=media)
        for _ in reader.chunks():
            if progress is not None:
                progress(source.progress, source.bytes)
        return reader.trace()


class _Reader:
    """Follows one capture from its first chunk to its last."""

    def __init__(self, source: Capture, capture: int, *, media: bool) -> None:
        self._source = source
        self._capture = capture
        self._wire = Demultiplexer(begins_message, media=media)
        self._media = MediaLane() if media else None
        self._streams: dict[tuple[int, str], SipStream] = {}
        self._sightings: list[Sighting] = []
        self._clock = Clock()
        self._packets = 0
        self._first: int | None = None
        self._last: int | None = None

    def chunks(self) -> Iterator[None]:
        """Read chunk by chunk, handing control back after each."""
        for packets in self._source.packets():
            self._packets += len(packets)
            self._clock.follow(packets)
            if len(packets):
                first, last = int(packets.time.min()), int(packets.time.max())
                self._first = first if self._first is None else min(first, self._first)
                self._last = last if self._last is None else max(last, self._last)
            traffic = self._wire.feed(packets)
            self._take(traffic.signalling)
            if self._media is not None:
                self._media.feed(traffic.media)
            yield
        self._take(self._wire.finish().signalling)
        for stream in self._streams.values():
            self._sightings.extend(stream.close())
        self._sightings.sort(key=lambda sighting: sighting.frame)

    def trace(self) -> Trace:
        """What was read."""
        return Trace(
            facts=CaptureFacts(
                path=self._source.path,
                format=self._source.format,
                link_types=self._source.link_types,
                packets=self._packets,
                bytes=self._source.bytes,
                first_time=self._first,
                last_time=self._last,
                sip_messages=len(self._sightings),
                defects=[*self._source.defects, *self._wire.defects, *self._stream_defects(), *self._media_defects()],
            ),
            sightings=self._sightings,
            connections=self._wire.connections,
            clock_steps=self._clock.steps,
            partial=self._wire.partial,
            handshakes=self._wire.handshakes,
            streams=[] if self._media is None else self._media.streams(self._capture, self._sightings),
            media=self._media is not None,
        )

    def _take(self, arrived: list[Datagram | StreamData]) -> None:
        for delivery in arrived:
            if isinstance(delivery, Datagram):
                message = parse(delivery.payload)
                if message is not None:
                    self._sightings.append(
                        Sighting(
                            capture=self._capture,
                            frame=delivery.frame,
                            time=delivery.time,
                            source=delivery.source,
                            destination=delivery.destination,
                            transport=delivery.transport,
                            message=message,
                            ip_id=delivery.ip_id,
                            frames=delivery.fragments,
                            complete=not delivery.cut,
                        )
                    )
            else:
                key = (delivery.connection, delivery.source)
                stream = self._streams.get(key)
                if stream is None:
                    stream = self._streams[key] = SipStream(self._capture)
                self._sightings.extend(stream.feed(delivery))

    def _media_defects(self) -> Iterator[Defect]:
        if self._media is not None and self._media.refused:
            yield Defect(kind="media-streams-too-many", detail=f"{self._media.refused} packets left out")

    def _stream_defects(self) -> Iterator[Defect]:
        for stream in self._streams.values():
            yield from stream.defects
