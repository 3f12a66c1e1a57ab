"""What two followed of one capture, one the beginning and the other what is behind it, as one would have followed it.

Every figure follows exactly from those of the two parts, with one exception: a packet that comes once more behind the
place where the parts meet, since those that follow reckon with a time that does not count. Then there is no joining.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from sipdiag.media import jitter
from sipdiag.media.beginning import Beginning, Change
from sipdiag.media.rising import MOST
from sipdiag.media.rtp import Column
from sipdiag.media.sequence import is_leap, moved_bits
from sipdiag.media.stream import Format, Gap
from sipdiag.media.table import MOST_FORMATS, Table
from sipdiag.media.timeline import SECOND, SUMMED

SUMS = ("packets", "bytes", "cut", "duplicates", "reordered", "restarts", "steady", "talkspurts", "noise", "unrepaired")
SAMPLES = ("sampled", "silent")
State = npt.NDArray[np.void]


@dataclass(frozen=True, kw_only=True)
class Match:
    """Which streams of a later part go on with one of the earlier part, and how their numbers do."""

    row: Column
    """Of each stream of the later part: which row it has in the earlier one, -1 where it is new."""
    old: Column
    """Rows of streams in the earlier part that go on, and ..."""
    new: Column
    """... which they are in the later part."""
    step: Column
    """Of those: how much higher the first number is than the one before it."""
    leap: npt.NDArray[np.bool_]
    """Whether the sender began anew there."""
    changes: dict[int, Change]
    """Position in `old` → what is otherwise than it seemed: packets that came late."""

    def shift(self, one: State, other: State) -> Column:
        """Give what is to be added to the numbers of the later part."""
        shifted: Column = one["last"] + self.step - other["begun"]
        return shifted


def continuable(earlier: Table, later: Table, beginning: Beginning, most: int) -> Match | None:
    """Give which streams go on; nothing when the parts cannot be joined exactly to `most` streams."""
    row = np.array([earlier.known.get(flow, -1) for flow in later.state["flow"].tolist()], np.int64)
    new = np.flatnonzero(row >= 0)
    if len(earlier) + len(later) - len(new) > most or later.timelines.backward or len(later.rising) >= MOST:
        return None
    one, other = earlier.state[row[new]], later.state[new]
    elapsed = other["first_time"] - one["last_time"]
    step = ((other["begun"] - one["number"] + 0x8000) & 0xFFFF) - 0x8000
    leap = is_leap(step, elapsed)
    match = Match(row=row, old=row[new], new=new, step=np.where(leap, 1, step), leap=leap, changes={})
    shift = match.shift(one, other)
    mixed = np.flatnonzero(other["lowest"] + shift <= one["highest"])
    held = beginning.of(new[mixed])
    for at, stream in zip(mixed.tolist(), new[mixed].tolist(), strict=True):
        numbers, times = held[stream]
        numbers = [number + int(shift[at]) for number in numbers]
        match.changes[at] = Change(int(one["highest"][at]), int(one["received"][at]), numbers, times)
    exact = (other["first_time"] // SECOND >= one["first_time"] // SECOND).all()
    exact &= not any(change.copies for change in match.changes.values())
    return match if exact and _alike(earlier, later, match) else None


def _alike(earlier: Table, later: Table, match: Match) -> bool:
    """Tell whether the payload types of no stream are too many."""
    pairs = zip(match.old.tolist(), match.new.tolist(), strict=True)
    few = all(len(earlier.formats[a].keys() | later.formats[b].keys()) <= MOST_FORMATS for a, b in pairs)
    return few and _one_beginning(later, match)


def _one_beginning(later: Table, match: Match) -> bool:
    """Tell whether on all tracks of each stream its first packet is the same one."""
    tracks = later.jitter[match.new]
    none = tracks["length"] == 0
    firsts = (np.where(none, -1, tracks[name]) for name in ("first_time", "first_timestamp"))
    return all(bool((none | (first == first.max(axis=1, keepdims=True, initial=-1))).all()) for first in firsts)


def continue_table(earlier: Table, later: Table, match: Match, frames: int) -> None:
    """Take the later part, which begins behind so many `frames`, into the earlier one."""
    for name in ("first_frame", "last_frame"):
        later.state[name] += frames
    row = match.row.copy()
    for number in np.flatnonzero(row < 0).tolist():
        at = earlier.add(int(later.state["flow"][number]), later.names[number])
        row[number] = at
        earlier.state[at] = later.state[number]
        earlier.timelines.start(np.array([at]), later.state["first_time"][[number]])
    _continue_lists(earlier, later, match, row, frames)
    apart = _continue_jitter(earlier, later, row)
    _continue_timelines(earlier, later, row)
    _continue_missing(earlier, later, match)
    when = later.jitter["first_time"][match.new].max(axis=1, initial=0)
    voice = when > 0
    earlier.timelines.add(match.old[voice], when[voice], 0, apart[match.new[voice]])
    _continue_state(earlier, later, match)


def _continue_missing(earlier: Table, later: Table, match: Match) -> None:
    one, other = earlier.state[match.old], later.state[match.new]
    missing = other["begun"] + match.shift(one, other) - one["highest"] - 1
    for at, change in match.changes.items():
        missing[at] = 0
        for time, more in change.missing:
            earlier.timelines.add(match.old[[at]], np.array([time]), more, 0.0)
    earlier.timelines.add(match.old, other["first_time"], missing, 0.0)


def _continue_state(earlier: Table, later: Table, match: Match) -> None:
    one, other = earlier.state[match.old], later.state[match.new]
    shift = match.shift(one, other)
    elapsed = other["first_time"] - one["last_time"]
    highest = np.maximum(one["highest"], other["highest"] + shift)
    one["received"] = moved_bits(one["received"], highest - one["highest"]) | moved_bits(
        other["received"], highest - other["highest"] - shift
    )
    one["lowest"] = np.minimum(one["lowest"], other["lowest"] + shift)
    one["highest"], one["last"] = highest, other["last"] + shift
    for at, change in match.changes.items():
        one["reordered"][at] += change.late
    for name in (*SUMS, *SAMPLES):
        one[name] += other[name]
    one["steady"] += match.step == 1
    one["restarts"] += match.leap
    one["max_delta"] = np.maximum(
        np.maximum(one["max_delta"], other["max_delta"]), np.where(other["regular"], elapsed, 0)
    )
    one["last_loud"] = np.maximum(one["last_loud"], other["last_loud"])
    for name in ("last_frame", "last_time", "number"):
        one[name] = other[name]
    earlier.state[match.old] = one


def _continue_jitter(earlier: Table, later: Table, row: Column) -> npt.NDArray[np.float64]:
    """Take the jitter; give how far apart the parts are, on the best track of each stream."""
    known = earlier.jitter[row]
    more = later.jitter[: len(later)]
    length = known["length"].copy()
    rates = np.array(jitter.RATES)
    difference, begun = jitter.continue_jitter(known, more, rates)
    earlier.jitter[row] = known
    (stream, track, place), jitters = later.rising.rows()
    jitters = jitters + begun[stream, track] * jitter.RATIO**place
    np.maximum.at(earlier.jitter["highest"], (row[stream], track), jitters)
    earlier.rising.take(track, row[stream], place + length[stream, track], jitters)
    stream, track = np.nonzero((length > 0) & (more["length"] > 0) & ~more["marked"])
    earlier.rising.take(track, row[stream], length[stream, track], begun[stream, track])
    best: npt.NDArray[np.float64] = np.where(more["length"] > 0, difference, np.inf).min(axis=1)
    return best


def _continue_timelines(earlier: Table, later: Table, row: Column) -> None:
    one, other = earlier.timelines, later.timelines
    streams, steps = np.nonzero(other.packets[: len(later)])
    latest = np.zeros(len(later), np.int64)
    np.maximum.at(latest, streams, (other.begin[streams] + steps) * other.width[streams])
    for at, number in zip(row.tolist(), range(len(later)), strict=True):
        while one.width[at] < other.width[number]:
            one.widen(at)
    one.fit(row, latest)
    time = (other.begin[streams] + steps) * other.width[streams]
    for name in SUMMED:
        one.add_to(name, row[streams], time, getattr(other, name)[streams, steps])


def _continue_lists(earlier: Table, later: Table, match: Match, row: Column, frames: int) -> None:
    _continue_formats(earlier, later, row, frames)
    elapsed = later.state["first_time"][match.new] - earlier.state["last_time"][match.old]
    for at, number, pause in zip(match.old.tolist(), match.new.tolist(), elapsed.tolist(), strict=True):
        if pause >= SECOND:
            end = int(later.state["first_time"][number])
            earlier.note_gap(at, Gap(begin=end - pause, end=end, frame=int(later.state["first_frame"][number])))
    for number, gaps in later.gaps.items():
        for gap in gaps:
            earlier.note_gap(int(row[number]), replace(gap, frame=gap.frame + frames))
    for number, keys in later.keys.items():
        for key in keys:
            earlier.note_key(int(row[number]), replace(key, frame=key.frame + frames))


def _continue_formats(earlier: Table, later: Table, row: Column, frames: int) -> None:
    for number, at in enumerate(row.tolist()):
        known, first = earlier.formats.get(at), int(earlier.state["payload_type"][at])
        for found in _formats(later, number):
            if known is None or found.payload_type != first:
                earlier.note_format(at, replace(found, first_frame=found.first_frame + frames))
                earlier.state["others"][at] += found.packets if known is not None else 0


def _formats(table: Table, number: int) -> list[Format]:
    """Give the payload types of a stream with all packets of each."""
    state = table.state[number]
    first, packets = int(state["payload_type"]), int(state["packets"] - state["others"])
    return [
        replace(each, packets=packets) if each.payload_type == first else each
        for each in table.formats[number].values()
    ]
