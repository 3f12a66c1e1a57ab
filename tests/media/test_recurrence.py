"""Tests of `sipdiag.media.recurrence`: running averages of many groups at once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sipdiag.media.recurrence import BLOCK, recurred


def serially(values: list[float], initial: float, ratio: float) -> list[float]:
    found = []
    for value in values:
        initial = ratio * initial + value
        found.append(initial)
    return found


@settings(deadline=None)
@given(
    groups=st.lists(
        st.tuples(st.floats(0, 1e4), st.lists(st.floats(0, 1e4), min_size=1, max_size=3 * BLOCK)),
        min_size=1,
        max_size=6,
    )
)
def test_it_is_the_serial_recurrence(groups: list[tuple[float, list[float]]]) -> None:
    """Whatever the lengths of the groups, each with what came before it."""
    lengths = [len(values) for _, values in groups]
    starts = np.cumsum([0, *lengths[:-1]])
    values = np.array([value for _, group in groups for value in group])
    found = recurred(values, starts, np.array([initial for initial, _ in groups]), 15 / 16)
    due = [each for initial, group in groups for each in serially(group, initial, 15 / 16)]
    assert found.tolist() == pytest.approx(due, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("length", [BLOCK, BLOCK**2, BLOCK**2 + 1, 70_000])
def test_long_groups_stay_exact(length: int) -> None:
    """Blocks of blocks, and powers that vanish."""
    values = np.sin(np.arange(length)) + 1
    found = recurred(values, np.array([0]), np.array([1e6]), 15 / 16)
    assert found.tolist() == pytest.approx(serially(values.tolist(), 1e6, 15 / 16), rel=1e-9)
