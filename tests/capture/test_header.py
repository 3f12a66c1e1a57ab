"""Tests of `sipdiag.capture.header`: what a classic capture says before its first record."""

from __future__ import annotations

import struct

import pytest

from sipdiag.capture.header import LONGEST, LONGEST_EVER, ORDERS, header


@pytest.mark.parametrize("magic", ORDERS)
def test_each_magic_number_tells_order_and_unit(magic: bytes) -> None:
    """Microseconds or nanoseconds, in either byte order."""
    order, unit = ORDERS[magic]
    told = header(magic + struct.pack(order + "HHiIII", 2, 4, 0, 0, 65_535, 0x1000_0071))
    assert (told.order, told.unit, told.link) == (order, unit, 0x71)
    assert told.head == (24 if magic in (b"\x34\xcd\xb2\xa1", b"\xa1\xb2\xcd\x34") else 16)


@pytest.mark.parametrize(("snap", "longest"), [(96, LONGEST), (1 << 20, 1 << 20), (1 << 31, LONGEST_EVER)])
def test_a_snap_length_is_believed_within_bounds(snap: int, longest: int) -> None:
    """A small one says nothing of the packets, a huge one is none."""
    assert header(b"\xd4\xc3\xb2\xa1" + struct.pack("<HHiIII", 2, 4, 0, 0, snap, 1)).longest == longest
