"""HEP; `tests/test_wrappings.py` has a whole conversation of each version."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.defect import Defects
from sipdiag.transport.delivery import Datagram, StreamData
from sipdiag.transport.endpoint import Endpoints
from sipdiag.transport.hep import HepStream, begins_hep, inner
from tests.transport.wire import OPTIONS, Outcome, ethernet, ipv4, udp
from wrappings import Said, hep2, hep3

SAID = Said(
    time=1_700_000_123_456_789_000, source=("192.0.2.1", 5060), destination=("192.0.2.2", 5070), payload=OPTIONS
)


def outer(payload: bytes) -> Datagram:
    """A HEP datagram on its way to a collector."""
    return Datagram(frame=7, time=1, source="203.0.113.1:1", destination="203.0.113.2:9060", payload=payload)


def chunk(kind: int, value: bytes, vendor: int = 0) -> bytes:
    """One chunk of version 3."""
    return struct.pack(">HHH", vendor, kind, 6 + len(value)) + value


def third(*chunks: bytes) -> bytes:
    """A packet of version 3."""
    body = b"".join(chunks)
    return b"HEP3" + struct.pack(">H", 6 + len(body)) + body


@pytest.mark.parametrize(("write", "protocol"), [(hep2, "udp"), (hep3, "udp"), (lambda s: hep3(s, 6), "tcp")])
def test_the_inner_addresses_and_time_win(write, protocol: str) -> None:  # noqa: ANN001
    """What was copied is reported, not the copy."""
    found = inner(outer(write(SAID)), Endpoints(), Defects())
    assert found == Datagram(
        frame=7,
        time=SAID.time,
        source="192.0.2.1:5060",
        destination="192.0.2.2:5070",
        payload=OPTIONS,
        transport=protocol,
    )


def test_ipv6_inside() -> None:
    """Addresses of either family, in either version."""
    source, destination = bytes.fromhex("20010db8" + "00" * 11 + "01"), bytes.fromhex("20010db8" + "00" * 11 + "02")
    packets = [
        third(chunk(5, source), chunk(6, destination), chunk(7, b"\x13\xc4"), chunk(8, b"\x13\xc4"), chunk(15, b"x")),
        struct.pack(">BBBBHH", 1, 40, 10, 17, 5060, 5060) + source + destination + b"x",
    ]
    for packet in packets:
        found = inner(outer(packet), Endpoints(), Defects())
        assert found is not None
        assert (found.source, found.destination) == ("[2001:db8::1]:5060", "[2001:db8::2]:5060")
        assert (found.payload, found.time) == (b"x", 1)


@pytest.mark.parametrize(
    "payload",
    [
        third(chunk(11, b"\x05"), chunk(15, OPTIONS)),
        third(chunk(15, OPTIONS, vendor=9)),
        third(chunk(16, b"no zlib")),
        third(chunk(3, b"abc"), chunk(15, OPTIONS)),
        b"HEP3\0\6",
        b"HEP3",
        hep2(SAID)[:28],
    ],
)
def test_what_is_no_sip_is_left(payload: bytes) -> None:
    """RTCP reports, chunks of vendors, packets that are not all there."""
    assert Outcome([ethernet(ipv4(udp(payload, destination=9060)))]).datagrams == []


def test_a_bomb_is_not_unpacked() -> None:
    """What comes out of a compressed payload is bounded."""
    import zlib  # noqa: PLC0415

    found = inner(outer(third(chunk(16, zlib.compress(bytes(1 << 24))))), Endpoints(), Defects())
    assert found is not None
    assert len(found.payload) == 1 << 20


def test_a_stream_finds_its_way_again() -> None:
    """Behind lost bytes the next packet is looked for."""
    stream = HepStream(Endpoints(), Defects())
    packet = hep3(SAID)
    pieces = [(packet[:50], False), (packet[70:] + packet + packet[:9], True), (packet[9:], False)]
    found = [
        datagram
        for frame, (payload, gap) in enumerate(pieces, 1)
        for datagram in stream.feed(
            StreamData(frame=frame, time=1, source="a:1", destination="b:2", connection=1, payload=payload, gap=gap)
        )
    ]
    assert [(each.frame, each.fragments, each.payload) for each in found] == [(2, (), OPTIONS), (3, (2, 3), OPTIONS)]


@given(st.binary(max_size=80), st.sampled_from([b"", b"HEP3", b"HEP3\0\x40", b"\x02\x1c\x02\x11", b"\x01\x28\x0a\x11"]))
def test_no_bytes_make_it_raise(noise: bytes, head: bytes) -> None:
    """Whatever follows the first bytes."""
    payload = head + noise
    if len(payload) > 6 and begins_hep(payload):
        inner(outer(payload), Endpoints(), Defects())
    stream = HepStream(Endpoints(), Defects())
    for at in range(0, len(payload), 9):
        piece = payload[at : at + 9]
        list(stream.feed(StreamData(frame=1, time=1, source="a:1", destination="b:2", connection=1, payload=piece)))
