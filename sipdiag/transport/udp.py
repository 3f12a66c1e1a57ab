"""UDP: datagrams that begin with text, which may be signalling, and the others, which may be media (RFC 768)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sipdiag.transport import plain
from sipdiag.transport.columns import MEDIA_HEAD, Heads, MediaColumns, big_endian
from sipdiag.transport.delivery import Datagram, PartialDatagram
from sipdiag.transport.ip import ADDRESSES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sipdiag.transport.endpoint import Endpoints
    from sipdiag.transport.fragments import LostDatagram, Whole
    from sipdiag.transport.ip import IPPackets

UDP, HEADER, SHORTEST = plain.UDP, plain.HEADER, plain.SHORTEST
TEXT = np.zeros(256, np.bool_)
TEXT[list(plain.TEXT)] = True
MAPPED_PREFIX = bytes(10) + b"\xff\xff"
ASCII = 0x7F
"""RTP and RTCP begin with a higher byte: the tables are used for the few other datagrams."""
OLD_HEP_VERSION, OLD_HEP_LENGTH, OLD_HEP_FAMILY = np.zeros((3, 256), np.bool_)
OLD_HEP_VERSION[[1, 2]] = OLD_HEP_LENGTH[[16, 28, 40, 52]] = OLD_HEP_FAMILY[[2, 10]] = True
FAX_DATA = 0xC0
"""A packet of a fax may have a number and a length like that: its data begin with a byte from this one on."""


def begins_with_text(heads: Heads, at: int) -> npt.NDArray[np.bool_]:
    """Tell which rows have four characters of text at byte `at`."""
    text = np.zeros(len(heads), np.bool_)
    rows = np.flatnonzero(heads[:, at] < ASCII)
    text[rows] = TEXT[heads[rows, at : at + SHORTEST]].all(axis=1)
    return text


def is_text(datagram: bytes) -> bool:
    """Tell whether a datagram's payload begins with text."""
    begin = datagram[HEADER : HEADER + SHORTEST]
    return len(begin) == SHORTEST and bool(TEXT[list(begin)].all())


