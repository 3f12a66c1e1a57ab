"""The clocks of many captures made one, as `sipdiag.trace.aligned` does for a few that are all in memory.

Of each message only a mark is kept: what makes it the same in two captures, its way, and when it was seen first.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from sipdiag.engine.columns import octets_of
from sipdiag.engine.files import appended, private_folder
from sipdiag.trace import Sighting, apart, host

Words = npt.NDArray[np.uint64]
Times = npt.NDArray[np.int64]


SEEN = np.dtype([("same", np.uint64), ("capture", np.uint32)])
"""A message in a capture."""
AT_A_TIME = 1 << 18
"""Messages of which that is held in memory."""
PARTS = 256
"""Files among which it is divided where there are more."""


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


def offsets_of(count: int, marks: Callable[[int], Marks], order: Sequence[int], folder: Path) -> list[int]:
    """How far the clock of each of so many captures is ahead; `order` is that in which they are taken.

    `marks` gives those of one; they are not held all at a time, but divided among files in `folder` if they are many.
    """
    offsets = [0] * count
    partners = _partners(map(marks, range(count)), folder) if count > 1 else {}
    place = {index: number for number, index in enumerate(order)}
    for index in order:
        earlier = sorted((other for other in partners.get(index, ()) if place[other] < place[index]), key=place.get)  # type: ignore[arg-type]
        mine = marks(index) if earlier else None
        for other in earlier:
            ahead = None if mine is None else _apart(marks(other), mine)
            if ahead is not None:
                offsets[index] = offsets[other] + ahead
                break
    return offsets


def _partners(marks: Iterable[Marks], folder: Path) -> dict[int, set[int]]:
    """The captures that share a message with each."""
    found: dict[int, set[int]] = {}
    for part in _parts(marks, folder):
        order = np.argsort(part["same"], kind="stable")
        same, capture = part["same"][order], part["capture"][order]
        for step in range(1, len(part)):
            alike = np.flatnonzero(same[step:] == same[:-step])
            if not len(alike):
                break  # nothing was seen by more captures than that
            pairs = np.unique(np.stack((capture[alike], capture[alike + step]), axis=1), axis=0)
            for one, other in pairs.tolist():
                found.setdefault(one, set()).add(other)
                found.setdefault(other, set()).add(one)
    return found


def _parts(marks: Iterable[Marks], folder: Path) -> Iterator[npt.NDArray[Any]]:
    """What makes messages the same, with the number of the capture, in parts of which none shares any with another."""
    shutil.rmtree(folder, ignore_errors=True)  # whoever was killed may have begun
    held: list[npt.NDArray[Any]] = []
    count, divided = 0, False
    for number, each in enumerate(marks):
        mine = np.empty(len(each.same), SEEN)
        mine["same"], mine["capture"] = each.same, number
        held.append(mine)
        count += len(mine)
        if count >= AT_A_TIME:
            _divide(np.concatenate(held), folder)
            held, count, divided = [], 0, True
    if not divided:
        yield np.concatenate(held)
        return
    _divide(np.concatenate([*held, np.empty(0, SEEN)]), folder)
    for path in sorted(folder.iterdir()):
        yield np.fromfile(path, SEEN)
        path.unlink()


def _divide(some: npt.NDArray[Any], folder: Path) -> None:
    """Append marks to the files of their parts."""
    private_folder(folder)
    part = (some["same"] & np.uint64(PARTS - 1)).astype(np.int64)
    order = np.argsort(part, kind="stable")
    edges = np.searchsorted(part[order], np.arange(PARTS + 1))
    for number in range(PARTS):
        with appended(folder / f"{number}") as file:
            some[order[edges[number] : edges[number + 1]]].tofile(file)


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
