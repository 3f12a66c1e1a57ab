"""Builds packets header by header, and puts them through the demultiplexer."""

from __future__ import annotations

import io
import re
import socket
import struct
from typing import TYPE_CHECKING

from sipdiag.capture import open_capture
from sipdiag.transport import Datagram, Demultiplexer, StreamData
from tests.capture.build import pcap

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sipdiag.transport import MediaColumns

ALICE, BOB = "192.0.2.1", "198.51.100.2"
ALICE6, BOB6 = "2001:db8::1", "2001:db8::2"
OPTIONS = b"OPTIONS sip:bob@example.com SIP/2.0\r\n\r\n"
ANSWER = b"SIP/2.0 200 OK\r\n\r\n"
RTP = b"\x80\x00\x00\x01" + bytes(8) + b"voice"
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16

recognize = re.compile(rb"[\r\n]*(?:SIP/2\.0 \d|[A-Z]+ \S+ SIP/2\.0\r)").match


def ethernet(payload: bytes, *, ethertype: int | None = None, tags: Iterable[int] = ()) -> bytes:
    """Build an Ethernet frame of at least 60 bytes, with VLAN tags of these types."""
    kind = ethertype or (0x0800 if payload[0] >> 4 == 4 else 0x86DD)
    tagged = b"".join(struct.pack(">HH", tag, 7) for tag in tags)
    return (bytes(12) + tagged + struct.pack(">H", kind) + payload).ljust(60, b"\xee")


def ipv4(
    payload: bytes,
    *,
    protocol: int = 17,
    source: str = ALICE,
    destination: str = BOB,
    ident: int = 0,
    place: int = 0,
    options: bytes = b"",
    total: int | None = None,
) -> bytes:
    """Build an IPv4 packet; `place` is the 16-bit word of flags and fragment offset."""
    header = 20 + len(options)
    size = header + len(payload) if total is None else total
    addresses = socket.inet_aton(source) + socket.inet_aton(destination)
    return (
        struct.pack(">BBHHHBBH", 0x40 | header // 4, 0, size, ident, place, 64, protocol, 0)
        + addresses
        + options
        + payload
    )


def ipv6(payload: bytes, *, protocol: int = 17, source: str = ALICE6, destination: str = BOB6) -> bytes:
    """Build an IPv6 packet; extension headers are part of its payload."""
    addresses = socket.inet_pton(socket.AF_INET6, source) + socket.inet_pton(socket.AF_INET6, destination)
    return struct.pack(">IHBB", 0x6ABCDEF0, len(payload), protocol, 64) + addresses + payload


def udp(payload: bytes, *, source: int = 5060, destination: int = 5080, length: int | None = None) -> bytes:
    """Build a UDP datagram."""
    return struct.pack(">HHHH", source, destination, 8 + len(payload) if length is None else length, 0) + payload


def tcp(
    payload: bytes = b"",
    *,
    sequence: int = 0,
    ack: int = 0,
    flags: int = ACK,
    source: int = 40_000,
    destination: int = 5060,
) -> bytes:
    """Build a TCP segment."""
    ports = struct.pack(">HH", source, destination)
    return ports + struct.pack(">IIBBHHH", sequence % 2**32, ack % 2**32, 5 << 4, flags, 65_535, 0, 0) + payload


class Outcome:
    """What a capture of some packets gave."""

    def __init__(self, frames: Iterable[bytes], *, link: int = 1, snap: int = 262_144, media: bool = True) -> None:
        self._read(pcap(frames, link=link, snap=snap), media=media)

    @classmethod
    def of(cls, data: bytes, *, media: bool = True) -> Outcome:
        """Give what a capture file gave."""
        outcome = cls.__new__(cls)
        outcome._read(data, media=media)
        return outcome

    def _read(self, data: bytes, *, media: bool) -> None:
        capture = open_capture("-", stream=io.BytesIO(data))
        demultiplexer = Demultiplexer(recognize, media=media)
        self.media: list[MediaColumns] = []
        self.signalling: list[Datagram | StreamData] = []
        for packets in capture.packets():
            traffic = demultiplexer.feed(packets)
            self.signalling += traffic.signalling
            if traffic.media is not None:
                self.media.append(traffic.media)
        self.signalling += demultiplexer.finish().signalling
        self.defects = demultiplexer.defects
        self.connections = demultiplexer.connections
        self.handshakes = demultiplexer.handshakes
        self.undelivered = demultiplexer.undelivered

    @property
    def datagrams(self) -> list[Datagram]:
        """What came by datagram."""
        return [each for each in self.signalling if isinstance(each, Datagram)]

    @property
    def streams(self) -> list[StreamData]:
        """What came by stream."""
        return [each for each in self.signalling if isinstance(each, StreamData)]
