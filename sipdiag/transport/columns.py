"""Fields of many packets at once, and the columns of datagrams that may be media."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

Rows = npt.NDArray[np.int64]
"""Indices of packets in a chunk."""
Heads = npt.NDArray[np.uint8]
"""The first bytes of each packet or header, shape (packets, bytes)."""
MEDIA_HEAD = 12
"""Bytes of the fixed header of RTP, which tell whether a payload is RTP (RFC 3550, section 5.1)."""


def field(heads: Heads, at: int, width: int) -> npt.NDArray[np.unsignedinteger]:
    """View the field of `width` 1, 2 or 4 bytes at byte `at` of each row, in network byte order: for comparing only."""
    return heads[:, at : at + width].view(f">u{width}")[:, 0]


def big_endian(heads: Heads, at: int, width: int) -> npt.NDArray[np.int64]:
    """Read the field of `width` 1, 2 or 4 bytes at byte `at` of each row, as numbers to calculate with."""
    return field(heads, at, width).astype(np.int64)


@dataclass(frozen=True, kw_only=True, slots=True)
class MediaColumns:
    """UDP datagrams that are not text: what may be RTP, RTCP, STUN or DTLS, in frame order, one row each.

    An address is two 64-bit halves; IPv4 stands as ::ffff:a.b.c.d.
    """

    data: npt.NDArray[np.uint8]
    """The bytes that `start` points into."""
    head: Heads
    """The first twelve bytes of each payload; bytes beyond `length` do not belong to it."""
    frame: npt.NDArray[np.int64]
    time: npt.NDArray[np.int64]
    """Nanoseconds since 1970-01-01 UTC."""
    source_hi: npt.NDArray[np.uint64]
    source_lo: npt.NDArray[np.uint64]
    destination_hi: npt.NDArray[np.uint64]
    destination_lo: npt.NDArray[np.uint64]
    source_port: npt.NDArray[np.int64]
    destination_port: npt.NDArray[np.int64]
    start: npt.NDArray[np.int64]
    """Where the UDP payload begins in `data`."""
    length: npt.NDArray[np.int64]
    """Bytes of the UDP payload that were kept."""
    original_length: npt.NDArray[np.int64]
    """Bytes of the UDP payload on the wire."""

    def __len__(self) -> int:
        return len(self.frame)


def joined(parts: Sequence[MediaColumns]) -> MediaColumns:
    """Join the columns of one chunk, of which there is at least one, in frame order."""
    if len(parts) == 1:
        return parts[0]
    order = np.argsort(np.concatenate([part.frame for part in parts]), kind="stable")
    names = [column.name for column in fields(MediaColumns) if column.name not in ("data", "start")]
    blocks = {id(part.data): part.data for part in parts}
    sizes = [0, *np.cumsum([len(block) for block in blocks.values()]).tolist()]
    begins = dict(zip(blocks, sizes, strict=False))  # what was put together from fragments lies in a block of its own
    return MediaColumns(
        data=np.concatenate(list(blocks.values())) if len(blocks) > 1 else parts[0].data,
        start=np.concatenate([part.start + begins[id(part.data)] for part in parts])[order],
        **{name: np.concatenate([getattr(part, name) for part in parts])[order] for name in names},
    )
