"""Datagrams → the streams of faxes: UDPTL, as T.38 goes over UDP (ITU-T T.38, section 9.1 and annex A).

A datagram holds a sequence number of 16 bits, a primary packet, and behind it earlier ones again or parity of them. It
bears no mark, but the lengths inside must come out at its end; and only what is numbered one by one is told at last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from sipdiag.media.fax import MOST_REPEATED, PADDING, PARITY, REPEATS
from sipdiag.media.rtp import HEADER, Column, Datagrams, Octets, RtpPackets, flows_of
from sipdiag.media.stream import UDPTL, Stream
from sipdiag.media.streams import RtpStreams

if TYPE_CHECKING:
    import numpy.typing as npt

    from sipdiag.media.batch import Batch, Mask
    from sipdiag.media.continuing import Match
    from sipdiag.media.sequence import Order

USUAL = (0x80, 0x90)
"""First bytes of nearly all RTP: what begins with them is looked at only where a fax has come so far."""
NEAR = (0x70, 0x91)
"""High bytes of the numbers from which a fax may come so far, as many as a chunk may have."""
SHORTEST = 5
"""Sequence number, an empty primary packet, no earlier ones."""
OF_A_KIND = 0x7F
"""What stands for the payload type, of which UDPTL has none."""


class UdptlStreams(RtpStreams):
    """Follows the streams of all faxes of one capture by their numbers, as those of RTP are; feed it each chunk."""

    def __bool__(self) -> bool:
        """Whether there are any."""
        return len(self._table) > 0

    def feed(self, datagrams: Datagrams) -> None:
        """Take the next chunk."""
        packets = self._packets(datagrams)
        if packets is not None:
            self._take(packets, datagrams)

    def streams(self, capture: int = 0) -> list[Stream]:
        """Give all streams so far, in the order in which they began; they have no clock, and so no jitter."""
        return [_without_clock(each) for each in super().streams(capture)]

    def match(self, later: RtpStreams) -> Match | None:
        """Which streams go on, where nothing is missing between; and where a part knows of all that look like RTP."""
        if _is_near(self._table.state["number"][: len(self._table)]).any():
            return None
        if _is_near(later._table.state["begun"][: len(later._table)]).any():  # noqa: SLF001  (one of its own)
            return None
        match = super().match(later)
        return match if match is not None and (match.step == 1).all() else None

    def _packets(self, datagrams: Datagrams) -> RtpPackets | None:
        first = datagrams.head[:, 0]
        usual: Mask = (first == USUAL[0]) | (first == USUAL[1])
        packets = udptl_packets(datagrams, np.flatnonzero(~usual))
        near = self._table.state["flow"][: len(self._table)][_is_near(self._table.state["number"][: len(self._table)])]
        if packets is not None:
            near = np.concatenate([near, packets.flow[_is_near(packets.sequence)]])
        if len(near):
            rows = np.flatnonzero(usual)
            rows = rows[np.isin(_flows(datagrams, rows), near)]
            if packets is not None:
                rows = np.sort(np.concatenate([rows, packets.row]))
            packets = udptl_packets(datagrams, rows)
        return packets

    def _name(self, datagrams: Datagrams, row: int) -> int:
        """Give what stands for the SSRC."""
        del datagrams, row
        return UDPTL

    def _take_figures(self, batch: Batch, state: npt.NDArray[np.void], order: Order, elapsed: Column) -> Mask:
        """Take what is counted, and what is missing that the packet behind it does not bring again."""
        gone = np.maximum(order.missing - batch.packets.ssrc.astype(np.int64), 0)
        state["unrepaired"] += np.add.reduceat(gone, batch.starts)
        return super()._take_figures(batch, state, order, elapsed)


def _is_near(number: npt.NDArray[np.signedinteger]) -> Mask:
    """Tell which numbers are not far from those that begin like most RTP."""
    high = number >> 8 & 0xFF
    near: Mask = (high >= NEAR[0]) & (high <= NEAR[1])
    return near


def udptl_packets(datagrams: Datagrams, rows: Column) -> RtpPackets | None:
    """Give those of some datagrams that are built like UDPTL, as packets of RTP whose clock stands still.

    For the SSRC stands how many earlier packets each brings again.
    """
    rows = rows[datagrams.length[rows] >= SHORTEST]
    if not len(rows):
        return None
    repeats = _repeats(datagrams, rows)
    rows, repeats = rows[repeats >= 0], repeats[repeats >= 0]
    if not len(rows):
        return None
    head = datagrams.head[rows]
    return RtpPackets(
        first=np.zeros(len(rows), np.uint8),
        second=np.full(len(rows), OF_A_KIND, np.uint8),
        sequence=(head[:, 0].astype(np.int32) << 8) | head[:, 1],
        timestamp=np.zeros(len(rows), np.int64),
        ssrc=repeats.view(np.uint64),
        flow=_flows(datagrams, rows),
        frame=datagrams.frame[rows],
        time=datagrams.time[rows],
        start=datagrams.start[rows],
        kept=datagrams.length[rows],
        length=datagrams.original_length[rows],
        row=rows,
    )


def _flows(datagrams: Datagrams, rows: Column) -> npt.NDArray[np.uint64]:
    return flows_of(datagrams, rows, np.zeros(len(rows), np.uint64))


def _repeats(datagrams: Datagrams, rows: Column) -> Column:
    """Give how many earlier packets each datagram holds; -1 where the lengths inside do not lead to its end.

    UDPTLPacket ::= SEQUENCE { seq-number, primary-ifp-packet, error-recovery CHOICE {
    secondary-ifp-packets SEQUENCE OF, fec-info SEQUENCE { fec-npackets, fec-data SEQUENCE OF } } }

    Of one that was cut off no more is asked than what is there; what is not may hold as many as there can be.
    """
    data, start = datagrams.data, datagrams.start[rows]
    end, whole = start + datagrams.length[rows], start + datagrams.original_length[rows]
    place = _behind(data, start + 2, end)
    beyond = (end < whole) & (place > end - 2) & (place <= whole - 2)
    kind = data[np.minimum(place, end - 1)]
    good: Mask = (place <= end - 2) & ((kind == REPEATS) | (kind == PARITY))
    place = np.where(kind == PARITY, _behind(data, place + 1, end), place + 1)
    count = np.where(good & (place < end), data[np.minimum(place, end - 1)], 0).astype(np.int64)
    good &= (place < end) & (count <= MOST_REPEATED)
    place += 1
    for number in range(int(count[good].max(initial=0))):
        place = np.where(number < count, _behind(data, place, end), place)
    at_the_end = (place <= end) & (end - place <= PADDING)
    good &= np.where(end < whole, place > end - 1, at_the_end)
    return np.where(good, count, np.where(beyond, MOST_REPEATED, -1))


def _behind(data: Octets, place: Column, end: Column) -> Column:
    """Give where a field of a length of its own ends: 0xxxxxxx, or 10xxxxxx xxxxxxxx (ITU-T X.691, section 10.9)."""
    last = end - 1
    first = data[np.minimum(place, last)].astype(np.int64)
    second = data[np.minimum(place + 1, last)].astype(np.int64)
    long = first >= 0x80
    size = np.where(long, (first & 0x3F) << 8 | second, first)
    behind: Column = place + 1 + long + size
    return np.where((place <= last) & (first < 0xC0), behind, end + PADDING + 1)


def _without_clock(stream: Stream) -> Stream:
    formats = tuple(replace(each, payload_type=UDPTL, length=each.length + HEADER) for each in stream.formats)
    steps = replace(stream.steps, jitter=(0.0,) * len(stream.steps.jitter))
    return replace(stream, formats=formats, jitters=(), steps=steps)
