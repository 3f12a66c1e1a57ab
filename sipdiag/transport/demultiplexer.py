"""Chunks of packets → traffic: what may be signalling as objects in frame order, the rest as columns."""

from __future__ import annotations

from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from sipdiag.capture import distinct
from sipdiag.defect import Defects
from sipdiag.transport import tcp, udp
from sipdiag.transport.carriage import Carriages, begins_carriage
from sipdiag.transport.columns import MediaColumns, joined
from sipdiag.transport.delivery import Connection, Datagram, PartialDatagram, SealedConnection, StreamData, Undelivered
from sipdiag.transport.endpoint import Endpoints
from sipdiag.transport.exported import EXPORTED, exported
from sipdiag.transport.handshakes import Handshakes
from sipdiag.transport.hep import begins_hep, inner
from sipdiag.transport.icmp import IcmpErrors
from sipdiag.transport.internet import Internet
from sipdiag.transport.probes import Probes
from sipdiag.transport.sctp import SCTP, Associations
from sipdiag.transport.segments import TCP, Flows, Segments, reassembled
from sipdiag.transport.sieve import sifted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import numpy.typing as npt

    from sipdiag.capture import Packets
    from sipdiag.transport.fragments import Whole
    from sipdiag.transport.ip import IPPackets
    from sipdiag.transport.tls import Handshake


MOST_SEALED = 4_096
"""Connections without their handshake that are kept; more would say nothing new."""
SEALED = f"encrypted connections without their handshake, more than {MOST_SEALED}"


class Traffic(msgspec.Struct, frozen=True, kw_only=True):
    """What one chunk of packets carried."""

    signalling: list[Datagram | StreamData]
    """In frame order; stream data that waited for a missing segment comes where that segment came."""
    media: MediaColumns | None = None
    """Datagrams that are not text; None when they are not wanted, or when there are none."""


