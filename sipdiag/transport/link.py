"""Link layers: where the IP header begins in each packet (the LINKTYPE registry of tcpdump.org)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sipdiag.transport.columns import Heads, Rows, field

IPV4, IPV6, PPPOE, MPLS, MPLS_MULTICAST = 0x0800, 0x86DD, 0x8864, 0x8847, 0x8848
BRIDGED = 0x6558
"""Transparent Ethernet bridging, as GRE and GENEVE number it."""
VLAN_TAGS = (0x8100, 0x88A8, 0x9100)
"""IEEE 802.1Q, 802.1ad, and the older QinQ."""
DEEPEST_TAG = 3
LONGEST_LENGTH = 1_500
"""An EtherType up to this is the length of an IEEE 802.3 frame."""
SNAP, SNAPPED = 0xAAAA, 0xAAAA0300
"""LLC, with and without what follows it before an EtherType."""
MOST_LABELS = 8
MOST_ATTRIBUTES = 24
NFLOG_WIDTH = 512
"""Bytes in which the attributes before the packet must lie."""
MOST_WORDS = 13
"""Words of radiotap that say which fields are there."""
PACKET_ATTRIBUTE = 9

RAW, ETHER, POINT_TO_POINT, PPP_OVER_ETHERNET, WIRELESS, LABELLED = 101, 1, 9, 51, 105, 219
PADDED_WIRELESS = -205
"""Not of the registry: IEEE 802.11 with its header padded to four bytes."""
AGGREGATED = -206
"""Not of the registry: several frames in one of IEEE 802.11; `aggregate` parts them."""
ENCRYPTED = -4
UNDESCRIBED = -1
"""Not of the registry: of an interface that the capture does not describe."""
TAGGED_ON, LABELLED_ON, ATTRIBUTED_ON, FLAGGED_ON, EXTENDED_ON, PREFIXED_ON = range(-101, -107, -1)
"""Not of the registry: a limit was exceeded; see `LINK_LIMITS` and `tunnels.LIMITS`."""

Found = tuple[Rows, int | npt.NDArray[np.int64], int]
"""Rows of packets, the offset in each where something begins, and the link type as which that is to be read."""
Decoder = Callable[[Heads], Iterator[Found]]
"""Heads of packets of one link type → what is inside them, as far as it can be read."""


class Link(NamedTuple):
    """How a link type is decoded."""

    decode: Decoder
    width: int = 72
    """Bytes of each packet that it looks at."""


def by_ethertype(heads: Heads, *, type_at: int, header: int) -> Iterator[Found]:
    """Follow the EtherType at `type_at` of a header of that many bytes, through VLAN tags."""
    rows = np.arange(len(heads))
    for _ in range(DEEPEST_TAG + 1):
        ethertype = field(heads, type_at, 2)
        internet = (ethertype == IPV4) | (ethertype == IPV6)
        if internet.all():
            yield rows, header, RAW
            return
        yield rows[internet], header, RAW
        yield from _by_other_ethertype(heads, ethertype, rows, header)
        tagged = np.isin(ethertype, VLAN_TAGS)
        if not tagged.any():
            return
        heads, rows = heads[tagged], rows[tagged]
        type_at, header = header + 2, header + 4
    yield rows, header, TAGGED_ON


def _by_other_ethertype(
    heads: Heads, ethertype: npt.NDArray[np.unsignedinteger], rows: Rows, header: int
) -> Iterator[Found]:
    """Follow EtherTypes other than IP and VLAN tags: MPLS, PPPoE, a length with LLC and SNAP, what scapy knows."""
    for kind in np.unique(ethertype).tolist():
        if kind in ETHERTYPES:
            yield rows[ethertype == kind], header, ETHERTYPES[kind]
    short = ethertype <= LONGEST_LENGTH
    if short.any():
        inside = heads[short, header : header + 8]
        typed = (field(inside, 0, 2) == SNAP) & (inside[:, 2] == 3)
        for kind in (IPV4, IPV6):
            yield rows[short][typed & (field(inside, 6, 2) == kind)], header + 8, RAW


def at_once(heads: Heads, *, header: int, link: int = RAW) -> Iterator[Found]:
    """Take everything behind a header of that many bytes as `link`; in IP the version tells the rest."""
    yield np.arange(len(heads)), header, link


def nothing(_: Heads) -> Iterator[Found]:
    """Find no IP."""
    return iter(())


def ppp(heads: Heads) -> Iterator[Found]:
    """PPP, with or without HDLC's address and control, the protocol in two bytes or one (RFC 1661, RFC 1662)."""
    addressed = field(heads, 0, 2) == 0xFF03
    for framed in (True, False):
        rows = np.flatnonzero(addressed == framed)
        at = 2 if framed else 0
        short = heads[rows, at] & 1 == 1
        protocol = np.where(short, heads[rows, at], field(heads[rows], at, 2))
        for one_byte in (True, False):
            for number, link in PPP_PROTOCOLS.items():
                found = rows[(short == one_byte) & (protocol == number)]
                if len(found):
                    yield found, at + (1 if one_byte else 2), link


