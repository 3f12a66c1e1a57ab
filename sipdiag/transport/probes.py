"""What was sent on a TCP connection before its signalling was recognised: held for a while, so that nothing is lost.

A message may come byte by byte, or begin in the middle of a segment; then no segment alone can be recognised.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from sipdiag.transport.segments import ACK, SYN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    from sipdiag.transport.segments import Flows, Segment, Segments

MOST_FLOWS = 4_096
"""Connections watched at a time; the oldest gives way."""
MOST_HELD = 200_000
"""Segments of all connections watched; the same."""
MOST_SEGMENTS = 2_048
MOST_LARGE = 32
"""Segments of more than a few bytes: what they carry would have been recognised by now."""
LARGE = 64
MOST_BYTES = 32_768
MOST_REBUILDS = 32
"""Times that segments out of order are sorted."""
LONGEST_LINE = 2_048
BITS = 20
GIVEN_UP = np.uint64((1 << BITS) - 1)

PRINTABLE = np.zeros(256, np.bool_)
PRINTABLE[[*b"\t\r\n", *range(0x20, 0x7F)]] = True


class _Direction:
    """What one side sent, as far as it is in sequence."""

    def __init__(self) -> None:
        self.segments: list[Segment] = []
        self.text = bytearray()
        self.following: int | None = None
        self.ragged = False
        """Something is held that does not follow."""
        self.rebuilds = 0
        self.looked = 0
        """Where the first line begins that was not yet looked at."""

    def add(self, segment: Segment) -> None:
        self.segments.append(segment)
        if not self.ragged and self.following in (None, segment.sequence):
            self.text += segment.payload
            self.following = segment.sequence + len(segment.payload) & 0xFFFFFFFF
        else:
            self._rebuild()

    def _rebuild(self) -> None:
        """Put what came out of order in sequence, from the first byte that is there."""
        self.rebuilds += 1
        first = self.segments[0].sequence
        # Sequence numbers wrap: what counts is how far each is from the first.
        placed = sorted(((each.sequence - first + (1 << 31)) % (1 << 32), each.payload) for each in self.segments)
        begin = placed[0][0]
        self.text, self.looked, self.ragged = bytearray(), 0, False
        for at, payload in placed:
            if at - begin > len(self.text):
                self.ragged = True
                break
            self.text += payload[len(self.text) - (at - begin) :]
        self.following = first + begin - (1 << 31) + len(self.text) & 0xFFFFFFFF

    def recognized(self, recognize: Callable[[bytes], object]) -> bool:
        """Tell whether a line begins signalling."""
        while self.looked < len(self.text):
            end = self.text.find(b"\n", self.looked)
            line = bytes(self.text[self.looked : self.looked + LONGEST_LINE])
            if recognize(line):
                return True
            if end < 0:
                return False
            self.looked = end + 1
        return False


class _Watched:
    """A connection on which there may be signalling."""

    def __init__(self) -> None:
        self.directions: dict[str, _Direction] = {}
        self.bytes = self.segments = self.large = 0

    def add(self, segment: Segment, recognize: Callable[[bytes], object]) -> bool:
        """Take a segment; tell whether there is signalling."""
        direction = self.directions.setdefault(segment.source, _Direction())
        self.bytes += len(segment.payload)
        self.segments += 1
        self.large += len(segment.payload) > LARGE
        direction.add(segment)
        return direction.recognized(recognize)

    @property
    def hopeless(self) -> bool:
        return (
            self.bytes > MOST_BYTES
            or self.segments >= MOST_SEGMENTS
            or self.large > MOST_LARGE
            or any(direction.rebuilds > MOST_REBUILDS for direction in self.directions.values())
        )

    def held(self) -> list[Segment]:
        """Give all segments in order of capture."""
        segments = [segment for direction in self.directions.values() for segment in direction.segments]
        return sorted(segments, key=attrgetter("frame"))


class Probes:
    """Watches connections until they are recognised or hopeless."""

    def __init__(self, recognize: Callable[[bytes], object]) -> None:
        self._recognize = recognize
        self._watched: dict[int, _Watched] = {}
        self._held = 0
        self._given_up = np.zeros(1 << BITS, np.bool_)
        """By the last bits of a flow's number: two flows may share a place, and then one is given up too early."""

    def watch(self, segments: Segments, flows: Flows) -> Iterator[tuple[int, list[Segment]]]:
        """Look at segments of what is not among `flows`; yield each flow that is recognised now, and what was held."""
        self._begin_anew(segments.flows[segments.flags & SYN != 0])
        rows = segments.loaded(self._open(segments.flows) & ~np.isin(segments.flows, flows))
        if not len(rows):
            return
        heads, kept = segments.heads(rows)
        beyond = np.arange(heads.shape[1]) >= kept[:, None]
        text = (PRINTABLE[heads] | beyond).all(axis=1)
        binary, first = np.unique(segments.flows[rows[~text]], return_index=True)
        opens = np.flatnonzero(segments.flags & (SYN | ACK) == SYN)
        text_rows = _before(segments.flows, rows[text], binary, rows[~text][first])
        yield from self._looked_at(segments, np.union1d(text_rows, opens))
        self._given_up[binary & GIVEN_UP] = True
        for flow in self._watched.keys() & set(binary.tolist()):
            self._forget(flow)

    def released(self, flow: int) -> list[Segment]:
        """Give what was held of a flow that was recognised otherwise."""
        watched = self._forget(flow)
        return [] if watched is None else watched.held()

    def _forget(self, flow: int) -> _Watched | None:
        watched = self._watched.pop(flow, None)
        self._held -= 0 if watched is None else watched.segments
        return watched

    def _looked_at(self, segments: Segments, rows: npt.NDArray[np.int64]) -> Iterator[tuple[int, list[Segment]]]:
        recognized: set[int] = set()
        for flow, segment in zip(segments.flows[rows].tolist(), segments.made(rows), strict=True):
            place = flow & int(GIVEN_UP)
            if flow in recognized or self._given_up[place]:
                continue
            if segment.flags & SYN:
                self._forget(flow)  # of a connection before this one on the same ports
                continue
            watched = self._watched.setdefault(flow, _Watched())
            self._held += 1
            if watched.add(segment, self._recognize):
                recognized.add(flow)
                yield flow, self.released(flow)
            elif watched.hopeless:
                self._given_up[place] = True
                self._forget(flow)
            elif len(self._watched) > MOST_FLOWS or self._held > MOST_HELD:
                self._forget(next(iter(self._watched)))

    def _open(self, flows: Flows) -> npt.NDArray[np.bool_]:
        still: npt.NDArray[np.bool_] = ~self._given_up[flows & GIVEN_UP]
        return still

    def _begin_anew(self, flows: Flows) -> None:
        """Forget what is known of ports that begin a new connection."""
        self._given_up[flows & GIVEN_UP] = False
        if self._watched:
            for flow in flows.tolist():
                self._forget(flow)


def _before(
    flows: Flows, rows: npt.NDArray[np.int64], ended: Flows, ends: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Give those rows that come before the end of their flow, for the flows (ascending) that have one."""
    if not len(ended):
        return rows
    place = np.minimum(np.searchsorted(ended, flows[rows]), len(ended) - 1)
    before: npt.NDArray[np.int64] = rows[(ended[place] != flows[rows]) | (rows < ends[place])]
    return before
