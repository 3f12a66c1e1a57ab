"""Which datagrams are RTP, and what their headers say, a column a field (RFC 3550, section 5.1; RFC 5761, section 4).

RTP bears no mark: what looks like it by its first two bytes may be anything. Only the streams that such packets make
can tell, so that nothing here is more than a candidate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Column = npt.NDArray[np.int64]
Octets = npt.NDArray[np.uint8]

HEADER = 12
"""Bytes of the fixed header."""
MARKER = 0x80
VERSION = 2
HALVED = np.uint64(20)
"""The bit of a flow's number that says which half it belongs to."""
RTCP_TYPES = (192, 223)
"""Second bytes that are RTCP packet types (RFC 5761, section 4)."""


class Datagrams(Protocol):
    """Columns of UDP datagrams: what this room reads, wherever it comes from; one row each, in frame order."""

    @property
    def data(self) -> Octets:
        """The bytes that `start` points into."""

    @property
    def head(self) -> Octets:
        """The first twelve bytes of each payload; what lies behind `length` is something else."""

    @property
    def frame(self) -> Column:
        """Packet numbers, ascending."""

    @property
    def time(self) -> Column:
        """Nanoseconds."""

    @property
    def source_hi(self) -> npt.NDArray[np.uint64]:
        """The high half of the address."""

    @property
    def source_lo(self) -> npt.NDArray[np.uint64]:
        """The low half of the address."""

    @property
    def destination_hi(self) -> npt.NDArray[np.uint64]:
        """The high half of the address."""

    @property
    def destination_lo(self) -> npt.NDArray[np.uint64]:
        """The low half of the address."""

    @property
    def source_port(self) -> Column:
        """UDP port."""

    @property
    def destination_port(self) -> Column:
        """UDP port."""

    @property
    def start(self) -> Column:
        """Where the UDP payload begins in `data`."""

    @property
    def length(self) -> Column:
        """Bytes of the payload that were kept."""

    @property
    def original_length(self) -> Column:
        """Bytes of the payload on the wire."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RtpPackets:
    """What the headers of some packets say; every column has a row a packet."""

    first: Octets
    """Version, padding, extension, number of contributing sources."""
    second: Octets
    """Marker and payload type."""
    sequence: npt.NDArray[np.int32]
    timestamp: Column
    ssrc: npt.NDArray[np.uint64]
    flow: npt.NDArray[np.uint64]
    """A number for source, destination and SSRC: the same for the packets of one stream."""
    frame: Column
    time: Column
    start: Column
    kept: Column
    """Bytes of RTP that were kept, header included."""
    length: Column
    """Bytes of RTP on the wire, header included."""
    row: Column
    """The row of each in the datagrams that it came from."""

    def __len__(self) -> int:
        return len(self.first)

    def ordered(self, order: Column) -> RtpPackets:
        """Give the packets in another order, or some of them."""
        return RtpPackets(**{name: getattr(self, name)[order] for name in RtpPackets.__slots__})


def rtp_packets(datagrams: Datagrams, share: int | None = None) -> RtpPackets | None:
    """Give those of `datagrams` that may be RTP, or a `share` of their flows, 0 or 1; nothing when there are none."""
    head, length = datagrams.head, datagrams.length
    first, second = head[:, 0], head[:, 1]
    good = (first >> 6 == VERSION) & (length >= HEADER)
    good &= (second < RTCP_TYPES[0]) | (second > RTCP_TYPES[1])
    rows = np.flatnonzero(good)
    if not len(rows):
        return None
    which: Column | slice = slice(None) if len(rows) == len(first) else rows
    head = head[which]
    ssrc = _field(head, 8, 4).astype(np.uint64)
    flow = flows_of(datagrams, which, ssrc)
    if share is not None:
        mine = np.flatnonzero((flow >> HALVED & np.uint64(1)) == share)
        if not len(mine):
            return None
        head, ssrc, flow, rows = head[mine], ssrc[mine], flow[mine], rows[mine]
        which = rows
    return RtpPackets(
        first=head[:, 0],
        second=head[:, 1],
        sequence=_field(head, 2, 2).astype(np.int32),
        timestamp=_field(head, 4, 4).astype(np.int64),
        ssrc=ssrc,
        flow=flow,
        frame=datagrams.frame[which],
        time=datagrams.time[which],
        start=datagrams.start[which],
        kept=length[which],
        length=datagrams.original_length[which],
        row=rows,
    )


def _field(head: Octets, at: int, width: int) -> npt.NDArray[np.unsignedinteger]:
    return head[:, at : at + width].view(f">u{width}")[:, 0]


def flows_of(datagrams: Datagrams, which: Column | slice, ssrc: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Mix addresses, ports and SSRC to 64 bits, by multiplication with odd numbers."""
    ports = (datagrams.source_port[which] << 16 | datagrams.destination_port[which]).view(np.uint64)
    flow = datagrams.source_lo[which] ^ (ssrc << np.uint64(32))
    flow = flow * np.uint64(0x9E3779B97F4A7C15)
    flow ^= flow >> np.uint64(31)
    flow += datagrams.destination_lo[which] ^ (ports << np.uint64(32))
    flow *= np.uint64(0xD6E8FEB86659FD93)
    flow ^= flow >> np.uint64(32)
    high = datagrams.source_hi[which]
    other = datagrams.destination_hi[which]
    if high.any() or other.any():
        flow ^= (high * np.uint64(0xA0761D6478BD642F)) ^ (other * np.uint64(0xE7037ED1A0B428DB))
        flow *= np.uint64(0x8EBC6AF09C88C6E3)
        flow ^= flow >> np.uint64(29)
    flow += ssrc * np.uint64(0x2545F4914F6CDD1D)
    mixed: npt.NDArray[np.uint64] = flow
    return mixed
