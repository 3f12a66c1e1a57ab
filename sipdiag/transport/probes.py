"""What was sent on TCP connections before signalling was recognised on them: held for a while, so that nothing is lost.

A message may come byte by byte, or begin in the middle of a segment; then no segment alone can be recognised.
"""

from __future__ import annotations

import heapq
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from sipdiag.capture import distinct
from sipdiag.transport.segments import ACK, SYN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    from sipdiag.defect import Defects
    from sipdiag.transport.segments import Flows, Segment, Segments

MOST_FLOWS = 4_096
"""Connections watched at a time; beyond, the oldest is forgotten."""
MOST_HELD = 200_000
"""Segments of all connections watched; beyond, the oldest connection is forgotten."""
MOST_SEGMENTS = 2_048
"""Segments after which a connection is hopeless."""
MOST_LARGE = 32
"""Segments of more than `LARGE` bytes after which it is: what they carry would have been recognised by then."""
LARGE = 64
MOST_BYTES = 32_768
"""Bytes after which it is."""
MOST_DISORDERED = 8_192
"""The same as `MOST_SEGMENTS` where segments came out of order: all of them may wait for the first."""
MOST_LOOKS = 1 << 16
"""Lines of one side that are looked at, some more than once where segments came out of order."""
LONGEST_LINE = 4_096
"""Bytes of a line that are looked at."""
WATCHED = f"TCP connections that may carry SIP, more than {MOST_FLOWS} or {MOST_HELD} segments of them"
SIZE = f"a TCP connection that may carry SIP, of more than {MOST_BYTES} bytes before a message was recognised"
SPOKEN = b"SIP/2.0"
SIP_PORT = ":5060"
"""The end of the endpoint of a SIP server: a connection to or from it is meant for SIP, whatever was recognised."""
BITS = 20
"""The last bits of a flow's number, by which flows that were given up are remembered."""
GIVEN_UP = np.uint64((1 << BITS) - 1)

PRINTABLE = np.zeros(256, np.bool_)
PRINTABLE[[*b"\t\r\n", *range(0x20, 0x7F)]] = True


class _Direction:
    """What one side sent, as far as it is in sequence from the first byte that is there.

    Sequence numbers wrap: places are counted from the first segment that came, and may be negative.
    """

    def __init__(self) -> None:
        self.segments: list[Segment] = []
        self.text = bytearray()
        self.begin = 0
        """The place where the text begins."""
        self.apart: list[tuple[int, bytes]] = []
        """Heap of the pieces that do not follow the text yet: place and bytes."""
        self.disordered = False
        self.looks = 0
        self.looked = 0
        """Where the first line begins that was not yet looked at."""
        self.before = 0
        """Bytes that were put before the text: their lines have to be looked at as well."""

    def add(self, segment: Segment) -> None:
        self.segments.append(segment)
        at = (segment.sequence - self.segments[0].sequence + (1 << 31)) % (1 << 32) - (1 << 31)
        if at < self.begin:
            self._prepend(at, segment.payload)
        else:
            heapq.heappush(self.apart, (at, segment.payload))
        while self.apart and self.apart[0][0] <= self.begin + len(self.text):
            at, payload = heapq.heappop(self.apart)
            self.text += payload[self.begin + len(self.text) - at :]
        self.disordered |= bool(self.apart)

    def _prepend(self, at: int, payload: bytes) -> None:
        """Put a payload before the text; if the text does not follow it directly, that is set apart."""
        self.disordered = True
        size = self.begin - at
        if len(payload) < size:
            heapq.heappush(self.apart, (self.begin, bytes(self.text)))
            self.text, self.looked, self.before = bytearray(payload), 0, 0
        else:
            if len(payload) > size + len(self.text):
                heapq.heappush(self.apart, (at, payload))
            self.text[:0] = payload[:size]
            self.looked, self.before = self.looked + size, size
        self.begin = at

    def recognized(self, recognize: Callable[[bytes], object]) -> bool:
        """Tell whether a line begins signalling."""
        at, before, self.before = 0, self.before, 0
        while at < before:
            if self._begins(at, recognize):
                return True
            at = self.text.find(b"\n", at, before) + 1 or before + 1
        if at == before > 0 and self._begins(at, recognize):
            return True
        while self.looked < len(self.text):
            if self._begins(self.looked, recognize):
                return True
            end = self.text.find(b"\n", self.looked)
            if end < 0:
                return False
            self.looked = end + 1
        return False

    def _begins(self, at: int, recognize: Callable[[bytes], object]) -> bool:
        self.looks += 1
        return bool(recognize(bytes(self.text[at : at + LONGEST_LINE])))

    @property
    def unfinished(self) -> bool:
        """Tell whether what is held may yet become signalling."""
        return bool(self.apart) or self.looked < len(self.text)


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
        sides = self.directions.values()
        disordered = any(each.disordered for each in sides)
        return (
            self.bytes > MOST_BYTES
            or self.segments >= (MOST_DISORDERED if disordered else MOST_SEGMENTS)
            or (self.large > MOST_LARGE and not disordered)
            or any(each.looks > MOST_LOOKS for each in sides)
        )

    @property
    def suspicious(self) -> bool:
        """Tell whether something suggests SIP, though no message was recognised."""
        return any(
            SPOKEN in side.text
            or any(SPOKEN in apart for _, apart in side.apart)
            or source.endswith(SIP_PORT)
            or side.segments[0].destination.endswith(SIP_PORT)
            for source, side in self.directions.items()
        )

    def held(self) -> list[Segment]:
        """Give all segments in order of capture."""
        segments = [segment for direction in self.directions.values() for segment in direction.segments]
        return sorted(segments, key=attrgetter("frame"))


class Probes:
    """Watches connections until they are recognised or hopeless."""

    def __init__(self, recognize: Callable[[bytes], object], defects: Defects) -> None:
        self._recognize, self._defects = recognize, defects
        self._watched: dict[int, _Watched] = {}
        self._held = 0
        self._given_up = np.zeros(1 << BITS, np.bool_)
        """By the last bits of a flow's number; where two flows share these, one may be given up too early."""

    def watch(self, segments: Segments, flows: Flows) -> Iterator[tuple[int, list[Segment]]]:
        """Look at segments of other flows than `flows`; yield each that is recognised now, with its held segments."""
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
        yield from self._looked_at(segments, distinct(np.concatenate((text_rows, opens))))
        self._given_up[binary & GIVEN_UP] = True
        for flow in self._watched.keys() & set(binary.tolist()):
            self._forget(flow)

    def released(self, flow: int) -> list[Segment]:
        """Give the held segments of a flow that was recognised elsewhere."""
        watched = self._forget(flow)
        return [] if watched is None else watched.held()

    def sides(self) -> Iterator[list[Segment]]:
        """Yield what each side of a connection sent on which signalling may yet be recognised."""
        for watched in self._watched.values():
            yield from (direction.segments for direction in watched.directions.values())

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
                if watched.suspicious:
                    self._defects.reach(SIZE, segment.frame)
                self._forget(flow)
            elif len(self._watched) > MOST_FLOWS or self._held > MOST_HELD:
                self._give_way(segment.frame)

    def _give_way(self, frame: int) -> None:
        """Forget the connection that was watched longest; note it if signalling may be lost by that."""
        oldest = self._forget(next(iter(self._watched)))
        if oldest and any(each.unfinished for each in oldest.directions.values()):
            self._defects.reach(WATCHED, frame)

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
