"""Classic capture files."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.capture import open_capture
from sipdiag.defect import Defect
from tests.capture.build import SECOND, opened, pcap, read

PACKETS = [b"one", b"", b"three three", b"4" * 1_500]


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize(("magic", "unit"), [(0xA1B2C3D4, 1_000), (0xA1B23C4D, 1)])
def test_every_header_is_read(tmp_path: Path, order: str, magic: int, unit: int) -> None:
    """Both byte orders and both resolutions give the same packets and exact nanoseconds."""
    with opened(tmp_path, pcap(PACKETS, order=order, magic=magic, link=113)) as capture:
        packets, times = read(capture)
    assert (capture.format, capture.link_types, capture.defects) == ("pcap", [113], [])
    assert packets == PACKETS
    assert times == [(SECOND + i) * 10**9 + i * unit for i in range(len(PACKETS))]


@pytest.mark.parametrize("order", "<>")
def test_modified_records_are_read(order: str) -> None:
    """Kuznetzov's tcpdump puts interface, protocol and direction behind the lengths of each record."""
    head = struct.pack(order + "IHHiIII", 0xA1B2CD34, 2, 4, 0, 0, 262_144, 1)
    records = [
        struct.pack(order + "IIIIIHBB", SECOND + i, i, len(packet), len(packet), 2, 0x0800, 0, 0) + packet
        for i, packet in enumerate(PACKETS)
    ]
    with open_capture("-", stream=io.BytesIO(head + b"".join(records))) as capture:
        packets, times = read(capture)
    assert (packets, capture.defects) == (PACKETS, [])
    assert times == [(SECOND + i) * 10**9 + i * 1_000 for i in range(len(PACKETS))]


def test_snap_length_is_no_defect(tmp_path: Path) -> None:
    """A packet that the snap length cut keeps its length on the wire."""
    with opened(tmp_path, pcap(PACKETS, snap=5)) as capture:
        (chunk,) = capture.packets()
    assert chunk.captured.tolist() == [3, 0, 5, 5]
    assert chunk.original.tolist() == [3, 0, 11, 1_500]
    assert not capture.defects


@pytest.mark.parametrize("lost", [1, 1_499, 1_500, 1_515])
def test_cut_off_record_is_a_defect(tmp_path: Path, lost: int) -> None:
    """Of a file that ends within a record, everything before that record is read."""
    with opened(tmp_path, pcap(PACKETS)[:-lost]) as capture:
        packets, _ = read(capture)
    assert packets == PACKETS[:3]
    assert [(defect.kind, defect.frame) for defect in capture.defects] == [("record-cut-off", 4)]


@pytest.mark.parametrize("length", [262_145, 0x7FFFFFFF, 0xFFFFFFFF])
def test_impossible_length_is_a_defect(tmp_path: Path, length: int) -> None:
    """At a length that cannot be reading ends, and everything before it stands."""
    data = pcap(PACKETS) + struct.pack("<IIII", SECOND, 0, length, length) + bytes(100)
    with opened(tmp_path, data) as capture:
        packets, _ = read(capture)
    assert packets == PACKETS
    detail = f"record of {length} bytes at byte {len(pcap(PACKETS))}"
    assert capture.defects == [Defect(kind="record-damaged", detail=detail, frame=5)]


def test_great_snap_length_allows_great_packets(tmp_path: Path) -> None:
    """A file that announces longer packets than usual may hold them."""
    with opened(tmp_path, pcap([bytes(300_000), b"x"], snap=400_000)) as capture:
        packets, _ = read(capture)
    assert [len(packet) for packet in packets] == [300_000, 1]
    assert not capture.defects


def test_no_packets_is_no_defect(tmp_path: Path) -> None:
    """A capture without packets is whole."""
    with opened(tmp_path, pcap([])) as capture:
        assert read(capture) == ([], [])
    assert not capture.defects


@given(st.binary(max_size=2_000))
def test_any_bytes_behind_the_header(noise: bytes) -> None:
    """Whatever follows the file header, reading ends and does not raise."""
    with open_capture("-", stream=io.BytesIO(pcap([]) + noise)) as capture:
        packets, _ = read(capture)
    assert sum(map(len, packets)) + 16 * len(packets) <= len(noise)
    assert bool(capture.defects) == (sum(map(len, packets)) + 16 * len(packets) < len(noise))


@given(st.data())
def test_any_mutation(data: st.DataObject) -> None:
    """Whatever is changed in a capture, reading ends and does not raise, and what stands before the change is read."""
    mutated = bytearray(pcap(PACKETS * 3))
    at = data.draw(st.integers(24, len(mutated) - 1))
    mutated[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
    with open_capture("-", stream=io.BytesIO(bytes(mutated))) as capture:
        packets, _ = read(capture)
    before = [i for i in range(12) if len(pcap((PACKETS * 3)[: i + 1])) <= at]
    assert packets[: len(before)] == (PACKETS * 3)[: len(before)]


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("count", [1, 2, 12])
@pytest.mark.parametrize(
    ("magic", "more"), [(0xA1B2C3D4, 0), (0xA1B2C3D4, 8), (0xA1B2C3D4, 4), (0xA1B2CD34, 8), (0xA1B2CD34, 12)]
)
def test_longer_record_headers_are_told_by_their_chain(order: str, count: int, magic: int, more: int) -> None:
    """Of old recorders: the magic number is that of others, only how the records chain tells which they are."""
    head = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 262_144, 1)
    packets = [bytes([i]) * (60 + 7 * i) for i in range(count)]
    extra = struct.pack(order + "IHBBI", 2, 0x0800, 4, 0, 0)[:more]
    records = [
        struct.pack(order + "IIII", SECOND + i, i, len(packet), len(packet)) + extra + packet
        for i, packet in enumerate(packets)
    ]
    with open_capture("-", stream=io.BytesIO(head + b"".join(records))) as capture:
        found, times = read(capture)
    assert (found, capture.defects) == (packets, [])
    assert times == [(SECOND + i) * 10**9 + i * 1_000 for i in range(count)]


@pytest.mark.parametrize(("version", "swapped"), [((2, 2), True), ((2, 3), False), ((2, 3), True), ((2, 4), False)])
def test_lengths_stand_in_the_order_of_their_version(version: tuple[int, int], swapped: bool) -> None:  # noqa: FBT001
    """Before 2.3 the original length came first, in 2.3 either did."""
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, *version, 0, 0, 68, 1)
    lengths = [68, 1_500][:: -1 if swapped else 1]
    records = [struct.pack("<IIII", SECOND + i, 0, *lengths) + bytes([i]) * 68 for i in range(5)]
    with open_capture("-", stream=io.BytesIO(head + b"".join(records))) as capture:
        (chunk,) = capture.packets()
    assert (chunk.captured.tolist(), chunk.original.tolist(), capture.defects) == ([68] * 5, [1_500] * 5, [])
