"""The clocks of many captures made one, as `sipdiag.trace.aligned` does for a few that are all in memory.

Of each message only a mark is kept: what makes it the same in two captures, its way, and when it was seen first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from sipdiag.engine.columns import octets_of
from sipdiag.trace import Sighting, apart, host

Words = npt.NDArray[np.uint64]
Times = npt.NDArray[np.int64]


class Marks(msgspec.Struct, frozen=True, kw_only=True):
    """The messages of one capture, each once, ascending by what makes them the same."""

    same: Words
    way: Words
    time: Times


def marks_of(sightings: Iterable[Sighting]) -> Marks:
    """The marks of one capture, each message where it was seen first."""
    first: dict[bytes, Sighting] = {}
    for seen in sightings:
        first.setdefault(_same(seen), seen)
    same = np.frombuffer(b"".join(first), np.uint64)
    order = np.argsort(same)
    ways = {(seen.source, seen.destination) for seen in first.values()}
    known = {way: _digest(f"{host(way[0])} {host(way[1])}".encode()) for way in ways}
    way = np.frombuffer(b"".join(known[seen.source, seen.destination] for seen in first.values()), np.uint64)
    time = np.array([seen.time for seen in first.values()], np.int64)
    return Marks(same=same[order], way=way[order], time=time[order])


def offsets_of(marks: Sequence[Marks], order: Sequence[int]) -> list[int]:
    """How far the clock of each capture is ahead; `order` is that in which they are taken."""
    offsets = [0] * len(marks)
    partners = _partners(marks)
    place = {index: number for number, index in enumerate(order)}
    for index in order:
        earlier = sorted((other for other in partners.get(index, ()) if place[other] < place[index]), key=place.get)  # type: ignore[arg-type]
        for other in earlier:
            ahead = _apart(marks[other], marks[index])
            if ahead is not None:
                offsets[index] = offsets[other] + ahead
                break
    return offsets


def _partners(marks: Sequence[Marks]) -> dict[int, set[int]]:
    """The captures that share a message with each."""
    if len(marks) < 2:
        return {}
    same = np.concatenate([each.same for each in marks])
    capture = np.repeat(np.arange(len(marks)), [len(each.same) for each in marks])
    order = np.argsort(same, kind="stable")
    same, capture = same[order], capture[order]
    found: dict[int, set[int]] = {}
    for step in range(1, len(marks)):
        alike = np.flatnonzero(same[step:] == same[:-step])
        if not len(alike):
            break  # nothing was seen by more captures than that
        pairs = np.unique(np.stack((capture[alike], capture[alike + step]), axis=1), axis=0)
        for one, other in pairs.tolist():
            found.setdefault(one, set()).add(other)
            found.setdefault(other, set()).add(one)
    return found


def _apart(one: Marks, other: Marks) -> int | None:
    """How far the second clock is ahead of the first; None where the two did not see the same."""
    _, here, there = np.intersect1d(one.same, other.same, assume_unique=True, return_indices=True)
    ways: dict[int, list[int]] = {}
    for way, time in zip(one.way[here].tolist(), (other.time[there] - one.time[here]).tolist(), strict=True):
        ways.setdefault(way, []).append(time)
    return apart(min(len(one.same), len(other.same)), ways)


def _same(seen: Sighting) -> bytes:
    ends = f"\n{seen.source} {seen.destination} {seen.ip_id}".encode()
    return _digest(octets_of(seen.message.head) + ends)


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=8).digest()
