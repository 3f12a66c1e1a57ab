"""Tests of `sipdiag.calls.window`."""

from __future__ import annotations

from exchange import CALLEE, CALLER, PROXY, Exchange
from sipdiag.calls import SECOND, window_of


def test_rotated_captures_are_one_stretch() -> None:
    """Captures that follow each other within a second were one recording; others are not."""
    window = window_of([(0, 10 * SECOND), (10 * SECOND + 5, 20 * SECOND), (90 * SECOND, 95 * SECOND)], [])
    assert window.stretches == [(0, 20 * SECOND), (90 * SECOND, 95 * SECOND)]
    assert window.left(9 * SECOND) == 11 * SECOND
    assert window.begin(12 * SECOND) == 0


def test_time_left_is_never_negative() -> None:
    """A moment in a hole between captures has nothing after it."""
    window = window_of([(0, SECOND)], [])
    assert (window.left(5 * SECOND), window.end(5 * SECOND)) == (0, 5 * SECOND)
    assert window.begin(5 * SECOND) == 5 * SECOND


def test_only_directions_that_were_seen_are_seen() -> None:
    """One request shows one direction, whatever its ports."""
    talk = Exchange()
    talk.request("OPTIONS", 0)
    window = window_of([(0, 1)], talk.sightings)
    assert window.sees(CALLER, CALLEE)
    assert window.sees("192.0.2.10:9999", CALLEE)
    assert not window.sees(CALLEE, CALLER)
    assert window.hears(CALLER)
    assert not window.hears(PROXY)
