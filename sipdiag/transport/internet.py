"""Packets → IP packets with alike headers, and datagrams put together from fragments."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from sipdiag.defect import Defect
from sipdiag.transport.columns import field
from sipdiag.transport.extension import EXTENSIONS, Extensions, extensions
from sipdiag.transport.fragments import Fragment, LostDatagram, Reassembly, Whole
from sipdiag.transport.ip import ADDRESSES, IPPackets, ip_packets
from sipdiag.transport.link import DECODERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from sipdiag.capture import Packets

HEAD = 72
"""Bytes of each packet looked at: the longest link layer, three tags and an IPv6 header; UDP and TCP in most cases."""


class Internet:
    """Decodes link and internet layer; remembers what is between two chunks: open fragments, odd link types."""

    def __init__(self, defects: list[Defect]) -> None:
        self._defects = defects
        self._reassembly = Reassembly(defects)
        self._unknown: dict[int, tuple[int, int]] = {}
        """LINKTYPE without a decoder → first frame, packets."""

    def split(self, packets: Packets) -> tuple[list[IPPackets], list[Whole]]:
        """Give the IP packets of a chunk, alike ones together, and the datagrams that became whole in it."""
        kept: list[IPPackets] = []
        pieces: list[Fragment] = []
        for alike in self._alike(packets):
            if alike.version == 4:
                fragmented = (field(alike.head, 6, 2) & 0x3FFF) != 0
            else:
                fragmented = np.isin(alike.protocol, EXTENSIONS)
            if not fragmented.any():
                kept.append(alike)
                continue
            kept.append(alike.select(~fragmented))
            odd = alike.select(fragmented)
            if alike.version == 4:
                pieces += _fragments(odd, [_ipv4_fragment(odd, row) for row in range(len(odd))])
            else:
                walked = _walked(odd)
                pieces += _fragments(odd, walked)
                kept += _extended(odd, walked)
        pieces.sort(key=lambda piece: piece.frame)
        wholes = [whole for piece in pieces if (whole := self._reassembly.add(piece))]
        return [alike for alike in kept if len(alike)], wholes

    @property
    def lost(self) -> list[LostDatagram]:
        """The datagrams that never became whole; complete after `finish`."""
        return self._reassembly.lost

    def finish(self) -> None:
        """Note what stayed undecoded."""
        self._reassembly.finish()
        for link, (frame, count) in self._unknown.items():
            self._defects.append(
                Defect(kind="link-type-unknown", detail=f"LINKTYPE {link}, {count} packets", frame=frame)
            )

    def _alike(self, packets: Packets) -> Iterator[IPPackets]:
        heads = packets.heads(HEAD)
        for link in _distinct(packets.link):
            rows = np.flatnonzero(packets.link == link)
            if link not in DECODERS:
                first, count = self._unknown.get(link, (packets.first_frame + int(rows[0]), 0))
                self._unknown[link] = (first, count + len(rows))
                continue
            linked = heads if len(rows) == len(heads) else heads[rows]
            for which, network in DECODERS[link](linked):
                inside = linked if len(which) == len(linked) else linked[which]
                yield from ip_packets(packets, rows[which], inside[:, network:], network)


def _distinct(values: npt.NDArray[np.int32]) -> list[int]:
    one = (values == values[0]).all()
    return [int(value) for value in (values[:1] if one else np.unique(values))]


def _ipv4_fragment(odd: IPPackets, row: int) -> Extensions:
    """Say of an IPv4 fragment what the fragment header says of an IPv6 one."""
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
        extensions(data[start : min(stop, start + 2_048)].tobytes(), protocol)
        for start, stop, protocol in zip(odd.start().tolist(), end.tolist(), odd.protocol.tolist(), strict=True)
    ]


def _extended(odd: IPPackets, walked: list[Extensions | None]) -> Iterator[IPPackets]:
    """Give the whole packets behind extension headers, those with headers of one length together."""
    by_length: defaultdict[int, list[int]] = defaultdict(list)
    for row, found in enumerate(walked):
        if found and not found.fragment:
            by_length[found.length].append(row)
    for length, rows in by_length.items():
        alike = odd.select(np.array(rows))
        protocol = np.array([found.protocol for row in rows if (found := walked[row])], np.uint8)
        yield alike.behind(length, protocol)


def _fragments(odd: IPPackets, walked: list[Extensions | None]) -> Iterator[Fragment]:
    """Give the fragments among the packets."""
    first, width = ADDRESSES[odd.version]
    length, present = odd.length().tolist(), odd.present().tolist()
    packets, start = odd.packets, odd.start().tolist()
    for row, found in enumerate(walked):
        if not found or not found.fragment:
            continue
        addresses = odd.head[row, first : first + 2 * width].tobytes()
        begin, end = start[row] + found.length, start[row] + max(0, min(length[row], present[row]))
        yield Fragment(
            frame=packets.first_frame + int(odd.row[row]),
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
