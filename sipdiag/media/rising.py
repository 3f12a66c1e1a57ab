"""Where the jitter of a stream rose higher than ever before, among its first packets.

What a stream inherits from an earlier part of it fades away, so that the maximum of both parts together is at one of
these places, or was known before.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

HELD = 320
"""Packets in which it is noted: behind them a thousand-millionth is left of what was inherited."""
MOST = 1 << 21
"""Places that are noted in all; beyond that the maximum of joined streams may miss a little."""
UNIT = 1_000_000
"""Of a millisecond: jitter is noted in nanoseconds."""
UPWARD = 1e-4
"""Halves are rounded up, also where they are a little less by chance."""
PLACE = np.dtype([("place", "<u2"), ("height", "<i8")])
FORM = "<Hq"
_WIDE = 40
"""Bits that the height of a place has room in."""

Column = npt.NDArray[np.int64]


class Rising:
    """The places of all streams on all tracks."""

    def __init__(self) -> None:
        self._rows: list[Column] = []
        self._jitters: list[npt.NDArray[np.float64]] = []
        self._count = 0

    def __len__(self) -> int:
        """Count the places."""
        return self._count

    def take(self, track: int | Column, stream: Column, place: Column, jitter: npt.NDArray[np.float64]) -> None:
        """Note some places; those that are not the highest so far do no harm."""
        if self._count < MOST:
            self._rows.append(np.stack(np.broadcast_arrays(stream, track, place)))
            self._jitters.append(jitter)
            self._count += len(stream)

    def rows(self) -> tuple[Column, npt.NDArray[np.float64]]:
        """Give all places: stream, track, which packet of the stream; and the jitter there."""
        self._rows = [np.concatenate(self._rows, axis=1) if self._rows else np.zeros((3, 0), np.int64)]
        self._jitters = [np.concatenate(self._jitters) if self._jitters else np.zeros(0)]
        return self._rows[0], self._jitters[0]

    def renumber(self, number: Column, kept: npt.NDArray[np.bool_]) -> None:
        """Give the streams other numbers, and forget all but some."""
        rows, jitters = self.rows()
        which = kept[rows[0]]
        rows = rows[:, which]
        rows[0] = number[rows[0]]
        self._rows, self._jitters, self._count = [rows], [jitters[which]], rows.shape[1]

    def heights(self, tracks: int) -> dict[int, list[bytes]]:
        """Give of each stream the places where it rose, a value a track; bytes, since there are many."""
        (stream, track, place), jitters = self.rows()
        height = np.rint(jitters * UNIT + UPWARD).astype(np.int64)
        key = stream * tracks + track
        order = np.lexsort((place, key))
        order = order[place[order] < HELD]
        key, place, height = key[order], place[order], height[order]
        group = np.cumsum(np.diff(key, prepend=key[:1]) != 0)
        top = np.maximum.accumulate(height + (group << _WIDE))
        rose = np.diff(top, prepend=-1) > 0
        key = key[rose]
        packed = np.empty(len(key), PLACE)
        packed["place"], packed["height"] = place[rose], height[rose]
        found: dict[int, list[bytes]] = {}
        starts = np.flatnonzero(np.diff(key, prepend=-1))
        ends = np.append(starts, len(key))[1:]
        for begin, end, one in zip(starts.tolist(), ends.tolist(), key[starts].tolist(), strict=True):
            found.setdefault(one // tracks, [b""] * tracks)[one % tracks] = packed[begin:end].tobytes()
        return found
