"""Tests of `sipdiag.trace.dealt`: two processes find in a capture with media what one finds."""

from __future__ import annotations

import os
from pathlib import Path
from unittest.mock import patch

import pytest

from benchmarks.captures import write_calls
from benchmarks.mixed import write_mixed
from sipdiag.trace import Trace, media, read, read_trace

SAMPLES = sorted((Path(__file__).resolve().parents[2] / "samples").glob("*/*.pcap"))
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system on which a process can be copied")


def traces_of(path: Path) -> tuple[Trace, Trace]:
    """What a file shows to one process and to two."""
    alone = read_trace(str(path), media=True)
    with (
        patch.object(read, "plain_trace", lambda *_, **__: None),
        patch.object(read, "LARGE", 0),
        patch.object(read, "may_fork", lambda: True),
        patch.object(read, "is_idle", lambda: True),
    ):
        return alone, read_trace(str(path), media=True, meanwhile=list)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_samples_are_the_same_to_two_processes(path: Path) -> None:
    """Every figure, to the last bit."""
    alone, shared = traces_of(path)
    assert shared == alone


@pytest.mark.parametrize("write", [write_calls, write_mixed])
def test_many_streams_are_the_same_to_two_processes(write: type, tmp_path: Path) -> None:
    """In several chunks, with loss and jitter; each process has its half of the streams."""
    path = tmp_path / "busy.pcap"
    write(path, calls=40, packets=60_000)
    alone, shared = traces_of(path)
    assert shared == alone
    assert len(alone.streams) == 80


def test_more_streams_than_there_is_room_for_are_followed_by_one_process(tmp_path: Path) -> None:
    """Which of them give way depends on all of them."""
    path = tmp_path / "busy.pcap"
    write_calls(path, calls=40, packets=4_000)
    with patch.object(media, "MOST_STREAMS", 80):
        alone, shared = traces_of(path)
    assert shared == alone
    assert len(alone.streams) == 80
