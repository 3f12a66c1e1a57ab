"""Tunnels: packets inside packets, found by IP protocol or UDP port, and by a header that cannot be anything else.

GRE (RFC 2784, RFC 2890, RFC 2637), ERSPAN, IP in IP (RFC 2003, RFC 4213), EtherIP (RFC 3378), MPLS in IP (RFC 4023),
VXLAN (RFC 7348), GENEVE (RFC 8926), GTP-U (3GPP TS 29.281), L2TP (RFC 2661), Teredo (RFC 4380), TZSP.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import numpy.typing as npt

from sipdiag.capture import Packets, byte_rows
from sipdiag.transport.columns import Heads, big_endian, field
from sipdiag.transport.ip import IPV6_HEADER, IPPackets
from sipdiag.transport.link import (
    ETHER,
    ETHERTYPES,
    EXTENDED_ON,
    IPV4,
    IPV6,
    LABELLED,
    LINK_LIMITS,
    POINT_TO_POINT,
    PREFIXED_ON,
    RAW,
    VLAN_TAGS,
    Found,
    mpls,
)
from sipdiag.transport.udp import HEADER, UDP

GRE = 47
WIDTH = 72
"""Bytes of a tunnel's header that are looked at."""
MOST_EXTENSIONS = 6
INTERNET = (IPV4, IPV6)
ARP = 0x0806
ERSPAN, ERSPAN_III = 0x88BE, 0x22EB
TEREDO_AUTHENTICATION = 13

Opener = Callable[[Heads], Iterator[Found]]
"""The first bytes behind the outer IP or UDP header of each packet → what is inside those that are such a tunnel."""


def plain(heads: Heads, *, at: int = 0, link: int = RAW) -> Iterator[Found]:
    """Take what follows at byte `at` as `link`."""
    yield np.arange(len(heads)), at, link


def gre(heads: Heads) -> Iterator[Found]:
    """GRE, whose flags say which words its header has, and version 1, which PPTP uses."""
    flags, protocol = big_endian(heads, 0, 2), big_endian(heads, 2, 2)
    words = 1 + (flags & 0x8000 != 0) + (flags & 0x2000 != 0) + (flags & 0x1000 != 0)
    at = 4 * (words + ((flags & 7 == 1) & (flags & 0x0080 != 0)))
    sane = (flags & 7 <= 1) & (flags & 0x4000 == 0)
    for kind in INTERNET:
        rows = np.flatnonzero(sane & (protocol == kind))
        yield rows, at[rows], RAW
    for kind, link in ETHERTYPES.items():
        rows = np.flatnonzero(sane & (protocol == kind))
        if len(rows):
            yield rows, at[rows], link
    mirrored = sane & np.isin(protocol, (ERSPAN, ERSPAN_III))
    if mirrored.any():
        # Type I has no sequence number and no header of its own; type III may say that eight bytes more follow.
        third = protocol == ERSPAN_III
        further = heads[np.arange(len(heads)), at + 11] & 1
        own = np.where(third, 12 + 8 * further, np.where(flags & 0x1000 != 0, 8, 0))
        rows = np.flatnonzero(mirrored)
        yield rows, (at + own)[rows], ETHER


def vxlan(heads: Heads, *, generic: bool = False) -> Iterator[Found]:
    """VXLAN: a flag, a network number, an Ethernet frame; its generic extension names what follows."""
    flagged = (heads[:, 0] & 0x08 != 0) & (heads[:, 7] == 0 if not generic else heads[:, 0] & 0xC0 == 0)
    if not generic:
        yield np.flatnonzero(flagged), 8, ETHER
        return
    for number, link in ((1, RAW), (2, RAW), (3, ETHER), (5, LABELLED)):
        yield np.flatnonzero(flagged & (heads[:, 3] == number)), 8, link


