"""Which packets went to or came from certain places: the media of a call, and the connections that carried it."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import numpy as np

from sipdiag.capture import Packets
from sipdiag.defect import Defects
from sipdiag.transport.columns import MediaColumns, big_endian
from sipdiag.transport.internet import Internet
from sipdiag.transport.ip import MAPPED

HALF = 0xFFFFFFFFFFFFFFFF
"""64 bits: half of an IPv6 address."""
STREAMS = (6, 132)
"""The IP protocols TCP and SCTP."""
PORTS = 4
"""Bytes of the two ports that both begin with."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """An address and port in a stretch of time."""

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


def frames_between(packets: Packets, pairs: Iterable[tuple[Place, Place]]) -> list[int]:
    """The frames of TCP and SCTP between two places, either way, ascending; packets in IP fragments are left out."""
    ends = [(one, other) for pair in pairs for one, other in (pair, pair[::-1])]
    frames: list[int] = []
    for alike in Internet(Defects()).split(packets)[0] if ends else ():
        group = alike.select(np.isin(alike.protocol, STREAMS) & (alike.present() >= PORTS))
        if len(group):
            found = np.zeros(len(group), np.bool_)
            addresses, ports = (group.address(0), group.address(1)), group.transport(PORTS)
            for pair in ends:
                matches = np.ones(len(group), np.bool_)
                for which, place in enumerate(pair):
                    high, low = _halves(place.address)
                    matches &= (addresses[which][0] == high) & (addresses[which][1] == low)
                    matches &= big_endian(ports, 2 * which, 2) == place.port
                found |= matches
            frames += group.packets.frames(group.row[found]).tolist()
    return sorted(set(frames))


def _halves(address: str) -> tuple[np.uint64, np.uint64]:
    """The two halves of an address as the columns have them; for text that is no address, halves that no packet has."""
    from ipaddress import ip_address  # noqa: PLC0415  (it is slow to import)

    try:
        parsed = ip_address(address)
    except ValueError:
        return np.uint64(HALF), np.uint64(HALF)
    number = int(parsed)
    if parsed.version == 4:
        return np.uint64(0), np.uint64(number) | MAPPED
    return np.uint64(number >> 64), np.uint64(number & HALF)
