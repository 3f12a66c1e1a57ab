"""Packets kept for Wireshark, which is slow, so that it need not read the others; or cannot, when they came by a pipe.

They stay in memory while nothing is there to open them with. Once keys are, they go to a private file.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import IO, TYPE_CHECKING, Self

import numpy as np

from sipdiag.capture.pcapng import ENHANCED_PACKET, HEAD
from sipdiag.capture.private import private_file
from sipdiag.capture.write import described, section

if TYPE_CHECKING:
    from collections.abc import Sized

    import numpy.typing as npt

    from sipdiag.capture.packets import Packets
    from sipdiag.defect import Defects

MOST_WAITING = 16 << 20
"""Bytes of packets that wait for keys."""
MOST_KEPT = 1 << 30
"""Bytes of packets for which there may be keys."""
WAITING = f"bytes of TLS that came before the keys of the capture, more than {MOST_WAITING >> 20} MB"
KEPT = f"bytes of TLS of a capture that can be read once only, more than {MOST_KEPT >> 20} MB"
FRAME = 4
"""Bytes behind a packet, which end its block."""


class Kept:
    """A capture of chosen packets, written bit by bit; use it in a `with` statement."""

    def __init__(self, defects: Defects | None, secrets: Sized, *, keyed: bool) -> None:
        """Take where to tell of limits, the secrets that come with the packets, and whether there are other keys.

        There is nothing to tell where the capture can be read again; then nothing waits for keys either.
        """
        self._defects, self._secrets, self._keyed = defects, secrets, keyed
        self._links: dict[int, int] = {}
        """LINKTYPE → number of its interface."""
        self._waiting: list[bytes] = []
        self._size = 0
        """Bytes that wait, or were written."""
        self.whole = True
        """Whether all is there, of a capture that can be read again."""
        self._file: IO[bytes] | None = None
        self._path = ""
        self._failure: OSError | None = None
        self._exits = ExitStack()
        self._numbers: list[npt.NDArray[np.int64]] = []
        self._lost: tuple[int, int] | None = None
        """What had to go before there were keys: the first frame, and how many packets."""

    def take(self, packets: Packets, frames: npt.NDArray[np.int64]) -> None:
        """Keep some packets of a chunk."""
        if not len(frames) or self._failure is not None or not self.whole:
            return
        keys = self._keyed or len(self._secrets) > 0
        if self._defects is None:
            self.whole = keys and self._size <= MOST_KEPT
            if not self.whole:
                self._waiting.clear()
                return
        elif self._size > (MOST_KEPT if keys else MOST_WAITING):
            if keys:
                self._defects.reach(KEPT, int(frames[0]), len(frames))
                return
            self._let_go()
        numbers = packets.numbers
        rows = frames - packets.first_frame if numbers is None else np.searchsorted(numbers, frames)
        for block in self._blocks(packets, rows):
            self._waiting.append(block)
            self._size += len(block)
        self._numbers.append(frames)
        if keys:
            self._tell_lost()
            if self._file is not None or self._size > MOST_WAITING:
                try:
                    self._write()
                except OSError as error:  # no room: whoever asks for the file is told
                    self._failure = error
                    self._waiting.clear()

    def path(self) -> str:
        """Give the path of the capture, complete.

        Raises:
            OSError: there is no room for it.
        """
        if self._failure is not None:
            raise self._failure
        self._tell_lost()
        self._write()
        self._numbers = [np.concatenate(self._numbers)] if self._numbers else []
        return self._path

    def number(self, frame: int) -> int:
        """Give the frame that a packet of the file at `path` had."""
        return int(self._numbers[0][frame - 1])

    def close(self) -> None:
        """Let go of the file."""
        self._exits.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _let_go(self) -> None:
        """Forget what waits for keys, and remember that it was there."""
        first, count = self._lost or (int(self._numbers[0][0]), 0)
        self._lost = first, count + sum(map(len, self._numbers))
        self._waiting.clear()
        self._numbers.clear()
        self._links.clear()
        self._size = 0

    def _tell_lost(self) -> None:
        if self._lost is not None and self._defects is not None:
            self._defects.reach(WAITING, *self._lost)
            self._lost = None

    def _write(self) -> None:
        if self._file is None:
            self._file, self._path = self._exits.enter_context(private_file())
            self._file.write(section())
        self._file.writelines(self._waiting)
        self._file.flush()
        self._waiting.clear()

    def _blocks(self, packets: Packets, rows: npt.NDArray[np.int64]) -> list[bytes]:
        """Give the packets of some rows as blocks, and before them what describes an interface that is new."""
        blocks = []
        for link in np.flatnonzero(np.bincount(packets.link[rows])).tolist():
            if link not in self._links:
                self._links[link] = len(self._links)
                blocks.append(described(link))
        captured, time = packets.captured[rows], packets.time[rows]
        padding = -captured % 4
        heads = np.empty((len(rows), HEAD // 4), "<u4")
        heads[:, 0], heads[:, 1] = ENHANCED_PACKET, HEAD + captured + padding + FRAME
        heads[:, 2] = [self._links[link] for link in packets.link[rows].tolist()]
        heads[:, 3], heads[:, 4] = time >> 32 & 0xFFFFFFFF, time & 0xFFFFFFFF
        heads[:, 5], heads[:, 6] = captured, packets.original[rows]
        head, view = heads.tobytes(), packets.data.data
        for at, begin, size, pad in zip(
            range(0, len(head), HEAD), packets.offset[rows].tolist(), captured.tolist(), padding.tolist(), strict=True
        ):
            block = head[at : at + HEAD], view[begin : begin + size], bytes(pad), head[at + 4 : at + 8]
            blocks.append(b"".join(block))
        return blocks
