"""Packets without those that are media for certain: most of a capture, of which nothing more is to be found out.

Where media are not looked at, a UDP datagram that begins with a byte beyond ASCII is passed over, and in most captures
nearly all are such. They are told by a few bytes of the packet, before its headers are taken apart one by one. What is
in doubt stays.
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
"""Where among those the first byte of the datagram stands."""
ETHERTYPE, PLACE = np.array([0x0800, 0x3FFF], ">u2").view("=u2")
"""IPv4, and what is not 0 of a fragment's flags and offset, as they stand in the packet."""
HIGHEST_TUNNELS = 0x22, 0x90
"""High bytes of ports: no tunnel has one from the first on, but for the second."""


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
