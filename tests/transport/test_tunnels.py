"""Tunnels; `tests/test_wrappings.py` goes through each kind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.transport.internet import DEEPEST
from sipdiag.transport.tunnels import PORTS, PROTOCOLS
from tests.transport.wire import OPTIONS, RTP, Outcome, ethernet, ipv4, ipv6, udp

VXLAN = b"\x08" + bytes(7)
INNER = ipv4(udp(OPTIONS))


def vxlan(packet: bytes, times: int = 1) -> bytes:
    """An Ethernet frame with the packet in so many tunnels."""
    for _ in range(times):
        packet = ipv4(udp(VXLAN + ethernet(packet), destination=4789))
    return ethernet(packet)


@pytest.mark.parametrize("port", sorted(PORTS))
@pytest.mark.parametrize("payload", [RTP, OPTIONS, VXLAN + bytes(40), b"\x30\xff\0\x08" + bytes(12), bytes(60)])
def test_a_port_alone_makes_no_tunnel(port: int, payload: bytes) -> None:
    """What comes to a tunnel's port and is none is read as what it is: RTP uses any port."""
    outcome = Outcome([ethernet(ipv4(udp(payload, destination=port)))])
    assert [datagram.payload for datagram in outcome.datagrams] == [OPTIONS] * (payload == OPTIONS)
    assert sum(map(len, outcome.media)) == (payload != OPTIONS)


def test_media_in_a_tunnel_stay_columns() -> None:
    """RTP in tunnels, beside tunnels, and in a tunnel that came in fragments stands in one set of columns, in order."""
    media = ipv4(udp(RTP, source=7_000, destination=7_002))
    outer = udp(VXLAN + ethernet(media), destination=4789)
    halves = [ethernet(ipv4(outer[:48], ident=3, place=0x2000)), ethernet(ipv4(outer[48:], ident=3, place=6))]
    outcome = Outcome([vxlan(media), ethernet(media), *halves, vxlan(media, 2)])
    (columns,) = outcome.media
    assert columns.frame.tolist() == [1, 2, 4, 5]
    assert columns.source_port.tolist() == [7_000] * 4
    for start, length in zip(columns.start.tolist(), columns.length.tolist(), strict=True):
        assert columns.data[start : start + length].tobytes() == RTP


def test_nesting_ends() -> None:
    """Tunnels in tunnels are opened to a sane depth; beyond it they are left, and the report says so."""
    outcome = Outcome([vxlan(INNER, DEEPEST - 1), vxlan(INNER, DEEPEST)])
    assert [datagram.frame for datagram in outcome.datagrams] == [1]
    assert [(defect.kind, defect.frame) for defect in outcome.defects] == [("limit-reached", 2)]


@pytest.mark.parametrize("build", [ipv4, ipv6])
@given(st.data())
def test_no_bytes_make_a_tunnel_raise(build, data: st.DataObject) -> None:  # noqa: ANN001
    """Any bytes behind any tunnel's number or port."""
    body = data.draw(st.binary(max_size=90)) + data.draw(st.sampled_from([b"", INNER, ethernet(INNER)]))
    ported = [udp(body, destination=port) for port in PORTS]
    frames = [ethernet(build(packet)) for packet in ported]
    frames += [ethernet(build(body, protocol=protocol)) for protocol in PROTOCOLS]
    outcome = Outcome(frames, snap=data.draw(st.sampled_from([40, 60, 90, 262_144])))
    assert all(1 <= datagram.frame <= len(frames) for datagram in outcome.datagrams)
