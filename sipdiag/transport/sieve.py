"""Packets without those that are media for certain, which are most of a capture and not wanted.

Where media are not wanted, UDP datagrams that begin with a byte beyond ASCII are passed over, and in most captures
nearly all do. A few bytes of a packet show that, before its headers are decoded one by one. Packets in doubt stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sipdiag.capture import byte_rows
from sipdiag.transport.plain import COOKED, ETHERNET, LINKS, UDP

if TYPE_CHECKING:
    from sipdiag.capture import Packets

TYPED = (ETHERNET, COOKED)
"""LINKTYPEs with a header that ends with an EtherType."""
WIDTH = 32
"""Bytes looked at: the EtherType, an IPv4 header without options, a UDP header, and two bytes of what it carries."""
PAYLOAD = 30
"""The place of the first byte of the datagram's payload among those."""
ETHERTYPE, PLACE = np.array([0x0800, 0x3FFF], ">u2").view("=u2")
"""The EtherType of IPv4, and the bits of flags and offset that are 0 unless it is a fragment, in network byte order."""
HIGHEST_TUNNELS = 0x22, 0x90
"""High bytes of ports: those of tunnels (`plain.TUNNEL_PORTS`) are below the first, or the second."""


def sifted(packets: Packets) -> Packets:
    """Give the packets that are not media for certain."""
    link = int(packets.link[0])
    if link not in TYPED or not (packets.link == link).all():
        return packets
    header = LINKS[link][1]
    begin = np.minimum(packets.offset + (header - 2), len(packets.data))
    heads = byte_rows(packets.data, begin, WIDTH)
    stays = packets.captured < header - 2 + PAYLOAD
    stays |= heads[:, PAYLOAD] < 0x80
    words = heads.view("=u2")
    stays |= (words[:, 0] != ETHERTYPE) | (words[:, 4] & PLACE != 0)
    stays |= (heads[:, 2] != 0x45) | (heads[:, 11] != UDP)
    for port_at in (22, 24):
        high = heads[:, port_at]
        stays |= (high < HIGHEST_TUNNELS[0]) | (high == HIGHEST_TUNNELS[1])
    return packets.inside(np.flatnonzero(stays), 0, link)
