"""How much of a capture is walked at a time."""

from __future__ import annotations

WIDEST = 8 << 20
NARROWEST = 64 << 10
ROWS = 50_000
"""Packets in a chunk at most."""


class Window:
    """A stretch of the capture that grows while nothing interrupts the walk.

    Small captures and formats that restart the walk often never pay for lanes, and the work thrown away at a restart
    stays in proportion to what was read before it.
    """

    def __init__(self) -> None:
        self._width = NARROWEST

    def stop(self, start: int) -> int:
        """Give the offset before which the records of the window from `start` begin."""
        stop = start + self._width
        self._width = min(8 * self._width, WIDEST)
        return stop

    def restart(self) -> None:
        """Begin small again."""
        self._width = NARROWEST
