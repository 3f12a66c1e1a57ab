"""pcapng capture files."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.capture import open_capture
from tests.capture.build import block, enhanced, interface, opened, option, pcap, read, section

MICRO = 1_700_000_000_123_456


@pytest.mark.parametrize("order", "<>")
def test_enhanced_packets(tmp_path: Path, order: str) -> None:
    """Both byte orders give the same packets, lengths and times."""
    data = section(order) + interface(order, link=113)
    data += enhanced(b"one", MICRO, order) + enhanced(b"two", MICRO + 1, order, original=99)
    with opened(tmp_path, data) as capture:
        (chunk,) = capture.packets()
    assert (capture.format, capture.link_types, capture.defects) == ("pcapng", [113], [])
    assert chunk.time.tolist() == [MICRO * 1_000, MICRO * 1_000 + 1_000]
    assert (chunk.captured.tolist(), chunk.original.tolist()) == ([3, 3], [3, 99])
    assert chunk.link.tolist() == [113, 113]


def test_each_interface_has_its_clock(tmp_path: Path) -> None:
    """A packet's time and link type are those of its own interface."""
    data = section() + interface() + interface(link=101, options=option(9, b"\x09"))
    data += interface(link=113, options=option(9, bytes([0x80 | 1])) + option(14, struct.pack("<q", 100)))
    data += enhanced(b"a", 5, number=0) + enhanced(b"b", 5, number=1) + enhanced(b"c", 5, number=2)
    with opened(tmp_path, data) as capture:
        (chunk,) = capture.packets()
    assert chunk.time.tolist() == [5_000, 5, 102_500_000_000]
    assert chunk.link.tolist() == [1, 101, 113]
    assert capture.link_types == [1, 101, 113]


def test_simple_packets(tmp_path: Path) -> None:
    """A simple packet is cut by the first interface's snap length and has the time of the packet before it."""
    simple = block(3, struct.pack("<I", 10) + b"0123")
    data = section() + interface(snap=4) + simple + enhanced(b"x", 7) + simple + simple
    with opened(tmp_path, data) as capture:
        packets, times = read(capture)
    assert packets == [b"0123", b"x", b"0123", b"0123"]
    assert times == [0, 7_000, 7_000, 7_000]
    assert not capture.defects


@pytest.mark.parametrize("order", "<>")
def test_obsolete_packets(tmp_path: Path, order: str) -> None:
    """The packet block of old files has 16 bits of interface and a drop count beside it."""
    head = struct.pack(order + "HHIIII", 1, 77, 0, 9, 3, 3)
    data = section(order) + interface(order) + interface(order, link=101) + block(2, head + b"abc", order)
    with opened(tmp_path, data) as capture:
        (chunk,) = capture.packets()
    assert (chunk.link.tolist(), chunk.time.tolist(), chunk.captured.tolist()) == ([101], [9_000], [3])


def test_other_blocks_are_no_packets(tmp_path: Path) -> None:
    """Names, statistics and blocks that nobody knows are skipped, and frames count packets only."""
    other = block(4, bytes(8)) + block(5, bytes(12)) + block(0x0BAD, b"?" * 31)
    data = section() + interface() + other + enhanced(b"a", 1) + other + enhanced(b"b", 2) + other
    with opened(tmp_path, data) as capture:
        (chunk,) = capture.packets()
    assert (chunk.first_frame, len(chunk)) == (1, 2)
    assert not capture.defects


@pytest.mark.parametrize("orders", ["<>", "><", "<<", "<><>", ">><<>"])
def test_sections_follow_each_other(tmp_path: Path, orders: str) -> None:
    """Each section has its own byte order and its own interfaces."""
    data = b"".join(
        section(order) + interface(order, link=i) + enhanced(bytes([i]), i, order) for i, order in enumerate(orders)
    )
    with opened(tmp_path, data) as capture:
        chunks = list(capture.packets())
    assert [link for chunk in chunks for link in chunk.link.tolist()] == list(range(len(orders)))
    assert [chunk.first_frame for chunk in chunks] == [1 + i for i in range(len(orders))]
    assert not capture.defects


def test_unknown_interface_is_a_defect(tmp_path: Path) -> None:
    """A packet of an interface that nobody described is kept, without a link type."""
    with opened(tmp_path, section() + interface() + enhanced(b"a", 1) + enhanced(b"b", 2, number=7)) as capture:
        (chunk,) = capture.packets()
    assert chunk.link.tolist() == [1, -1]
    assert [(defect.kind, defect.frame) for defect in capture.defects] == [("interface-unknown", 2)]