class Demultiplexer:
    """Sorts the packets of one capture; feed it every chunk in order."""

    def __init__(self, recognize: Callable[[bytes], object], *, media: bool = False) -> None:
        """Take the function that tells by a payload whether it is signalling, and whether media columns are wanted."""
        self._recognize = recognize
        self._media = media
        self.defects = Defects()
        """What was wrong below the signalling; complete after `finish`."""
        self.copied = False
        """Whether some of the signalling came as copies, in HEP."""
        self._endpoints = Endpoints()
        self._internet = Internet(self.defects)
        self._tcp = tcp.Connections(self.defects)
        self._handshakes = Handshakes(self.defects)
        self._sealed: dict[int, SealedConnection] = {}
        self._flows = np.empty(0, np.uint64)
        self._probes = Probes(self._recognized, self.defects)
        self._associations = Associations(recognize, self._endpoints, self.defects)
        self._carriages = Carriages(recognize, self._endpoints, self.defects)
        self._errors = IcmpErrors(self._endpoints, self.defects)
        self._columns: list[Segments] = []

    @property
    def connections(self) -> list[Connection]:
        """The TCP connections with signalling, and those refused or never answered."""
        return self._tcp.all()

    @property
    def handshakes(self) -> list[Handshake]:
        """The TLS handshakes, in the order in which they began."""
        return self._handshakes.all

    @property
    def partial(self) -> list[PartialDatagram]:
        """The UDP datagrams with a fragment missing; complete after `finish`."""
        return [udp.partial(lost, self._endpoints) for lost in self._internet.lost if lost.protocol == udp.UDP]

    @property
    def undelivered(self) -> list[Undelivered]:
        """What did not arrive, as ICMP says."""
        return self._errors.undelivered

    @property
    def sealed(self) -> list[SealedConnection]:
        """The connections with SIP's port for TLS whose handshake is not in the capture."""
        return [*self._sealed.values()]

    def secured(self) -> npt.NDArray[np.int64]:
        """Give the frames of the latest chunk that belong, or may belong, to TLS connections."""
        flows = np.array([*self._handshakes.known, *self._handshakes.flows], np.uint64)
        if not len(flows):
            return np.empty(0, np.int64)
        found = [np.array(self._internet.fragments, np.int64), *(one.frames(flows) for one in self._columns)]
        return distinct(np.concatenate(found))

    @property
    def parts(self) -> list[Connection]:
        """The TCP connections without signalling in this capture that another capture may have more of."""
        return self._tcp.parts()

    @property
    def unrecognized(self) -> Iterator[list[StreamData]]:
        """What each side sent on TCP connections where signalling may yet be recognised."""
        return map(self._tcp.unrecognized, self._probes.sides())

    @property
    def unbegun(self) -> Iterator[StreamData]:
        """An empty piece for each side of a connection with signalling that has sent nothing behind its SYN."""
        return self._tcp.unbegun()

    def feed(self, packets: Packets) -> Traffic:
        """Take the next chunk; give what it carried."""
        self._columns = []
        if not len(packets):
            return Traffic(signalling=[])
        packets = packets if self._media else sifted(packets)
        groups, wholes = self._internet.split(packets)
        arrived, media = self._in_datagrams(groups, wholes)
        for group in groups:
            if (others := group.protocol != udp.UDP).any():
                if (group.protocol[others] == SCTP).any():
                    arrived += self._associations.take(group)
                self._errors.take(group)
        if (packets.link == EXPORTED).any():
            arrived += exported(packets, self._recognize, self._endpoints, self.defects)
        for whole in wholes:
            if whole.protocol == udp.UDP and (datagram := udp.reassembled(whole, self._begins, self._endpoints)):
                arrived += self._unwrapped([datagram])
            elif whole.protocol == SCTP:
                arrived += self._associations.whole(whole)
        streams = self._streams(packets.first_frame, groups, wholes)
        return Traffic(signalling=_in_order(arrived, streams), media=media)

    @property
    def media_in_fragments(self) -> bool:
        """Whether some of the fragments that `independent` left aside may be of media."""
        return self._internet.odd_fragments

    def independent(self, packets: Packets) -> tuple[Traffic, npt.NDArray[np.int64]]:
        """Give what a chunk carried in datagrams of one packet, and the rows of packets that need those before them.

        Such rows (fragments, streams, packets that are only counted) are for another demultiplexer, which has read the
        packets before; this one keeps nothing of them and must not be fed.
        """
        if not len(packets):
            return Traffic(signalling=[]), np.empty(0, np.int64)
        groups, dependent = self._internet.independent(packets if self._media else sifted(packets))
        arrived, media = self._in_datagrams(groups, [])
        return Traffic(signalling=_in_order(arrived, []), media=media), dependent

    def finish(self) -> Traffic:
        """Give what was held back until the end of the capture."""
        self._internet.finish()
        return Traffic(signalling=[each for data in self._tcp.finish() for each in self._carriages.opened(data)])

    def _in_datagrams(self, groups: list[IPPackets], wholes: list[Whole]) -> tuple[list[Datagram], MediaColumns | None]:
        """Give what UDP datagrams carried: signalling in one packet each, and the columns of those that are no text."""
        arrived: list[Datagram] = []
        media: list[MediaColumns] = []
        for group in groups:
            few, others = udp.split(group, media=self._media)
            if len(few):
                arrived += self._unwrapped(udp.datagrams(few, self._begins, self._endpoints))
            if others is not None and len(others):
                media.append(udp.media_columns(others))
        if self._media and wholes and (reassembled := udp.reassembled_media(wholes)) is not None:
            media.append(reassembled)
        return arrived, joined(media) if media else None

    def _streams(
        self, first_frame: int, groups: list[IPPackets], wholes: list[Whole]
    ) -> list[tuple[int, Datagram | StreamData]]:
        """Give what the streams of the chunk carried, each with the frame that put it in sequence."""
        segments = [
            segment for whole in wholes if whole.protocol == TCP and (segment := reassembled(whole, self._endpoints))
        ]
        recognized: set[tuple[str, str]] = set()
        columns = [Segments(group, self._endpoints) for group in groups if (group.protocol == TCP).any()]
        self._columns = columns
        for one in columns:
            found = list(one.recognized(self._flows, self._recognized))
            self._know(found)
            recognized.update((source, destination) for _, source, destination in found)
            held = [segment for flow, _, _ in found for segment in self._probes.released(flow)]
            for flow, watched in self._probes.watch(one, self._flows):
                self._know([(flow, watched[-1].source, watched[-1].destination)])
                recognized.add((watched[-1].source, watched[-1].destination))
                held += watched
            segments += [segment for segment in held if segment.frame < first_frame]
        for one in columns:
            segments += one.chosen(self._flows)
        segments.sort(key=attrgetter("frame"))
        if recognized:
            self._tcp.foresee(segments, recognized)
        streamed = [
            (segment.frame, carried)
            for segment in segments
            for data in self._tcp.add(segment)
            for carried in self._carriages.opened(data)
        ]
        if columns:
            self._shake_hands(columns)
        return streamed

    def _shake_hands(self, columns: list[Segments]) -> None:
        """Follow the TLS handshakes of the chunk."""
        shakes = self._handshakes
        for one in columns:
            for flow, frame in one.hellos(np.array(shakes.flows, np.uint64)):
                shakes.follow(flow, frame)
        if shakes.flows:
            flows = np.array(shakes.flows, np.uint64)
            followed = [each for one in columns for each in one.of(flows)]
            followed.sort(key=lambda each: each[1].frame)
            for flow, segment in followed:
                shakes.add(flow, segment, self._tcp.number(segment.source, segment.destination))
        known = np.array(shakes.known, np.uint64)
        self._note_sealed(columns, known)
        if shakes.known:
            for one in columns:
                for flow, count in one.sealed(known).items():
                    shakes.count(flow, count)

    def _note_sealed(self, columns: list[Segments], known: Flows) -> None:
        """Count what is encrypted on connections whose handshake is not there."""
        for flow, begun in (each for one in columns for each in one.begun_before(known)):
            earlier = self._sealed.get(flow)
            if earlier is not None:
                earlier.segments += begun.segments
            elif len(self._sealed) < MOST_SEALED:
                self._sealed[flow] = begun
            else:
                self.defects.reach(SEALED, begun.frame)

    def _know(self, found: list[tuple[int, str, str]]) -> None:
        """Count flows as signalling from now on."""
        self._flows = np.append(self._flows, np.array([flow for flow, _, _ in found], np.uint64))
        for _, source, destination in found:
            self._tcp.recognize(source, destination)

    def _begins(self, payload: bytes) -> bool:
        """Tell whether a datagram is signalling, or a copy of it."""
        return bool(self._recognize(payload)) or begins_hep(payload)

    def _recognized(self, payload: bytes) -> bool:
        """Tell whether the payload of a segment is signalling by itself or inside of something."""
        return begins_carriage(payload, self._recognize)

    def _unwrapped(self, datagrams: Iterable[Datagram]) -> Iterator[Datagram]:
        """Yield the originals of HEP datagrams, and other datagrams as they are."""
        for datagram in datagrams:
            if not begins_hep(datagram.payload):
                yield datagram
            elif (original := inner(datagram, self._endpoints, self.defects)) and self._recognize(original.payload):
                self.copied = True
                yield original


def _in_order(
    datagrams: list[Datagram], streams: list[tuple[int, Datagram | StreamData]]
) -> list[Datagram | StreamData]:
    """Merge what came as datagrams and what came as streams by frame."""
    if not streams:
        return sorted(datagrams, key=attrgetter("frame"))
    delivered: list[tuple[int, Datagram | StreamData]] = [(datagram.frame, datagram) for datagram in datagrams]
    delivered += streams
    delivered.sort(key=itemgetter(0))
    return [each for _, each in delivered]
