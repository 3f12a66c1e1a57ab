"""Packets, loss and jitter of each stream second by second, in so many steps that memory stays bounded.

A stream that outlasts its steps has them joined two by two, so that a step is two seconds, then four, and so on.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sipdiag.media.batch import Batch
from sipdiag.media.rtp import Column
from sipdiag.media.stream import Step

STEPS = 128
SECOND = 1_000_000_000


class Timelines:
    """The timelines of all streams: a row a stream."""

    def __init__(self) -> None:
        self.packets = np.zeros((0, STEPS), np.uint32)
        self.missing = np.zeros((0, STEPS), np.int32)
        self.jitter = np.zeros((0, STEPS), np.float32)
        """The highest in each step, in milliseconds."""
        self.width = np.zeros(0, np.int64)
        """Nanoseconds of a step."""

    def resize(self, size: int) -> None:
        """Make room for so many streams."""
        for name in ("packets", "missing", "jitter"):
            old = getattr(self, name)
            new = np.zeros((size, STEPS), old.dtype)
            new[: len(old)] = old
            setattr(self, name, new)
        self.width = np.concatenate([self.width, np.full(size - len(self.width), SECOND, np.int64)])

    def keep(self, rows: npt.NDArray[np.bool_]) -> None:
        """Forget all streams but these."""
        for name in ("packets", "missing", "jitter", "width"):
            setattr(self, name, getattr(self, name)[: len(rows)][rows])

    def follow(self, batch: Batch, since: Column, missing: Column, jitter: npt.NDArray[np.float64]) -> None:
        """Take a batch; `since` is the time from the beginning of the stream to each packet."""
        step = since // batch.spread(self.width[batch.which])
        if int(step.max()) >= STEPS:
            for stream, longest in zip(
                batch.which.tolist(), np.maximum.reduceat(since, batch.starts).tolist(), strict=True
            ):
                while longest // int(self.width[stream]) >= STEPS:
                    self._halve(stream)
            step = since // batch.spread(self.width[batch.which])
        place = batch.slot * STEPS + np.maximum(step, 0)
        new = np.empty(len(place), np.bool_)
        new[0] = True
        np.not_equal(place[1:], place[:-1], out=new[1:])
        runs = np.flatnonzero(new)
        where = place[runs]
        np.add.at(self.packets.reshape(-1), where, np.diff(runs, append=len(place)).astype(np.uint32))
        np.add.at(self.missing.reshape(-1), where, np.add.reduceat(missing, runs).astype(np.int32))
        np.maximum.at(self.jitter.reshape(-1), where, np.maximum.reduceat(jitter, runs).astype(np.float32))

    def steps(self, stream: int) -> tuple[Step, ...]:
        """Give the timeline of one stream, up to its last step with a packet."""
        rows = (self.packets[stream], self.missing[stream], self.jitter[stream])
        last = int(np.flatnonzero(rows[0])[-1]) + 1
        return tuple(
            Step(packets=packets, missing=missing, jitter=round(highest, 3))
            for packets, missing, highest in zip(*(row[:last].tolist() for row in rows), strict=True)
        )

    def _halve(self, stream: int) -> None:
        half = STEPS // 2
        for row, join in ((self.packets, np.add), (self.missing, np.add), (self.jitter, np.maximum)):
            joined = join(row[stream, ::2], row[stream, 1::2])
            row[stream, :half], row[stream, half:] = joined, 0
        self.width[stream] *= 2
