"""UDP over IP, packet by packet, for captures that hold nothing else: they need no columns, and so no NumPy.

Where one packet of a capture is anything else (a fragment, a tunnel, TCP, media if they are wanted, a header that
contradicts another), nothing is given, and the whole capture is read by columns.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from sipdiag.transport.delivery import Datagram
from sipdiag.transport.endpoint import Endpoints
from sipdiag.transport.hep import begins_hep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ETHERNET, RAW, COOKED, COOKED_2 = 1, 101, 113, 276
LINKS = {ETHERNET: (12, 14), COOKED: (14, 16), COOKED_2: (0, 20)}
"""LINKTYPE → offset of the EtherType in its header, and bytes of that header; `RAW` has no header."""
IPV4, IPV6, ARP = b"\x08\x00", b"\x86\xdd", b"\x08\x06"
IPV4_HEADER, IPV6_HEADER, HEADER = 20, 40, 8
"""Bytes of the plainest headers, the last that of UDP."""
UDP = 17
TUNNEL_PORTS = frozenset({1701, 2152, 3544, 4754, 4789, 4790, 6081, 6635, 8472, 37_008})
"""UDP ports of tunnels."""
TEXT = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.!%*_+`'~/ \r\n"
"""What a start line begins with: a token (RFC 3261 section 25.1), `SIP/2.0`, or empty lines before it (section 7.5)."""
SHORTEST = 4
"""Bytes looked at to tell text; nothing shorter is a message."""


class Plain(NamedTuple):
    """A datagram in one packet."""

    source: bytes
    """Address and port in network order."""
    destination: bytes
    ip_id: int
    payload: bytes


def plain_datagrams(
    packets: Iterable[tuple[int, bytes]], link: int, recognize: Callable[[bytes], object], *, media: bool
) -> list[Datagram] | None:
    """Give the signalling in packets of that link type, each its time and its bytes; None if one is not plain.

    Where `media` are wanted, a datagram that is no text is not plain.
    """
    if link not in LINKS and link != RAW:
        return None
    endpoints = Endpoints()
    found: list[Datagram] = []
    for frame, (time, packet) in enumerate(packets, 1):
        if link in LINKS and packet[LINKS[link][0] :][:2] == ARP:
            continue
        plain = _plain(packet, link)
        if plain is None or begins_hep(plain.payload):
            return None
        text = len(plain.payload) >= SHORTEST and not plain.payload[:SHORTEST].strip(TEXT)
        if media and not text:
            return None
        if text and recognize(plain.payload):
            found.append(
                Datagram(
                    frame=frame,
                    time=time,
                    source=endpoints[plain.source],
                    destination=endpoints[plain.destination],
                    payload=plain.payload,
                    ip_id=plain.ip_id,
                )
            )
    return found


def _plain(packet: bytes, link: int) -> Plain | None:
    """Read a packet as UDP over IP; None if it is anything else."""
    type_at, at = LINKS.get(link, (0, 0))
    if len(packet) < at + IPV4_HEADER + HEADER:
        return None
    kind = packet[type_at : type_at + 2] if link in LINKS else None
    version = packet[at] >> 4
    if version == 4 and kind in (IPV4, None):
        return _in_ipv4(packet, at)
    if version == 6 and kind in (IPV6, None):
        return _in_ipv6(packet, at)
    return None


def _in_ipv4(packet: bytes, at: int) -> Plain | None:
    """RFC 791, a header without options, of what is no fragment."""
    kind, _, length, ip_id, place, _, protocol = struct.unpack_from(">BBHHHBB", packet, at)
    if kind != 0x45 or place & 0x3FFF or protocol != UDP:
        return None
    return _in_udp(packet[at + 12 : at + 16], packet[at + 16 : at + 20], ip_id, packet[at + IPV4_HEADER : at + length])


def _in_ipv6(packet: bytes, at: int) -> Plain | None:
    """RFC 8200, a header without extensions."""
    length, protocol = struct.unpack_from(">HB", packet, at + 4)
    begin = at + IPV6_HEADER
    return (
        _in_udp(packet[at + 8 : at + 24], packet[at + 24 : begin], 0, packet[begin : begin + length])
        if protocol == UDP
        else None
    )


def _in_udp(source: bytes, destination: bytes, ip_id: int, datagram: bytes) -> Plain | None:
    """RFC 768, of a length that fits that of the packet."""
    if len(datagram) < HEADER:
        return None
    ports = struct.unpack_from(">HH", datagram)
    if int.from_bytes(datagram[4:6], "big") != len(datagram) or not TUNNEL_PORTS.isdisjoint(ports):
        return None
    return Plain(source + datagram[:2], destination + datagram[2:4], ip_id, datagram[HEADER:])
