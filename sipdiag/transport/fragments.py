"""IP datagrams that came in pieces, put together again (RFC 791 section 3.2, RFC 8200 section 4.5)."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from sipdiag.defect import Defect, Defects

MOST_OPEN = 1_000
"""Unfinished datagrams at a time; beyond, the oldest is given up."""
MOST_BYTES = 65_536
"""Bytes of one datagram."""
MOST_OVERLAPPING = 2 * MOST_BYTES
"""Bytes that all fragments of one datagram may have together, if they overlap."""
MOST_PIECES = 1_024
"""Fragments of one datagram."""
MOST_DEFECTS = 1_000
"""Datagrams with a missing fragment that are noted one by one."""
OPEN = f"IP datagrams in fragments at a time, more than {MOST_OPEN}"
SIZE = f"fragments of an IP datagram, more than {MOST_PIECES}, or of more than {MOST_BYTES} bytes"
LOST = f"IP datagrams with a fragment missing, more than {MOST_DEFECTS}"
MOST_DONE = 256
"""Finished datagrams that are remembered, so that fragments that were recorded twice are recognised."""
AGAIN = 50_000_000
"""Nanoseconds within which a mirror port may send the same packet twice; no sender repeats a message so soon."""
LONGEST_WAIT = 60 * 1_000_000_000
"""Nanoseconds after which an identification is of another datagram: receivers give up after 15 to 60 s."""


class Fragment(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of an IP datagram."""

    frame: int
    time: int
    """Nanoseconds since 1970-01-01 UTC."""
    source: bytes
    """Address in network order."""
    destination: bytes
    protocol: int
    """The protocol of the whole datagram."""
    identification: int
    position: int
    """Where in the datagram this piece begins, in bytes."""
    last: bool
    """Whether no piece follows."""
    payload: bytes
    cut: int = 0
    """Bytes of the piece that the snap length cut off."""


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """An IP datagram put together from its fragments."""

    frames: tuple[int, ...]
    """Frames of all fragments in order of arrival; the last completed it."""
    time: int
    """When the last fragment came."""
    source: bytes
    destination: bytes
    protocol: int
    identification: int
    payload: bytes
    cut: int
    """Bytes at the end that the snap length cut off."""


class LostDatagram(msgspec.Struct, frozen=True, kw_only=True):
    """An IP datagram of which the capture holds only some fragments."""

    frames: tuple[int, ...]
    """Frames of the fragments that are there, in order of arrival."""
    time: int
    """When the last of them came."""
    source: bytes
    destination: bytes
    protocol: int
    identification: int
    received: int
    """Bytes that are there."""
    length: int | None
    """Bytes of the whole datagram; None when its last fragment is missing."""
    head: bytes
    """The payload of the first fragment; empty when it is missing."""


class _Pieces:
    """The fragments of one datagram so far."""

    def __init__(self) -> None:
        self.pieces: dict[int, Fragment] = {}
        self.frames: list[int] = []
        self.length: int | None = None
        self.received = 0
        self.begun: int | None = None
        """When the first piece came."""

    def add(self, fragment: Fragment) -> None:
        self.frames.append(fragment.frame)
        before = self.pieces.get(fragment.position)
        if before is None:
            self.pieces[fragment.position] = fragment
        elif not before.cut and len(fragment.payload) > len(before.payload):
            longer = before.payload + fragment.payload[len(before.payload) :]
            self.pieces[fragment.position] = replace(fragment, payload=longer)
        self.received += len(fragment.payload) + fragment.cut
        if fragment.last:
            self.length = fragment.position + len(fragment.payload) + fragment.cut

    def whole(self) -> tuple[bytes, int] | None:
        """Give the payload and how many bytes are cut off at its end, once no piece is missing.

        Where pieces overlap, the first one counts.
        """
        if self.length is None or self.received < self.length:
            return None
        payload, reached = bytearray(), 0
        for position in sorted(self.pieces):
            piece = self.pieces[position]
            if position > reached:
                return None
            if len(payload) == reached:
                payload += piece.payload[reached - position :]
            reached = max(reached, position + len(piece.payload) + piece.cut)
        if reached < self.length:
            return None
        return bytes(payload[: self.length]), max(0, self.length - len(payload))


