"""Capture → sightings: the one place where packets become SIP messages.

A large file is read in two parts, cut where a record seems to begin; where that can be, a second process reads the
later one meanwhile. The result is the same, and nothing counts that was not proven: see `later.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import msgspec

from sipdiag.capture import Capture, open_capture
from sipdiag.defect import Defect
from sipdiag.errors import CaptureError
from sipdiag.media import Stream
from sipdiag.sip import begins_message, parse
from sipdiag.trace.clock import Clock, ClockStep
from sipdiag.trace.dissection import Engine, dissection
from sipdiag.trace.media import MediaLane
from sipdiag.trace.sighting import Sighting
from sipdiag.trace.streams import SipStreams
from sipdiag.transport import (
    Connection,
    Datagram,
    Demultiplexer,
    Handshake,
    PartialDatagram,
    SealedConnection,
    StreamData,
)

if TYPE_CHECKING:
    from sipdiag.trace.later import Later, SecondReader

Progress = Callable[[int, int], None]
"""Told after each chunk: bytes read so far, bytes in all (0 when nobody knows)."""

LARGE = 32 << 20
"""Bytes of a file that is read in two parts."""
FIRST_PART = 0.4
"""Of a large file: a little less than half, since who reads it has more to do."""


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
    sealed: list[SealedConnection] = []
    """Connections with SIP's port for TLS whose handshake is not in the capture."""
    streams: list[Stream] = []
    """The RTP streams, in the order in which they began."""
    media: bool = False
    """Whether media was looked at; without that nothing is known of it."""


NATIVE = Engine()
"""No help, and no keys but those in the capture."""
UNREAD = frozenset({"link-type-unknown", "limit-reached"})
"""Defects of what native code could not read; Wireshark reads it."""


def read_trace(
    path: str,
    *,
    capture: int = 0,
    stream: BinaryIO | None = None,
    progress: Progress | None = None,
    media: bool = False,
    engine: Engine = NATIVE,
    meanwhile: Callable[[], object] | None = None,
) -> Trace:
    """What the capture at `path` (`-`: `stream`) shows of SIP, with `capture` as its number, and of `media` if wanted.

    `engine` asks for Wireshark's help, or has keys. If there is something to do `meanwhile`, a second process may read
    a part of a large file. Raises `CaptureError` when it cannot be read at all.
    """
    if engine == NATIVE:
        with open_capture(path, stream=stream) as source:
            reader = _read(source, capture, progress, media=media, meanwhile=meanwhile)
            if source.secrets and reader.encrypted:
                _decrypt(reader, path, capture, piped=stream is not None)
            return reader.trace()
    from sipdiag.capture import spooled  # noqa: PLC0415 - loaded when it is needed

    # The engine reads a file of its own accord, so that what comes from a pipe has to become one.
    with spooled(path, stream) as file:
        with _opened(path, file, engine) as source:
            reader = _read(source, capture, progress, media=media)
        if engine.wireshark or reader.encrypted:
            try:
                reader.add(dissection(file, engine, reader.encrypted, capture), instead=engine.wireshark)
            except CaptureError as error:
                if not engine.optional:
                    raise CaptureError(path, error.reason) from error
                reader.note(Defect(kind="secrets-unused", detail=error.reason))
        return reader.trace()


def _decrypt(reader: _Reader, path: str, capture: int, *, piped: bool) -> None:
    """Read what is encrypted with the keys in the capture itself."""
    if piped:
        reader.note(
            Defect(kind="secrets-unused", detail="a pipe cannot be read again: save the capture to a file first")
        )
        return
    from sipdiag.capture import spooled  # noqa: PLC0415

    try:
        with spooled(path, None) as file:
            reader.add(dissection(file, NATIVE, reader.encrypted, capture), instead=False)
    except CaptureError as error:  # nobody asked for it, so that the rest stands
        reader.note(Defect(kind="secrets-unused", detail=error.reason))


def _read(
    source: Capture,
    capture: int,
    progress: Progress | None,
    *,
    media: bool,
    meanwhile: Callable[[], object] | None = None,
) -> _Reader:
    large = source.bytes >= LARGE and not media
    place = source.stop_before(int(source.bytes * FIRST_PART)) if large else None
    with _second_reader(source, place) if meanwhile is not None else nullcontext() as second:
        reader = _Reader(source, capture, media=media, place=place)
        for reached in reader.chunks(second, meanwhile):
            if progress is not None:
                progress(reached, source.bytes)
    return reader


def _second_reader(source: Capture, place: int | None) -> SecondReader | nullcontext[None]:
    """Begin to read behind `place` in a second process, if that can be."""
    if place is None:
        return nullcontext()
    from sipdiag.trace.later import SecondReader, may_fork  # noqa: PLC0415 - most captures are small

    return SecondReader(source, place) if may_fork() else nullcontext()