def test_packet_longer_than_its_block_is_a_defect(tmp_path: Path) -> None:
    """A packet ends where its block ends, whatever length it claims."""
    claim = struct.pack("<IIIII", 0, 0, 1, 500, 500)
    with opened(tmp_path, section() + interface() + block(6, claim + b"abcd") + enhanced(b"b", 2)) as capture:
        packets, _ = read(capture)
    assert packets == [b"abcd", b"b"]
    assert [(defect.kind, defect.frame) for defect in capture.defects] == [("packet-damaged", 1)]


@pytest.mark.parametrize("lost", [1, 4, 20, 35])
def test_cut_off_block_is_a_defect(tmp_path: Path, lost: int) -> None:
    """Of a file that ends within a block, everything before that block is read."""
    data = section() + interface() + enhanced(b"a", 1) + enhanced(b"bbbb", 2)
    with opened(tmp_path, data[:-lost]) as capture:
        packets, _ = read(capture)
    assert packets == [b"a"]
    assert [(defect.kind, defect.frame) for defect in capture.defects] == [("record-cut-off", 2)]


@pytest.mark.parametrize("length", [0, 11, 0x7FFFFFFF])
def test_impossible_block_is_a_defect(tmp_path: Path, length: int) -> None:
    """At a block whose length cannot be reading ends."""
    data = section() + interface() + enhanced(b"a", 1) + struct.pack("<II", 6, length) + bytes(100)
    with opened(tmp_path, data) as capture:
        packets, _ = read(capture)
    assert packets == [b"a"]
    assert [(defect.kind, defect.frame) for defect in capture.defects] == [("record-damaged", 2)]


def test_block_must_end_with_its_length(tmp_path: Path) -> None:
    """A block whose two lengths differ is damaged."""
    broken = bytearray(enhanced(b"a", 1))
    broken[-4] ^= 4
    with opened(tmp_path, section() + interface() + bytes(broken) + enhanced(b"b", 2)) as capture:
        packets, _ = read(capture)
    assert packets == [b"b"]
    assert [defect.kind for defect in capture.defects] == ["record-skipped"]


@given(st.binary(max_size=600), st.sampled_from("<>"))
def test_any_bytes_behind_the_header(noise: bytes, order: str) -> None:
    """Whatever follows the section header, reading ends and does not raise."""
    with open_capture("-", stream=io.BytesIO(section(order) + noise)) as capture:
        packets, _ = read(capture)
    assert sum(map(len, packets)) <= len(noise)


@given(st.data())
def test_any_mutation(data: st.DataObject) -> None:
    """Whatever is changed in a capture, reading ends and does not raise."""
    simple = block(3, struct.pack("<I", 10) + b"0123456789")
    whole = section() + interface(snap=8) + enhanced(b"one", 5) + simple + section(">") + interface(">")
    mutated = bytearray(whole + enhanced(b"two", 6, ">") + enhanced(b"three", 7, ">"))
    for _ in range(data.draw(st.integers(1, 4))):
        mutated[data.draw(st.integers(12, len(mutated) - 1))] = data.draw(st.integers(0, 255))
    with open_capture("-", stream=io.BytesIO(bytes(mutated))) as capture:
        packets, _ = read(capture)
    assert sum(map(len, packets)) <= len(mutated)


def test_many_sections_take_no_time(tmp_path: Path) -> None:
    """A file that turns its byte order all the time is read in one pass: work does not grow with the square."""
    turning = b"".join(section(order) for order in "<>" * 20_000)
    with opened(tmp_path, turning + interface("<") + pcap([])) as capture:
        read(capture)
    assert capture.progress >= len(turning)


def test_secrets_are_kept_for_who_decrypts(tmp_path: Path) -> None:
    """TLS key logs of Decryption Secrets Blocks, in order; other secrets and other blocks are passed over."""
    log = b"CLIENT_RANDOM 00 11\n"
    blocks = [
        block(10, struct.pack("<II", 0x544C534B, len(log)) + log),
        block(10, struct.pack("<II", 0x57474B4C, 3) + b"abc"),
        block(4, b"\0\1\0\4\xc0\0\2\1"),
        block(0x0BAD, bytes(44)),
        enhanced(b"packet", 1),
        block(10, struct.pack("<II", 0x544C534B, 0xFFFFFFFF) + b"too long"),
        block(10, struct.pack("<II", 0x544C534B, 4) + b"more"),
    ]
    with opened(tmp_path, section() + interface() + b"".join(blocks)) as capture:
        packets, _ = read(capture)
    assert (packets, capture.secrets, capture.defects) == ([b"packet"], [log, b"more"], [])
