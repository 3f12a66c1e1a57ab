"""IP headers."""

from __future__ import annotations

import pytest

from tests.transport.wire import OPTIONS, Outcome, ethernet, ipv4, ipv6, udp


@pytest.mark.parametrize("options", [0, 4, 20, 40])
def test_options_are_passed(options: int) -> None:
    """The IPv4 header is as long as it says, behind VLAN tags as well."""
    for tags in ([], [0x8100] * 3):
        (datagram,) = Outcome([ethernet(ipv4(udp(OPTIONS), options=bytes(options)), tags=tags)]).datagrams
        assert datagram.payload == OPTIONS


def test_padding_is_no_payload() -> None:
    """What fills a short Ethernet frame up does not belong to the datagram."""
    frame = ethernet(ipv4(udp(b"SIP/2.0 200")))
    assert frame.endswith(b"\xee")
    (datagram,) = Outcome([frame]).datagrams
    assert (datagram.payload, datagram.cut) == (b"SIP/2.0 200", 0)


def test_total_length_zero_is_offload() -> None:
    """A packet of IPv4 length 0 goes to the end of what was captured."""
    (datagram,) = Outcome([ethernet(ipv4(udp(OPTIONS, length=0), total=0))]).datagrams
    assert datagram.payload.startswith(OPTIONS)


def test_identification() -> None:
    """The IPv4 identification is kept; IPv6 has none."""
    frames = [ethernet(ipv4(udp(OPTIONS), ident=4_711)), ethernet(ipv6(udp(OPTIONS)))]
    assert [datagram.ip_id for datagram in Outcome(frames).datagrams] == [4_711, 0]


@pytest.mark.parametrize("total", [1, 19, 20, 27, 28])
def test_lengths_that_cannot_be(total: int) -> None:
    """A total length without room for a payload gives no datagram."""
    assert not Outcome([ethernet(ipv4(udp(OPTIONS), total=total))]).datagrams


@pytest.mark.parametrize("first", [0x44, 0x40, 0x55, 0x00, 0xF5])
def test_what_is_not_ip_is_passed_over(first: int) -> None:
    """A packet with another version, or a header shorter than can be, gives nothing."""
    packet = bytes([first]) + ipv4(udp(OPTIONS))[1:]
    assert not Outcome([ethernet(packet, ethertype=0x0800)]).signalling
