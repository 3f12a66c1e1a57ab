"""A chunk of captured packets as columns: the bulk lane's currency."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, kw_only=True, slots=True)
class Packets:
    """Some ten thousand packets; row `i` is frame `first_frame + i`, unless `numbers` says otherwise."""

    data: npt.NDArray[np.uint8]
    """The bytes that `offset` points into: one block of the capture."""
    offset: npt.NDArray[np.int64]
    """Where each packet's first link-layer byte lies in `data`."""
    captured: npt.NDArray[np.int64]
    """Bytes of each packet that were kept (the snap length may have cut it)."""
    original: npt.NDArray[np.int64]
    """Bytes of each packet on the wire."""
    time: npt.NDArray[np.int64]
    """Nanoseconds since 1970-01-01 UTC."""
    link: npt.NDArray[np.int32]
    """LINKTYPE of each packet (1 = Ethernet, 113 = Linux cooked, …)."""
    first_frame: int
    """1-based number of the first packet, as Wireshark counts."""
    position: int = 0
    """Where `data` lies in the capture: a packet's bytes begin at `position + offset` of the file."""
    numbers: npt.NDArray[np.int64] | None = None
    """The frame of each row, where these are no consecutive packets."""

    def __len__(self) -> int:
        return len(self.offset)

    def heads(self, width: int) -> npt.NDArray[np.uint8]:
        """Copy the first `width` bytes of each packet: shape (packets, width), zero behind the end of `data`.

        A shorter packet's row goes on with whatever follows it there: mind `captured`.
        """
        return byte_rows(self.data, self.offset, width)

    def selected_heads(self, rows: npt.NDArray[np.int64], width: int) -> npt.NDArray[np.uint8]:
        """Copy the first `width` bytes of some packets."""
        return byte_rows(self.data, self.offset[rows], width)

    def frames(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Give the frame numbers of some rows."""
        return rows + self.first_frame if self.numbers is None else self.numbers[rows]

    def inside(self, rows: npt.NDArray[np.int64], at: int | npt.NDArray[np.int64], link: int) -> Packets:
        """Give what begins at byte `at` of those packets as packets of their own, where there is anything left."""
        left = self.captured[rows] - at
        there = left > 0
        rows, left = rows[there], left[there]
        skipped = at if isinstance(at, int) else at[there]
        return Packets(
            data=self.data,
            offset=self.offset[rows] + skipped,
            captured=left,
            original=self.original[rows] - skipped,
            time=self.time[rows],
            link=np.full(len(rows), link, np.int32),
            first_frame=self.first_frame,
            position=self.position,
            numbers=self.frames(rows),
        )

    def rows(self, start: int, stop: int) -> Packets:
        """Give the rows from `start` to before `stop` as a chunk of their own."""
        if (start, stop) == (0, len(self)):
            return self
        rows = slice(start, stop)
        return Packets(
            data=self.data,
            offset=self.offset[rows],
            captured=self.captured[rows],
            original=self.original[rows],
            time=self.time[rows],
            link=self.link[rows],
            first_frame=self.first_frame + start,
            position=self.position,
            numbers=None if self.numbers is None else self.numbers[rows],
        )


def distinct(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Give the different numbers among some, in order.

    `np.unique` gives the same, but loads NumPy's masked arrays first: longer than many a capture takes.
    """
    ordered = np.sort(values)
    return ordered[np.flatnonzero(np.diff(ordered, prepend=ordered[:1] - 1))]


def byte_rows(data: npt.NDArray[np.uint8], offset: npt.NDArray[np.int64], width: int) -> npt.NDArray[np.uint8]:
    """Copy `width` bytes from each offset into a matrix of shape (offsets, width).

    Bytes behind the end of `data` are zero; offsets lie inside `data` or at its end.
    """
    last = len(data) - width
    if last < 0:
        padded = np.zeros(width + len(data), np.uint8)
        padded[: len(data)] = data
        return byte_rows(padded, offset, width)
    # An item of type V<width> at every byte: one fancy index then copies a whole row at a time.
    items = np.ndarray((last + 1,), f"V{width}", buffer=data, strides=(1,))
    beyond = np.flatnonzero(offset > last)
    if not len(beyond):
        return items[offset].view(np.uint8).reshape(-1, width)
    rows = items[np.minimum(offset, last)].view(np.uint8).reshape(-1, width)
    tail = np.zeros(2 * width, np.uint8)
    tail[:width] = data[last:]
    rows[beyond] = byte_rows(tail, offset[beyond] - last, width)
    return rows
