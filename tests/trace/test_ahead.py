"""Tests of `sipdiag.trace.ahead`: a second process that begins before it is asked."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from benchmarks.captures import write_calls
from sipdiag.trace import ahead, begin_ahead, read, read_trace
from sipdiag.trace.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sipdiag.trace.later import Later

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system on which a process can be copied")


@contextmanager
def begun(path: Path, *, media: bool = False) -> Iterator[list[Later]]:
    """Let a second process begin; give the parts that came of it, while none is begun when it is asked."""
    counted: list[Later] = []
    join = Reader.join_later

    def noted(self: Reader, part: Later) -> bool:
        counted.append(part)
        return join(self, part)

    large = patch.object(ahead, "LARGE", 0), patch.object(read, "LARGE", 0)
    free = [patch.object(module, "may_fork", lambda: True) for module in (ahead, read)]
    alone = patch.object(read, "Second", lambda _: pytest.fail("another process begins"))
    with large[0], large[1], free[0], free[1], alone, patch.object(Reader, "join_later", noted):
        begin_ahead(str(path), media=media)
        yield counted
    for second in ahead._BEGUN.values():
        second.end()
    ahead._BEGUN.clear()


@pytest.mark.parametrize("media", [False, True])
def test_what_was_begun_counts(tmp_path: Path, *, media: bool) -> None:
    """As that of a process that begins when it is asked."""
    path = tmp_path / "busy.pcap"
    write_calls(path, calls=20, packets=10_000)
    whole = read_trace(str(path), media=media)
    with begun(path, media=media) as counted:
        assert read_trace(str(path), media=media, meanwhile=list) == whole
    assert [part.packets > 0 for part in counted] == [True]


def test_what_another_file_shows_does_not_count(tmp_path: Path) -> None:
    """A capture that grew in between is cut elsewhere."""
    path, longer = tmp_path / "busy.pcap", tmp_path / "longer.pcap"
    write_calls(path, calls=20, packets=10_000)
    write_calls(longer, calls=20, packets=20_000)
    whole = read_trace(str(longer))
    with begun(path) as counted:
        path.write_bytes(longer.read_bytes())
        found = read_trace(str(path), meanwhile=list)
    assert not counted
    assert found.sightings == whole.sightings


@pytest.mark.parametrize("name", ["missing.pcap", "", "a\0b", "x" * 5_000])
def test_what_is_no_file_is_not_begun(name: str, tmp_path: Path) -> None:
    """Nor does it raise."""
    with begun(tmp_path / name):
        assert not ahead._BEGUN


def test_what_is_no_capture_is_told_by_the_one_who_reads_it(tmp_path: Path) -> None:
    """Once, and the other process says nothing."""
    path = tmp_path / "notes.txt"
    path.write_text("no capture at all, only words\n" * 10)
    with begun(path), pytest.raises(Exception, match="text file"):
        read_trace(str(path), meanwhile=list)


def test_who_is_not_asked_ends(tmp_path: Path) -> None:
    """A second end does nothing."""
    path = tmp_path / "busy.pcap"
    write_calls(path, calls=2, packets=100)
    with begun(path):
        (second,) = ahead._BEGUN.values()
        second.end()
        with pytest.raises(ChildProcessError):
            os.waitpid(second._process, os.WNOHANG)
        second.end()
