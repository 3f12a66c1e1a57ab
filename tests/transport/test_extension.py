"""IPv6 extension headers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.transport.extension import EXTENSIONS, extensions
from tests.transport.wire import OPTIONS, RTP, Outcome, ethernet, ipv6, udp


@pytest.mark.parametrize(
    ("first", "headers"),
    [
        (0, bytes([17, 0]) + bytes(6)),
        (0, bytes([60, 1]) + bytes(14) + bytes([17, 0]) + bytes(6)),
        (43, bytes([17, 2]) + bytes(22)),
        (51, bytes([17, 4]) + bytes(22)),
        (44, bytes([17, 0, 0, 0]) + bytes(4)),
        (0, bytes([43, 0]) + bytes(6) + bytes([17, 8]) + bytes(70)),
    ],
)
def test_headers_are_passed(first: int, headers: bytes) -> None:
    """UDP is found behind any chain of extension headers, and a fragment header on a whole packet is no fragment."""
    outcome = Outcome([ethernet(ipv6(headers + udp(data), protocol=first)) for data in (OPTIONS, RTP)])
    assert [datagram.payload for datagram in outcome.datagrams] == [OPTIONS]
    assert [len(media) for media in outcome.media] == [1]
    assert not outcome.defects


@given(st.binary(max_size=100), st.sampled_from(EXTENSIONS))
def test_any_headers_end(data: bytes, first: int) -> None:
    """Whatever stands there, the walk ends within the data or says that it is cut off, or goes on."""
    found = extensions(data, first)
    assert found is None or found.protocol not in EXTENSIONS or found.fragment or found.endless


def test_more_headers_than_are_walked_are_told() -> None:
    """Too many, or too long together: one defect with the first frame; what is merely cut off is none."""
    header = bytes([60, 0]) + bytes(6)
    many = [ethernet(ipv6(header * count, protocol=60)) for count in (17, 7_500)]
    long = ethernet(ipv6((bytes([60, 255]) + bytes(2_046)) * 3, protocol=60))
    for frames in (many, [long]):
        (defect,) = Outcome(frames).defects
        assert (defect.kind, defect.frame) == ("limit-reached", 1)
        assert "IPv6 extension headers" in defect.detail
    assert Outcome([ethernet(ipv6(header * 5, protocol=60))]).defects == []
