"""Tests of `sipdiag.media.rising`: where the jitter rose higher than before."""

from __future__ import annotations

from struct import iter_unpack

import numpy as np

from sipdiag.media.rising import FORM, HELD, Rising


def test_only_what_is_higher_than_all_before_is_told() -> None:
    """Of each stream and track by itself, in nanoseconds."""
    rising = Rising()
    rising.take(0, np.array([7, 7, 7, 9]), np.array([1, 2, 3, 1]), np.array([0.5, 0.25, 0.75, 0.125]))
    found = rising.heights(2)
    assert [*iter_unpack(FORM, found[7][0])] == [(1, 500_000), (3, 750_000)]
    assert [*iter_unpack(FORM, found[9][0])] == [(1, 125_000)]
    assert found[7][1] == b""


def test_what_has_faded_is_not_told() -> None:
    """Nothing of what was before is left there."""
    rising = Rising()
    rising.take(0, np.array([0]), np.array([HELD]), np.array([1.0]))
    assert rising.heights(1) == {}


def test_streams_get_other_numbers() -> None:
    """When some give way."""
    rising = Rising()
    rising.take(0, np.array([0, 1]), np.array([1, 1]), np.array([1.0, 2.0]))
    rising.renumber(np.array([-1, 0]), np.array([False, True]))
    assert [*iter_unpack(FORM, rising.heights(1)[0][0])] == [(1, 2_000_000)]