def serial(heads: Heads) -> Iterator[Found]:
    """PPP in HDLC framing (RFC 1662), or Cisco's HDLC, which has an EtherType."""
    cisco = np.isin(heads[:, 0], (0x0F, 0x8F))
    yield np.flatnonzero(~cisco), 0, POINT_TO_POINT
    rows = np.flatnonzero(cisco)
    for found, at, link in by_ethertype(heads[rows], type_at=2, header=4):
        yield rows[found], at, link


def pppoe(heads: Heads) -> Iterator[Found]:
    """PPPoE: version and type 1, code 0 for data, session, length, PPP (RFC 2516)."""
    yield np.flatnonzero((heads[:, 0] == 0x11) & (heads[:, 1] == 0)), 6, POINT_TO_POINT


def mpls(heads: Heads) -> Iterator[Found]:
    """A stack of labels to the one that is marked as its bottom, then IP or an Ethernet frame (RFC 3032, RFC 4448)."""
    rows = np.arange(len(heads))
    for depth in range(1, MOST_LABELS + 1):
        bottom = heads[rows, 4 * depth - 2] & 1 == 1
        last = rows[bottom]
        version = heads[last, 4 * depth] >> 4
        yield last[(version == 4) | (version == 6)], 4 * depth, RAW
        controlled = field(heads[last], 4 * depth, 2) == 0
        yield last[controlled], 4 * depth + 4, ETHER
        yield last[~controlled & (version != 4) & (version != 6)], 4 * depth, ETHER
        rows = rows[~bottom]
    yield rows, 4 * MOST_LABELS, LABELLED_ON


def by_length(heads: Heads, *, length_at: int, order: str, width: int, link: int) -> Iterator[Found]:
    """Take a header that states its own length."""
    length = heads[:, length_at : length_at + width].view(f"{order}u{width}")[:, 0].astype(np.int64)
    yield np.arange(len(heads)), length, link


def radiotap(heads: Heads) -> Iterator[Found]:
    """Radiotap: its length, then words that say which fields are there; one of those tells of padding."""
    length = heads[:, 2:4].view("<u2")[:, 0].astype(np.int64)
    words = np.ones(len(heads), np.int64)
    for word in range(1, MOST_WORDS):
        words[(words == word) & (heads[:, 4 * word + 3] & 0x80 != 0)] = word + 1
    endless = (words == MOST_WORDS) & (heads[:, 4 * MOST_WORDS + 3] & 0x80 != 0)
    yield np.flatnonzero(endless), 0, FLAGGED_ON
    timed, flagged = heads[:, 4] & 1, heads[:, 4] & 2
    flags_at = 4 + 4 * words
    flags_at = np.where(timed == 1, (flags_at + 7 & ~7) + 8, flags_at)
    flags = heads[np.arange(len(heads)), flags_at]
    padded = (flagged != 0) & (flags & 0x20 != 0)
    for link, which in ((WIRELESS, ~padded & ~endless), (PADDED_WIRELESS, padded & ~endless)):
        yield np.flatnonzero(which), length[which], link


