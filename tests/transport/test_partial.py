"""Tests of what is left of UDP datagrams that lack a fragment: `Demultiplexer.partial`."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from sipdiag.trace import read_trace
from tests.capture.build import pcap
from tests.transport.test_fragments import LONG, pieces4, pieces6
from tests.transport.wire import udp

if TYPE_CHECKING:
    from sipdiag.transport import PartialDatagram

DATAGRAM = udp(LONG)


def partial(*frames: bytes) -> list[PartialDatagram]:
    return read_trace("-", stream=io.BytesIO(pcap(frames))).partial


def test_the_first_fragment_tells_ports_and_payload() -> None:
    """All that is there; the end was never seen, so nobody knows the length."""
    for pieces in (pieces4(DATAGRAM, 1_000), pieces6(DATAGRAM, 1_000)):
        (found,) = partial(pieces[0])
        assert found.frames == (1,)
        assert found.source.endswith(":5060")
        assert found.destination.endswith(":5080")
        assert (found.received, found.length) == (1_000, None)
        assert LONG.startswith(found.payload)
        assert len(found.payload) == 992


def test_without_the_first_fragment_there_are_no_ports() -> None:
    """Only the first has a UDP header (RFC 791, section 3.2)."""
    (found,) = partial(pieces4(DATAGRAM, 1_000)[-1])
    assert found.source.endswith(":0")
    assert found.payload == b""
    assert found.length == len(DATAGRAM)


def test_a_datagram_that_became_whole_is_not_partial() -> None:
    """In whatever order its fragments came."""
    assert partial(*reversed(pieces4(DATAGRAM, 1_000))) == []
