"""A tunnel that came in fragments, put back behind an IP header so that it can be read like any other packet."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np

from sipdiag.capture import Packets
from sipdiag.transport.link import RAW
from sipdiag.transport.tunnels import PORTS, PROTOCOLS
from sipdiag.transport.udp import HEADER, UDP

if TYPE_CHECKING:
    from sipdiag.transport.fragments import Whole


def may_be_tunnel(whole: Whole) -> bool:
    """Tell whether a datagram may hold a tunnel."""
    if whole.protocol != UDP:
        return whole.protocol in PROTOCOLS
    ports = struct.unpack_from(">HH", whole.payload) if len(whole.payload) >= HEADER else ()
    return any(port in PORTS for port in ports)


def rewrapped(wholes: list[Whole]) -> Packets:
    """Give datagrams as IP packets."""
    parts = [_header(whole) + whole.payload for whole in wholes]
    captured = np.array([len(part) for part in parts], np.int64)
    return Packets(
        data=np.frombuffer(b"".join(parts), np.uint8),
        offset=np.cumsum(captured) - captured,
        captured=captured,
        original=captured + np.array([whole.cut for whole in wholes], np.int64),
        time=np.array([whole.time for whole in wholes], np.int64),
        link=np.full(len(wholes), RAW, np.int32),
        first_frame=wholes[0].frames[-1],
        numbers=np.array([whole.frames[-1] for whole in wholes], np.int64),
    )


def _header(whole: Whole) -> bytes:
    """Write an IP header; a length beyond 16 bits becomes 0, which is read as everything that is there."""
    size = len(whole.payload) + whole.cut
    if len(whole.source) == 4:
        total = size + 20 if size + 20 < 1 << 16 else 0
        head = struct.pack(">BBHHHBBH", 0x45, 0, total, whole.identification & 0xFFFF, 0, 64, whole.protocol, 0)
    else:
        head = struct.pack(">IHBB", 6 << 28, size if size < 1 << 16 else 0, whole.protocol, 64)
    return head + whole.source + whole.destination
