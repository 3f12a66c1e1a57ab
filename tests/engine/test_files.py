"""Tests of `sipdiag.engine.files`: a file is whole or not there."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from sipdiag.engine.files import (
    JOURNAL,
    LOCK,
    OWN,
    alone_in,
    appended,
    becoming,
    object_in,
    put_bytes,
    put_object,
    tidy,
)
from sipdiag.errors import UsageError


def test_what_fails_half_way_leaves_what_was_there(tmp_path: Path) -> None:
    """Neither a torn file nor a leftover."""
    path = tmp_path / "deep" / "file"
    put_bytes(path, b"old")
    with pytest.raises(IsADirectoryError):
        _spoil(path, tmp_path)
    assert path.read_bytes() == b"old"
    assert list(path.parent.iterdir()) == [path]


def test_what_was_only_begun_is_cleared(tmp_path: Path) -> None:
    """Wherever an audit writes; what is whole stays, and what is of somebody else."""
    put_bytes(tmp_path / "work" / "deep" / "file", b"whole")
    for name in (
        "work/deep/.file.123.part",
        ".summary.json.123.part",
        ".audit.duckdb.123.part.wal",
        ".latest.part",
        ".trace.pcap.part",
    ):
        (tmp_path / name).write_bytes(b"torn")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / ".file.part").write_bytes(b"mine")
    tidy(tmp_path)
    left = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert left == [".trace.pcap.part", "mine/.file.part", "work/deep/file"]


@pytest.mark.parametrize("name", sorted(OWN - {JOURNAL, LOCK}))
def test_a_folder_with_something_else_under_our_names_is_left_alone(tmp_path: Path, name: str) -> None:
    """An audit would write over it, or clear it; where one was before it may."""
    (tmp_path / name).write_bytes(b"mine")
    with pytest.raises(UsageError, match=f"holds {name}, which is of no audit"), alone_in(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == [name]
    (tmp_path / JOURNAL).touch()
    with alone_in(tmp_path):
        assert (tmp_path / LOCK).exists()


def test_values_come_back(tmp_path: Path) -> None:
    """Those of a stage for the next."""
    put_object(tmp_path / "value", {("a", 1): [b"\xff"]})
    assert object_in(tmp_path / "value") == {("a", 1): [b"\xff"]}


def test_what_is_written_is_for_nobody_else(tmp_path: Path) -> None:
    """Folders that were made for it neither; what is public is as the user's mask has it."""
    put_bytes(tmp_path / "deep" / "file", b"private")
    with becoming(tmp_path / "figures", public=True) as partial:
        partial.write_bytes(b"public")
    assert stat.S_IMODE((tmp_path / "deep").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "deep" / "file").stat().st_mode) == 0o600
    before = os.umask(0o022)
    os.umask(before)
    assert stat.S_IMODE((tmp_path / "figures").stat().st_mode) == 0o666 & ~before


def test_no_link_is_followed(tmp_path: Path) -> None:
    """Neither where the file goes, nor where it is begun, nor where one writes on."""
    victim, path = tmp_path / "victim", tmp_path / "file"
    victim.write_bytes(b"mine")
    for link in (path, tmp_path / f".file.{os.getpid()}.part", tmp_path / "list"):
        link.symlink_to(victim)
    put_bytes(path, b"new")
    with pytest.raises(OSError, match="symbolic link"):
        appended(tmp_path / "list")
    assert victim.read_bytes() == b"mine"
    assert not path.is_symlink()


def _spoil(path: Path, folder: Path) -> None:
    with becoming(path) as partial:
        partial.write_bytes(b"ne")
        folder.write_bytes(b"a folder is no file")
