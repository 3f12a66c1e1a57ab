"""Tests of `sipdiag.extract.packet`: taken apart and put together again, a packet is what it was."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from reporting import SAMPLES
from sipdiag.capture import Record, chosen, open_capture
from sipdiag.extract import Unreadable
from sipdiag.extract.packet import checksum, packet_of, rebuilt, transport_checksum
from tests.transport.wire import ethernet, ipv4, ipv6, udp

DATAGRAM = udp(b"OPTIONS sip:x SIP/2.0\r\n\r\n", source=5060, destination=5080)


def record(data: bytes, link: int = 1, cut: int = 0) -> Record:
    return Record(capture=0, frame=1, time=0, link=link, data=data, original=len(data) + cut)


LINKS = [
    (1, ethernet(ipv4(DATAGRAM))),
    (1, ethernet(ipv4(DATAGRAM), tags=(0x88A8, 0x8100))),
    (1, ethernet(ipv6(DATAGRAM))),
    (101, ipv4(DATAGRAM)),
    (229, ipv6(DATAGRAM)),
    (0, b"\x02\0\0\0" + ipv4(DATAGRAM)),
    (113, bytes(14) + b"\x08\x00" + ipv4(DATAGRAM)),
    (276, b"\x86\xdd" + bytes(18) + ipv6(DATAGRAM)),
    (101, ipv4(DATAGRAM, options=b"\x01" * 4)),
]


@pytest.mark.parametrize(("link", "data"), LINKS)
def test_every_link_layer_is_taken_apart(link: int, data: bytes) -> None:
    """Down to the datagram; with the same contents it is the same packet, its header checksum right."""
    packet = packet_of(record(data, link))
    assert packet.payload == DATAGRAM
    again = rebuilt(
        packet, packet.payload, source=packet.source, destination=packet.destination, link=data[: packet.ip_at]
    )
    told = packet_of(again)
    assert (told.payload, told.source, told.destination) == (packet.payload, packet.source, packet.destination)
    assert len(again.data) == len(data)
    if packet.version == 4:
        assert checksum(again.data[packet.ip_at : packet.ip_at + packet.header]) == 0


@pytest.mark.parametrize(("link", "data"), LINKS)
@pytest.mark.parametrize("growth", [-5, 0, 40])
def test_a_packet_may_grow_and_shrink(link: int, data: bytes, growth: int) -> None:
    """Its lengths go with it."""
    packet = packet_of(record(data, link))
    payload = DATAGRAM.ljust(len(DATAGRAM) + growth, b"x")[: len(DATAGRAM) + growth]
    again = rebuilt(packet, payload, source=packet.source, destination=packet.destination, link=data[: packet.ip_at])
    assert packet_of(again).payload == payload
    assert again.original == len(again.data)


@pytest.mark.parametrize(
    "path",
    [each for each in SAMPLES[::3] if each.stem != "link-type"],
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_the_packets_of_the_samples_come_back(path: Path) -> None:
    """Byte for byte but for the checksum and padding that a recorder may have left out."""
    with open_capture(str(path)) as source:
        for packets in source.packets():
            frames = list(range(packets.first_frame, packets.first_frame + len(packets)))
            for each in chosen(packets, frames):
                packet = packet_of(each)
                again = rebuilt(
                    packet,
                    packet.payload,
                    source=packet.source,
                    destination=packet.destination,
                    link=each.data[: packet.ip_at],
                )
                one, other = bytearray(each.data), bytearray(again.data)
                if packet.version == 4:
                    one[packet.ip_at + 10 : packet.ip_at + 12] = other[packet.ip_at + 10 : packet.ip_at + 12]
                assert (
                    bytes(one)[: packet.ip_at + packet.header + len(packet.payload)]
                    == bytes(other)[: packet.ip_at + packet.header + len(packet.payload)]
                )


def test_fragments_say_where_they_belong() -> None:
    """Of IPv4 in a word of the header, of IPv6 in a header of its own."""
    first = packet_of(record(ethernet(ipv4(DATAGRAM[:16], ident=7, place=0x2000))))
    last = packet_of(record(ethernet(ipv4(DATAGRAM[16:], ident=7, place=2))))
    assert (first.offset, first.more, first.identification, first.fragmented) == (0, True, 7, True)
    assert (last.offset, last.more, last.fragmented) == (16, False, True)
    header = struct.pack("!BBHI", 17, 0, 16 | 1, 99)
    six = packet_of(record(ethernet(ipv6(header + DATAGRAM[16:24], protocol=44))))
    assert (six.offset, six.more, six.identification, six.protocol) == (16, True, 99, 17)


def test_what_is_cut_is_known() -> None:
    """By how much the snap length shortened it; padding is no payload."""
    whole = ethernet(ipv4(DATAGRAM))
    assert packet_of(record(whole[:50], cut=len(whole) - 50)).cut == len(DATAGRAM) - 16
    assert packet_of(record(ethernet(ipv4(b"abc")))).payload == b"abc"


@pytest.mark.parametrize(
    ("link", "data"),
    [
        (1, b""),
        (1, bytes(60)),
        (1, bytes(12) + b"\x08\x06" + bytes(46)),
        (147, ipv4(DATAGRAM)),
        (101, b"\x45"),
        (101, b"\x41" + bytes(30)),
    ],
)
def test_what_is_rarer_is_unreadable(link: int, data: bytes) -> None:
    """And nothing else is raised: in such a packet not everything could be replaced."""
    with pytest.raises(Unreadable):
        packet_of(record(data, link))


def test_checksums_are_those_of_the_rfc() -> None:
    """The example of RFC 1071, section 3; a datagram that carries its checksum sums up to nothing."""
    assert checksum(bytes.fromhex("0001f203f4f5f6f7")) == 0xFFFF - 0xDDF2
    source, destination = b"\xc0\x00\x02\x01", b"\xc6\x33\x64\x02"
    made = transport_checksum(DATAGRAM, 17, source, destination)
    filled = DATAGRAM[:6] + struct.pack("!H", made) + DATAGRAM[8:]
    assert transport_checksum(filled, 17, source, destination) == 0