def geneve(heads: Heads) -> Iterator[Found]:
    """GENEVE: version 0, options of a stated length, an EtherType."""
    at = 8 + 4 * (heads[:, 0] & 0x3F).astype(np.int64)
    protocol = field(heads, 2, 2)
    sane = heads[:, 0] >> 6 == 0
    for kind, link in ((IPV4, RAW), (IPV6, RAW), *ETHERTYPES.items()):
        rows = np.flatnonzero(sane & (protocol == kind))
        if len(rows):
            yield rows, at[rows], link


def gtp(heads: Heads) -> Iterator[Found]:
    """GTP-U, version 1, a user's packet behind extension headers (section 5)."""
    flags = heads[:, 0]
    rows = np.flatnonzero((flags & 0xF0 == 0x30) & (heads[:, 1] == 0xFF))
    flags = flags[rows]
    at = np.where(flags & 7 != 0, 12, 8).astype(np.int64)
    following = np.where(flags & 4 != 0, heads[rows, 11], 0)
    endless = np.zeros(len(rows), np.bool_)
    for _ in range(MOST_EXTENSIONS):
        going = np.flatnonzero(following)
        if not len(going):
            break
        size = 4 * heads[rows[going], at[going]].astype(np.int64)
        inside = at[going] + size < WIDTH
        endless[going[~inside]] = True
        going, size = going[inside & (size > 0)], size[inside & (size > 0)]
        at[going] += size
        stepped = np.zeros_like(following)
        stepped[going] = heads[rows[going], at[going] - 1]
        following = stepped
    endless |= following != 0
    yield rows[endless], at[endless], EXTENDED_ON
    version = heads[rows, at] >> 4
    internet = ((version == 4) | (version == 6)) & ~endless
    yield rows[internet], at[internet], RAW


def l2tp(heads: Heads) -> Iterator[Found]:
    """L2TP version 2, data and no control, whose flags say which fields its header has (RFC 2661, section 3.1)."""
    flags = big_endian(heads, 0, 2)
    rows = np.flatnonzero((flags & 0x800F == 2) & (flags & 0x30F0 == 0))
    flags = flags[rows]
    at = 6 + 2 * (flags & 0x4000 != 0) + 4 * (flags & 0x0800 != 0)
    offset = flags & 0x0200 != 0
    at = np.where(offset, at + 2 + (heads[rows, at].astype(np.int64) << 8 | heads[rows, at + 1]), at)
    yield rows, at, POINT_TO_POINT


def teredo(heads: Heads) -> Iterator[Found]:
    """Teredo: IPv6 behind what a server may have put before it (section 5.1.1)."""
    at = np.zeros(len(heads), np.int64)
    authentic = field(heads, 0, 2) == 1
    at[authentic] = TEREDO_AUTHENTICATION + heads[authentic, 2].astype(np.int64) + heads[authentic, 3]
    beyond = at > WIDTH - 10
    yield np.flatnonzero(beyond), at[beyond], PREFIXED_ON
    at = np.minimum(at, WIDTH - 10)
    every = np.arange(len(heads))
    origin = (heads[every, at] == 0) & (heads[every, at + 1] == 0)
    at = np.where(origin, at + 8, at)
    rows = np.flatnonzero((heads[every, at] >> 4 == 6) & ~beyond)
    yield rows, at[rows], RAW


def tzsp(heads: Heads) -> Iterator[Found]:
    """TZSP, as MikroTik sends it: tags that end at once, behind them an Ethernet frame."""
    yield np.flatnonzero((heads[:, :5] == (1, 0, 0, 1, 1)).all(axis=1)), 5, ETHER


def labelled(heads: Heads) -> Iterator[Found]:
    """MPLS in UDP, as far as IP is inside: other ports' datagrams must not be taken for it (RFC 7510)."""
    return (found for found in mpls(heads) if found[2] == RAW)


def _framed(heads: Heads, at: int) -> npt.NDArray[np.bool_]:
    """Tell where an Ethernet frame begins that carries something known."""
    return np.isin(field(heads, at + 12, 2), (*INTERNET, ARP, *VLAN_TAGS, *ETHERTYPES))


