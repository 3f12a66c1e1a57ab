"""Link layers: where the IP header begins in each packet (the LINKTYPE registry of tcpdump.org)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from sipdiag.transport.columns import Heads, Rows, field

IPV4, IPV6 = 0x0800, 0x86DD
VLAN_TAGS = (0x8100, 0x88A8, 0x9100)
"""IEEE 802.1Q, 802.1ad, and the older QinQ."""
DEEPEST_TAG = 3

Decoder = Callable[[Heads], Iterator[tuple[Rows, int]]]
"""Heads of packets of one link type → rows of those that carry IP, and where in each the IP header begins."""


def by_ethertype(heads: Heads, *, type_at: int, header: int) -> Iterator[tuple[Rows, int]]:
    """Follow the EtherType at `type_at` of a header of that many bytes, through VLAN tags."""
    rows = np.arange(len(heads))
    for _ in range(DEEPEST_TAG + 1):
        ethertype = field(heads, type_at, 2)
        internet = (ethertype == IPV4) | (ethertype == IPV6)
        if internet.all():
            yield rows, header
            return
        yield rows[internet], header
        tagged = np.isin(ethertype, VLAN_TAGS)
        if not tagged.any():
            return
        heads, rows = heads[tagged], rows[tagged]
        type_at, header = header + 2, header + 4


def at_once(heads: Heads, *, header: int) -> Iterator[tuple[Rows, int]]:
    """Take IP to follow a header of that many bytes; the IP version tells the rest."""
    yield np.arange(len(heads)), header


ETHERNET = partial(by_ethertype, type_at=12, header=14)
RAW = partial(at_once, header=0)
DECODERS: dict[int, Decoder] = {
    0: partial(at_once, header=4),  # NULL: an address family of BSD, in the byte order of the host
    1: ETHERNET,
    12: RAW,  # raw IP as OpenBSD and others number it
    14: RAW,
    101: RAW,
    108: partial(at_once, header=4),  # LOOP: NULL in network byte order
    113: partial(by_ethertype, type_at=14, header=16),  # Linux cooked
    228: RAW,  # IPv4
    229: RAW,  # IPv6
    276: partial(by_ethertype, type_at=0, header=20),  # Linux cooked, version 2
}
"""LINKTYPE → decoder; what is not here is noted as a defect."""
