"""The bytes of a capture, read block by block from a file or a pipe.

Blocks beat a mapping of the whole file: a few megabytes stay in the processor's cache while columns are gathered from
them, where a mapping of small pages misses cache and page tables almost every time. And memory stays bounded by itself.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, BinaryIO, Protocol

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Callable

BLOCK = 4 << 20
"""Bytes read at a time."""
KEPT_IN_HAND = 4 * BLOCK
"""Bytes of freed memory that the process is to keep for its next arrays."""


class Octets(Protocol):
    """A block of a capture in memory, and how far it has been read."""

    data: npt.NDArray[np.uint8]
    """The block, shape (bytes,). Every block is an array of its own: those handed out stay as they are."""
    position: int
    """Where the block lies in the capture."""
    at: int
    """Offset in `data` of the first byte that has not been read."""

    @property
    def progress(self) -> int:
        """Bytes of the file that have been read."""

    def more(self) -> bool:
        """Begin a longer block at what has not been read: `at` becomes 0; false when nothing more comes."""

    def close(self) -> None:
        """Let go of the file."""


class FileBlocks:
    """A regular file; what is left of one block is read again with the next."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        if size > BLOCK:
            # Or each block's arrays would be given back to the system, which hands them out page by page, as zeros. The
            # C library gives back less once something so large was freed (mallopt(3), M_MMAP_THRESHOLD).
            np.empty(KEPT_IN_HAND, np.uint8)
        self._file, self._size = file, size
        self._end = size
        """Where reading is to stop, if a record ends there."""
        self.data = np.empty(0, np.uint8)
        self.position = self.at = 0
        self.more()

    @property
    def progress(self) -> int:
        """Bytes that have been read."""
        return self.position + self.at

    def more(self) -> bool:
        """Read the next block."""
        rest = len(self.data) - self.at
        position = self.position + self.at
        if rest and position + rest >= self._end:
            self._end = self._size  # a record lies across the place to stop at, which was a guess
        data = np.empty(min(rest + BLOCK, self._end - position), np.uint8)
        read = self.read_at(position, data)
        if read <= rest:
            return False
        self.data, self.position, self.at = data[:read], position, 0
        return True

    def read_at(self, position: int, data: npt.NDArray[np.uint8]) -> int:
        """Fill `data` with what lies at `position` of the file; give how many bytes there are."""
        if hasattr(os, "preadv"):  # another process may read the same open file
            return os.preadv(self._file.fileno(), [data.data], position)
        self._file.seek(position)
        read: int = self._file.readinto(data)  # type: ignore[attr-defined]  # every binary file has it
        return read

    def stop_at(self, place: int) -> None:
        """Stop at that byte of the file, which has not been read, if a record ends there."""
        self._end = place
        self.data = self.data[: max(0, place - self.position)]

    @property
    def stopped(self) -> bool:
        """Whether all has been read up to exactly the place to stop at, and the file has more."""
        return self.position + self.at == self._end < self._size

    def skip_to(self, place: int) -> None:
        """Read on at that byte of the file, up to its end."""
        self.data = np.empty(0, np.uint8)
        self.position, self.at, self._end = place, 0, self._size
        self.more()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class Stream(Protocol):
    """What gives bytes once, from the first to the last."""

    def read(self, size: int, /) -> bytes:
        """Give so many bytes, fewer only at the end."""

    def close(self) -> None:
        """Let go of what is below."""


class Begun:
    """A stream whose first bytes have been read to see what it is."""

    def __init__(self, stream: Stream, head: bytes) -> None:
        self._stream, self._head = stream, head

    def read(self, size: int, /) -> bytes:
        """Give those first bytes, then the others."""
        if not self._head:
            return self._stream.read(size)
        head, self._head = self._head[:size], self._head[size:]
        return head + self._stream.read(size - len(head))

    def close(self) -> None:
        """Close the stream."""
        self._stream.close()


class PipedBlocks:
    """A pipe; what is left of one block is copied before the next."""

    def __init__(self, stream: Stream, *, owned: bool, packed: Callable[[], int] | None = None) -> None:
        """Take a stream, whether it is to be closed, and what tells how far it came where that is another count."""
        self._stream, self._owned, self._packed = stream, owned, packed
        self.data = np.empty(0, np.uint8)
        self.position = self.at = 0
        self.more()

    @property
    def progress(self) -> int:
        """Bytes that have been read; of a compressed stream those that were there to read."""
        return self.position + self.at if self._packed is None else self._packed()

    def more(self) -> bool:
        """Read the next block, which takes until so many bytes have come."""
        fresh = self._stream.read(BLOCK)
        if not fresh:
            return False
        self.position += self.at
        self.data = np.frombuffer(self.data[self.at :].tobytes() + fresh, np.uint8)
        self.at = 0
        return True

    def close(self) -> None:
        """Close the stream, if it is not the caller's."""
        if self._owned:
            self._stream.close()
