"""Where records begin: each one's length gives the next one's offset, a chain that many lanes walk at once.

A chain is serial by nature, and one Python step a record is too slow for a capture of millions. So *lanes* start at
offsets that merely look like records and advance together, one NumPy gather for all; a lane counts only when the walk
before it arrives at exactly the offset where it began. Everything else is walked again one by one. The result is
therefore always the serial chain, however much the payload looks like records.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sipdiag.capture.packets import byte_rows, distinct

if TYPE_CHECKING:
    from collections.abc import Callable

    from sipdiag.capture.octets import Octets

Offsets = npt.NDArray[np.int64]

LANE = 16 << 10
"""Bytes between two lanes: some 70 records. A block has some 250 lanes then, so that a step of all of them costs
little more than NumPy's call."""
NEAR = 512
"""Bytes in which a lane's start is looked for first, in all lanes at once."""
REACH = 4 << 10
"""Bytes in which a lane's start is looked for; where records are longer than that, there are few to walk."""
FEW = 16
"""One in so many lanes may fail to start, or walk on alone, before something is done about it; with fewer lanes than
this in all, one step of them costs more than walking one by one."""
STRIDE = 16
"""Steps between two looks at whether the lanes have arrived."""
PROBE, LEAP = 8, 1 << 8
"""Records that a lane is taken ahead at once: to see whether they are of one length, and where they are."""
DEPTH = 2
"""Consecutive headers that must look right before a lane starts there."""
LONG = 32
"""The same where one place is to be found and nothing else speaks for it."""
FEWEST = 2
"""Of those, how many must be there at least where the capture ends."""
USUAL = 128 << 10
"""Bytes that hardly a record has."""
SEARCHED = 64 << 10
"""Bytes in which that place is looked for."""
TRIES = 8
"""Places to try for the start of a lane."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Framing:
    """How a capture format chains its records: next = offset + max(shortest, (length + bias) & mask)."""

    order: str
    """Byte order of the length: `<` or `>`."""
    length_at: int
    """Where in a record its 32-bit length stands."""
    bias: int
    mask: int
    shortest: int
    """Bytes of the shortest record; so many are there of every record that the walk looks at."""
    mark_at: int
    """Where in a record the mark stands that is searched for to find records in the middle of a file."""
    plausible: Callable[[npt.NDArray[np.uint8]], npt.NDArray[np.bool_]]
    """Says of rows of 16 bytes (shape (n, 16)) which may be the beginning of a record."""


def records(octets: Octets, stop: int, framing: Framing, mark: bytes) -> Offsets:
    """Walk the chain from `octets.at`: the offsets of all records that begin before `stop`, in order.

    `mark` is what most records bear at `framing.mark_at`. Lengths are taken as they are: the caller looks for the
    first that cannot be, and drops it and what follows. A record whose first `framing.shortest` bytes are not all there
    is left out.
    """
    start = octets.at
    stop = min(stop, len(octets.data) - framing.shortest + 1)
    lanes = (stop - start) // LANE
    if lanes < FEW:
        return np.array(_serial(octets, start, stop, framing)[0], np.int64)
    near = start + LANE * np.arange(1, lanes, dtype=np.int64)
    starts = np.concatenate(([start], boundaries(octets, near, stop, framing, mark)))
    return _joined(octets, starts, stop, framing)


def boundaries(octets: Octets, near: Offsets, stop: int, framing: Framing, mark: bytes) -> Offsets:
    """Find, for each offset in `near`, the first place behind it that looks like `DEPTH` chained records.

    Gives the places found, ascending, each once. They are guesses: nothing proves that a record begins there.
    """
    few = len(near) // FEW
    guess = near + _first_marks(octets.data, near + framing.mark_at, mark)
    good = (guess >= near) & _look_chained(octets, guess, stop, framing)
    found = guess[good].tolist()
    near = np.maximum(guess, near - 1)[~good] + 1
    view, mark_at = octets.data.data, framing.mark_at
    for _ in range(TRIES):
        if len(near) <= few:
            break
        marks = [view[at + mark_at : at + REACH].tobytes().find(mark) for at in near.tolist()]
        ahead = np.array(marks, np.int64)
        guess = (near + ahead)[ahead >= 0]
        good = _look_chained(octets, guess, stop, framing)
        found += guess[good].tolist()
        near = guess[~good] + 1
    return distinct(np.array(found, np.int64))


def boundary(octets: Octets, framing: Framing) -> int | None:
    """Find the first place in the block, wherever that lies in its capture, that looks like `LONG` chained records.

    A guess as well: nothing proves that a record begins there.
    """
    lengths, stop = every_length(octets, framing), len(octets.data) - framing.shortest + 1
    places = at = np.arange(max(0, min(stop, SEARCHED)), dtype=np.int64)
    for step in range(LONG):
        inside = np.minimum(at, max(0, stop - 1))
        onward = following(lengths, inside, framing)
        # Zeros would be records without packets; and what leads out of the block at once proves nothing.
        good = (onward - inside > framing.shortest) & (onward - inside < USUAL)
        good[good] = framing.plausible(byte_rows(octets.data, inside[good], 16))
        good |= (at >= stop) & (step >= FEWEST)
        places, at = places[good], np.where(at < stop, onward, at)[good]
    return int(places[0]) if len(places) else None


def _first_marks(data: npt.NDArray[np.uint8], near: Offsets, mark: bytes) -> Offsets:
    """Give how far behind each offset the mark stands, -1 where it is not near."""
    rows = byte_rows(data, np.minimum(near, len(data)), NEAR)
    here = np.ones((len(rows), NEAR - len(mark) + 1), np.bool_)
    for at, octet in enumerate(mark):
        here &= rows[:, at : at + here.shape[1]] == octet
    first = here.argmax(axis=1)
    return np.where(here[np.arange(len(rows)), first], first, -1)


def _look_chained(octets: Octets, guess: Offsets, stop: int, framing: Framing) -> npt.NDArray[np.bool_]:
    good = guess < stop
    at = guess
    for _ in range(DEPTH):
        inside = np.minimum(at, stop)
        good &= framing.plausible(byte_rows(octets.data, inside, 16)) | (at >= stop)
        at = following(every_length(octets, framing), inside, framing)
    return good


def _serial(octets: Octets, at: int, stop: int, framing: Framing) -> tuple[list[int], int]:
    """Walk one by one: the offsets before `stop`, and where the walk arrived."""
    length = struct.Struct(framing.order + "I").unpack_from
    view, length_at = octets.data.data, framing.length_at
    bias, mask, shortest = framing.bias, framing.mask, framing.shortest
    offsets = []
    while at < stop:
        offsets.append(at)
        at += max(shortest, (length(view, at + length_at)[0] + bias) & mask)
    return offsets, at


def _joined(octets: Octets, starts: Offsets, stop: int, framing: Framing) -> Offsets:
    """Join the lanes to one chain: a lane counts when the walk arrives at its start, the rest is walked again."""
    walked, arrival = _walked_lanes(octets, starts, np.append(starts[1:], stop), framing)
    if (arrival[:-1] == starts[1:]).all():
        rest = _serial(octets, int(arrival[-1]), stop, framing)[0]
        return np.concatenate((walked, np.array(rest, np.int64))) if rest else walked
    pieces: list[npt.ArrayLike] = []
    at = int(starts[0])
    bounds = np.append(np.searchsorted(walked, starts), len(walked)).tolist()
    for lane, (start, arrived) in enumerate(zip(starts.tolist(), arrival.tolist(), strict=True)):
        if at < start:
            offsets, at = _serial(octets, at, start, framing)
            pieces.append(offsets)
        if at == start:
            pieces.append(walked[bounds[lane] : bounds[lane + 1]])
            at = arrived
    pieces.append(_serial(octets, at, stop, framing)[0])
    return np.concatenate(pieces, dtype=np.int64, casting="unsafe")


def _walked_lanes(octets: Octets, starts: Offsets, targets: Offsets, framing: Framing) -> tuple[Offsets, Offsets]:
    """Walk all lanes, each to its target: the offsets before it, ascending, and where each lane arrived."""
    lengths = every_length(octets, framing)
    pieces: list[npt.ArrayLike] = []
    at = starts.copy()
    ahead, lanes = PROBE, np.arange(len(starts))
    # When only a few are still on their way, walking those one by one is cheaper.
    while len(lanes) * FEW > len(starts):
        begin, target = at[lanes], targets[lanes]
        if ahead:
            found, at[lanes] = _leapt(lengths, begin, target, framing, ahead)
            ahead = LEAP if len(found) >= len(lanes) * PROBE // 2 else 0
        else:
            found, at[lanes] = _stepped(lengths, begin, target, framing)
        pieces.append(found)
        lanes = lanes[at[lanes] < target]
    for lane in lanes.tolist():
        offsets, at[lane] = _serial(octets, int(at[lane]), int(targets[lane]), framing)
        pieces.append(offsets)
    walked = np.concatenate(pieces, dtype=np.int64, casting="unsafe")
    walked.sort(kind="stable")  # which merges the pieces, each of them ascending
    return walked, at


def _leapt(
    lengths: npt.NDArray[np.uint32], begin: Offsets, target: Offsets, framing: Framing, most: int
) -> tuple[Offsets, Offsets]:
    """Walk each lane as far as its records, `most` of them, are as long as its first: all in one step.

    Gives the offsets before the lanes' targets, and where each goes on.
    """
    long = following(lengths, begin, framing) - begin
    enough = (target - begin + long - 1) // long  # so many of that length lead to the target
    places = np.minimum(begin[:, None] + long[:, None] * np.arange(min(most, int(enough.max()))), target[:, None])
    onward = following(lengths, places, framing)
    alike = onward - places == long[:, None]
    run = np.where(alike.all(axis=1), places.shape[1], alike.argmin(axis=1))
    # The record behind a run begins where the run ends, whatever its own length.
    count = np.minimum(np.minimum(run + 1, places.shape[1]), enough)
    last = count - 1
    return places[np.arange(places.shape[1]) < count[:, None]], onward[np.arange(len(begin)), last]


def _stepped(
    lengths: npt.NDArray[np.uint32], begin: Offsets, target: Offsets, framing: Framing
) -> tuple[Offsets, Offsets]:
    """Walk each lane for `STRIDE` records, whatever their lengths, one step of all lanes after the other."""
    steps, at = [], begin
    for _ in range(STRIDE):
        steps.append(at)
        at = np.minimum(following(lengths, at, framing), target)
    trail = np.array(steps).T
    inside = trail < target[:, None]
    last = trail[np.arange(len(target)), np.count_nonzero(inside, axis=1) - 1]
    return trail[inside], following(lengths, last, framing)


def every_length(octets: Octets, framing: Framing) -> npt.NDArray[np.uint32]:
    """View the 32 bits at `framing.length_at` of a record at every byte: item `i` is that of a record at `i`."""
    size = max(0, len(octets.data) - framing.length_at - 3)
    offset = framing.length_at if size else 0
    return np.ndarray((size,), framing.order + "u4", buffer=octets.data, offset=offset, strides=(1,))


def following(lengths: npt.NDArray[np.uint32], at: Offsets, framing: Framing) -> Offsets:
    """Give where the records that follow those at `at` begin."""
    length = lengths[at].astype(np.int64)
    length += framing.bias
    if framing.mask != -1:
        length &= framing.mask
        np.maximum(length, framing.shortest, out=length)
    length += at
    return length
