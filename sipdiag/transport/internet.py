"""Packets → groups of IP packets whose headers have the same layout, and datagrams put together from fragments."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from sipdiag.defect import Defect, Defects
from sipdiag.transport import aggregate
from sipdiag.transport.columns import Rows, field
from sipdiag.transport.extension import EXTENSIONS, MOST_BYTES, MOST_HEADERS, Extensions, extensions
from sipdiag.transport.foreign import Foreign
from sipdiag.transport.fragments import Fragment, LostDatagram, Reassembly, Whole
from sipdiag.transport.icmp import ICMP
from sipdiag.transport.ip import ADDRESSES, IPPackets, ip_packets
from sipdiag.transport.link import AGGREGATED, ENCRYPTED, LINKS, RAW, UNDESCRIBED
from sipdiag.transport.rewrapped import may_be_tunnel, rewrapped
from sipdiag.transport.sctp import SCTP
from sipdiag.transport.segments import TCP
from sipdiag.transport.tunnels import LIMITS, opened
from sipdiag.transport.udp import UDP, is_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from sipdiag.capture import Packets

DEEPEST = 12
"""Nested tunnels, labels and link headers that are opened."""
TUNNELS = f"tunnels inside of each other, more than {DEEPEST}"
HEADERS = f"IPv6 extension headers of a packet, more than {MOST_HEADERS} or {MOST_BYTES} bytes"
NAMED = {ENCRYPTED: "encrypted Wi-Fi or MACsec", UNDESCRIBED: "an interface that the capture does not describe"}
"""Link types of our own that nothing reads."""
ORDERED = (TCP, SCTP, *ICMP.values())
"""Protocols whose packets depend on one another, or are counted."""


class Internet:
    """Decodes link and internet layer; keeps from chunk to chunk unfinished datagrams and unknown link types."""

    def __init__(self, defects: Defects) -> None:
        self._defects = defects
        self._reassembly = Reassembly(defects)
        self._unknown: dict[int, tuple[int, int]] = {}
        """LINKTYPE without a decoder → first frame, packets."""
        self._foreign = Foreign(defects)
        self._aside: list[npt.NDArray[np.int64]] | None = None
        """While `independent` works: the frames that are left to another reader."""
        self._said: set[tuple[bytes, bytes, int]] = set()
        """The datagrams that begin with text, among those whose fragments are left to another reader."""
        self.odd_fragments = False
        """Whether there were also datagrams that do not."""
        self.fragments: list[int] = []
        """The frames of the latest chunk that hold fragments."""

    def split(self, packets: Packets) -> tuple[list[IPPackets], list[Whole]]:
        """Give the IP packets of a chunk, alike ones together, and the datagrams that became whole in it.

        Packets inside a tunnel are decoded like any other, layer by layer.
        """
        kept: list[IPPackets] = []
        wholes: list[Whole] = []
        layers = [packets]
        self.fragments = []
        for _ in range(DEEPEST):
            pieces: list[Fragment] = []
            layers = [inner for layer in layers for inner in self._layer(layer, kept, pieces)]
            self.fragments += [piece.frame for piece in pieces]
            pieces.sort(key=lambda piece: piece.frame)
            found = [whole for piece in pieces if (whole := self._reassembly.add(piece))]
            # A tunnel in fragments is rare enough to be put together and read again.
            tunnels = [whole for whole in found if may_be_tunnel(whole)]
            layers += [rewrapped(tunnels)] if tunnels else []
            wholes += [whole for whole in found if not may_be_tunnel(whole)] if tunnels else found
            if not layers:
                break
        else:
            for layer in layers:
                self._goes_beyond(TUNNELS, layer.frames(np.arange(len(layer))))
        return [alike for alike in kept if len(alike)], wholes

    def independent(self, packets: Packets) -> tuple[list[IPPackets], Rows]:
        """Give the UDP packets of a chunk that came whole, and the rows of packets that need those before them.

        Those are fragments, TCP, SCTP and ICMP, and what is counted: unknown link types, and what scapy opens.
        """
        kept: list[IPPackets] = []
        pieces: list[Fragment] = []
        layers = [packets]
        self._aside = aside = [np.empty(0, np.int64)]
        for _ in range(DEEPEST):
            layers = [inner for layer in layers for inner in self._layer(layer, kept, pieces)]
        self._aside = None
        self._tell_apart(pieces)
        aside += [layer.frames(np.arange(len(layer))) for layer in layers]
        aside.append(np.array([piece.frame for piece in pieces], np.int64))
        for group in kept:
            others = np.flatnonzero(group.protocol != UDP)
            streams = others[np.isin(group.protocol[others], ORDERED)] if len(others) else others
            if len(streams):
                aside.append(group.packets.frames(group.row[streams]))
        first, last = packets.frames(np.array([0, len(packets) - 1])).tolist() if len(packets) else (0, -1)
        depends = np.zeros(last - first + 1, np.bool_)
        depends[np.concatenate(aside) - first] = True
        udp = [group.select(group.protocol == UDP) for group in kept if (group.protocol == UDP).any()]
        if depends.any():
            udp = [group.select(~depends[group.packets.frames(group.row) - first]) for group in udp]
        return [group for group in udp if len(group)], np.flatnonzero(depends) + (first - packets.first_frame)

    def _tell_apart(self, pieces: list[Fragment]) -> None:
        """See whether fragments are of datagrams that begin with text."""
        for piece in pieces:
            key = (piece.source, piece.destination, piece.identification)
            if piece.protocol == UDP and not piece.position and is_text(piece.payload):
                self._said.add(key)
            self.odd_fragments |= piece.protocol == UDP and key not in self._said

    @property
    def lost(self) -> list[LostDatagram]:
        """The datagrams that never became whole; complete after `finish`."""
        return self._reassembly.lost

    def finish(self) -> None:
        """Note what stayed undecoded."""
        self._reassembly.finish()
        for link, (frame, count) in self._unknown.items():
            what = f"LINKTYPE {link}" if link >= 0 else f"EtherType {-link:#06x}"
            what = NAMED.get(link, what)
            self._defects.append(Defect(kind="link-type-unknown", detail=f"{what}, {count} packets", frame=frame))

    def _layer(self, packets: Packets, kept: list[IPPackets], pieces: list[Fragment]) -> Iterator[Packets]:
        """Sort the IP packets of one layer into whole ones and fragments; yield the packets inside tunnels."""
        for alike in self._alike(packets) if len(packets) else ():
            if not isinstance(alike, IPPackets):
                yield alike
                continue
            endless: list[int] = []
            for whole in _unfragmented(alike, pieces, endless):
                rest, inside = opened(whole)
                kept.append(rest)
                yield from inside
            if endless:
                self._goes_beyond(HEADERS, alike.packets.frames(np.array(endless, np.int64)))

    def _alike(self, packets: Packets) -> Iterator[IPPackets | Packets]:
        """Decode the link layer: IP packets in groups of one header layout, and packets to decode once more."""
        for link in _distinct(packets.link):
            rows = np.flatnonzero(packets.link == link)
            if link == AGGREGATED:
                parted, beyond = aggregate.parts(packets, rows)
                self._goes_beyond(aggregate.PARTS, packets.frames(beyond))
                yield parted
                continue
            if link not in LINKS:
                yield from self._strange(packets, rows, link)
                continue
            decode, width = LINKS[link]
            heads = packets.heads(width) if len(rows) == len(packets) else packets.selected_heads(rows, width)
            for which, at, inner in decode(heads):
                if not len(which):
                    continue
                if inner == RAW and isinstance(at, int):
                    inside = heads if len(which) == len(heads) else heads[which]
                    yield from ip_packets(packets, rows[which], inside[:, at:], at)
                else:
                    yield packets.inside(rows[which], at, inner)

    def _strange(self, packets: Packets, rows: Rows, link: int) -> Iterator[Packets]:
        """Let scapy open packets of a link type without a decoder; count those that it does not know either."""
        if self._aside is not None:
            self._aside.append(packets.frames(rows))
            return
        if link in LIMITS:
            self._goes_beyond(LIMITS[link], packets.frames(rows))
            return
        opened_by_scapy = self._foreign.inside(packets, rows, link) if link not in NAMED else None
        if opened_by_scapy is not None:
            yield opened_by_scapy
            return
        first, count = self._unknown.get(link, (int(packets.frames(rows[:1])[0]), 0))
        self._unknown[link] = (first, count + len(rows))

    def _goes_beyond(self, what: str, frames: npt.NDArray[np.int64]) -> None:
        """Note the frames in which a limit is exceeded: `what` says which."""
        if self._aside is not None:
            self._aside.append(frames)
        elif len(frames):
            self._defects.reach(what, int(frames.min()), len(frames))


def _unfragmented(alike: IPPackets, pieces: list[Fragment], endless: list[int]) -> Iterator[IPPackets]:
    """Yield the packets that are whole, extension headers passed; the fragments go to `pieces`.

    The rows of those with more extension headers than are walked go to `endless`.
    """
    four = alike.version == 4
    fragmented = (field(alike.head, 6, 2) & 0x3FFF) != 0 if four else np.isin(alike.protocol, EXTENSIONS)
    if not fragmented.any():
        yield alike
        return
    yield alike.select(~fragmented)
    odd = alike.select(fragmented)
    if four:
        pieces += _fragments(odd, [_ipv4_fragment(odd, row) for row in range(len(odd))])
    else:
        walked = _walked(odd)
        pieces += _fragments(odd, walked)
        endless += [row for row, found in zip(odd.row.tolist(), walked, strict=True) if found and found.endless]
        yield from _extended(odd, walked)


def _distinct(values: npt.NDArray[np.int32]) -> list[int]:
    one = (values == values[0]).all()
    return [int(value) for value in (values[:1] if one else np.unique(values))]


def _ipv4_fragment(odd: IPPackets, row: int) -> Extensions:
    """Give for an IPv4 fragment what the fragment header gives for an IPv6 one."""
    place = int.from_bytes(odd.head[row, 6:8].tobytes(), "big")
    return Extensions(
        length=0,
        protocol=int(odd.protocol[row]),
        position=(place & 0x1FFF) * 8,
        last=not place & 0x2000,
        identification=int.from_bytes(odd.head[row, 4:6].tobytes(), "big"),
    )


def _walked(odd: IPPackets) -> list[Extensions | None]:
    """Walk the extension headers of each packet."""
    end = odd.start() + np.minimum(odd.length(), odd.present())
    data = odd.packets.data
    return [
        extensions(data[start : min(stop, start + MOST_BYTES)].tobytes(), protocol)
        for start, stop, protocol in zip(odd.start().tolist(), end.tolist(), odd.protocol.tolist(), strict=True)
    ]


def _extended(odd: IPPackets, walked: list[Extensions | None]) -> Iterator[IPPackets]:
    """Give the whole packets behind extension headers, those with headers of one length together."""
    by_length: defaultdict[int, list[int]] = defaultdict(list)
    for row, found in enumerate(walked):
        if found and not found.fragment and not found.endless:
            by_length[found.length].append(row)
    for length, rows in by_length.items():
        alike = odd.select(np.array(rows))
        protocol = np.array([found.protocol for row in rows if (found := walked[row])], np.uint8)
        yield alike.behind(length, protocol)


def _fragments(odd: IPPackets, walked: list[Extensions | None]) -> Iterator[Fragment]:
    """Give the fragments among the packets."""
    first, width = ADDRESSES[odd.version]
    length, present = odd.length().tolist(), odd.present().tolist()
    packets, start, frames = odd.packets, odd.start().tolist(), odd.packets.frames(odd.row).tolist()
    for row, found in enumerate(walked):
        if not found or not found.fragment:
            continue
        addresses = odd.head[row, first : first + 2 * width].tobytes()
        begin, end = start[row] + found.length, start[row] + max(0, min(length[row], present[row]))
        yield Fragment(
            frame=frames[row],
            time=int(packets.time[odd.row[row]]),
            source=addresses[:width],
            destination=addresses[width:],
            protocol=found.protocol,
            identification=found.identification,
            position=found.position,
            last=found.last,
            payload=packets.data[begin:end].tobytes(),
            cut=max(0, length[row] - present[row]),
        )
