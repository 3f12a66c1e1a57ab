"""The first numbers of each stream, for who knows what came before them: which of them were late, or copies."""

from __future__ import annotations

import numpy as np

from sipdiag.media.batch import Batch
from sipdiag.media.rtp import Column
from sipdiag.media.sequence import WINDOW

HELD = 96
"""Packets of a stream of which the numbers are kept: what comes late by as much is late whatever was before."""


class Beginning:
    """The numbers of all streams."""

    def __init__(self) -> None:
        self._rows: list[Column] = []

    def take(self, batch: Batch, before: Column, numbers: Column) -> None:
        """Keep what is among the first; `before` is how many packets of each stream there were."""
        if int(before.min()) < HELD:
            place = np.arange(len(numbers)) + batch.spread(before - batch.starts)
            rows = np.flatnonzero(place < HELD)
            self._rows.append(np.stack([batch.slot[rows], numbers[rows], batch.packets.time[rows]]))

    def of(self, streams: Column) -> dict[int, tuple[list[int], list[int]]]:
        """Give the numbers and times of some streams, in the order in which they came."""
        rows = np.concatenate(self._rows, axis=1) if self._rows else np.zeros((3, 0), np.int64)
        rows = rows[:, np.isin(rows[0], streams)]
        rows = rows[:, np.argsort(rows[0], kind="stable")]
        begins = np.searchsorted(rows[0], streams)
        ends = np.searchsorted(rows[0], streams, side="right")
        return {
            stream: (rows[1, begin:end].tolist(), rows[2, begin:end].tolist())
            for stream, begin, end in zip(streams.tolist(), begins.tolist(), ends.tolist(), strict=True)
        }


class Change:
    """What the numbers of a stream say to who knows what came before them, and not to others."""

    def __init__(self, highest: int, received: int, numbers: list[int], times: list[int]) -> None:
        """Take the highest number before and which below it came, and the numbers and times behind."""
        self.late = 0
        """How many more came late."""
        self.copies = False
        """Whether some are copies of what came before."""
        self.missing: list[tuple[int, int]] = []
        """Where how many more are missing: time and number."""
        top, alone, seen = highest, numbers[0] - 1, set[int]()
        below = max((at for at, number in enumerate(numbers) if number <= highest), default=-1)
        for at, (number, time) in enumerate(zip(numbers, times, strict=True)):
            if at > below and alone >= highest:
                break
            known = 0 <= highest - number < WINDOW and received >> (highest - number) & 1
            again = number in seen and alone - number < WINDOW
            self.copies |= bool(known) and not again
            late, late_alone = number < top and not again, number < alone and not again
            self.late += late - late_alone
            told = (
                0 if again else -1 if late else number - top - 1,
                0 if again else -1 if late_alone else number - alone - 1,
            )
            if told[0] != told[1]:
                self.missing.append((time, told[0] - told[1]))
            seen.add(number)
            top, alone = max(top, number), max(alone, number)
