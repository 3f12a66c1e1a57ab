"""Tests of `sipdiag.trace.plain`: packet by packet a capture shows what it shows by columns."""

from __future__ import annotations

import struct
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.trace import Trace, read, read_trace
from sipdiag.trace.plain import plain_trace
from sipdiag.trace.room import ROOM
from tests.capture.build import pcap, written
from tests.trace.test_later import frames
from tests.transport.wire import ALICE, OPTIONS, RTP, ethernet, ipv4, ipv6, udp

if TYPE_CHECKING:
    from collections.abc import Callable

SAMPLES = sorted((Path(__file__).resolve().parents[2] / "samples").glob("*/*.pcap"))


def plainly(path: str, *, media: bool = True, room: int = ROOM) -> Trace | None:
    return plain_trace(path, capture=3, media=media, room=room)


def by_columns(path: str, *, media: bool = True) -> Trace:
    with patch.object(read, "plain_trace", lambda *_, **__: None):
        return read_trace(path, capture=3, media=media)


@pytest.mark.parametrize("media", [True, False])
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_is_the_same_either_way(path: Path, media: bool) -> None:  # noqa: FBT001
    """In each detail of its trace, if it is plain."""
    plain = plainly(str(path), media=media)
    assert plain is None or plain == by_columns(str(path), media=media)


def test_most_calls_without_media_are_plain() -> None:
    """Or nothing would be won."""
    calls = [path for path in SAMPLES if path.stem.startswith(("call-", "ack-", "registration-"))]
    assert sum(plainly(str(path)) is not None for path in calls) > len(calls) / 2


OTHERS: tuple[Callable[[bytes], bytes], ...] = (
    lambda data: ethernet(ipv4(udp(data))),
    lambda data: ethernet(ipv6(udp(data))),
    lambda data: ethernet(ipv4(udp(data)), tags=[0x8100]),
    lambda data: ethernet(ipv4(udp(data), options=bytes(4))),
    lambda data: ethernet(ipv4(udp(data, length=9))),
    lambda data: ethernet(ipv4(udp(data), total=21)),
    lambda data: ethernet(ipv4(udp(data), total=0)),
    lambda data: ethernet(ipv4(udp(data, destination=4789))),
    lambda data: ethernet(ipv4(data, protocol=1)),
    lambda data: ethernet(bytes([0]) + data, ethertype=0x0806),
    lambda data: ethernet(bytes([0]) + data, ethertype=0x88CC),
    lambda data: ipv4(udp(data)),
    lambda data: data,
)
"""What may be a packet with something in it."""


@given(
    st.lists(st.tuples(st.sampled_from(OTHERS), st.sampled_from([OPTIONS, RTP, b"HEP3", b"\r\n", b"", b"text that"]))),
    frames(),
    st.sampled_from([1, 1, 1, 101, 113, 276, 0]),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=2),
    st.booleans(),
)
def test_any_capture_is_the_same_either_way(
    kinds: list[tuple[Callable[[bytes], bytes], bytes]],
    others: list[bytes],
    link: int,
    flips: list[tuple[int, int]],
    media: bool,  # noqa: FBT001
) -> None:
    """Whatever packets it has, and whatever bytes of it are others."""
    packets = [make(data) for make, data in kinds] + (others if len(others) < 4 else [])
    data = bytearray(pcap(packets, link=link))
    for at, octet in flips:
        data[at % len(data)] = octet
    with TemporaryDirectory() as folder:
        path = written(Path(folder), bytes(data))
        plain = plainly(path, media=media)
        assert plain is None or plain == by_columns(path, media=media)


def test_a_packet_of_a_link_with_a_header_of_its_own_is_not_plain(tmp_path: Path) -> None:
    """What stands where raw IP would begin is no IP there: LINKTYPE_NULL has a family of four bytes before it."""
    assert plainly(written(tmp_path, pcap([ipv4(udp(OPTIONS))], link=101)), media=False) is not None
    assert plainly(written(tmp_path, pcap([ipv4(udp(OPTIONS))], link=0)), media=False) is None


def test_a_clock_that_goes_back_is_not_plain(tmp_path: Path) -> None:
    """That is told of a capture."""
    data = bytearray(pcap([ethernet(ipv4(udp(OPTIONS)))] * 2))
    assert plainly(written(tmp_path, bytes(data))) is not None
    struct.pack_into("<I", data, 24, 1_800_000_000)
    assert plainly(written(tmp_path, bytes(data))) is None


def test_messages_that_have_no_room_are_not_plain(tmp_path: Path) -> None:
    """Which is said as well."""
    path = written(tmp_path, pcap([ethernet(ipv4(udp(OPTIONS, source=number), source=ALICE)) for number in range(9)]))
    assert plainly(path) is not None
    assert plainly(path, room=1_000) is None
