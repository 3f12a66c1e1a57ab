"""Blocks of a capture."""

from __future__ import annotations

import io
from pathlib import Path
from unittest.mock import patch

import pytest

from sipdiag.capture import octets, open_capture
from tests.capture.build import enhanced, interface, opened, pcap, read, section

PACKETS = [bytes([i % 256]) * (i % 97) for i in range(500)]
FILES = [pcap(PACKETS), section() + interface() + b"".join(enhanced(data, 9) for data in PACKETS)]


@pytest.mark.parametrize("data", FILES)
@pytest.mark.parametrize("block", [25, 64, 100, 1_000])
def test_blocks_do_not_matter(tmp_path: Path, data: bytes, block: int) -> None:
    """Any size of block gives the same packets, from a file and from a pipe."""
    with patch.object(octets, "BLOCK", block):
        with opened(tmp_path, data) as file:
            from_file = read(file)
            assert not file.defects
        with open_capture("-", stream=io.BytesIO(data)) as pipe:
            from_pipe = read(pipe)
            assert not pipe.defects
    assert from_file == from_pipe
    assert from_file[0] == PACKETS
    assert file.progress == pipe.progress == len(data)


@pytest.mark.parametrize("data", FILES)
def test_chunks_stay_valid(tmp_path: Path, data: bytes) -> None:
    """A chunk handed out keeps its bytes when the next one is read and when the capture is closed."""
    with patch.object(octets, "BLOCK", 2_000), opened(tmp_path, data) as capture:
        chunks = list(capture.packets())
    assert len(chunks) > 3
    kept = [chunk.data[chunk.offset[-1] : chunk.offset[-1] + chunk.captured[-1]].tobytes() for chunk in chunks]
    frames = [chunk.first_frame + len(chunk) - 1 for chunk in chunks]
    assert kept == [PACKETS[frame - 1] for frame in frames]