@contextmanager
def _opened(path: str, file: str, engine: Engine) -> Iterator[Capture]:
    """The capture in `file`, which was named `path`; if nothing here knows its format, as Wireshark converts it."""
    try:
        source = open_capture(file)
    except CaptureError as error:
        if not engine.wireshark or not Path(file).is_file():
            raise CaptureError(path, error.reason) from error
        from sipdiag.capture import converted  # noqa: PLC0415

        with converted(file) as stream:
            try:
                source = open_capture("-", stream=cast("BinaryIO", stream))
            except CaptureError:  # it knows the format no better
                raise CaptureError(path, error.reason) from error
            source.path = path
            yield source
        return
    with source:
        source.path = path
        yield source


class _Reader:
    """Follows one capture from its first chunk to its last."""

    def __init__(self, source: Capture, capture: int, *, media: bool, place: int | None = None) -> None:
        self._source, self._place = source, place
        self._capture = capture
        self._wire = Demultiplexer(begins_message, media=media)
        self._media = MediaLane() if media else None
        self._streams = SipStreams(capture)
        self._sightings: list[Sighting] = []
        self._clock = Clock()
        self._packets = 0
        self._unread: frozenset[str] = frozenset()

    def chunks(self, second: SecondReader | None, meanwhile: Callable[[], object] | None) -> Iterator[int]:
        """Read chunk by chunk, and yield after each how many bytes of the file have been read."""
        yield from self._part()
        if self._place is not None and self._source.stopped:
            later = None
            if second is not None and meanwhile is not None:
                meanwhile()
                later = second.result()
            if later is not None and later.state != self._source.state:
                later = None
            if later is not None:
                self._join(later)
                yield self._source.bytes
            else:
                self._source.go_on(self._place)
                yield from self._part()
        self._take(self._wire.finish().signalling)
        self._sightings.extend(self._streams.finish())
        self._sightings.sort(key=lambda sighting: sighting.frame)

    @property
    def encrypted(self) -> list[Handshake]:
        """The TLS handshakes, behind which there may be more."""
        return self._wire.handshakes

    def note(self, defect: Defect) -> None:
        """Take a defect that was found elsewhere."""
        self._source.defects.append(defect)

    def add(self, sightings: Iterable[Sighting], *, instead: bool) -> None:
        """Take what another engine saw, besides what was seen here or instead of it."""
        if instead:
            self._sightings = [*sightings]
            self._streams = SipStreams(self._capture)
            self._unread = UNREAD
        else:
            self._sightings += sightings
        self._sightings.sort(key=lambda sighting: sighting.frame)

    def _part(self) -> Iterator[int]:
        """Read up to the end, or to the place to stop at."""
        for packets in self._source.packets():
            self._packets += len(packets)
            self._clock.follow(packets)
            traffic = self._wire.feed(packets)
            self._take(traffic.signalling)
            if self._media is not None:
                self._media.feed(traffic.media)
            yield self._source.progress

    def _join(self, later: Later) -> None:
        """Take what the second process has read, and what it left aside."""
        shift = self._packets
        self._packets += later.packets
        self._clock.join(later.clock, shift)
        self._sightings.extend(later.sightings(self._capture, shift))
        for packets in later.packets_aside(self._source, shift):
            self._take(self._wire.feed(packets).signalling)
        self._source.defects += [
            msgspec.structs.replace(each, frame=None if each.frame is None else each.frame + shift)
            for each in later.defects
        ]
        self._source.link_types += [each for each in later.link_types if each not in self._source.link_types]

    def trace(self) -> Trace:
        """What was read."""
        if self._wire.copied and self._sightings:  # what was copied bears the time of the original
            times = [sighting.time for sighting in self._sightings]
            self._first, self._last = min(times), max(times)
        defects = [*self._source.defects, *self._wire.defects, *self._streams.defects, *self._media_defects()]
        return Trace(
            facts=CaptureFacts(
                path=self._source.path,
                format=self._source.format,
                link_types=self._source.link_types,
                packets=self._packets,
                bytes=self._source.bytes,
                first_time=self._clock.earliest,
                last_time=self._clock.latest,
                sip_messages=len(self._sightings),
                defects=[defect for defect in defects if defect.kind not in self._unread],
            ),
            sightings=self._sightings,
            connections=self._wire.connections,
            clock_steps=self._clock.steps,
            partial=self._wire.partial,
            handshakes=self._wire.handshakes,
            sealed=self._wire.sealed,
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
                self._sightings.extend(self._streams.feed(delivery))

    def _media_defects(self) -> Iterator[Defect]:
        if self._media is not None and self._media.refused:
            yield Defect(kind="media-streams-too-many", detail=f"{self._media.refused} packets left out")
