"""Tests of `sipdiag.trace.joining`: the streams of several captures that hold parts of them."""

from __future__ import annotations

from msgspec.structs import replace

from sipdiag.media import Stream
from sipdiag.trace import joined_streams
from tests.media.spoken import streams_of, voice


def parts() -> tuple[Stream, Stream]:
    said = voice(60)
    (earlier,), (later,) = streams_of(said[:30]), streams_of(said[30:])
    return replace(earlier, capture=0), replace(later, capture=1)


def test_a_stream_that_goes_on_in_the_next_capture_is_one() -> None:
    """Whatever order they are given in."""
    earlier, later = parts()
    (whole,) = joined_streams([[later], [earlier]])
    assert (whole.packets, whole.lost, whole.capture) == (60, 0, 0)


def test_a_stream_seen_at_two_points_stays_two() -> None:
    """They overlap in time."""
    earlier, _ = parts()
    assert len(joined_streams([[earlier], [replace(earlier, capture=1)]])) == 2