def wireless(heads: Heads, *, padded: bool) -> Iterator[Found]:
    """IEEE 802.11 data frames that are not encrypted, with LLC and SNAP behind a header of one of several lengths."""
    control, flags = heads[:, 0], heads[:, 1]
    data = (control & 0x0F == 0x08) & (control & 0x40 == 0)  # type 2, and not one of the kinds without data
    yield np.flatnonzero(data & (flags & 0x40 != 0)), 0, ENCRYPTED
    data &= flags & 0x40 == 0
    quality = control & 0x80 != 0
    addresses = 24 + 6 * (flags & 3 == 3)
    header = addresses + 2 * quality + 4 * (quality & (flags & 0x80 != 0))
    if padded:
        header = header + 3 & ~3
    # The highest bit of the QoS control; some drivers part the frame, and leave it set.
    several = data & quality & (heads[np.arange(len(heads)), addresses] & 0x80 != 0)
    if several.any():
        rows = np.flatnonzero(several)
        rows = rows[field(heads[rows[:, None], header[rows, None] + np.arange(4)], 0, 4) != SNAPPED]
        yield rows, header[rows], AGGREGATED
        data[rows] = False
    for one in range(24, 38, 2):
        rows = np.flatnonzero(data & (header == one))
        if len(rows):
            rows = rows[field(heads[rows], one, 2) == SNAP]
            for found, at, link in by_ethertype(heads[rows], type_at=one + 6, header=one + 8):
                yield rows[found], at, link


def nflog(heads: Heads) -> Iterator[Found]:
    """Linux netfilter: a family, then attributes in the byte order of the host; the packet is one of them."""
    # An attribute is never so long that the high byte of its length, which tells the order, is not 0.
    for order in "<>":
        rows = np.flatnonzero((heads[:, 5] == 0) == (order == "<"))
        at = np.full(len(rows), 4, np.int64)
        for _ in range(MOST_ATTRIBUTES):
            size, kind = (_word(heads, rows, at + place, order) for place in (0, 2))
            packet = kind & 0x7FFF == PACKET_ATTRIBUTE
            yield rows[packet], at[packet] + 4, RAW
            at = at + (size + 3 & ~3)
            going = ~packet & (size >= 4) & (at < heads.shape[1] - 4)
            beyond = ~packet & (size >= 4) & ~going
            yield rows[beyond], at[beyond], ATTRIBUTED_ON
            rows, at = rows[going], at[going]
        yield rows, at, ATTRIBUTED_ON


def _word(heads: Heads, rows: Rows, at: npt.NDArray[np.int64], order: str) -> npt.NDArray[np.int64]:
    first, second = heads[rows, at].astype(np.int64), heads[rows, at + 1].astype(np.int64)
    return first | second << 8 if order == "<" else first << 8 | second


def per_packet(heads: Heads) -> Iterator[Found]:
    """PPI: its length, and the link type of what follows."""
    length = heads[:, 2:4].view("<u2")[:, 0].astype(np.int64)
    inner = heads[:, 4:8].view("<u4")[:, 0]
    for link in LINKS:
        rows = np.flatnonzero(inner == np.uint32(link & 0xFFFFFFFF))
        yield rows, length[rows], link


def pflog(heads: Heads) -> Iterator[Found]:
    """The packet filter of OpenBSD: a header that states its length, padded to four bytes."""
    yield np.arange(len(heads)), heads[:, 0].astype(np.int64) + 3 & ~3, RAW


def macsec(heads: Heads) -> Iterator[Found]:
    """MACsec that does not encrypt: a tag, with or without the channel, then an EtherType (IEEE 802.1AE)."""
    control = heads[:, 0]
    yield np.flatnonzero(control & 0x08 != 0), 0, ENCRYPTED
    for channel, type_at in ((0, 6), (0x20, 14)):
        rows = np.flatnonzero(control & 0x2C == channel)
        for found, at, link in by_ethertype(heads[rows], type_at=type_at, header=type_at + 2):
            yield rows[found], at, link


