"""How much of a capture is walked at a time."""

from __future__ import annotations

from sipdiag.capture.window import NARROWEST, WIDEST, Window


def test_window_grows_to_its_limit() -> None:
    """Each window is wider than the one before, up to the widest."""
    window = Window()
    widths = [window.stop(1_000) - 1_000 for _ in range(10)]
    assert widths[0] == NARROWEST
    assert widths[-1] == WIDEST
    assert widths == sorted(widths)


def test_restart_begins_small() -> None:
    """After a restart the window is as narrow as at first."""
    window = Window()
    first = [window.stop(0) for _ in range(3)]
    window.restart()
    assert [window.stop(0) for _ in range(3)] == first
