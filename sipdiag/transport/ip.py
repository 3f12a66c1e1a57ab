"""IPv4 and IPv6: packets whose headers have the same layout, decoded together (RFC 791, RFC 8200)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sipdiag.capture import Packets, byte_rows
from sipdiag.transport.columns import Heads, Rows, big_endian

if TYPE_CHECKING:
    from collections.abc import Iterator

ADDRESSES = {4: (12, 4), 6: (8, 16)}
"""IP version → where in the header the source address stands, and the bytes of each of the two addresses."""
IPV6_HEADER = 40
MAPPED = np.uint64(0xFFFF << 32)
"""The low half of ::ffff:0.0.0.0."""


@dataclass(frozen=True, kw_only=True, slots=True)
class IPPackets:
    """Packets of one chunk whose IP headers begin at the same place and have the same length."""

    packets: Packets
    row: Rows
    """Which packets of the chunk, ascending."""
    head: Heads
    """The bytes of each from its IP header on."""
    version: int
    network: int
    """Where in each packet its IP header begins."""
    header: int
    """Bytes of the IP header, with IPv6 extension headers."""
    protocol: npt.NDArray[np.uint8]
    """The protocol that follows the IP header."""

    def __len__(self) -> int:
        return len(self.row)

    def select(self, which: Rows | npt.NDArray[np.bool_]) -> IPPackets:
        """Give those packets only: indices or a mask over these rows."""
        return IPPackets(
            packets=self.packets,
            row=self.row[which],
            head=self.head[which],
            version=self.version,
            network=self.network,
            header=self.header,
            protocol=self.protocol[which],
        )

    def behind(self, extensions: int, protocol: npt.NDArray[np.uint8]) -> IPPackets:
        """Give the same packets with that many bytes of extension headers counted as part of the IP header."""
        return IPPackets(
            packets=self.packets,
            row=self.row,
            head=self.head,
            version=self.version,
            network=self.network,
            header=self.header + extensions,
            protocol=protocol,
        )

    def transport(self, width: int) -> Heads:
        """Give the first `width` bytes behind the IP header of each packet."""
        if self.header + width <= self.head.shape[1]:
            return self.head[:, self.header : self.header + width]
        data = self.packets.data
        return byte_rows(data, np.minimum(self.start(), len(data)), width)

    def start(self) -> npt.NDArray[np.int64]:
        """Give the offset in the chunk's data of the first byte behind the IP header."""
        return self.packets.offset[self.row] + (self.network + self.header)

    def length(self) -> npt.NDArray[np.int64]:
        """Give the bytes behind the IP header on the wire, without the padding of a short Ethernet frame."""
        if self.version == 4:
            length = big_endian(self.head, 2, 2) - self.header
        else:
            length = big_endian(self.head, 4, 2) + (IPV6_HEADER - self.header)
        # With segmentation offload the network card gets more than 64 kB to cut up; such packets have length 0.
        empty = length == (-self.header if self.version == 4 else IPV6_HEADER - self.header)
        if not empty.any():
            return length
        return np.where(empty, self.packets.original[self.row] - (self.network + self.header), length)

    def present(self) -> npt.NDArray[np.int64]:
        """Give the bytes behind the IP header that were kept."""
        return self.packets.captured[self.row] - (self.network + self.header)

    def endpoints(self, port_at: int) -> list[bytes]:
        """Give source (`port_at` 0) or destination (2) of each packet as address and port in network order."""
        first, width = ADDRESSES[self.version]
        at = first + width * (port_at // 2)
        key = np.empty((len(self), width + 2), np.uint8)
        key[:, :width] = self.head[:, at : at + width]
        key[:, width:] = self.transport(4)[:, port_at : port_at + 2]
        keys: list[bytes] = key.view(f"V{width + 2}")[:, 0].tolist()
        return keys

    def address(self, which: int) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
        """Give the high and the low half of the source (`which` 0) or destination address (1)."""
        first, width = ADDRESSES[self.version]
        at = first + width * which
        if self.version == 4:
            return np.zeros(len(self), np.uint64), big_endian(self.head, at, 4).view(np.uint64) | MAPPED
        halves = self.head[:, at : at + 16].view(">u8").astype(np.uint64)
        return halves[:, 0], halves[:, 1]


def ip_packets(packets: Packets, rows: Rows, head: Heads, network: int) -> Iterator[IPPackets]:
    """Sort packets with an IP header at byte `network` by its version and length; drop those without a whole one.

    `head` holds the bytes of each from its IP header on.
    """
    first = head[:, 0]
    kinds = first[:1] if len(first) and (first == first[0]).all() else np.flatnonzero(np.bincount(first))
    sixes = [kind for kind in kinds.tolist() if kind >> 4 == 6]
    for kind in [*(kind for kind in kinds.tolist() if kind >> 4 == 4 and kind & 15 >= 5), *sixes[:1]]:
        version = kind >> 4
        header = (kind & 15) * 4 if version == 4 else IPV6_HEADER
        alike = (first == kind) if version == 4 else (first >> 4 == 6)
        alike &= packets.captured[rows] >= network + header
        which = slice(None) if alike.all() else alike
        yield IPPackets(
            packets=packets,
            row=rows[which],
            head=head[which],
            version=version,
            network=network,
            header=header,
            protocol=head[which, 9 if version == 4 else 6],
        )
