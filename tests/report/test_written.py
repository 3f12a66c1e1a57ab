"""Tests of `sipdiag.report.written`: a file is whole or not there, for nobody else, and through no link."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from sipdiag.report.written import becoming


def _begin(path: Path) -> None:
    with becoming(path) as partial:
        partial.write_text("half")
        raise KeyboardInterrupt


def test_what_fails_half_way_leaves_what_was_there(tmp_path: Path) -> None:
    """And nothing beside it."""
    path = tmp_path / "report"
    path.write_text("before")
    with pytest.raises(KeyboardInterrupt):
        _begin(path)
    assert [each.name for each in tmp_path.iterdir()] == ["report"]
    assert path.read_text() == "before"


@pytest.mark.parametrize(("public", "mode"), [(False, 0o600), (True, 0o666)])
def test_who_may_read_it(tmp_path: Path, *, public: bool, mode: int) -> None:
    """Nobody else; what is public as the user's mask has it, whatever was there before."""
    path = tmp_path / "report"
    path.touch(mode=0o644)
    with becoming(path, public=public) as partial:
        partial.write_text("new")
    before = os.umask(0o022)
    os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == mode & ~before


def test_no_link_is_followed(tmp_path: Path) -> None:
    """Neither where the file goes, nor where it is begun, which a killed process may have left."""
    victim, path = tmp_path / "victim", tmp_path / "report"
    victim.write_text("mine")
    for link in (path, tmp_path / f".report.{os.getpid()}.part"):
        link.symlink_to(victim)
    with becoming(path) as partial:
        partial.write_text("new")
    assert (victim.read_text(), path.read_text(), path.is_symlink()) == ("mine", "new", False)