def frame_relay(heads: Heads) -> Iterator[Found]:
    """Frame Relay: address, control, and what protocol follows (RFC 2427); or Cisco's with an EtherType."""
    numbered = heads[:, 2] == 3
    yield np.flatnonzero(numbered & np.isin(heads[:, 3], (0xCC, 0x8E))), 4, RAW
    rows = np.flatnonzero(~numbered)
    for found, at, link in by_ethertype(heads[rows], type_at=2, header=4):
        yield rows[found], at, link


ETHERTYPES = {
    MPLS: LABELLED,
    MPLS_MULTICAST: LABELLED,
    PPPOE: PPP_OVER_ETHERNET,
    0x880B: POINT_TO_POINT,
    BRIDGED: ETHER,
}
"""EtherType → the link type that its payload is read as."""
PPP_PROTOCOLS = {0x0021: RAW, 0x0057: RAW, 0x0281: LABELLED, 0x0283: LABELLED}
LOGICAL_LINK = Link(partial(by_ethertype, type_at=6, header=8))
"""LLC and SNAP (RFC 2684, RFC 2225)."""
LINKS: dict[int, Link] = {
    0: Link(partial(at_once, header=4)),  # NULL: an address family of BSD, in the byte order of the host
    ETHER: Link(partial(by_ethertype, type_at=12, header=14)),
    POINT_TO_POINT: Link(ppp),
    11: LOGICAL_LINK,
    12: Link(partial(at_once, header=0)),  # raw IP as OpenBSD and others number it
    14: Link(partial(at_once, header=0)),
    19: LOGICAL_LINK,
    50: Link(serial),
    PPP_OVER_ETHERNET: Link(pppoe),
    100: LOGICAL_LINK,
    RAW: Link(partial(at_once, header=0)),
    104: Link(serial),
    WIRELESS: Link(partial(wireless, padded=False)),
    PADDED_WIRELESS: Link(partial(wireless, padded=True)),
    107: Link(frame_relay),
    108: Link(partial(at_once, header=4)),  # LOOP: NULL in network byte order
    109: Link(partial(at_once, header=12)),  # ENC: IPsec of OpenBSD, decrypted
    113: Link(partial(by_ethertype, type_at=14, header=16)),  # Linux cooked
    117: Link(pflog),
    119: Link(partial(at_once, header=144, link=WIRELESS)),  # Prism
    127: Link(radiotap),
    138: Link(partial(by_ethertype, type_at=16, header=18)),  # IP over IEEE 1394
    163: Link(partial(by_length, length_at=4, order=">", width=4, link=WIRELESS)),  # AVS
    166: Link(partial(at_once, header=1, link=POINT_TO_POINT)),  # PPP with direction, as pppd writes it
    192: Link(per_packet),
    204: Link(partial(at_once, header=1, link=POINT_TO_POINT)),
    LABELLED: Link(mpls),
    228: Link(partial(at_once, header=0)),  # IPv4
    229: Link(partial(at_once, header=0)),  # IPv6
    239: Link(nflog, width=NFLOG_WIDTH),
    252: Link(nothing),  # messages that Wireshark exported; `exported` reads them
    276: Link(partial(by_ethertype, type_at=0, header=20)),  # Linux cooked, version 2
}
"""LINKTYPE → how it is decoded; scapy is asked about what is not here."""
PROVIDER_BACKBONE, SERVICE_HEADER, MACSEC = 0x88E7, 0x894F, 0x88E5
ETHERTYPES |= {number: -number for number in (PROVIDER_BACKBONE, SERVICE_HEADER, MACSEC)}
LINKS[-MACSEC] = Link(macsec)  # scapy opens the others
LINK_LIMITS = {
    TAGGED_ON: f"VLAN tags of a packet, more than {DEEPEST_TAG}",
    LABELLED_ON: f"MPLS labels of a packet, more than {MOST_LABELS}",
    ATTRIBUTED_ON: f"NFLOG attributes of a packet, more than {MOST_ATTRIBUTES} or {NFLOG_WIDTH} bytes",
    FLAGGED_ON: f"radiotap presence words of a packet, more than {MOST_WORDS}",
}
"""Link type → the limit that was exceeded; tunnels add theirs."""
