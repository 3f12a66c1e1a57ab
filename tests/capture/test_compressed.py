"""Compressed captures."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import lz4.frame
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.capture import compressed, octets, open_capture
from sipdiag.errors import CaptureError
from tests.capture.build import pcap, read, written

PACKETS = [bytes([i % 256]) * (i % 997) for i in range(400)]
CAPTURE = pcap(PACKETS)
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstandard.compress,
    "lz4": lz4.frame.compress,
}
each_kind = pytest.mark.parametrize("kind", PACKERS)


@each_kind
@pytest.mark.parametrize("block", [100, 4 << 20])
def test_a_compressed_capture_reads_like_the_plain_one(tmp_path: Path, kind: str, block: int) -> None:
    """From a file and from a pipe, whatever the size of the blocks; the size told is that of the file."""
    packed = PACKERS[kind](CAPTURE)
    with patch.object(octets, "BLOCK", block), open_capture(written(tmp_path, packed)) as file:
        assert read(file)[0] == PACKETS
    with patch.object(octets, "BLOCK", block), open_capture("-", stream=io.BytesIO(packed)) as pipe:
        assert read(pipe)[0] == PACKETS
    assert (file.bytes, file.progress, pipe.progress) == (len(packed),) * 3
    assert (file.format, file.defects, pipe.defects) == ("pcap", [], [])


@each_kind
def test_joined_streams_are_one_capture(kind: str) -> None:
    """What was packed in pieces and joined, as parallel packers do, is unpacked to its end."""
    pack = PACKERS[kind]
    packed = b"".join(pack(CAPTURE[at : at + 50_000]) for at in range(0, len(CAPTURE), 50_000)) + bytes(7)
    with open_capture("-", stream=io.BytesIO(packed)) as capture:
        assert read(capture)[0] == PACKETS
    assert capture.defects == []


@each_kind
def test_a_stream_cut_off_is_read_to_there(kind: str) -> None:
    """What came out before stands, and the cut is told."""
    with patch.object(compressed, "INPUT", 100):
        packed = PACKERS[kind](CAPTURE[:100_000]) + PACKERS[kind](CAPTURE[100_000:])
        with open_capture("-", stream=io.BytesIO(packed[:-5])) as capture:
            packets, _ = read(capture)
    assert packets == PACKETS[: len(packets)]
    assert "compression-cut-off" in [defect.kind for defect in capture.defects]


@each_kind
@given(st.data())
def test_no_bytes_make_unpacking_raise(kind: str, data: st.DataObject) -> None:
    """Whatever is changed in a compressed capture, reading ends, or it is no capture at all."""
    mutated = bytearray(PACKERS[kind](CAPTURE))
    at = data.draw(st.integers(0, len(mutated) - 1))
    mutated[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
    try:
        with open_capture("-", stream=io.BytesIO(bytes(mutated))) as capture:
            read(capture)
    except CaptureError:
        return


@each_kind
def test_what_comes_out_is_bounded(kind: str) -> None:
    """A bomb is unpacked up to the limit, and the report says that it was reached."""
    bomb = PACKERS[kind](pcap([bytes(60_000)] * 200))
    with (
        patch.object(compressed, "FREE", 100_000),
        patch.object(compressed, "RATIO", 5),
        open_capture("-", stream=io.BytesIO(bomb)) as capture,
    ):
        packets, _ = read(capture)
    assert len(packets) < 200
    assert [defect.kind for defect in capture.defects][:1] == ["decompression-limit"]


@pytest.mark.parametrize(("kind", "package"), [("zstd", "zstandard"), ("lz4", "lz4")])
def test_a_missing_package_is_named(tmp_path: Path, kind: str, package: str) -> None:
    """Where the package that unpacks is not installed, one line says which it is."""
    path = written(tmp_path, PACKERS[kind](CAPTURE))
    with patch.dict(sys.modules, {package: None, f"{package}.frame": None}), pytest.raises(CaptureError) as error:
        open_capture(path)
    assert error.value.reason == f"is compressed with {kind}: install the package {package} to read it"


def test_a_compressed_stream_is_read_while_it_comes(tmp_path: Path) -> None:
    """Standard input is not first copied: the head of a stream that never ends is enough to open it."""
    code = "import sys\nsys.stdout.buffer.write(bytes.fromhex(sys.argv[1]))\nsys.stdout.flush()\nsys.stdin.read()"
    head = gzip.compress(CAPTURE)[:3_000]
    with (
        patch.object(octets, "BLOCK", 64),
        subprocess.Popen(
            [sys.executable, "-c", code, head.hex()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path
        ) as writer,
    ):
        assert writer.stdout is not None
        with open_capture("-", stream=io.FileIO(writer.stdout.fileno(), closefd=False)) as capture:
            assert capture.format == "pcap"
        writer.communicate(b"")