PROTOCOLS: dict[int, Opener] = {
    4: plain,
    41: plain,
    GRE: gre,
    97: partial(plain, at=2, link=ETHER),
    137: partial(plain, link=LABELLED),
}
"""IP protocol → what opens it."""
PORTS: dict[int, Opener] = {
    1701: l2tp,
    2152: gtp,
    3544: teredo,
    4754: gre,
    4789: vxlan,
    4790: partial(vxlan, generic=True),
    6081: geneve,
    6635: labelled,
    8472: vxlan,
    37_008: tzsp,
}
"""UDP port → what opens it."""
PROTOCOL_TABLE = np.zeros(256, np.bool_)
PROTOCOL_TABLE[list(PROTOCOLS)] = True
LIMITS = LINK_LIMITS | {
    EXTENDED_ON: f"GTP-U extension headers of a packet, more than {MOST_EXTENSIONS} or {WIDTH} bytes",
    PREFIXED_ON: f"Teredo authentication of more than {WIDTH - 10} bytes",
}
PORT_TABLE = np.zeros(1 << 16, np.bool_)
PORT_TABLE[list(PORTS)] = True
SWAPPED_PORT_TABLE = PORT_TABLE[np.arange(1 << 16, dtype=np.uint16).byteswap()]
"""The same, by ports in the wrong byte order, so that they need not be swapped first."""


def opened(packets: IPPackets) -> tuple[IPPackets, list[Packets]]:
    """Split packets into those that are no tunnel, and the packets inside the others."""
    ports = packets.transport(4)
    carries = PROTOCOL_TABLE.take(packets.protocol)
    either = SWAPPED_PORT_TABLE.take(ports.view("<u2"))
    if not carries.any() and not either.any():
        return packets, []
    ported = either.any(axis=1) & (packets.protocol == UDP)
    taken = np.zeros(len(packets), np.bool_)
    inner: list[Packets] = []
    for number in np.unique(packets.protocol[carries]).tolist():
        inner += _inside(packets, carries & (packets.protocol == number), 0, PROTOCOLS[number], taken)
    for place in (2, 0):  # the destination's port says more than the source's
        port = field(ports, place, 2)
        for number in np.unique(port[ported & PORT_TABLE[port] & ~taken]).tolist():
            inner += _inside(packets, ported & (port == number) & ~taken, HEADER, PORTS[number], taken)
    return packets.select(~taken), inner


def _inside(
    packets: IPPackets, which: npt.NDArray[np.bool_], skip: int, opener: Opener, taken: npt.NDArray[np.bool_]
) -> Iterator[Packets]:
    """Yield the packets inside those that turn out to be a tunnel, and mark these as taken."""
    rows = np.flatnonzero(which)
    few = packets.select(rows)
    data = few.packets.data
    begin = few.network + few.header + skip
    start, left = few.start() + skip, few.present() - skip
    for found, at, link in opener(byte_rows(data, np.minimum(start, len(data)), WIDTH)):
        there = left[found] > at
        found, at = found[there], at if isinstance(at, int) else at[there]  # noqa: PLW2901 - a part of the same
        sound = _sound(byte_rows(data, start[found] + at, 16), few.packets.original[few.row[found]] - begin - at, link)
        found, at = found[sound], at if isinstance(at, int) else at[sound]  # noqa: PLW2901
        if len(found):
            taken[rows[found]] = True
            yield few.packets.inside(few.row[found], begin + at, link)


def _sound(heads: Heads, room: npt.NDArray[np.int64], link: int) -> npt.NDArray[np.bool_]:
    """Tell which can be what `link` says, where that is an IP packet or an Ethernet frame."""
    if link == RAW:
        four = (heads[:, 0] >> 4 == 4) & (heads[:, 0] & 15 >= 5) & (big_endian(heads, 2, 2) <= room)
        sound: npt.NDArray[np.bool_] = four | (heads[:, 0] >> 4 == 6) & (big_endian(heads, 4, 2) + IPV6_HEADER <= room)
        return sound
    if link == ETHER:
        return _framed(heads, 0)
    return np.ones(len(heads), np.bool_)
