"""Which packets that are no text went to or came from certain places: what media a call had, told by its endpoints."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import numpy as np

from sipdiag.transport.columns import MediaColumns
from sipdiag.transport.ip import MAPPED

HALF = 0xFFFFFFFFFFFFFFFF


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """An address and port, and from when to when it is meant."""

    address: str
    """IPv4 or IPv6, as text."""
    port: int
    first: int
    """Nanoseconds since 1970-01-01 UTC."""
    last: int


def frames_at(columns: MediaColumns, places: Iterable[Place]) -> list[int]:
    """The frames to or from one of `places` in its time, ascending."""
    found = np.zeros(len(columns), np.bool_)
    for place in places:
        high, low = _halves(place.address)
        to = (
            (columns.destination_port == place.port)
            & (columns.destination_lo == low)
            & (columns.destination_hi == high)
        )
        fro = (columns.source_port == place.port) & (columns.source_lo == low) & (columns.source_hi == high)
        found |= (to | fro) & (columns.time >= place.first) & (columns.time <= place.last)
    frames: list[int] = columns.frame[found].tolist()
    return sorted(frames)


def _halves(address: str) -> tuple[np.uint64, np.uint64]:
    """The two halves of an address as the columns have them; of what is none those of no packet."""
    from ipaddress import ip_address  # noqa: PLC0415  (it is slow to import)

    try:
        parsed = ip_address(address)
    except ValueError:
        return np.uint64(HALF), np.uint64(HALF)
    number = int(parsed)
    if parsed.version == 4:
        return np.uint64(0), np.uint64(number) | MAPPED
    return np.uint64(number >> 64), np.uint64(number & HALF)
