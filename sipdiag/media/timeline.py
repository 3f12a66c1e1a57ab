"""Packets, loss and unevenness of each stream second by second, in so many steps that memory stays bounded.

Steps begin with whole seconds, so that two parts of a stream have theirs in common. A stream that outlasts its steps
has them joined two by two, so that a step is two seconds, then four, and so on.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from sipdiag.media.batch import Batch
from sipdiag.media.rtp import Column
from sipdiag.media.stream import Steps

STEPS = 128
SECOND = 1_000_000_000
SUMMED = ("packets", "missing", "apart")


class Timelines:
    """The timelines of all streams: a row a stream."""

    def __init__(self) -> None:
        self.packets = np.zeros((0, STEPS), np.uint32)
        self.missing = np.zeros((0, STEPS), np.int32)
        self.apart = np.zeros((0, STEPS), np.float64)
        """The sum of the differences of which jitter is the running average, in milliseconds."""
        self.width = np.zeros(0, np.int64)
        """Nanoseconds of a step."""
        self.begin = np.zeros(0, np.int64)
        """The number of the first step, counted from 1970."""
        self.backward = False
        """Whether a packet bore a time before the first step of its stream."""

    def resize(self, size: int) -> None:
        """Make room for so many streams."""
        for name in (*SUMMED, "begin", "width"):
            old = getattr(self, name)
            new = np.zeros((size, *old.shape[1:]), old.dtype)
            new[: len(old)] = old[:size]
            setattr(self, name, new)

    def keep(self, rows: npt.NDArray[np.bool_]) -> None:
        """Forget all streams but these."""
        for name in (*SUMMED, "begin", "width"):
            setattr(self, name, getattr(self, name)[: len(rows)][rows])

    def start(self, streams: Column, time: Column) -> None:
        """Begin the timelines of some streams."""
        self.width[streams], self.begin[streams] = SECOND, time // SECOND

    def follow(self, batch: Batch, missing: Column, apart: npt.NDArray[np.float64]) -> None:
        """Take a batch; `apart` is how much further apart than it should be each packet is from the one before."""
        step = self._steps(batch)
        if int(step.max()) >= STEPS:
            self.fit(batch.which, np.maximum.reduceat(batch.packets.time, batch.starts))
            step = self._steps(batch)
        if int(step.min()) < 0:
            self.backward = True
            np.maximum(step, 0, out=step)
        place = batch.slot * STEPS + step
        new = np.empty(len(place), np.bool_)
        new[0] = True
        np.not_equal(place[1:], place[:-1], out=new[1:])
        runs = np.flatnonzero(new)
        where = place[runs]
        np.add.at(self.packets.reshape(-1), where, np.diff(runs, append=len(place)).astype(np.uint32))
        np.add.at(self.missing.reshape(-1), where, np.add.reduceat(missing, runs).astype(np.int32))
        np.add.at(self.apart.reshape(-1), where, np.add.reduceat(apart, runs))

    def add(self, streams: Column, time: Column, missing: Column | int, apart: npt.NDArray[np.float64] | float) -> None:
        """Count more that is missing at some times, or apart."""
        self.add_to("missing", streams, time, missing)
        self.add_to("apart", streams, time, apart)

    def add_to(self, name: str, streams: Column, time: Column, values: npt.ArrayLike) -> None:
        """Add something at some times, which are within the steps."""
        table = getattr(self, name)
        place = streams * STEPS + time // self.width[streams] - self.begin[streams]
        np.add.at(table.reshape(-1), place, np.asarray(values, table.dtype))  # far quicker on a single index

    def fit(self, streams: Column, latest: Column) -> None:
        """Widen the steps of some streams until a time is within them."""
        beyond = latest // self.width[streams] - self.begin[streams] >= STEPS
        for stream, time in zip(streams[beyond].tolist(), latest[beyond].tolist(), strict=True):
            while time // int(self.width[stream]) - int(self.begin[stream]) >= STEPS:
                self.widen(stream)

    def widen(self, stream: int) -> None:
        """Join the steps of a stream two by two."""
        odd = int(self.begin[stream]) & 1
        for name in SUMMED:
            row = getattr(self, name)[stream]
            pairs = np.zeros(STEPS + 2, row.dtype)
            pairs[odd : odd + STEPS] = row
            row[:] = 0
            row[: len(pairs) // 2] = pairs[::2] + pairs[1::2]
        self.width[stream] *= 2
        self.begin[stream] //= 2

    def steps(self, streams: npt.NDArray[np.int64]) -> Iterator[Steps]:
        """Yield the timelines of some streams, each up to its last step with a packet."""
        packets, missing = self.packets[streams], self.missing[streams]
        # In whole nanoseconds, of which the sum is the same in any order.
        mean = np.rint(self.apart[streams] * 1_000_000) / (1_000_000 * np.maximum(packets, 1))
        jitter = np.round(mean, 3)
        lasts = STEPS - np.argmax(packets[:, ::-1] > 0, axis=1)
        for row, last in enumerate(lasts.tolist()):
            yield Steps(
                packets=tuple(packets[row, :last].tolist()),
                missing=tuple(missing[row, :last].tolist()),
                jitter=tuple(jitter[row, :last].tolist()),
            )

    def _steps(self, batch: Batch) -> Column:
        """Give the step of each packet."""
        width, begin = self.width[batch.which], self.begin[batch.which]
        time = batch.packets.time
        whole: Column = time // SECOND if (width == SECOND).all() else time // batch.spread(width)
        return whole - batch.spread(begin)
