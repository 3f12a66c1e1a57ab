"""Link layers."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

from tests.transport.wire import OPTIONS, Outcome, ethernet, ipv4, ipv6, udp

if TYPE_CHECKING:
    from collections.abc import Callable

PACKETS = [ipv4(udp(OPTIONS)), ipv6(udp(OPTIONS))]


def heads(link: int, packet: bytes) -> bytes:
    """Give the link layer's header before an IP packet."""
    ethertype = struct.pack(">H", 0x0800 if packet[0] >> 4 == 4 else 0x86DD)
    return {
        0: struct.pack("<I", 2 if packet[0] >> 4 == 4 else 30),
        108: struct.pack(">I", 2 if packet[0] >> 4 == 4 else 24),
        113: bytes(14) + ethertype,
        276: ethertype + bytes(18),
    }.get(link, b"")


@pytest.mark.parametrize("packet", PACKETS, ids=["IPv4", "IPv6"])
@pytest.mark.parametrize("link", [0, 12, 14, 101, 108, 113, 228, 229, 276])
def test_link_layers(link: int, packet: bytes) -> None:
    """IP is found behind the header of each link layer."""
    outcome = Outcome([heads(link, packet) + packet], link=link)
    assert [datagram.payload for datagram in outcome.datagrams] == [OPTIONS]
    assert not outcome.defects


@pytest.mark.parametrize("packet", PACKETS, ids=["IPv4", "IPv6"])
@pytest.mark.parametrize("tags", [(), (0x8100,), (0x88A8, 0x8100), (0x9100, 0x8100), (0x88A8, 0x8100, 0x8100)])
def test_tags(tags: tuple[int, ...], packet: bytes) -> None:
    """VLAN tags of any kind are passed, up to three."""
    assert [datagram.payload for datagram in Outcome([ethernet(packet, tags=tags)]).datagrams] == [OPTIONS]


def test_mixed_tags_keep_their_frames() -> None:
    """Packets with and without tags, IPv4 and IPv6 in one chunk keep their order."""
    frames = [ethernet(PACKETS[i % 2], tags=[0x8100] * (i % 4)) for i in range(24)]
    frames[5] = ethernet(bytes(40), ethertype=0x0806)
    outcome = Outcome(frames)
    assert [datagram.frame for datagram in outcome.datagrams] == [i + 1 for i in range(24) if i != 5]


def test_unknown_link_type_is_one_defect() -> None:
    """Packets of a link layer that nobody can read are counted in one defect."""
    outcome = Outcome([bytes(50)] * 3, link=147)
    assert [(defect.kind, defect.frame) for defect in outcome.defects] == [("link-type-unknown", 1)]
    assert "147, 3 packets" in outcome.defects[0].detail


def test_what_is_encrypted_below_ip_is_one_defect() -> None:
    """Wi-Fi with its privacy bit, MACsec with its encryption bit: counted, and not taken for anything."""
    wifi = b"\x08\x41" + bytes(22) + bytes(60)
    outcome = Outcome([wifi, wifi], link=105)
    assert [(defect.kind, defect.detail) for defect in outcome.defects] == [
        ("link-type-unknown", "encrypted Wi-Fi or MACsec, 2 packets")
    ]
    (defect,) = Outcome([ethernet(b"\x0c" + bytes(60), ethertype=0x88E5)]).defects
    assert defect.detail == "encrypted Wi-Fi or MACsec, 1 packets"


def test_frames_without_data_are_nothing() -> None:
    """Beacons, acknowledgements and Wi-Fi frames without data are no damage."""
    frames = [b"\x80\0" + bytes(60), b"\xd4\0" + bytes(12), b"\x48\x01" + bytes(30), b"\xc8\x01" + bytes(30)]
    assert Outcome(frames, link=105).defects == []


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (lambda count: ethernet(PACKETS[0], tags=[0x8100] * count), "VLAN tags of a packet, more than 3"),
        (
            lambda count: ethernet(b"\0\1\0\7" * (count - 1) + b"\0\1\1\7" + PACKETS[0], ethertype=0x8847),
            "MPLS labels of a packet, more than 8",
        ),
    ],
    ids=["VLAN", "MPLS"],
)
def test_more_than_is_followed_is_told(made: Callable[[int], bytes], told: str) -> None:
    """Once a capture, with the first frame; what has no more than that is read."""
    outcome = Outcome([made(2), made(10_000), made(9), made(2)])
    assert [each.frame for each in outcome.datagrams] == [1, 4]
    assert [(each.kind, each.detail, each.frame) for each in outcome.defects] == [
        ("limit-reached", f"{told} (2 times)", 2)
    ]


def test_labels_cut_off_are_not_too_many() -> None:
    """Where the packet ends, nothing is known of more of them."""
    assert Outcome([ethernet(b"\0\1\0\7" * 8, ethertype=0x8847)[:40]]).defects == []
