"""Tests of `sipdiag.transport.sieve`: only what is media for certain falls through."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.capture import open_capture
from sipdiag.transport import demultiplexer, tunnels
from sipdiag.transport.sieve import HIGHEST_TUNNELS, sifted
from tests.capture.build import pcap
from tests.transport.wire import OPTIONS, RTP, Outcome, ethernet, ipv4, ipv6, tcp, udp

if TYPE_CHECKING:
    from collections.abc import Iterable

MEDIA = ethernet(ipv4(udp(RTP, source=20_000, destination=30_000)))
OTHERS = {
    "text": ethernet(ipv4(udp(OPTIONS))),
    "HEP": ethernet(ipv4(udp(b"\x01\x10\x02" + bytes(20)))),
    "tunnel": ethernet(ipv4(udp(RTP, destination=8472))),
    "tunnel's answer": ethernet(ipv4(udp(RTP, source=37_008))),
    "fragment": ethernet(ipv4(udp(RTP), place=0x2000)),
    "later fragment": ethernet(ipv4(udp(RTP), place=0x00B9)),
    "options": ethernet(ipv4(udp(RTP), options=bytes(4))),
    "VLAN": ethernet(ipv4(udp(RTP)), tags=[0x8100]),
    "TCP": ethernet(ipv4(tcp(RTP), protocol=6)),
    "IPv6": ethernet(ipv6(udp(RTP))),
    "ARP": ethernet(b"\0" * 28, ethertype=0x0806),
    "short": MEDIA[:30],
}


def left(frames: Iterable[bytes], *, link: int = 1) -> list[int]:
    """The frames that stay of a capture."""
    capture = open_capture("-", stream=io.BytesIO(pcap(frames, link=link)))
    chunks = [sifted(packets) for packets in capture.packets()]
    return [frame for chunk in chunks for frame in chunk.frames(chunk.offset.argsort()).tolist()]


@pytest.mark.parametrize("kind", OTHERS)
def test_what_may_be_anything_else_stays(kind: str) -> None:
    """With its number as a frame; media between fall through."""
    assert left([MEDIA, OTHERS[kind], MEDIA, MEDIA, OTHERS[kind]]) == [2, 5]


def test_media_fall_through_in_cooked_captures_too() -> None:
    """Other link types are left alone."""
    cooked = bytes(14) + b"\x08\x00" + MEDIA[14:]
    assert left([cooked, cooked], link=113) == []
    assert left([MEDIA[14:], MEDIA[14:]], link=101) == [1, 2]


def test_no_tunnel_has_a_port_that_falls_through() -> None:
    """By the high byte."""
    first, odd = HIGHEST_TUNNELS
    assert all(port >> 8 < first or port >> 8 == odd for port in tunnels.PORTS)


@given(
    st.lists(st.sampled_from([MEDIA, *OTHERS.values()])),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=4),
    st.sampled_from([1, 113]),
)
def test_the_sieve_changes_nothing_that_is_found(frames: list[bytes], flips: list[tuple[int, int]], link: int) -> None:
    """Whatever packets there are, and whatever bytes of them are others."""
    data = bytearray(pcap(frames, link=link))
    for at, octet in flips if len(data) > 24 else ():
        data[24 + at % (len(data) - 24)] = octet
    sieved = Outcome.of(bytes(data), media=False)
    with patch.object(demultiplexer, "sifted", lambda packets: packets):
        whole = Outcome.of(bytes(data), media=False)
    assert (sieved.signalling, sieved.defects, sieved.connections) == (
        whole.signalling,
        whole.defects,
        whole.connections,
    )
