"""Tests of `sipdiag.transport.plain`: packets that are UDP over IP and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sipdiag.transport import Datagram, plain_datagrams, tunnels
from sipdiag.transport.plain import TUNNEL_PORTS
from tests.transport.wire import ALICE6, ANSWER, BOB6, OPTIONS, RTP, ethernet, ipv4, ipv6, recognize, tcp, udp

if TYPE_CHECKING:
    from collections.abc import Iterable


def found(packets: Iterable[bytes], *, link: int = 1, media: bool = False) -> list[Datagram] | None:
    return plain_datagrams([(number, packet) for number, packet in enumerate(packets)], link, recognize, media=media)


def test_a_message_is_given_with_its_ends() -> None:
    """Frame, time, addresses, ports and IP identification, in IPv4 and IPv6; padding is none of it."""
    datagrams = found(
        [ethernet(ipv4(udp(OPTIONS), ident=7)), ethernet(b"\0", ethertype=0x0806), ethernet(ipv6(udp(ANSWER)))]
    )
    assert datagrams == [
        Datagram(frame=1, time=0, source="192.0.2.1:5060", destination="198.51.100.2:5080", payload=OPTIONS, ip_id=7),
        Datagram(frame=3, time=2, source=f"[{ALICE6}]:5060", destination=f"[{BOB6}]:5080", payload=ANSWER),
    ]


@pytest.mark.parametrize(("link", "head"), [(101, b""), (113, bytes(14) + b"\x08\x00"), (276, b"\x08\x00" + bytes(18))])
def test_other_link_types_are_as_plain(link: int, head: bytes) -> None:
    """Raw IP, and Linux cooked captures of both versions."""
    assert [each.payload for each in found([head + ipv4(udp(OPTIONS))], link=link) or ()] == [OPTIONS]


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        ethernet(ipv4(udp(OPTIONS)))[:40],
        ethernet(ipv4(udp(OPTIONS)))[:70],
        ethernet(ipv4(udp(OPTIONS)), tags=[0x8100]),
        ethernet(ipv4(udp(OPTIONS)), ethertype=0x86DD),
        ethernet(ipv4(udp(OPTIONS), options=bytes(4))),
        ethernet(ipv4(udp(OPTIONS), place=0x2000)),
        ethernet(ipv4(udp(OPTIONS), place=0x0001)),
        ethernet(ipv4(udp(OPTIONS), total=0)),
        ethernet(ipv4(udp(OPTIONS, length=20))),
        ethernet(ipv4(udp(OPTIONS, source=4789))),
        ethernet(ipv4(udp(b"HEP3" + bytes(40)))),
        ethernet(ipv4(tcp(OPTIONS), protocol=6)),
        ethernet(ipv6(bytes(8) + udp(OPTIONS), protocol=0)),
    ],
)
def test_one_packet_that_is_more_leaves_all_to_columns(packet: bytes) -> None:
    """Nothing is given, not even of the others."""
    assert found([ethernet(ipv4(udp(OPTIONS)))]) is not None
    assert found([ethernet(ipv4(udp(OPTIONS))), packet]) is None


def test_media_are_not_plain_where_they_are_wanted() -> None:
    """Text that is no message is passed over either way."""
    packets = [ethernet(ipv4(udp(data))) for data in (OPTIONS, RTP)]
    assert [each.payload for each in found(packets) or ()] == [OPTIONS]
    assert found(packets, media=True) is None
    assert found([ethernet(ipv4(udp(b"some text")))], media=True) == []


def test_the_ports_of_tunnels_are_those_that_are_opened() -> None:
    """Here they are named once more, so that columns need not be loaded."""
    assert set(tunnels.PORTS) == TUNNEL_PORTS
