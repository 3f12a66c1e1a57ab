"""Tests of `sipdiag.engine.files`: a file is whole or not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from sipdiag.engine.files import object_in, put_bytes, put_object, tidy, whole


def test_what_fails_half_way_leaves_what_was_there(tmp_path: Path) -> None:
    """Neither a torn file nor a leftover."""
    path = tmp_path / "deep" / "file"
    put_bytes(path, b"old")
    with pytest.raises(IsADirectoryError):
        _spoil(path, tmp_path)
    assert path.read_bytes() == b"old"
    assert list(path.parent.iterdir()) == [path]


def test_what_was_only_begun_is_cleared(tmp_path: Path) -> None:
    """Wherever it lies; what is whole stays."""
    put_bytes(tmp_path / "deep" / "file", b"whole")
    (tmp_path / "deep" / ".file.123.part").write_bytes(b"torn")
    tidy(tmp_path)
    assert [each.name for each in (tmp_path / "deep").iterdir()] == ["file"]


def test_values_come_back(tmp_path: Path) -> None:
    """Those of a stage for the next."""
    put_object(tmp_path / "value", {("a", 1): [b"\xff"]})
    assert object_in(tmp_path / "value") == {("a", 1): [b"\xff"]}


def _spoil(path: Path, folder: Path) -> None:
    with whole(path) as partial:
        partial.write_bytes(b"ne")
        folder.write_bytes(b"a folder is no file")
