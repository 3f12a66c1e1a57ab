"""Where reading goes on behind damage: at the next place from which records chain, each of them as records are.

A chain proves itself: what merely looks like a record leads to a place where nothing does. Every byte is looked at
once, all those of a stretch together, so that damage without end costs no more than reading.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sipdiag.capture.chain import USUAL, Framing, Offsets, every_length, following
from sipdiag.capture.packets import byte_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from sipdiag.capture.octets import Octets

FIRST_LOOK, LONGEST_LOOK = 1 << 10, 256 << 10
"""Bytes of the first stretch that is searched, and of later ones at most."""
FEWEST = 3
"""Records of a chain that the end of the capture cuts off."""
MOST_PLACES = 1_000
"""Damaged places of a capture behind which reading goes on."""
PLACES = f"damaged places, more than {MOST_PLACES}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """What makes a chain of records believable."""

    framing: Framing
    records: int
    """So many in a row, or up to exactly the end of the capture."""
    sound: Callable[[npt.NDArray[np.uint8], Offsets, Offsets | None], npt.NDArray[np.bool_]]
    """Says of the data, places in it, and the places of the records before those, which may be records."""
    repeated: bool = False
    """A record ends with its length once more."""


def resume(octets: Octets, proof: Proof) -> bool:
    """Move on from `octets.at` to the first place where reading can go on; false when there is none."""
    look, final = FIRST_LOOK, False
    while True:
        start = octets.at
        stop = min(start + look, len(octets.data) - proof.framing.shortest + 1)
        proven, open_ = _chains(octets, start, stop, proof, final=final)
        if proven is not None and (open_ is None or proven < open_):
            octets.at = proven
            return True
        octets.at = max(start, stop if open_ is None else open_)
        look = min(2 * look, LONGEST_LOOK)
        if open_ is not None or octets.at + proof.framing.shortest > len(octets.data):
            if final:
                return False
            final = not octets.more()


def _chains(octets: Octets, start: int, stop: int, proof: Proof, *, final: bool) -> tuple[int | None, int | None]:
    """Give the first place of a stretch where a proven chain begins, and the first of which the data do not tell yet.

    `final` says that no more data will come.
    """
    data, framing = octets.data, proof.framing
    lengths, limit = every_length(octets, framing), len(octets.data)
    every = np.arange(start, max(start, stop), dtype=np.int64)
    size = following(lengths[start : len(every) + start], np.arange(len(every)), framing) - np.arange(len(every))
    places = at = every[(size > framing.shortest) & (size < USUAL)]  # next to nothing is left of what is no record
    proven: list[int] = []
    open_: list[int] = []
    before: Offsets | None = None
    for step in range(proof.records):
        there = at + framing.shortest <= limit
        if step:
            ended = ~there & ((at == limit) | (step >= FEWEST))
            (proven if final else open_).extend(places[ended if final else ~there][:1].tolist())
        places, at, before = places[there], at[there], None if before is None else before[there]
        good = proof.sound(data, at, before)
        places, at, before = places[good], at[good], at[good]
        at = following(lengths, at, framing)
        size = at - before
        inside = (size > framing.shortest) & (size < USUAL)
        beyond = inside & (at > limit)
        (proven if final else open_).extend(places[beyond & (step >= FEWEST) if final else beyond][:1].tolist())
        inside &= at <= limit
        if proof.repeated:
            last = byte_rows(data, np.where(inside, at - 4, 0), 4).view(framing.order + "u4")[:, 0]
            inside &= last == size
        places, at, before = places[inside], at[inside], before[inside]
    proven += places[:1].tolist()
    return min(proven, default=None), min(open_, default=None)
