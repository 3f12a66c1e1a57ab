"""A capture as a plain file."""

from __future__ import annotations

import bz2
import io
import stat
from pathlib import Path

import fsspec
import pytest

from sipdiag.capture import spooled
from sipdiag.errors import CaptureError
from tests.capture.build import pcap, written

CAPTURE = pcap([b"one", b"two"])


def test_a_plain_file_stays_what_it_is(tmp_path: Path) -> None:
    """Nothing is copied; what is missing or a folder is left for who opens it to refuse."""
    for path in (written(tmp_path, CAPTURE), str(tmp_path / "none"), str(tmp_path)):
        with spooled(path, None) as file:
            assert file == path


@pytest.mark.parametrize("data", [CAPTURE, bz2.compress(CAPTURE)])
def test_what_can_be_read_once_becomes_a_private_file(data: bytes) -> None:
    """A pipe, or what is behind a URL, unpacked; only its owner may read it, and it does not stay."""
    with fsspec.open("memory://spooled", "wb") as remote:
        remote.write(data)
    for path, stream in (("-", io.BytesIO(data)), ("memory://spooled", None)):
        with spooled(path, stream) as file:
            assert Path(file).read_bytes() == CAPTURE
            assert stat.S_IMODE(Path(file).stat().st_mode) == 0o600
        assert not Path(file).exists()


def test_a_compressed_file_is_unpacked_to_one(tmp_path: Path) -> None:
    """Tshark does not know every compression."""
    with spooled(written(tmp_path, bz2.compress(CAPTURE)), None) as file:
        assert Path(file).read_bytes() == CAPTURE


def test_what_cannot_be_read_is_one_line() -> None:
    """A URL with nothing behind it."""
    with pytest.raises(CaptureError, match="no such file"), spooled("memory://nothing-here", None):
        pass
