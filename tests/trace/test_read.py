"""Tests of `sipdiag.trace.read`: which captures are read by two processes."""

from __future__ import annotations

import io
from pathlib import Path
from unittest.mock import patch

import pytest

from sipdiag.trace import read, read_trace

TALK = Path(__file__).resolve().parents[2] / "samples" / "call-with-media" / "call-with-media.pcap"


@pytest.mark.parametrize("media", [True, False])
def test_a_small_capture_or_a_pipe_is_read_by_one(media: bool) -> None:  # noqa: FBT001
    """A second process would cost more than it brings, and a pipe can be read once only."""
    done: list[None] = []
    with patch.object(read, "Second", side_effect=AssertionError):
        read_trace(str(TALK), media=media, meanwhile=lambda: done.append(None))
        with patch.object(read, "LARGE", 0):
            data = io.BytesIO(TALK.read_bytes())
            read_trace("-", stream=data, media=media, meanwhile=lambda: done.append(None))
    assert not done


def test_progress_ends_with_the_file() -> None:
    """Whoever has read it."""
    told: list[tuple[int, int]] = []
    with patch.object(read, "LARGE", 0), patch.object(read, "may_fork", lambda: True):
        read_trace(str(TALK), meanwhile=list, progress=lambda *reached: told.append(reached))
    size = TALK.stat().st_size
    assert told[-1] == (size, size)
