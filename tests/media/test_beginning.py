"""Tests of `sipdiag.media.beginning`: what the first numbers say to who knows what came before."""

from __future__ import annotations

from sipdiag.media.beginning import Change


def test_what_is_below_the_highest_came_late() -> None:
    """And takes back the loss that the packet before it told."""
    change = Change(11, 0b101, [10, 12], [1, 2])
    assert (change.late, change.copies, change.missing) == (1, False, [(1, -1), (2, -1)])


def test_what_came_before_is_a_copy() -> None:
    """Its bit is set."""
    assert Change(11, 0b111, [10, 12], [1, 2]).copies


def test_what_goes_on_changes_nothing() -> None:
    """The next number is the next number."""
    change = Change(11, 0b111, [12, 13], [1, 2])
    assert (change.late, change.copies, change.missing) == (0, False, [])
