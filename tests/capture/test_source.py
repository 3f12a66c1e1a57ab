"""Opening a capture."""

from __future__ import annotations

import gzip
import io
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sipdiag.capture import open_capture
from sipdiag.errors import CaptureError
from tests.capture.build import pcap, read, written

CAPTURE = pcap([b"one", b"two"])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b"INVITE sip:a@b SIP/2.0\r\n", "is a text file, not a packet capture"),
        (b"\x7fELF" + bytes(40), "is not a packet capture: it begins with 7f 45 4c 46"),
        (
            b"\x1f\x8b\x09" + bytes(40),
            "cannot be unpacked: gzip: Error -3 while decompressing data: unknown compression method",
        ),
        (
            gzip.compress(gzip.compress(CAPTURE, mtime=0), mtime=0),
            "is compressed with gzip once more, inside; decompress it first",
        ),
        (gzip.compress(b"", mtime=0), "is empty"),
        (CAPTURE[:20], "ends within the header of the capture"),
        (b"\n\r\r\n" + bytes(4), "ends within the header of the capture"),
    ],
)
def test_what_is_no_capture_is_refused(tmp_path: Path, data: bytes, reason: str) -> None:
    """One line says why a file is no capture, and a pipe with the same bytes is refused with the same words."""
    path = written(tmp_path, data)
    with pytest.raises(CaptureError) as from_file:
        open_capture(path)
    with pytest.raises(CaptureError) as from_pipe:
        open_capture("-", stream=io.BytesIO(data))
    assert str(from_file.value) == f"{path}: {reason}"
    assert from_pipe.value.reason == reason


def test_missing_and_directory_are_refused(tmp_path: Path) -> None:
    """What cannot be opened is refused in the system's words."""
    with pytest.raises(CaptureError, match="no such file or directory"):
        open_capture(str(tmp_path / "none.pcap"))
    with pytest.raises(CaptureError, match="is a directory"):
        open_capture(str(tmp_path))
    with pytest.raises(CaptureError, match="null"):
        open_capture("a\0b")


def test_forbidden_is_refused(tmp_path: Path) -> None:
    """A file that may not be read is refused in the system's words, even where root runs the tests."""
    path = Path(written(tmp_path, CAPTURE))
    path.chmod(0)
    with somebody(), pytest.raises(CaptureError, match="permission denied"):
        open_capture(str(path))


@contextmanager
def somebody() -> Iterator[None]:
    """Not to be root for a while: root may read everything."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_named_pipe_is_read(tmp_path: Path) -> None:
    """A path that names a pipe is read like standard input."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(CAPTURE,))
    writer.start()
    with open_capture(str(path)) as capture:
        packets, _ = read(capture)
    writer.join()
    assert packets == [b"one", b"two"]
    assert capture.bytes == capture.progress == len(CAPTURE)


def test_file_tells_its_size(tmp_path: Path) -> None:
    """Of a file the size is known from the start, and progress reaches it."""
    with open_capture(written(tmp_path, CAPTURE)) as capture:
        assert capture.bytes == len(CAPTURE)
        read(capture)
        assert capture.progress == len(CAPTURE)


def test_callers_stream_stays_open() -> None:
    """A stream handed in is the caller's to close."""
    stream = io.BytesIO(CAPTURE)
    with open_capture("-", stream=stream) as capture:
        read(capture)
    assert not stream.closed
