"""Chosen packets out of a capture, and captures written: pcap and pcapng (draft-ietf-opsawg-pcap, -pcapng).

Only the packets that are chosen become objects; those around them stay columns.
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from sipdiag.capture.packets import Packets
from sipdiag.capture.pcapng import (
    ENHANCED_PACKET,
    HEAD,
    INTERFACE,
    OBSOLETE_PACKET,
    SECRETS,
    SECTION_HEADER,
    TLS_KEY_LOG,
)

NANOSECOND_PCAP, MICROSECOND_PCAP = 0xA1B23C4D, 0xA1B2C3D4
LONGEST = 262_144
"""The snap length that is written: what libpcap and Wireshark believe in."""
SECOND = 1_000_000_000
END_OF_OPTIONS, COMMENT, APPLICATION, RESOLUTION = 0, 1, 4, 9
NANOSECONDS = 9
"""As a power of ten, for the resolution of an interface."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One packet with all that a capture file says of it."""

    capture: int
    """Which capture it is from, from 0."""
    frame: int
    """Its number there."""
    time: int
    """Nanoseconds since 1970-01-01 UTC."""
    link: int
    """LINKTYPE."""
    data: bytes
    original: int
    """Bytes on the wire; more than there are where the snap length cut."""
    comments: tuple[bytes, ...] = ()
    """What somebody wrote about it, in pcapng."""


def chosen(packets: Packets, frames: Sequence[int], *, capture: int = 0, pcapng: bool = False) -> Iterator[Record]:
    """The packets of one chunk whose frame is among `frames`, which ascend; `pcapng`: with their comments."""
    first = packets.first_frame
    view = packets.data.data
    for frame in frames[bisect_left(frames, first) : bisect_left(frames, first + len(packets))]:
        row = frame - first
        begin = int(packets.offset[row])
        yield Record(
            capture=capture,
            frame=frame,
            time=int(packets.time[row]),
            link=int(packets.link[row]),
            data=view[begin : begin + int(packets.captured[row])].tobytes(),
            original=int(packets.original[row]),
            comments=_comments(view, begin) if pcapng else (),
        )


def written(records: Sequence[Record], *, pcapng: bool, secrets: Iterable[bytes] = ()) -> Iterator[bytes]:
    """The bytes of a capture file with these packets, in the order given; classic pcap takes one link type only."""
    if pcapng:
        yield from _pcapng(records, secrets)
        return
    links = {record.link for record in records}
    if len(links) > 1:
        raise ValueError("a classic capture has one link type")
    fine = any(record.time % 1_000 for record in records)
    magic, unit = (NANOSECOND_PCAP, 1) if fine else (MICROSECOND_PCAP, 1_000)
    yield struct.pack("<IHHiIII", magic, 2, 4, 0, 0, LONGEST, links.pop() if links else 1)
    for record in records:
        seconds, rest = divmod(record.time, SECOND)
        yield struct.pack("<IIII", seconds & 0xFFFFFFFF, rest // unit, len(record.data), record.original) + record.data


def _pcapng(records: Sequence[Record], secrets: Iterable[bytes]) -> Iterator[bytes]:
    """One section, one interface a link type, and the secrets before the packets that need them."""
    yield section()
    links = list(dict.fromkeys(record.link for record in records)) or [1]
    for link in links:
        yield described(link)
    for secret in secrets:
        yield _block(SECRETS, struct.pack("<II", TLS_KEY_LOG, len(secret)) + _padded(secret))
    for record in records:
        head = struct.pack(
            "<IIIII",
            links.index(record.link),
            record.time >> 32 & 0xFFFFFFFF,
            record.time & 0xFFFFFFFF,
            len(record.data),
            record.original,
        )
        options = _options([(COMMENT, comment) for comment in record.comments])
        yield _block(ENHANCED_PACKET, head + _padded(record.data) + options)


def section() -> bytes:
    """The block with which a pcapng file begins."""
    return _block(SECTION_HEADER, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + _options([(APPLICATION, b"sipdiag")]))


def described(link: int) -> bytes:
    """The block of an interface whose times are nanoseconds."""
    return _block(INTERFACE, struct.pack("<HHI", link, 0, LONGEST) + _options([(RESOLUTION, bytes([NANOSECONDS]))]))


def _block(kind: int, body: bytes) -> bytes:
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + length + body + length


def _options(options: Sequence[tuple[int, bytes]]) -> bytes:
    if not options:
        return b""
    told = b"".join(struct.pack("<HH", code, len(value)) + _padded(value) for code, value in options)
    return told + struct.pack("<HH", END_OF_OPTIONS, 0)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def _comments(view: memoryview, begin: int) -> tuple[bytes, ...]:
    """The comments of the packet block whose packet begins there: options stand behind it (section 3.5)."""
    at = begin - HEAD
    for order in "<>":
        kind, length = struct.unpack_from(order + "II", view, at) if at >= 0 else (0, 0)
        if kind in (ENHANCED_PACKET, OBSOLETE_PACKET) and at + length <= len(view):
            (captured,) = struct.unpack_from(order + "I", view, at + 20)
            options = view[begin + (captured + 3 & ~3) : at + length - 4]
            return tuple(_values(order, options, COMMENT))
    return ()


def _values(order: str, options: memoryview, wanted: int) -> Iterator[bytes]:
    at = 0
    while at + 4 <= len(options):
        code, length = struct.unpack_from(order + "HH", options, at)
        if code == END_OF_OPTIONS:
            return
        if code == wanted:
            yield options[at + 4 : at + 4 + length].tobytes()
        at += 4 + (length + 3 & ~3)
