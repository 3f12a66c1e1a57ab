"""The interfaces of a pcapng section: link type, snap length, clock (draft-ietf-opsawg-pcapng, section 4.2)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterator

END_OF_OPTIONS = 0
IF_TSRESOL = 9
IF_TSOFFSET = 14
MICROSECONDS = 6
"""The resolution of an interface that names none: a negative power of ten."""
SECOND = 1_000_000_000


class Interface(msgspec.Struct, frozen=True, kw_only=True):
    """One interface of a section."""

    link: int
    """LINKTYPE of its packets; -1 when the section does not describe it."""
    snap_length: int = 0
    """Most bytes kept of a packet; 0 for no limit."""
    resolution: int = MICROSECONDS
    """Negative power of its tick in seconds, of two when the highest bit is set, else of ten."""
    offset: int = 0
    """Nanoseconds to add to its times."""


UNKNOWN = Interface(link=-1)
NO_LIMIT = 0xFFFFFFFF


def interface(order: str, body: bytes) -> Interface:
    """Read the body of an Interface Description Block; what is not there has the value that the draft gives it."""
    link, snap_length = struct.unpack_from(order + "HxxI", body.ljust(8, b"\0"))
    resolution, offset = MICROSECONDS, 0
    for code, value in _options(order, body[8:]):
        if code == IF_TSRESOL and value:
            resolution = value[0]
        elif code == IF_TSOFFSET and len(value) == 8:
            offset = struct.unpack(order + "q", value)[0]
    return Interface(link=link, snap_length=snap_length, resolution=resolution, offset=_wrapped(offset * SECOND))


def nanoseconds(ticks: npt.NDArray[np.uint64], resolution: int) -> npt.NDArray[np.int64]:
    """Convert ticks of a clock of that resolution (an if_tsresol byte) to nanoseconds."""
    power = resolution & 0x7F
    if resolution & 0x80:
        # The rest of a second times a thousand million must fit 64 bits: finer ticks than 2^-34 s lose their last bits.
        bits = min(power, 34)
        ticks = ticks >> np.uint64(min(power - bits, 63))
        whole, rest = ticks >> np.uint64(bits), ticks & np.uint64((1 << bits) - 1)
        return (whole * np.uint64(SECOND) + (rest * np.uint64(SECOND) >> np.uint64(bits))).view(np.int64)
    if power <= 9:
        return (ticks * np.uint64(10 ** (9 - power))).view(np.int64)
    return (ticks // np.uint64(10 ** min(power - 9, 19))).view(np.int64)


class Interfaces:
    """The interfaces of a section as columns; the last row stands for those that it does not describe."""

    def __init__(self, described: list[Interface]) -> None:
        rows = [*described, UNKNOWN]
        self.link = np.array([row.link for row in rows], np.int32)
        self.snap_length = np.array([row.snap_length or NO_LIMIT for row in rows], np.int64)
        self._resolution = np.array([row.resolution for row in rows], np.uint8)
        self._offset = np.array([row.offset for row in rows], np.int64)

    def checked(self, number: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Turn the number of every interface that is not described into that of the last row."""
        return np.minimum(number, len(self.link) - 1)

    def times(self, number: npt.NDArray[np.int64], heads: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
        """Give nanoseconds since 1970 for packet blocks of those interfaces; their 64-bit ticks are words 3 and 4."""
        ticks = heads[:, 3].astype(np.uint64) << np.uint64(32) | heads[:, 4].astype(np.uint64)
        resolution = self._resolution[number]
        offset = self._offset[number]
        found = np.flatnonzero(np.bincount(resolution)).tolist()
        if len(found) == 1:
            return nanoseconds(ticks, found[0]) + offset
        time = np.empty(len(ticks), np.int64)
        for one in found:
            rows = resolution == one
            time[rows] = nanoseconds(ticks[rows], one)
        return time + offset


def _options(order: str, data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(data):
        code, length = struct.unpack_from(order + "HH", data, at)
        if code == END_OF_OPTIONS:
            return
        yield code, data[at + 4 : at + 4 + length]
        at += 4 + (length + 3 & ~3)


def _wrapped(value: int) -> int:
    """Keep a nonsense offset within 64 bits."""
    return (value + (1 << 63)) % (1 << 64) - (1 << 63)
