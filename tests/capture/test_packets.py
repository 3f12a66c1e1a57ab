"""Columns of packets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.capture import byte_rows, distinct
from tests.capture.build import opened, payloads, pcap


@given(st.binary(max_size=40), st.integers(1, 50), st.data())
def test_byte_rows_are_padded(data: bytes, width: int, draw: st.DataObject) -> None:
    """A row is the bytes at its offset, zeros where the data ends."""
    offsets = draw.draw(st.lists(st.integers(0, len(data)), max_size=8))
    rows = byte_rows(np.frombuffer(data, np.uint8), np.array(offsets, np.int64), width)
    assert [row.tobytes() for row in rows] == [data[at : at + width].ljust(width, b"\0") for at in offsets]


@given(st.lists(st.integers(-(2**62), 2**62), max_size=20))
def test_distinct_numbers_are_in_order(numbers: list[int]) -> None:
    """Each once, the smallest first."""
    assert distinct(np.array(numbers, np.int64)).tolist() == sorted(set(numbers))


def test_rows_keep_their_frames(tmp_path: Path) -> None:
    """A part of a chunk keeps packets, times and frame numbers together."""
    with opened(tmp_path, pcap([b"a", b"bb", b"ccc", b"dddd"])) as capture:
        (chunk,) = capture.packets()
    part = chunk.rows(1, 3)
    assert payloads([part]) == [b"bb", b"ccc"]
    assert (part.first_frame, len(part), part.time.tolist()) == (2, 2, chunk.time[1:3].tolist())


def test_position_leads_to_the_file(tmp_path: Path) -> None:
    """A packet's bytes lie at `position + offset` of the file."""
    data = pcap([b"first", b"second"])
    with opened(tmp_path, data) as capture:
        (chunk,) = capture.packets()
    at = chunk.position + int(chunk.offset[1])
    assert data[at : at + 6] == b"second"
