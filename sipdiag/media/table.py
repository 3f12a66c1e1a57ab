"""What is known of all streams that are followed: columns, a row a stream."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from sipdiag.defect import Defects
from sipdiag.media import jitter
from sipdiag.media.batch import Batch
from sipdiag.media.rising import Rising
from sipdiag.media.rtp import HEADER, Column
from sipdiag.media.stream import GAPS, KEYS, MOST_GAPS, MOST_KEYS, Format, Gap, Key, is_steady
from sipdiag.media.timeline import Timelines

MOST_FORMATS = 8
FORMATS = f"payload types of an RTP stream, more than {MOST_FORMATS}"
MOST_ROWS = 1 << 15
PLACES: Final = 1 << 16
STATE = [
    ("first_frame", np.int64),
    ("last_frame", np.int64),
    ("first_time", np.int64),
    ("last_time", np.int64),
    ("packets", np.int64),
    ("bytes", np.int64),
    ("cut", np.int64),
    ("duplicates", np.int64),
    ("reordered", np.int64),
    ("restarts", np.int64),
    ("begun", np.int64),
    ("lowest", np.int64),
    ("highest", np.int64),
    ("last", np.int64),
    ("number", np.int64),
    ("received", np.uint64),
    ("steady", np.int64),
    ("regular", np.bool_),
    ("talkspurts", np.int64),
    ("noise", np.int64),
    ("unrepaired", np.int64),
    ("max_delta", np.int64),
    ("payload_type", np.int64),
    ("others", np.int64),
    ("sampled", np.int64),
    ("silent", np.int64),
    ("last_loud", np.int64),
    ("flow", np.uint64),
]
"""What is known of a stream; `begun` is the number of its first packet, `number` what its last packet bears, `others`
counts the packets of payload types but its first."""


class Table:
    """The rows of all streams."""

    def __init__(self) -> None:
        self.state = np.zeros(0, STATE)
        self.jitter = np.zeros((0, len(jitter.RATES)), jitter.FIELDS)
        self.rising = Rising()
        self.timelines = Timelines()
        self.names: list[tuple[str, str, int]] = []
        """Source, destination, SSRC."""
        self.known: dict[int, int] = {}
        """Flow → row."""
        self.formats: dict[int, dict[int, Format]] = {}
        self.gaps: dict[int, list[Gap]] = {}
        self.keys: dict[int, list[Key]] = {}
        self.left_out = Defects("media-detail-limit")
        """Details of streams that were too many."""
        self.crowded: dict[int, tuple[int, int]] = {}
        """Row → how often one payload type more came than are kept, and in which frame first."""
        self._places = np.full(PLACES, -1, np.int64)

    def __len__(self) -> int:
        """Count the streams."""
        return len(self.names)

    def __getstate__(self) -> dict[str, Any]:
        """Give what another process is to know."""
        self._resize(len(self))
        return {name: value for name, value in vars(self).items() if name not in {"_places", "known"}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take it."""
        vars(self).update(state)

    def rows(self, flow: npt.NDArray[np.uint64]) -> Column:
        """Give the row of each flow; of one that is not known, as far as a quick look tells, something negative."""
        row = self._places[(flow >> np.uint64(48)).view(np.int64)]
        if len(self):
            row[self.state["flow"][row] != flow] = -1
        return row

    def add(self, flow: int, name: tuple[str, str, int], most: int = MOST_ROWS) -> int:
        """Make a row for a flow, one of so many at most."""
        number = len(self)
        self.names.append(name)
        self.known[flow] = number
        self._places[flow >> 48] = number
        if number >= len(self.state):
            self._resize(max(number + 1, min(max(64, 2 * number), most)))
        self.state["flow"][number] = flow
        return number

    def keep(self, kept: npt.NDArray[np.bool_]) -> None:
        """Forget all streams but some."""
        number = np.cumsum(kept) - 1
        new = {old: int(number[old]) for old in np.flatnonzero(kept).tolist()}
        gone = {row: each for row, each in self.crowded.items() if row not in new}
        self._tell(self.left_out, gone)
        self.crowded = {new[row]: each for row, each in self.crowded.items() if row in new}
        self.state, self.jitter = self.state[: len(kept)][kept], self.jitter[: len(kept)][kept]
        self.timelines.keep(kept)
        self.rising.renumber(number, kept)
        self.names = [name for name, keep in zip(self.names, kept.tolist(), strict=True) if keep]
        self.known = {flow: new[old] for flow, old in self.known.items() if old in new}
        self.formats = {new[old]: each for old, each in self.formats.items() if old in new}
        self.gaps = {new[old]: each for old, each in self.gaps.items() if old in new}
        self.keys = {new[old]: each for old, each in self.keys.items() if old in new}
        self._places[:] = -1
        for flow, row in self.known.items():
            self._places[flow >> 48] = row

    def _resize(self, size: int) -> None:
        for name in ("state", "jitter"):
            old = getattr(self, name)
            new = np.zeros((size, *old.shape[1:]), old.dtype)
            new[: len(old)] = old[:size]
            setattr(self, name, new)
        self.timelines.resize(size)

    def limits_reached(self) -> Defects:
        """Give which details are left out; payload types that chance makes of what is no RTP do not count."""
        told = Defects("media-detail-limit")
        for limit, count, frame in self.left_out.limits:
            told.reach(limit, frame, count)
        self._tell(told, self.crowded)
        return told

    def _tell(self, told: Defects, crowded: dict[int, tuple[int, int]]) -> None:
        for row, (count, frame) in crowded.items():
            sent = int(self.state["packets"][row] - self.state["duplicates"][row])
            if is_steady(sent, int(self.state["steady"][row])):
                told.reach(FORMATS, frame, count)

    # What there are several of in a stream

    def note_format(self, row: int, found: Format) -> None:
        """Count packets of a payload type."""
        formats = self.formats.setdefault(row, {})
        known = formats.get(found.payload_type)
        if known is not None:
            formats[found.payload_type] = replace(known, packets=known.packets + found.packets)
        elif len(formats) < MOST_FORMATS:
            formats[found.payload_type] = found
        else:
            count, first = self.crowded.get(row, (0, found.first_frame))
            self.crowded[row] = count + 1, first

    def note_gap(self, row: int, gap: Gap) -> None:
        """Take a pause."""
        gaps = self.gaps.setdefault(row, [])
        if len(gaps) < MOST_GAPS:
            gaps.append(gap)
        else:
            self.left_out.reach(GAPS, gap.frame)

    def note_key(self, row: int, key: Key) -> None:
        """Take a key, of which each packet tells that holds it."""
        keys = self.keys.setdefault(row, [])
        if any(each.timestamp == key.timestamp for each in keys[-4:]):
            return
        if len(keys) < MOST_KEYS:
            keys.append(key)
        else:
            self.left_out.reach(KEYS, None)


def format_of(batch: Batch, row: int, packets: int) -> Format:
    """Give the payload type of a packet, and how many packets there are of it."""
    return Format(
        payload_type=int(batch.packets.second[row]) & 0x7F,
        packets=packets,
        first_frame=int(batch.packets.frame[row]),
        first_time=int(batch.packets.time[row]),
        length=int(batch.packets.length[row]) - HEADER,
    )
