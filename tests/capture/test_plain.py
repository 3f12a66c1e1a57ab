"""Tests of `sipdiag.capture.plain`: small classic captures that are whole, and nothing else."""

from __future__ import annotations

import os
import struct
from typing import TYPE_CHECKING

import pytest

from sipdiag.capture.plain import MOST, plain_capture
from tests.capture.build import SECOND, enhanced, interface, pcap, section, written

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(("magic", "unit"), [(0xA1B2C3D4, 1_000), (0xA1B23C4D, 1)])
@pytest.mark.parametrize("order", "<>")
def test_every_packet_has_its_time(tmp_path: Path, order: str, magic: int, unit: int) -> None:
    """In both byte orders, micro- and nanoseconds."""
    plain = plain_capture(written(tmp_path, pcap([b"one", b"", b"three"], order=order, magic=magic, link=101)))
    assert plain is not None
    assert (plain.link, plain.bytes) == (101, 24 + 3 * 16 + 8)
    assert plain.packets == [((SECOND + i) * 10**9 + i * unit, data) for i, data in enumerate([b"one", b"", b"three"])]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xd4\xc3\xb2\xa1",
        pcap([]),
        pcap([b"whole", b"cut off"])[:-1],
        pcap([b"whole"]) + bytes(15),
        pcap([b"longer than that"], snap=6),
        pcap([b"whole"], magic=0xA1B2CD34),
        pcap([])[:24] + struct.pack("<IIII", SECOND, 0, 1 << 31, 1 << 31),
        section() + interface() + enhanced(b"whole", 1),
        pcap([bytes(1_000)] * (MOST // 1_016 + 1)),
    ],
    ids=["empty", "magic", "no packets", "cut", "rest", "snapped", "modified", "huge", "pcapng", "large"],
)
def test_what_is_not_plain_is_left_to_columns(tmp_path: Path, data: bytes) -> None:
    """Nothing is said of it here."""
    assert plain_capture(written(tmp_path, data)) is None


def test_what_is_no_file_is_left_to_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder, what is missing, and what only looks like a file; a pipe is not read."""
    monkeypatch.chdir(tmp_path)
    for name in ("-", "s3::there"):
        (tmp_path / name).write_bytes(pcap([b"whole"]))
    for name in (".", "missing", "nul\0", "-", "s3::there"):
        assert plain_capture(name) is None
    if hasattr(os, "mkfifo"):
        os.mkfifo("pipe")
        assert plain_capture("pipe") is None
