"""Follows one capture from its first chunk to its last: the one place where packets become SIP messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from sipdiag.capture import Capture
from sipdiag.defect import Defect
from sipdiag.sip import Request, Response, begins_message, parse
from sipdiag.trace.clock import Clock
from sipdiag.trace.packed import sightings_in
from sipdiag.trace.room import ROOM, Room
from sipdiag.trace.sighting import Sighting
from sipdiag.trace.streams import SipStreams
from sipdiag.trace.trace import CaptureFacts, Trace
from sipdiag.transport import Datagram, Demultiplexer, Handshake, StreamData

if TYPE_CHECKING:
    from sipdiag.capture import Kept, Packets
    from sipdiag.trace.later import Later
    from sipdiag.trace.media import MediaLane
    from sipdiag.transport import Traffic

Parsing = Callable[[bytes], Request | Response | None]
UNREAD = frozenset({"link-type-unknown", "limit-reached"})
"""Defects that only concern native code: Wireshark reads what it could not."""
MOST_UNWEIGHED = 1_000
"""After so many messages of another engine each time it is checked whether there is room for all."""


class Reader:
    """Follows one capture from its first chunk to its last."""

    def __init__(
        self,
        source: Capture,
        capture: int,
        *,
        media: bool,
        room: int = ROOM,
        parsing: Parsing = parse,
        kept: Kept | None = None,
        alone: bool = False,
    ) -> None:
        """Take the capture, its number, whether `media` are wanted, and the `room` for messages, in bytes.

        `parsing` reads the messages in datagrams, or only those that are wanted. `kept` keeps the packets that TLS
        secures, if need be. A capture that is `alone` has no others before and behind it.
        """
        self._source, self._capture = source, capture
        self.media = media
        """Whether media are looked at."""
        self._wire = Demultiplexer(begins_message, media=media)
        self._media = _media_lane() if media else None
        self._alone = alone
        self._streams = SipStreams(capture, alone=alone)
        self._sightings: list[Sighting] = []
        self._room, self._parsing, self._kept = Room(room), parsing, kept
        self._clock = Clock()
        self._packets = 0
        self._streamed = False
        self._unread: frozenset[str] = frozenset()

    def chunks(self) -> Iterator[int]:
        """Read chunk by chunk, and yield after each how many bytes of the file have been read."""
        for packets in self._source.packets():
            self._packets += len(packets)
            self._clock.follow(packets)
            traffic = self._fed(packets)
            self._take(traffic.signalling)
            if self._media is not None:
                self._media.feed(traffic.media)
            self._room.fit(self._sightings)
            yield self._source.progress

    def finish(self) -> None:
        """Take the data that was held back until the end."""
        if not self._alone:
            self._streams.stop(self._wire.unbegun, self._sightings)
        self._take(self._wire.finish().signalling)
        self._sightings.extend(self._streams.finish(() if self._alone else self._wire.unrecognized))
        self._sightings.sort(key=lambda sighting: sighting.frame)
        self._room.fit(self._sightings)

    @property
    def encrypted(self) -> list[Handshake]:
        """The TLS handshakes, behind which there may be SIP."""
        return self._wire.handshakes

    @property
    def hangs_together(self) -> bool:
        """Whether messages depend on one another below SIP, have other times than their packets, or are too many."""
        wire = self._wire
        return bool(self._streamed or wire.copied or wire.connections or wire.partial or self._room.left_out)

    @property
    def doubtful(self) -> bool:
        """Whether it depends on the messages of all shares what is media."""
        return self._media is not None and self._media.doubtful(self._capture)

    def note(self, defect: Defect) -> None:
        """Take a defect that was found elsewhere."""
        self._source.defects.append(defect)

    def add(self, sightings: Iterable[Sighting], *, instead: bool) -> None:
        """Take the messages that another engine saw, `instead` of those that were seen here or besides them."""
        if instead:
            self._sightings.clear()
            self._room.forget()
            self._streams = SipStreams(self._capture)
            self._unread = UNREAD
        for sighting in sightings:
            self._sightings.append(sighting)
            if len(self._sightings) % MOST_UNWEIGHED == 0:
                self._room.fit(self._sightings)
        self._sightings.sort(key=lambda sighting: sighting.frame)
        self._room.fit(self._sightings)

    def join_later(self, later: Later) -> bool:
        """Take what another process read from where this one stopped, and the packets that it left aside.

        Gives whether that is the same as reading on here would give; if not, nothing was taken.
        """
        shift = self._packets
        if self._media is not None and (later.media is None or not self._media.join(later.media, shift)):
            return False
        self._packets += later.packets
        self._clock.join(later.clock, shift)
        self._sightings.extend(sightings_in(later.rows, self._capture, shift))
        self._wire.copied |= later.copied
        for packets in later.packets_aside(self._source, shift):
            self._take(self._fed(packets).signalling)
        self._source.defects += [
            msgspec.structs.replace(each, frame=None if each.frame is None else each.frame + shift)
            for each in later.defects
        ]
        self._source.link_types += [each for each in later.link_types if each not in self._source.link_types]
        return True

    def trace(self) -> Trace:
        """What was read."""
        first, last = self._clock.earliest, self._clock.latest
        if self._wire.copied and self._sightings:  # copies have the times of their originals, packets have not
            times = [sighting.time for sighting in self._sightings]
            first, last = min(times), max(times)
        found = (self._source.defects, self._wire.defects, self._streams.defects, self._clock.defects)
        defects = [*(each for some in found for each in some), *self._media_defects()]
        trace = Trace(
            facts=CaptureFacts(
                path=self._source.path,
                format=self._source.format,
                link_types=self._source.link_types,
                packets=self._packets,
                bytes=self._source.bytes,
                first_time=first,
                last_time=last,
                sip_messages=len(self._sightings) + self._room.left_out,
                defects=[defect for defect in defects if defect.kind not in self._unread],
            ),
            sightings=self._sightings,
            connections=self._wire.connections,
            clock_steps=self._clock.steps,
            partial=self._wire.partial,
            handshakes=self._wire.handshakes,
            sealed=self._wire.sealed,
            streams=[] if self._media is None else self._media.streams(self._capture, self._sightings),
            undelivered=[each.in_capture(self._capture) for each in self._wire.undelivered],
            edges=self._streams.edges,
            parts=[] if self._alone else self._wire.parts,
            edges_left_out=self._streams.edges_left_out,
            media=self._media is not None,
        )
        if not self._room.left_out:
            return trace
        from sipdiag.trace.shortening import shortened  # noqa: PLC0415  (few captures have so many)

        return shortened(trace, self._room.left_out)

    def _fed(self, packets: Packets) -> Traffic:
        """The traffic of a chunk; its packets that TLS secures are kept."""
        traffic = self._wire.feed(packets)
        if self._kept is not None:
            self._kept.take(packets, self._wire.secured())
        return traffic

    def _take(self, arrived: list[Datagram | StreamData]) -> None:
        for delivery in arrived:
            if isinstance(delivery, Datagram):
                message = self._parsing(delivery.payload)
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
                self._streamed = True
                self._sightings.extend(self._streams.feed(delivery))

    def _media_defects(self) -> Iterator[Defect]:
        if self._media is None:
            return
        yield from self._media.left_out
        if self._media.refused:
            yield Defect(kind="media-streams-too-many", detail=f"{self._media.refused} packets left out")


def _media_lane() -> MediaLane:
    from sipdiag.trace.media import MediaLane  # noqa: PLC0415 - signalling alone does without

    return MediaLane()