def _begins_signalling(heads: Heads, udp: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Tell which of the `udp` packets may be signalling: text, or HEP before version 3, of one of a few lengths."""
    found = np.zeros(len(heads), np.bool_)
    rows = np.flatnonzero(udp & (heads[:, HEADER] < ASCII))
    begin = heads[rows, HEADER : HEADER + SHORTEST]
    old = OLD_HEP_VERSION[begin[:, 0]] & OLD_HEP_LENGTH[begin[:, 1]]
    old &= OLD_HEP_FAMILY[begin[:, 2]] & (begin[:, 3] < FAX_DATA)
    found[rows] = TEXT[begin].all(axis=1) | old
    return found


class Payloads:
    """Where the UDP payloads of some packets lie, and how long they are."""

    def __init__(self, packets: IPPackets) -> None:
        in_header = big_endian(packets.transport(HEADER), 4, 2)
        length = packets.length()
        # The datagram may end before the IP packet does; an impossible length comes from segmentation offload.
        length = np.where((in_header >= HEADER) & (in_header < length), in_header, length)
        self.start = packets.start() + HEADER
        self.original = np.maximum(length - HEADER, 0)
        self.kept = np.clip(packets.present() - HEADER, 0, self.original)


def split(packets: IPPackets, *, media: bool) -> tuple[IPPackets, IPPackets | None]:
    """Give the UDP packets that begin with text and, if asked for, the others."""
    udp = packets.protocol == UDP
    heads = packets.transport(HEADER + SHORTEST)
    text = _begins_signalling(heads, udp)
    few = packets.select(text)
    there = few.present() >= HEADER + SHORTEST
    text[text] = there
    return few.select(there), packets.select(udp & ~text & (packets.present() >= HEADER)) if media else None


def datagrams(packets: IPPackets, recognize: Callable[[bytes], object], endpoints: Endpoints) -> Iterator[Datagram]:
    """Yield a datagram for each packet whose payload is recognised."""
    where = Payloads(packets)
    data = packets.packets.data.data
    frames = packets.packets.frames(packets.row)
    identification = big_endian(packets.head, 4, 2) if packets.version == 4 else np.zeros(len(packets), np.int64)
    for start, end, frame, time, source, destination, ip_id, cut in zip(
        where.start.tolist(),
        (where.start + where.kept).tolist(),
        frames.tolist(),
        packets.packets.time[packets.row].tolist(),
        packets.endpoints(0),
        packets.endpoints(2),
        identification.tolist(),
        (where.original - where.kept).tolist(),
        strict=True,
    ):
        payload = data[start:end].tobytes()
        if recognize(payload):
            yield Datagram(
                frame=frame,
                time=time,
                source=endpoints[source],
                destination=endpoints[destination],
                payload=payload,
                ip_id=ip_id,
                cut=cut,
            )


def reassembled(whole: Whole, recognize: Callable[[bytes], object], endpoints: Endpoints) -> Datagram | None:
    """Give the datagram that came in fragments, if it is recognised."""
    payload = whole.payload[HEADER:]
    if len(payload) < SHORTEST or not TEXT[list(payload[:SHORTEST])].all() or not recognize(payload):
        return None
    return Datagram(
        frame=whole.frames[-1],
        time=whole.time,
        source=endpoints[whole.source + whole.payload[:2]],
        destination=endpoints[whole.destination + whole.payload[2:4]],
        payload=payload,
        ip_id=whole.identification if len(whole.source) == 4 else 0,
        fragments=whole.frames,
        cut=whole.cut,
    )


def partial(lost: LostDatagram, endpoints: Endpoints) -> PartialDatagram:
    """Give a datagram with a missing fragment, as far as it is there."""
    ports = lost.head[:4] if len(lost.head) >= HEADER else bytes(4)
    return PartialDatagram(
        frames=lost.frames,
        time=lost.time,
        source=endpoints[lost.source + ports[:2]],
        destination=endpoints[lost.destination + ports[2:]],
        received=lost.received,
        length=lost.length,
        payload=lost.head[HEADER:],
        ip_id=lost.identification if len(lost.source) == 4 else 0,
    )


def media_columns(packets: IPPackets) -> MediaColumns:
    """Give the columns of UDP packets."""
    where = Payloads(packets)
    ports = packets.transport(HEADER + MEDIA_HEAD)
    source, destination = packets.address(0), packets.address(1)
    return MediaColumns(
        data=packets.packets.data,
        head=ports[:, HEADER:],
        frame=packets.packets.frames(packets.row),
        time=packets.packets.time[packets.row],
        source_hi=source[0],
        source_lo=source[1],
        destination_hi=destination[0],
        destination_lo=destination[1],
        source_port=big_endian(ports, 0, 2),
        destination_port=big_endian(ports, 2, 2),
        start=where.start,
        length=where.kept,
        original_length=where.original,
    )


def reassembled_media(wholes: Sequence[Whole]) -> MediaColumns | None:
    """Give the columns of the datagrams among `wholes` that came in fragments and are no text: video, as a rule."""
    wholes = [each for each in wholes if each.protocol == UDP and len(each.payload) >= HEADER + SHORTEST]
    wholes = [each for each in wholes if not TEXT[list(each.payload[HEADER : HEADER + SHORTEST])].all()]
    if not wholes:
        return None
    lengths = np.array([len(each.payload) - HEADER for each in wholes], np.int64)
    ports = np.array([[int.from_bytes(each.payload[at : at + 2], "big") for at in (0, 2)] for each in wholes], np.int64)
    halves = np.array([_halves(each.source) + _halves(each.destination) for each in wholes], np.uint64)
    return MediaColumns(
        data=np.frombuffer(b"".join(each.payload for each in wholes), np.uint8),
        head=np.frombuffer(
            b"".join(each.payload[HEADER:].ljust(MEDIA_HEAD, b"\0")[:MEDIA_HEAD] for each in wholes), np.uint8
        ).reshape(-1, MEDIA_HEAD),
        frame=np.array([each.frames[-1] for each in wholes], np.int64),
        time=np.array([each.time for each in wholes], np.int64),
        source_hi=halves[:, 0],
        source_lo=halves[:, 1],
        destination_hi=halves[:, 2],
        destination_lo=halves[:, 3],
        source_port=ports[:, 0],
        destination_port=ports[:, 1],
        start=np.cumsum(lengths + HEADER) - lengths,
        length=lengths,
        original_length=lengths + np.array([each.cut for each in wholes], np.int64),
    )


def _halves(address: bytes) -> tuple[int, int]:
    """Give an address as two 64-bit halves; IPv4 stands as ::ffff:a.b.c.d."""
    whole = address if len(address) == ADDRESSES[6][1] else MAPPED_PREFIX + address
    return int.from_bytes(whole[:8], "big"), int.from_bytes(whole[8:], "big")
