"""One conversation in many wrappings: files, link layers, tunnels, fragments, streams, and what carries SIP in them."""

from __future__ import annotations

import bz2
import gzip
import lzma
import socket
import struct
import zlib
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import lz4.frame
import zstandard

from tests.capture.build import block, enhanced, interface, option, section
from tests.transport.wire import ACK, FIN, PSH, SYN, ethernet, ipv4, ipv6, tcp, udp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Packet = tuple[int, bytes]
"""Nanoseconds since 1970, and the bytes."""
Outer = tuple[str, str]
OUTER = {"source": "203.0.113.1", "destination": "203.0.113.2"}
OUTER6 = {"source": "2001:db8:f::1", "destination": "2001:db8:f::2"}
ISN = 0xFFFFFF00
"""First sequence number of every connection: it wraps soon."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """One message on its way."""

    time: int
    source: tuple[str, int]
    destination: tuple[str, int]
    payload: bytes


# Files


def pcap(packets: Iterable[Packet], *, order: str = "<", nanos: bool = True, link: int = 1) -> bytes:
    """A classic capture."""
    unit = 1 if nanos else 1_000
    head = struct.pack(order + "IHHiIII", 0xA1B23C4D if nanos else 0xA1B2C3D4, 2, 4, 0, 0, 262_144, link)
    return head + b"".join(
        struct.pack(order + "IIII", time // 10**9, time % 10**9 // unit, len(data), len(data)) + data
        for time, data in packets
    )


def modified(packets: Iterable[Packet]) -> bytes:
    """A capture of Kuznetzov's tcpdump."""
    head = struct.pack("<IHHiIII", 0xA1B2CD34, 2, 4, 0, 0, 262_144, 1)
    return head + b"".join(
        struct.pack("<IIIIIHBB", time // 10**9, time % 10**9 // 1_000, len(data), len(data), 1, 0x0800, 4, 0) + data
        for time, data in packets
    )


def pcapng(packets: Iterable[Packet], order: str = "<", *, resolution: int = 9, seconds: int = 0) -> bytes:
    """One section, one interface, with that if_tsresol, and a clock that many seconds behind."""
    options = option(9, bytes([resolution]), order) + option(14, struct.pack(order + "q", seconds), order)
    ticks = 2 ** (resolution & 0x7F) if resolution & 0x80 else 10**resolution
    head = section(order) + interface(order, options=options)
    return head + b"".join(enhanced(data, (time - seconds * 10**9) * ticks // 10**9, order) for time, data in packets)


def obsolete(packets: Iterable[Packet]) -> bytes:
    """The packet blocks of before 2004."""
    blocks = []
    for time, data in packets:
        ticks = time // 1_000
        head = struct.pack("<HHIIII", 0, 0xFFFF, ticks >> 32, ticks & 0xFFFFFFFF, len(data), len(data))
        blocks.append(block(2, head + data))
    return section() + interface() + b"".join(blocks)


def two_sections(packets: Sequence[Packet]) -> bytes:
    """Two sections of opposite byte order."""
    half = len(packets) // 2
    return pcapng(packets[:half], "<") + pcapng(packets[half:], ">")


def two_interfaces(packets: Sequence[Packet]) -> bytes:
    """Interfaces of two link types, the packets in turn on one and the other."""
    head = section() + interface(options=option(9, b"\x09")) + interface(link=101, options=option(9, b"\x06"))
    return head + b"".join(
        enhanced(data[14:], time // 1_000, number=1) if turn % 2 else enhanced(data, time)
        for turn, (time, data) in enumerate(packets)
    )


def chattering(packets: Iterable[Packet]) -> bytes:
    """Comments, name resolution, statistics, secrets, custom and unknown blocks between the packets."""
    noise = [
        block(4, struct.pack("<HH", 1, 10) + socket.inet_aton("192.0.2.10") + b"alice\0" + bytes(2) + bytes(4)),
        block(5, struct.pack("<III", 0, 1, 2) + option(1, b"half of them were lost")),
        block(10, struct.pack("<II", 0x544C534B, 4) + b"# x\n"),
        block(0x00000BAD, struct.pack("<I", 32_473) + b"custom"),
        block(0x40000BAD, b"nobody knows"),
    ]
    parts = [section(), interface(options=option(9, b"\x09") + option(1, b"eth0"))]
    for turn, (time, data) in enumerate(packets):
        head = struct.pack("<IIIII", 0, time >> 32, time & 0xFFFFFFFF, len(data), len(data))
        comment = option(1, b"INVITE sip:comment@example.com SIP/2.0") + option(0, b"")
        parts += [noise[turn % len(noise)], block(6, head + data + bytes(-len(data) % 4) + comment)]
    return b"".join(parts)


def framed(said: Iterable[Said]) -> list[Packet]:
    """Ethernet frames."""
    return [(time, ethernet(data)) for time, data in datagrams(said)]


def datagrams(said: Iterable[Said]) -> list[Packet]:
    """IP packets, each with a datagram."""
    return [(each.time, _internet(each, udp(each.payload, **_ports(each)), 17)) for each in said]


def _ports(each: Said) -> dict[str, int]:
    return {"source": each.source[1], "destination": each.destination[1]}


def _internet(each: Said, payload: bytes, protocol: int) -> bytes:
    build = ipv6 if ":" in each.source[0] else ipv4
    return build(payload, protocol=protocol, source=each.source[0], destination=each.destination[0])


def linked(said: Iterable[Said], link: int, head: Callable[[bytes], bytes]) -> bytes:
    """A capture of another link type."""
    return pcap([(time, head(data) + data) for time, data in datagrams(said)], link=link)


def _ethertype(packet: bytes) -> bytes:
    return b"\x08\x00" if packet[0] >> 4 == 4 else b"\x86\xdd"


def _snap(packet: bytes) -> bytes:
    return b"\xaa\xaa\x03\0\0\0" + _ethertype(packet)


def _nflog(packet: bytes, order: str = "<") -> bytes:
    attributes = [(1, bytes(4)), (10, b"a prefix of some length\0"), (5, bytes(4)), (11, bytes(4))]
    head = b"".join(
        struct.pack(order + "HH", 4 + len(value), kind) + value + bytes(-len(value) % 4) for kind, value in attributes
    )
    return b"\x02\0\0\0" + head + struct.pack(order + "HH", 4 + len(packet), 9)


def _wireless(packet: bytes, *, control: int = 0x08, flags: int = 1, pad: int = 0) -> bytes:
    header = 24 + 6 * (flags & 3 == 3) + 2 * (control & 0x80 != 0)
    return bytes([control, flags]) + bytes(header - 2 + pad) + _snap(packet)


def part(body: bytes, *, last: bool = False) -> bytes:
    """One of several frames in one of Wi-Fi: addresses, length, what is in it, padding but for the last (9.3.2.2)."""
    made = bytes(12) + struct.pack(">H", len(body)) + body
    return made if last else made + bytes(-len(made) % 4)


def aggregated(packet: bytes, *, control: int = 0x88, flags: int = 1, pad: int = 0) -> bytes:
    """An A-MSDU: an ARP request, the packet, and something that is no IP either."""
    header = 24 + 6 * (flags & 3 == 3)
    ordered = 4 if flags & 0x80 else 0
    others = b"\xaa\xaa\x03\0\0\0\x08\x06" + bytes(29), b"\xaa\xaa\x03\0\0\0\x88\x8e\x01\0\0\0"
    parts = part(others[0]) + part(_snap(packet) + packet) + part(others[1], last=True)
    return bytes([control, flags]) + bytes(header - 2) + b"\x80\0" + bytes(ordered + pad) + parts


def _radiotap(packet: bytes, *, padded: bool = False) -> bytes:
    words = struct.pack("<II", 0x80000003, 0) if padded else struct.pack("<I", 0x0000000A)
    fields = bytes(4) + bytes(8) + b"\x20" if padded else b"\0\0"
    head = b"\0\0" + struct.pack("<H", 4 + len(words) + len(fields)) + words + fields
    return head + (_wireless(packet, control=0x88, pad=2) if padded else _wireless(packet))


LINKS: dict[str, tuple[int, Callable[[bytes], bytes]]] = {
    "null": (0, lambda _: b"\x02\0\0\0"),
    "ppp": (9, lambda _: b"\xff\x03\x00\x21"),
    "ppp-compressed": (9, lambda _: b"\x21"),
    "llc-snap-atm": (100, _snap),
    "raw-12": (12, lambda _: b""),
    "raw-14": (14, lambda _: b""),
    "raw-101": (101, lambda _: b""),
    "raw-228": (228, lambda _: b""),
    "hdlc-ppp": (50, lambda _: b"\xff\x03\x00\x21"),
    "pppoe": (51, lambda packet: b"\x11\0\0\x07" + struct.pack(">H", len(packet) + 2) + b"\x00\x21"),
    "hdlc-cisco": (104, lambda packet: b"\x0f\0" + _ethertype(packet)),
    "wifi": (105, _wireless),
    "wifi-wds-qos": (105, partial(_wireless, control=0x88, flags=3)),
    "frame-relay": (107, lambda _: b"\x18\x41\x03\xcc"),
    "loop": (108, lambda _: b"\0\0\0\x02"),
    "enc": (109, lambda _: struct.pack("<III", 2, 0, 0)),
    "cooked": (113, lambda packet: b"\0\0\0\x01\0\x06" + bytes(8) + _ethertype(packet)),
    "pflog": (117, lambda _: b"\x3d\x02" + bytes(62)),
    "prism": (119, lambda packet: struct.pack("<II", 0x44, 144) + bytes(136) + _wireless(packet)),
    "radiotap": (127, _radiotap),
    "radiotap-padded": (127, partial(_radiotap, padded=True)),
    "firewire": (138, lambda packet: bytes(16) + _ethertype(packet)),
    "avs": (163, lambda packet: struct.pack(">II", 0x80211001, 64) + bytes(56) + _wireless(packet)),
    "ppi": (192, lambda packet: struct.pack("<BBHI", 0, 0, 12, 105) + bytes(4) + _wireless(packet)),
    "ppp-direction": (204, lambda _: b"\x01\x00\x21"),
    "mpls-link": (219, lambda _: b"\x00\x01\x11\x40"),
    "nflog": (239, _nflog),
    "nflog-big": (239, partial(_nflog, order=">")),
    "cooked-2": (276, lambda packet: _ethertype(packet) + bytes(18)),
}


def wireless(said: Iterable[Said], link: int, made: Callable[[bytes], bytes]) -> bytes:
    """In Wi-Fi frames with something behind the packet too."""
    return pcap([(time, made(data)) for time, data in datagrams(said)], link=link)


AGGREGATED: dict[str, tuple[int, Callable[[bytes], bytes]]] = {
    "wifi-aggregated": (105, aggregated),
    "wifi-aggregated-wds": (105, partial(aggregated, flags=3)),
    "radiotap-aggregated": (127, lambda packet: b"\0\0\x08\0" + bytes(4) + aggregated(packet, flags=0x81)),
    "radiotap-aggregated-padded": (
        127,
        lambda packet: b"\0\0\x09\0\x02\0\0\0\x20" + aggregated(packet, pad=2),
    ),
}


def tagged(said: Iterable[Said], tags: Sequence[int]) -> bytes:
    """Behind VLAN tags."""
    return pcap([(time, ethernet(data, tags=tags)) for time, data in datagrams(said)])


def typed(said: Iterable[Said], ethertype: int, head: Callable[[bytes], bytes]) -> bytes:
    """In Ethernet frames of another type."""
    return pcap([(time, ethernet(head(data) + data, ethertype=ethertype)) for time, data in datagrams(said)])


def snapped(said: Iterable[Said]) -> bytes:
    """In IEEE 802.3 frames with LLC and SNAP."""
    return pcap(
        [(time, bytes(12) + struct.pack(">H", len(data) + 8) + _snap(data) + data) for time, data in datagrams(said)]
    )


# Tunnels


def in_ip(packet: bytes, protocol: int, head: bytes = b"") -> bytes:
    """Inside of an IPv4 packet."""
    return ipv4(head + packet, protocol=protocol, **OUTER)


def in_udp(packet: bytes, port: int, head: bytes = b"") -> bytes:
    """Inside of a UDP datagram."""
    return ipv4(udp(head + packet, source=49_152 + port % 7, destination=port), **OUTER)


def _gtp(packet: bytes, *, extended: bool = False) -> bytes:
    extra = b"\0\x01\0\x85\x01\x10\x09\0" if extended else b""
    flags = 0x36 if extended else 0x30
    return in_udp(packet, 2152, struct.pack(">BBHI", flags, 0xFF, len(extra) + len(packet), 7) + extra)


TUNNELS: dict[str, Callable[[bytes], bytes]] = {
    "ipip": lambda packet: in_ip(packet, 4),
    "gre": lambda packet: in_ip(packet, 47, b"\0\0" + _ethertype(packet)),
    "gre-key-sum-sequence": lambda packet: in_ip(packet, 47, b"\xb0\0" + _ethertype(packet) + bytes(12)),
    "gre-bridged": lambda packet: in_ip(ethernet(packet), 47, b"\0\0\x65\x58"),
    "gre-mpls": lambda packet: in_ip(packet, 47, b"\0\0\x88\x47\0\x01\x11\x40"),
    "pptp": lambda packet: in_ip(packet, 47, b"\x30\x81\x88\x0b" + bytes(12) + b"\xff\x03\x00\x21"),
    "erspan-1": lambda packet: in_ip(ethernet(packet), 47, b"\0\0\x88\xbe"),
    "erspan-2": lambda packet: in_ip(ethernet(packet), 47, b"\x10\0\x88\xbe\0\0\0\x09\x10" + bytes(7)),
    "erspan-3": lambda packet: in_ip(ethernet(packet), 47, b"\x10\0\x22\xeb\0\0\0\x09\x20" + bytes(11)),
    "erspan-3-more": lambda packet: in_ip(
        ethernet(packet), 47, b"\x10\0\x22\xeb\0\0\0\x09\x20" + bytes(10) + b"\x01" + bytes(8)
    ),
    "etherip": lambda packet: in_ip(ethernet(packet), 97, b"\x30\0"),
    "mpls-in-ip": lambda packet: in_ip(packet, 137, b"\0\x01\x11\x40"),
    "vxlan": lambda packet: in_udp(ethernet(packet), 4789, b"\x08\0\0\0\0\0\x07\0"),
    "vxlan-linux": lambda packet: in_udp(ethernet(packet), 8472, b"\x08\0\0\0\0\0\x07\0"),
    "vxlan-generic": lambda packet: in_udp(packet, 4790, b"\x0c\0\0\x01\0\0\x07\0"),
    "geneve": lambda packet: in_udp(ethernet(packet), 6081, b"\x02\0\x65\x58\0\0\x07\0" + bytes(8)),
    "geneve-ip": lambda packet: in_udp(packet, 6081, b"\0\0" + _ethertype(packet) + b"\0\0\x07\0"),
    "gtp": _gtp,
    "gtp-extended": partial(_gtp, extended=True),
    "l2tp": lambda packet: in_udp(
        packet, 1701, b"\x40\x02" + struct.pack(">HHH", 12 + len(packet), 1, 1) + b"\xff\x03\x00\x21"
    ),
    "tzsp": lambda packet: in_udp(ethernet(packet), 37_008, b"\x01\0\0\x01\x01"),
    "gre-in-udp": lambda packet: in_udp(packet, 4754, b"\0\0" + _ethertype(packet)),
    "mpls-in-udp": lambda packet: in_udp(packet, 6635, b"\0\x01\x11\x40"),
    "four-deep": lambda packet: in_udp(
        ethernet(in_ip(ethernet(in_ip(packet, 4), tags=[0x8100]), 47, b"\0\0\x65\x58")), 4789, b"\x08" + bytes(7)
    ),
    "in-ipv6": lambda packet: ipv6(packet, protocol=4, **OUTER6),
}


def tunnelled(said: Iterable[Said], wrap: Callable[[bytes], bytes]) -> bytes:
    """In a tunnel over Ethernet."""
    return pcap([(time, ethernet(wrap(data))) for time, data in datagrams(said)])


def cut(packets: Iterable[Packet], size: int, turn: Callable[[list[bytes]], list[bytes]]) -> bytes:
    """IPv4 packets in fragments."""
    pieces: list[Packet] = []
    for number, (time, packet) in enumerate(packets, 1):
        body, head = packet[20:], packet[:20]
        parts = []
        for at in range(0, len(body), size):
            place = at // 8 | (0x2000 if at + size < len(body) else 0)
            part = body[at : at + size]
            total = struct.pack(">HHH", 20 + len(part), number, place)
            parts.append(ethernet(head[:2] + total + head[8:] + part))
        pieces += [(time, part) for part in turn(parts)]
    return pcap(pieces)


def with_options(said: Iterable[Said]) -> bytes:
    """IPv4 with options."""
    packets = []
    for time, packet in datagrams(said):
        total = struct.pack(">H", len(packet) + 8)
        packets.append((time, ethernet(b"\x47\0" + total + packet[4:20] + b"\x94\x04\0\0\x01\x01\x01\0" + packet[20:])))
    return pcap(packets)


def extended(said: Iterable[Said], *, fragment: bool = False) -> bytes:
    """IPv6 with extension headers, or in fragments, the last of them first."""
    packets: list[Packet] = []
    for number, each in enumerate(said):
        body = udp(each.payload, **_ports(each))
        ends = {"source": each.source[0], "destination": each.destination[0]}
        if not fragment:
            headers = b"\x3c\0" + bytes(6) + b"\x11\x01" + bytes(14)
            packets.append((each.time, ethernet(ipv6(headers + body, protocol=0, **ends))))
            continue
        for at in reversed(range(0, len(body), 160)):
            head = struct.pack(">BBHI", 17, 0, at | (at + 160 < len(body)), number)
            packets.append((each.time, ethernet(ipv6(head + body[at : at + 160], protocol=44, **ends))))
    return pcap(packets)


# Streams


class Line:
    """One TCP connection, segment by segment."""

    def __init__(self, said: Sequence[Said], *, opened: bool = True) -> None:
        self.client, self.server = said[0].source, said[0].destination
        self.sequence = {self.client: ISN, self.server: ISN}
        self.packets: list[Packet] = []
        if opened:
            for sender, flags in ((self.client, SYN), (self.server, SYN | ACK), (self.client, ACK)):
                self.packets.append((said[0].time, self.segment(sender, b"", flags)))
                self.sequence[sender] += 1 if flags & SYN else 0

    def segment(self, sender: tuple[str, int], payload: bytes, flags: int = ACK | PSH, *, back: int = 0) -> bytes:
        """A segment with the next bytes, or with some that were sent before."""
        receiver = self.server if sender == self.client else self.client
        made = tcp(
            payload,
            sequence=self.sequence[sender] - back,
            ack=self.sequence[receiver] if flags & ACK else 0,
            flags=flags,
            source=sender[1],
            destination=receiver[1],
        )
        return ethernet(ipv4(made, protocol=6, source=sender[0], destination=receiver[0]))

    def say(self, time: int, sender: tuple[str, int], payload: bytes) -> None:
        """Send the next bytes."""
        self.packets.append((time, self.segment(sender, payload)))
        self.sequence[sender] += len(payload)

    def pieces(self, time: int, sender: tuple[str, int], parts: Iterable[bytes]) -> None:
        """Send them in several segments."""
        for part in parts:
            self.say(time, sender, part)


def split(data: bytes, size: int) -> list[bytes]:
    """Cut bytes into pieces."""
    return [data[at : at + size] for at in range(0, len(data), size)]


def streamed(
    said: Sequence[Said],
    size: int = 1_400,
    *,
    opened: bool = True,
    turn: bool = False,
    again: int = 0,
    alive: bool = False,
) -> bytes:
    """Over TCP: in segments of a size, perhaps each pair turned round, each sent again from some bytes before."""
    line = Line(said, opened=opened)
    for each in said:
        if alive:
            line.say(each.time, each.source, b"\r\n\r\n")
        first = len(line.packets)
        line.pieces(each.time, each.source, split(each.payload, size))
        if turn:
            own = line.packets[first:]
            line.packets[first:] = [one for pair in split(own, 2) for one in reversed(pair)]  # type: ignore[arg-type]
        if again:
            tail = each.payload[-again:]
            line.packets.append((each.time, line.segment(each.source, tail, back=len(tail))))
    return pcap(line.packets)


def joined(said: Sequence[Said]) -> bytes:
    """Over TCP, with what one side says in a row in one segment; all at the time of the last of them."""
    line = Line(said)
    waiting = b""
    for each, following in pairwise([*said, None]):
        assert each is not None
        waiting += each.payload
        if following is None or following.source != each.source or following.time != each.time:
            line.say(each.time, each.source, waiting)
            waiting = b""
    return pcap(line.packets)


def closed(said: Sequence[Said]) -> bytes:
    """A connection for each message, on the same ports."""
    packets: list[Packet] = []
    for number, each in enumerate(said):
        line = Line([each])
        line.packets.clear()
        line.sequence = dict.fromkeys(line.sequence, number * 1_000_000)
        for sender, flags in ((line.client, SYN), (line.server, SYN | ACK)):
            line.packets.append((each.time, line.segment(sender, b"", flags)))
            line.sequence[sender] += 1
        line.say(each.time, each.source, each.payload)
        for sender in (line.client, line.server):
            line.packets.append((each.time, line.segment(sender, b"", FIN | ACK)))
            line.sequence[sender] += 1
        packets += line.packets
    return pcap(packets)


def _frame(payload: bytes, *, masked: bool, first: int = 0x81) -> bytes:
    size = len(payload)
    length = bytes([size]) if size < 126 else b"\x7e" + struct.pack(">H", size)
    if not masked:
        return bytes([first]) + length + payload
    mask = b"\x12\x34\x56\x78"
    hidden = bytes(octet ^ mask[at % 4] for at, octet in enumerate(payload))
    return bytes([first, length[0] | 0x80]) + length[1:] + mask + hidden


UPGRADE = (
    b"GET /ws HTTP/1.1\r\nHost: pbx.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: sip\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
SWITCHED = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: sip\r\n\r\n"
)


def web(
    said: Sequence[Said], *, fragment: bool = False, upgraded: bool = True, size: int = 1_400, packed: bool = False
) -> bytes:
    """Over WebSocket: frames masked by the client, whole or in fragments with a ping between, perhaps compressed."""
    line = Line(said)
    if upgraded:
        line.say(said[0].time, line.client, UPGRADE)
        line.say(said[0].time, line.server, SWITCHED)
    deflate = {end: zlib.compressobj(wbits=-15) for end in (line.client, line.server)}
    for each in said:
        masked = each.source == line.client
        if fragment:
            half = len(each.payload) // 2
            data = _frame(each.payload[:half], masked=masked, first=0x01) + _frame(b"?", masked=masked, first=0x89)
            data += _frame(b"", masked=masked, first=0) + _frame(each.payload[half:], masked=masked, first=0x80)
        elif packed:
            own = deflate[each.source]
            body = own.compress(each.payload) + own.flush(zlib.Z_SYNC_FLUSH)
            data = _frame(body[:-4], masked=masked, first=0xC1)
        else:
            data = _frame(each.payload, masked=masked)
        line.pieces(each.time, each.source, split(data, size))
    return pcap(line.packets)


def sctp(said: Sequence[Said], *, size: int = 65_000, again: bool = False, interleaved: bool = False) -> bytes:
    """Over SCTP, behind a SACK, whole or in fragments, each chunk perhaps twice."""
    packets: list[Packet] = []
    sequence = 7
    for message, each in enumerate(said):
        parts = split(each.payload, size)
        for number, part in enumerate(parts):
            flags = (2 if number == 0 else 0) | (1 if part is parts[-1] else 0)
            more = struct.pack(">HHII", 1, 0, message, number) if interleaved else struct.pack(">HHI", 1, 0, 0)
            head = struct.pack(">BBHI", 64 if interleaved else 0, flags, 8 + len(more) + len(part), sequence) + more
            chunk = b"\x03\0\0\x10" + bytes(12) + head + part + bytes(-len(part) % 4)
            ends = struct.pack(">HHII", each.source[1], each.destination[1], 99, 0)
            packet = (each.time, ethernet(_internet(each, ends + chunk, 132)))
            packets += [packet, packet] if again else [packet]
            sequence += 1
    return pcap(packets)


# HEP


def hep3(each: Said, protocol: int = 17, *, packed: bool = False) -> bytes:
    """A message as a probe sends it."""
    seconds, micro = each.time // 10**9, each.time % 10**9 // 1_000
    payload = zlib.compress(each.payload) if packed else each.payload
    chunks = [
        (1, b"\x02"),
        (2, bytes([protocol])),
        (3, socket.inet_aton(each.source[0])),
        (4, socket.inet_aton(each.destination[0])),
        (7, struct.pack(">H", each.source[1])),
        (8, struct.pack(">H", each.destination[1])),
        (9, struct.pack(">I", seconds)),
        (10, struct.pack(">I", micro)),
        (11, b"\x01"),
        (12, struct.pack(">I", 2001)),
        (16 if packed else 15, payload),
    ]
    body = struct.pack(">HHH", 1, 1, 8) + b"ab"
    body += b"".join(struct.pack(">HHH", 0, kind, 6 + len(value)) + value for kind, value in chunks)
    return b"HEP3" + struct.pack(">H", 6 + len(body)) + body


def hep2(each: Said) -> bytes:
    """The same in version 2."""
    head = struct.pack(">BBBBHH", 2, 28, 2, 17, each.source[1], each.destination[1])
    addresses = socket.inet_aton(each.source[0]) + socket.inet_aton(each.destination[0])
    seconds, micro = each.time // 10**9, each.time % 10**9 // 1_000
    return head + addresses + struct.pack("<IIHH", seconds, micro, 2001, 0) + each.payload


COPIER, COLLECTOR = ("203.0.113.7", 41_000), ("203.0.113.9", 9060)


def copied(said: Iterable[Said], write: Callable[[Said], bytes]) -> bytes:
    """Sent to a collector, some milliseconds later."""
    later = [
        Said(time=each.time + 3_000_000, source=COPIER, destination=COLLECTOR, payload=write(each)) for each in said
    ]
    return pcap(framed(later))


def copied_by_stream(said: Sequence[Said], size: int) -> bytes:
    """Sent to a collector over TCP."""
    later = [Said(time=each.time, source=COPIER, destination=COLLECTOR, payload=hep3(each)) for each in said]
    return streamed(later, size)


def exported(said: Iterable[Said], kind: int = 3) -> bytes:
    """Messages that Wireshark exported, each by itself."""
    packets = []
    for each in said:
        tags = [(12, b"sip\0"), (20, socket.inet_aton(each.source[0])), (21, socket.inet_aton(each.destination[0]))]
        tags += [(24, struct.pack(">I", kind)), (25, struct.pack(">I", each.source[1]))]
        tags += [(26, struct.pack(">I", each.destination[1])), (0, b"")]
        head = b"".join(struct.pack(">HH", number, len(value)) + value for number, value in tags)
        packets.append((each.time, head + each.payload))
    return pcap(packets, link=252)


def _reversed(parts: list[bytes]) -> list[bytes]:
    return parts[::-1]


def _doubled(parts: list[bytes]) -> list[bytes]:
    return [part for each in parts for part in (each, each)]


def backbone(packet: bytes) -> bytes:
    """A provider backbone bridge's frame, which only scapy reads."""
    return struct.pack(">I", 7) + ethernet(packet)


def plain(said: Sequence[Said]) -> bytes:
    """The plain capture."""
    return pcap(framed(said), nanos=False)


FILES: dict[str, Callable[[Sequence[Said]], bytes]] = {
    "pcap-nanoseconds": lambda said: pcap(framed(said)),
    "pcap-big-endian": lambda said: pcap(framed(said), order=">", nanos=False),
    "pcap-big-endian-nanoseconds": lambda said: pcap(framed(said), order=">"),
    "pcap-modified": lambda said: modified(framed(said)),
    "pcapng": lambda said: pcapng(framed(said)),
    "pcapng-big-endian": lambda said: pcapng(framed(said), ">"),
    "pcapng-milliseconds-of-two": lambda said: pcapng(framed(said), resolution=0x80 | 10),
    "pcapng-binary": lambda said: pcapng(framed(said), resolution=0x80 | 30),
    "pcapng-offset": lambda said: pcapng(framed(said), seconds=1_000_000),
    "pcapng-obsolete": lambda said: obsolete(framed(said)),
    "pcapng-sections": lambda said: two_sections(framed(said)),
    "pcapng-interfaces": lambda said: two_interfaces(framed(said)),
    "pcapng-chattering": lambda said: chattering(framed(said)),
    "gzip": lambda said: gzip.compress(plain(said), mtime=0),
    "bzip2": lambda said: bz2.compress(plain(said)),
    "xz": lambda said: lzma.compress(plain(said)),
    "zstd": lambda said: zstandard.compress(plain(said)),
    "lz4": lambda said: lz4.frame.compress(plain(said)),
}
FRAMES: dict[str, Callable[[Sequence[Said]], bytes]] = {
    **{name: partial(linked, link=link, head=head) for name, (link, head) in LINKS.items()},
    **{name: partial(wireless, link=link, made=made) for name, (link, made) in AGGREGATED.items()},
    "vlan": partial(tagged, tags=[0x8100]),
    "qinq": partial(tagged, tags=[0x9100, 0x8100]),
    "802.1ad": partial(tagged, tags=[0x88A8, 0x8100]),
    "802.3-snap": snapped,
    "mpls": partial(typed, ethertype=0x8847, head=lambda _: b"\0\x01\x10\x40\0\x02\x11\x40"),
    "mpls-pseudowire": lambda said: pcap(
        [
            (time, ethernet(b"\0\x01\x11\x40" + bytes(4) + ethernet(data), ethertype=0x8847))
            for time, data in datagrams(said)
        ]
    ),
    "pppoe-ethernet": partial(
        typed,
        ethertype=0x8864,
        head=lambda packet: b"\x11\0\0\x07" + struct.pack(">H", len(packet) + 2) + b"\x00\x21",
    ),
    "macsec": partial(typed, ethertype=0x88E5, head=lambda packet: b"\x20\0\0\0\0\x01" + bytes(8) + _ethertype(packet)),
    "nsh-scapy": partial(typed, ethertype=0x894F, head=lambda _: b"\x0f\xc6\x01\x01\0\0\x07\xff" + bytes(16)),
    "preamble-scapy": lambda said: pcap(
        [(time, b"\x55" * 7 + b"\xd5" + ethernet(data) + bytes(4)) for time, data in datagrams(said)], link=274
    ),
    "backbone-scapy": lambda said: pcap(
        [(time, ethernet(backbone(data), ethertype=0x88E7)) for time, data in datagrams(said)]
    ),
    **{name: partial(tunnelled, wrap=wrap) for name, wrap in TUNNELS.items()},
    "ip-options": with_options,
    "fragments": lambda said: cut(datagrams(said), 160, list),
    "fragments-reversed": lambda said: cut(datagrams(said), 160, _reversed),
    "fragments-doubled": lambda said: cut(datagrams(said), 160, _doubled),
    "fragmented-tunnel": lambda said: cut(
        [(time, in_udp(ethernet(data), 4789, b"\x08" + bytes(7))) for time, data in datagrams(said)], 160, _reversed
    ),
    "exported": exported,
    "hep-2": partial(copied, write=hep2),
    "hep-3": partial(copied, write=hep3),
    "hep-3-packed": partial(copied, write=partial(hep3, packed=True)),
    "hep-3-stream": partial(copied_by_stream, size=1_400),
    "hep-3-stream-tiny": partial(copied_by_stream, size=7),
}
STREAMS: dict[str, Callable[[Sequence[Said]], bytes]] = {
    "tcp": streamed,
    "tcp-one-byte": partial(streamed, size=1),
    "tcp-eight-bytes": partial(streamed, size=8),
    "tcp-out-of-order": partial(streamed, size=100, turn=True),
    "tcp-overlapping": partial(streamed, size=100, again=150),
    "tcp-keep-alive": partial(streamed, alive=True),
    "tcp-mid-connection": partial(streamed, opened=False),
    "tcp-mid-connection-tiny": partial(streamed, size=5, opened=False),
    "tcp-joined": joined,
    "tcp-reused": closed,
    "tcp-in-vxlan": lambda said: pcap(
        [(time, ethernet(in_udp(frame, 4789, b"\x08" + bytes(7)))) for time, frame in _packets(streamed(said, 200))]
    ),
    "hep-3-of-tcp": partial(copied, write=partial(hep3, protocol=6)),
    "exported-tcp": partial(exported, kind=2),
    "websocket": web,
    "websocket-fragments": partial(web, fragment=True),
    "websocket-tiny": partial(web, size=9),
    "websocket-mid-connection": partial(web, upgraded=False),
    "websocket-compressed": partial(web, packed=True),
    "sctp": sctp,
    "sctp-fragments": partial(sctp, size=200),
    "sctp-again": partial(sctp, size=400, again=True),
    "sctp-interleaved": partial(sctp, size=400, interleaved=True),
}
SIX: dict[str, Callable[[Sequence[Said]], bytes]] = {
    "raw-229": partial(linked, link=229, head=lambda _: b""),
    "6in4": partial(tunnelled, wrap=partial(in_ip, protocol=41)),
    "teredo": partial(tunnelled, wrap=partial(in_udp, port=3544)),
    "teredo-origin": partial(tunnelled, wrap=partial(in_udp, port=3544, head=bytes(8))),
    "teredo-authentication": partial(
        tunnelled, wrap=partial(in_udp, port=3544, head=b"\0\x01\0\0" + bytes(9) + bytes(8))
    ),
    "ppp-6": partial(linked, link=9, head=lambda _: b"\xff\x03\x00\x57"),
    "extension-headers": extended,
    "fragments-6": partial(extended, fragment=True),
    "gre-6": partial(tunnelled, wrap=TUNNELS["gre"]),
}


def _packets(capture: bytes) -> list[Packet]:
    """The packets of a classic capture with nanoseconds."""
    found, at = [], 24
    while at < len(capture):
        seconds, nanos, size = struct.unpack_from("<III", capture, at)
        found.append((seconds * 10**9 + nanos, capture[at + 16 : at + 16 + size]))
        at += 16 + size
    return found
