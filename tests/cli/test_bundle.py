"""Tests of `sipdiag extract --bundle`: what a carrier gets, in a folder or a zip file."""

from __future__ import annotations

import io
import re
import stat
import zipfile
from typing import TYPE_CHECKING

from command import run
from reporting import sample
from sipdiag.analysis import read

if TYPE_CHECKING:
    from pathlib import Path

BAD = sample("ack-missing/ack-missing")
NAMES = ["call.pcap", "ladder.svg", "question.html", "question.md"]


def test_a_folder_has_the_capture_and_the_page(tmp_path: Path) -> None:
    """Names of ours, for nobody else to read; what the page says is in the capture."""
    ran = run("extract", BAD, "--call", "1", "--bundle", "-o", tmp_path / "ticket")
    assert (ran.code, ran.out) == (0, "")
    files = sorted((tmp_path / "ticket").iterdir())
    assert [path.name for path in files] == NAMES
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "ticket").stat().st_mode) == 0o700
    assert len(read(str(tmp_path / "ticket" / "call.pcap")).sightings) == 16
    assert "442e227af5@192.0.2.10" in (tmp_path / "ticket" / "question.md").read_text()


def test_a_zip_file_has_the_same(tmp_path: Path) -> None:
    """Byte for byte, and as old as the call, not as the clock: twice the same."""
    for name in ("one.zip", "two.zip"):
        run("extract", BAD, "--call", "1", "--bundle", "-o", tmp_path / name)
    run("extract", BAD, "--call", "1", "--bundle", "-o", tmp_path / "folder")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == NAMES
        for entry in archive.infolist():
            assert archive.read(entry) == (tmp_path / "folder" / entry.filename).read_bytes()
            assert entry.date_time == (2026, 3, 2, 9, 0, 0)
            assert entry.external_attr >> 16 == 0o600


def test_a_bundle_can_be_anonymous(tmp_path: Path) -> None:
    """Neither the capture nor the page names anybody, and the page says so; a key is given, as in `test_extract`."""
    path, key = tmp_path / "ticket.zip", tmp_path / "key"
    key.write_bytes(b"a key of enough bytes")
    ran = run("extract", BAD, "--call", "1", "--bundle", "--anonymize", "--key", key, "-o", path, "--lang", "pt")
    assert ran.code == 0
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    for name, data in content.items():
        for gone in (rb"alice", rb"442e227af5", rb"example\.com", rb"192\.0\.2\.10(?!\d)"):
            assert not re.search(gone, data), (name, gone)
    assert "foram substituídos" in content["question.md"].decode()
    assert zipfile.is_zipfile(io.BytesIO(path.read_bytes()))


def test_a_bundle_is_no_stream() -> None:
    """Standard output takes one file."""
    assert run("extract", BAD, "--call", "1", "--bundle", "-o", "-").code == 2
