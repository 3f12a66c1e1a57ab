"""Tests of `sipdiag.transport.chosen`: media told by its endpoints, and by when it flowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sipdiag.transport import Place, frames_at
from tests.transport.wire import ALICE6, BOB6, RTP, Outcome, ethernet, ipv4, ipv6, udp

if TYPE_CHECKING:
    from sipdiag.transport import MediaColumns

SECOND = 1_700_000_000 * 10**9
V4 = [ethernet(ipv4(udp(RTP, source=4000, destination=5000), source="192.0.2.1", destination="198.51.100.2"))]


def media_of(packets: list[bytes]) -> MediaColumns:
    """The columns of one chunk."""
    (columns,) = Outcome(packets).media
    return columns


def place(address: str, port: int, first: int = 0, last: int = 1 << 62) -> Place:
    return Place(address=address, port=port, first=first, last=last)


def test_both_directions_count() -> None:
    """What goes to a place and what comes from it, each by address and port."""
    packets = [
        ethernet(ipv4(udp(RTP, source=one, destination=other), source=here, destination=there))
        for here, one, there, other in (
            ("192.0.2.1", 4000, "198.51.100.2", 5000),
            ("198.51.100.2", 5000, "192.0.2.1", 4000),
            ("192.0.2.1", 4002, "198.51.100.2", 5002),
            ("192.0.2.9", 4000, "198.51.100.9", 5000),
        )
    ]
    columns = media_of(packets)
    assert frames_at(columns, [place("192.0.2.1", 4000)]) == [1, 2]
    assert frames_at(columns, [place("198.51.100.2", 5000)]) == [1, 2]
    assert frames_at(columns, [place("192.0.2.1", 4000), place("192.0.2.9", 4000)]) == [1, 2, 4]
    assert frames_at(columns, []) == []


def test_time_bounds_it() -> None:
    """A port is used again by the next call."""
    columns = media_of(V4 * 5)
    assert frames_at(columns, [place("192.0.2.1", 4000, SECOND + 10**9, SECOND + 3 * 10**9 + 3000)]) == [2, 3, 4]


def test_ipv6_is_told_by_both_halves() -> None:
    """However the address is written."""
    columns = media_of([ethernet(ipv6(udp(RTP, source=4000, destination=5000)))])
    assert frames_at(columns, [place("2001:DB8:0:0::1", 4000)]) == [1]
    assert frames_at(columns, [place(BOB6, 5000)]) == [1]
    assert frames_at(columns, [place(ALICE6, 5000)]) == []


@pytest.mark.parametrize("address", ["", "host.example.com", "192.0.2", "\udcff", "192.0.2.1/24"])
def test_what_is_no_address_is_nowhere(address: str) -> None:
    """A name, a typing error, stray bytes: no packet goes there."""
    assert frames_at(media_of(V4), [place(address, 4000)]) == []
