"""Tests of `sipdiag.media.quality`: the E-model's estimate."""

from __future__ import annotations

import pytest

from sipdiag.media import estimated_mos


def test_g711_without_fault_is_at_its_best() -> None:
    """R = 93.2 less half a point of delay: 4.4, which G.107 gives for its defaults as 4.41."""
    assert estimated_mos("PCMU", 0.0, 0.0) == 4.4


@pytest.mark.parametrize(
    ("codec", "loss", "due"), [("PCMA", 5.0, 3.90), ("G729", 0.0, 4.09), ("G729", 5.0, 3.32), ("G723", 0.0, 3.93)]
)
def test_loss_costs_what_g113_says(codec: str, loss: float, due: float) -> None:
    """Each codec by its own Ie and Bpl, reckoned by hand from the formula at 20 ms of delay."""
    assert estimated_mos(codec, loss, 0.0) == pytest.approx(due, abs=0.01)


def test_delay_costs_little_until_talkers_collide() -> None:
    """Below 177 ms a gentle slope, above it a steep one."""
    near, far, further = (estimated_mos("PCMU", 0.0, 0.0, trip) for trip in (0.0, 200.0, 800.0))
    assert near is not None
    assert far is not None
    assert further is not None
    assert near - far < 0.1
    assert far - further > 0.8


def test_what_has_no_values_gets_no_figure() -> None:
    """Wideband codecs are on another scale."""
    assert estimated_mos("opus", 0.0, 0.0) is None


def test_it_never_leaves_its_scale() -> None:
    """1 at the least."""
    assert estimated_mos("PCMU", 100.0, 5_000.0) == 1.0
