"""One captured packet taken apart down to its UDP or TCP payload, and put together again with other contents.

RFC 791, 8200, 768, 9293. Link layers and IP are the plain ones that captures of SIP consist of; of what is rarer
nothing can be replaced for sure, and `Unreadable` says so.
"""

from __future__ import annotations

import struct

import msgspec

from sipdiag.capture import Record

UDP, TCP = 17, 6
_IPV4, _IPV6 = 0x0800, 0x86DD
_TAGS = (0x8100, 0x88A8, 0x9100)
_ETHERNET, _COOKED, _COOKED2 = 1, 113, 276
_RAW = (12, 14, 101, 228, 229)
_LOOPBACK = (0, 108)
_EXTENSIONS = (0, 60)
_FRAGMENT = 44
_SHORTEST_ETHERNET = 60


class Unreadable(Exception):  # noqa: N818  (it says what a packet is, not what went wrong)
    """A packet that cannot be taken apart, with what it is."""


class Packet(msgspec.Struct, frozen=True, kw_only=True):
    """Where everything lies in one record."""

    record: Record
    ip_at: int
    """Where the IP header begins."""
    version: int
    header: int
    """Bytes of the IP header, with extension headers."""
    protocol: int
    source: bytes
    destination: bytes
    identification: int
    offset: int
    """Where in its datagram a fragment begins."""
    more: bool
    """Whether fragments follow."""
    payload: bytes
    """What follows the IP header, without padding."""
    cut: int
    """Bytes of it that the snap length cut off."""

    @property
    def fragmented(self) -> bool:
        """Whether it is a piece of a datagram."""
        return self.more or self.offset > 0


def packet_of(record: Record) -> Packet:
    """Take `record` apart; raises `Unreadable`."""
    at = _ip_at(record)
    data = record.data
    version = data[at] >> 4 if at < len(data) else 0
    if version == 4 and len(data) >= at + 20:
        return _v4(record, at)
    if version == 6 and len(data) >= at + 40:
        return _v6(record, at)
    raise Unreadable("no IP header")


def rebuilt(packet: Packet, payload: bytes, *, source: bytes, destination: bytes, link: bytes) -> Record:
    """The packet with that payload and those addresses, its lengths and its IP checksum right; `link` is its head."""
    head = bytearray(packet.record.data[packet.ip_at : packet.ip_at + packet.header])
    if packet.version == 4:
        struct.pack_into("!H", head, 2, min(packet.header + len(payload) + packet.cut, 0xFFFF))
        head[12:16], head[16:20] = source, destination
        struct.pack_into("!H", head, 10, 0)
        struct.pack_into("!H", head, 10, checksum(bytes(head)))
    else:
        struct.pack_into("!H", head, 4, min(packet.header - 40 + len(payload) + packet.cut, 0xFFFF))
        head[8:24], head[24:40] = source, destination
    data = link + bytes(head) + payload
    if packet.record.link == _ETHERNET and len(packet.record.data) >= _SHORTEST_ETHERNET and not packet.cut:
        data = data.ljust(_SHORTEST_ETHERNET, b"\0")
    return msgspec.structs.replace(packet.record, data=data, original=len(data) + packet.cut, comments=())


def checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    padded = data + bytes(len(data) % 2)
    total: int = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def transport_checksum(segment: bytes, protocol: int, source: bytes, destination: bytes) -> int:
    """The checksum of UDP and TCP, over a pseudo-header of the addresses too; its own field holds zero."""
    if len(source) == 4:
        pseudo = source + destination + struct.pack("!BBH", 0, protocol, len(segment))
    else:
        pseudo = source + destination + struct.pack("!IHBB", len(segment), 0, 0, protocol)
    return checksum(pseudo + segment)


def _ip_at(record: Record) -> int:
    data, link = record.data, record.link
    if link in _RAW:
        return 0
    if link in _LOOPBACK:
        return 4
    places = {_ETHERNET: (12, 14), _COOKED: (14, 16), _COOKED2: (0, 20)}
    if link not in places:
        raise Unreadable(f"link type {link}")
    type_at, at = places[link]
    while True:
        kind = int.from_bytes(data[type_at : type_at + 2], "big")
        if kind in (_IPV4, _IPV6):
            return at
        if kind not in _TAGS or at > 30:
            raise Unreadable(f"EtherType 0x{kind:04x}")
        type_at, at = (type_at + 4, at + 4) if type_at else (at, at + 4)


def _v4(record: Record, at: int) -> Packet:
    data = record.data
    header = (data[at] & 15) * 4
    total, identification, place = struct.unpack_from("!HHH", data, at + 2)
    total = total or record.original - at  # a card that cuts by itself leaves the length at 0
    if header < 20:
        raise Unreadable("a damaged IPv4 header")
    payload = data[at + header : at + total]
    return Packet(
        record=record,
        ip_at=at,
        version=4,
        header=header,
        protocol=data[at + 9],
        source=data[at + 12 : at + 16],
        destination=data[at + 16 : at + 20],
        identification=identification,
        offset=(place & 0x1FFF) * 8,
        more=bool(place & 0x2000),
        payload=payload,
        cut=max(total - header - len(payload), 0),
    )


def _v6(record: Record, at: int) -> Packet:
    data = record.data
    (length,) = struct.unpack_from("!H", data, at + 4)
    following, header, offset, identification, more = data[at + 6], 40, 0, 0, False
    while following in (*_EXTENSIONS, _FRAGMENT):
        if len(data) < at + header + 8:
            raise Unreadable("a cut IPv6 header")
        if following == _FRAGMENT:
            (place,) = struct.unpack_from("!H", data, at + header + 2)
            offset, more = place & 0xFFF8, bool(place & 1)
            (identification,) = struct.unpack_from("!I", data, at + header + 4)
            following, header = data[at + header], header + 8
        else:
            following, header = data[at + header], header + 8 + data[at + header + 1] * 8
    payload = data[at + header : at + 40 + length]
    return Packet(
        record=record,
        ip_at=at,
        version=6,
        header=header,
        protocol=following,
        source=data[at + 8 : at + 24],
        destination=data[at + 24 : at + 40],
        identification=identification,
        offset=offset,
        more=more,
        payload=payload,
        cut=max(40 + length - header - len(payload), 0),
    )
