"""The bytes of a capture, read block by block from a file or a pipe.

Blocks beat a mapping of the whole file: a few megabytes stay in the processor's cache while columns are gathered from
them, where a mapping of small pages misses cache and page tables almost every time. And memory stays bounded by itself.
"""

from __future__ import annotations

from typing import BinaryIO, Protocol

import numpy as np
import numpy.typing as npt

BLOCK = 4 << 20
"""Bytes read at a time."""


class Octets(Protocol):
    """A block of a capture in memory, and how far it has been read."""

    data: npt.NDArray[np.uint8]
    """The block, shape (bytes,). Every block is an array of its own: those handed out stay as they are."""
    position: int
    """Where the block lies in the capture."""
    at: int
    """Offset in `data` of the first byte that has not been read."""

    def more(self) -> bool:
        """Begin a longer block at what has not been read: `at` becomes 0; false when nothing more comes."""

    def close(self) -> None:
        """Let go of the file."""


class FileBlocks:
    """A regular file; what is left of one block is read again with the next."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self._size = file, size
        self.data = np.empty(0, np.uint8)
        self.position = self.at = 0
        self.more()

    def more(self) -> bool:
        """Read the next block."""
        rest = len(self.data) - self.at
        position = self.position + self.at
        data = np.empty(min(rest + BLOCK, self._size - position), np.uint8)
        self._file.seek(position)
        read = self._file.readinto(data)  # type: ignore[attr-defined]  # every binary file has it, BinaryIO does not say so
        if read <= rest:
            return False
        self.data, self.position, self.at = data[:read], position, 0
        return True

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class PipedBlocks:
    """A pipe; what is left of one block is copied before the next."""

    def __init__(self, stream: BinaryIO, *, owned: bool) -> None:
        self._stream, self._owned = stream, owned
        self.data = np.empty(0, np.uint8)
        self.position = self.at = 0
        self.more()

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