class Reassembly:
    """Holds fragments until their datagram is whole."""

    def __init__(self, defects: Defects) -> None:
        self._open: dict[tuple[bytes, bytes, int, int], _Pieces] = {}
        self.lost: list[LostDatagram] = []
        """Datagrams that never became whole, up to `MOST_DEFECTS`."""
        self._defects = defects
        self._lost = 0
        self._done: dict[tuple[bytes, bytes, int, int], _Pieces] = {}
        """The last datagrams that became whole."""

    def add(self, fragment: Fragment) -> Whole | None:
        """Take a fragment; give the datagram if it is the one that completes it."""
        key = (fragment.source, fragment.destination, fragment.protocol, fragment.identification)
        pieces = self._open.get(key)
        if pieces is None and self._again(key, fragment):
            return None
        if pieces is not None and fragment.time - (pieces.begun or 0) > LONGEST_WAIT:
            self._lose(key)
            pieces = None
        if pieces is None:
            pieces = self._open[key] = _Pieces()
            pieces.begun = fragment.time
        beyond = fragment.position + len(fragment.payload) + fragment.cut > MOST_BYTES
        if not beyond and len(pieces.frames) < MOST_PIECES and pieces.received <= MOST_OVERLAPPING:
            pieces.add(fragment)
        else:
            self._defects.reach(SIZE, fragment.frame)
        whole = pieces.whole()
        if whole is None:
            if len(self._open) > MOST_OPEN:
                self._give_way(fragment.frame)
            return None
        self._done[key] = self._open.pop(key)
        if len(self._done) > MOST_DONE:
            del self._done[next(iter(self._done))]
        payload, cut = whole
        return Whole(
            frames=tuple(pieces.frames),
            time=fragment.time,
            source=fragment.source,
            destination=fragment.destination,
            protocol=fragment.protocol,
            identification=fragment.identification,
            payload=payload,
            cut=cut,
        )

    def finish(self) -> None:
        """Note the datagrams that never became whole."""
        for key in list(self._open):
            self._lose(key)

    def _again(self, key: tuple[bytes, bytes, int, int], fragment: Fragment) -> bool:
        """Tell whether a fragment is a second record of one whose datagram is whole already."""
        done = self._done.get(key)
        if done is None:
            return False
        before = done.pieces.get(fragment.position)
        return (
            before is not None
            and fragment.time - before.time <= AGAIN
            and before.payload[: len(fragment.payload)] == fragment.payload
        )

    def _give_way(self, frame: int) -> None:
        """Give up the oldest unfinished datagram, and note that."""
        self._defects.reach(OPEN, frame)
        self._lose(next(iter(self._open)))

    def _lose(self, key: tuple[bytes, bytes, int, int]) -> None:
        pieces = self._open.pop(key)
        self._lost += 1
        if pieces.frames and self._lost > MOST_DEFECTS:
            self._defects.reach(LOST, pieces.frames[0])
        elif pieces.frames:
            detail = f"{len(pieces.frames)} fragments of IP datagram {key[3]}, others are missing"
            first = pieces.pieces.get(0)
            self.lost.append(
                LostDatagram(
                    frames=tuple(pieces.frames),
                    time=max(piece.time for piece in pieces.pieces.values()),
                    source=key[0],
                    destination=key[1],
                    protocol=key[2],
                    identification=key[3],
                    received=pieces.received,
                    length=pieces.length,
                    head=b"" if first is None else first.payload,
                )
            )
            self._defects.append(Defect(kind="fragment-lost", detail=detail, frame=pieces.frames[0]))
