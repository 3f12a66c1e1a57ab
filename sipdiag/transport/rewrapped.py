"""A tunnel that came in fragments, put back behind an IP header so that it can be read like any other packet."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np

from sipdiag.capture import Packets
from sipdiag.transport.link import RAW
from sipdiag.transport.tunnels import PORTS
from sipdiag.transport.udp import HEADER, UDP

if TYPE_CHECKING:
    from sipdiag.transport.fragments import Whole


def tunnelled(whole: Whole) -> list[Packets]:
    """Give the datagram as a packet, if it may hold a tunnel."""
    if whole.protocol == UDP:
        ports = struct.unpack_from(">HH", whole.payload) if len(whole.payload) >= HEADER else ()
        if not any(port in PORTS for port in ports):
            return []
    data = np.frombuffer(_header(whole) + whole.payload, np.uint8)
    return [
        Packets(
            data=data,
            offset=np.zeros(1, np.int64),
            captured=np.array([len(data)], np.int64),
            original=np.array([len(data) + whole.cut], np.int64),
            time=np.array([whole.time], np.int64),
            link=np.array([RAW], np.int32),
            first_frame=whole.frames[-1],
        )
    ]


def _header(whole: Whole) -> bytes:
    """Write an IP header; a length beyond 16 bits stands as 0, which is read as all that is there."""
    size = len(whole.payload) + whole.cut
    if len(whole.source) == 4:
        total = size + 20 if size + 20 < 1 << 16 else 0
        head = struct.pack(">BBHHHBBH", 0x45, 0, total, whole.identification & 0xFFFF, 0, 64, whole.protocol, 0)
    else:
        head = struct.pack(">IHBB", 6 << 28, size if size < 1 << 16 else 0, whole.protocol, 64)
    return head + whole.source + whole.destination
