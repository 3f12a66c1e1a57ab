"""TCP segments as columns; those that carry signalling, or open or close a connection, as objects (RFC 9293)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np
import numpy.typing as npt

from sipdiag.capture import byte_rows
from sipdiag.transport.columns import big_endian
from sipdiag.transport.delivery import SealedConnection
from sipdiag.transport.tls import APPLICATION_DATA, CLIENT_HELLO, HANDSHAKE, RECORD
from sipdiag.transport.udp import SHORTEST, begins_with_text
from sipdiag.transport.websocket import WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sipdiag.transport.endpoint import Endpoints
    from sipdiag.transport.fragments import Whole
    from sipdiag.transport.ip import IPPackets

TCP = 6
HEADER = 20
FIN, SYN, RST, ACK = 0x01, 0x02, 0x04, 0x10
SIPS_PORT = 5061
"""RFC 3261, section 19.1.2: the default of TLS."""
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
"""Spreads the bits of addresses over a flow's number (Fibonacci hashing)."""

Flows = npt.NDArray[np.uint64]


class Segment(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One TCP segment."""

    frame: int
    time: int
    """Nanoseconds since 1970-01-01 UTC."""
    source: str
    destination: str
    sequence: int
    acknowledgment: int
    flags: int
    payload: bytes
    cut: int = 0
    """Bytes of the payload that the snap length cut off."""


class Segments:
    """The TCP segments among packets with alike IP headers."""

    def __init__(self, packets: IPPackets, endpoints: Endpoints) -> None:
        self._endpoints = endpoints
        tcp = packets.select((packets.protocol == TCP) & (packets.present() >= HEADER))
        header = tcp.transport(HEADER)
        offset = np.maximum((header[:, 12] >> 4).astype(np.int64) * 4, HEADER)
        self._packets, self._header = tcp, header
        self.flags = header[:, 13]
        self._start = tcp.start() + offset
        self._original = np.maximum(tcp.length() - offset, 0)
        self._kept = np.clip(tcp.present() - offset, 0, self._original)
        self.flows = _flows(tcp, header)
        """For each segment the number of its flow: see `_flows`."""

    def __len__(self) -> int:
        return len(self._packets)

    def loaded(self, which: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        """Give the rows of those that have a payload."""
        return np.flatnonzero((self._kept > 0) & which)

    def heads(self, rows: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
        """Give the first bytes of some payloads, and how many bytes each has."""
        start = np.minimum(self._start[rows], len(self._packets.packets.data))
        return byte_rows(self._packets.packets.data, start, SHORTEST), self._kept[rows]

    def recognized(self, flows: Flows, recognize: Callable[[bytes], object]) -> Iterator[tuple[int, str, str]]:
        """Yield each flow, other than `flows`, with a payload that is recognised, and its source and destination."""
        packets = self._packets.packets
        rows = np.flatnonzero((self._kept >= SHORTEST) & ~np.isin(self.flows, flows))
        heads, _ = self.heads(rows)
        framed = np.isin(heads[:, 0], WHOLE)
        rows = rows[begins_with_text(heads, 0) | framed]
        few = self._packets.select(rows)
        seen: set[int] = set()
        for flow, start, kept, source, destination in zip(
            self.flows[rows].tolist(),
            self._start[rows].tolist(),
            self._kept[rows].tolist(),
            few.endpoints(0),
            few.endpoints(2),
            strict=True,
        ):
            if flow not in seen and recognize(packets.data[start : start + kept].tobytes()):
                seen.add(flow)
                yield flow, self._endpoints[source], self._endpoints[destination]

    def chosen(self, flows: Flows) -> Iterator[Segment]:
        """Yield the segments of these flows, and of all flows those that open or close a connection."""
        return self.made(np.flatnonzero((self.flags & (FIN | SYN | RST) != 0) | np.isin(self.flows, flows)))

    def hellos(self, flows: Flows) -> list[tuple[int, int]]:
        """Give the flows, none of `flows`, that have a payload which begins with a TLS ClientHello, and its frame."""
        rows = np.flatnonzero(self._kept > RECORD)
        if not len(rows):
            return []
        heads = byte_rows(self._packets.packets.data, self._start[rows], RECORD + 1)
        rows = rows[(heads[:, 0] == HANDSHAKE) & (heads[:, 1] == 3) & (heads[:, RECORD] == CLIENT_HELLO)]
        found, first = np.unique(self.flows[rows], return_index=True)
        new = ~np.isin(found, flows)
        frames = self._packets.packets.frames(self._packets.row[rows[first[new]]])
        return list(zip(found[new].tolist(), frames.tolist(), strict=True))

    def sealed(self, flows: Flows) -> dict[int, int]:
        """Count the segments of each of these flows that begin with encrypted data."""
        rows = np.flatnonzero((self._kept > RECORD) & np.isin(self.flows, flows))
        heads = byte_rows(self._packets.packets.data, self._start[rows], 2)
        rows = rows[(heads[:, 0] == APPLICATION_DATA) & (heads[:, 1] == 3)]
        found, counts = np.unique(self.flows[rows], return_counts=True)
        return dict(zip(found.tolist(), counts.tolist(), strict=True))

    def begun_before(self, flows: Flows) -> Iterator[tuple[int, SealedConnection]]:
        """Yield the flows, none of `flows`, with encrypted data to or from the port of SIP over TLS."""
        ports = self._header[:, :4].view(">u2")
        rows = np.flatnonzero((ports == SIPS_PORT).any(axis=1) & (self._kept > RECORD))
        if not len(rows):
            return
        heads = byte_rows(self._packets.packets.data, self._start[rows], 2)
        rows = rows[(heads[:, 0] == APPLICATION_DATA) & (heads[:, 1] == 3) & ~np.isin(self.flows[rows], flows)]
        found, first, counts = np.unique(self.flows[rows], return_index=True, return_counts=True)
        for flow, segment, count in zip(found.tolist(), self.made(rows[first]), counts.tolist(), strict=True):
            outward = segment.destination.endswith(f":{SIPS_PORT}")
            client, server = (segment.source, segment.destination) if outward else (segment.destination, segment.source)
            yield flow, SealedConnection(client=client, server=server, frame=segment.frame, segments=count)

    def of(self, flows: Flows) -> Iterator[tuple[int, Segment]]:
        """Yield the segments of these flows, each with its flow."""
        rows = np.flatnonzero(np.isin(self.flows, flows))
        return zip(self.flows[rows].tolist(), self.made(rows), strict=True)

    def frames(self, flows: Flows) -> npt.NDArray[np.int64]:
        """Give the frames of the segments of these flows."""
        return self._packets.packets.frames(self._packets.row[np.isin(self.flows, flows)])

    def made(self, rows: npt.NDArray[np.int64]) -> Iterator[Segment]:
        """Yield some segments as objects."""
        tcp, header = self._packets.select(rows), self._header[rows]
        start, kept = self._start[rows], self._kept[rows]
        data, endpoints = tcp.packets.data.data, self._endpoints
        for frame, time, source, destination, sequence, acknowledgment, flags, begin, end, cut in zip(
            tcp.packets.frames(tcp.row).tolist(),
            tcp.packets.time[tcp.row].tolist(),
            tcp.endpoints(0),
            tcp.endpoints(2),
            big_endian(header, 4, 4).tolist(),
            big_endian(header, 8, 4).tolist(),
            self.flags[rows].tolist(),
            start.tolist(),
            (start + kept).tolist(),
            (self._original[rows] - kept).tolist(),
            strict=True,
        ):
            yield Segment(
                frame=frame,
                time=time,
                source=endpoints[source],
                destination=endpoints[destination],
                sequence=sequence,
                acknowledgment=acknowledgment,
                flags=flags,
                payload=data[begin:end].tobytes(),
                cut=cut,
            )


def reassembled(whole: Whole, endpoints: Endpoints) -> Segment | None:
    """Give the segment that came in IP fragments, if its header is there."""
    payload = whole.payload
    if len(payload) < HEADER:
        return None
    return Segment(
        frame=whole.frames[-1],
        time=whole.time,
        source=endpoints[whole.source + payload[:2]],
        destination=endpoints[whole.destination + payload[2:4]],
        sequence=int.from_bytes(payload[4:8], "big"),
        acknowledgment=int.from_bytes(payload[8:12], "big"),
        flags=payload[13],
        payload=payload[(payload[12] >> 4) * 4 :],
        cut=whole.cut,
    )


def _flows(tcp: IPPackets, header: npt.NDArray[np.uint8]) -> Flows:
    """Number the flows: equal for both directions of a connection, and hardly ever for two connections."""
    ends = []
    for which in (0, 1):
        high, low = tcp.address(which)
        port = big_endian(header, 2 * which, 2).view(np.uint64)
        ends.append(((high * GOLDEN ^ low) * GOLDEN ^ port) * GOLDEN)
    flows: Flows = np.minimum(*ends) * GOLDEN ^ np.maximum(*ends)
    return flows
