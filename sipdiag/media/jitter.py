"""Interarrival jitter (RFC 3550, section 6.4.1), for streams whose clock rate may only be known later.

`J += (|D| - J) / 16`, where `D` is how much further apart two packets arrived than their timestamps say. A timestamp
counts ticks of the codec's clock, which a dynamic payload type leaves open until a session description names the codec:
for those the jitter is followed at each of the usual rates, a *track* a rate. Mean and maximum leave out what begins a
talkspurt, as Wireshark's list of streams does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from sipdiag.media.batch import Batch
from sipdiag.media.payload import STATIC
from sipdiag.media.recurrence import recurred
from sipdiag.media.rising import HELD, Rising
from sipdiag.media.rtp import MARKER
from sipdiag.media.stream import Jitter

RATES = (8_000, 16_000, 32_000, 48_000, 90_000)
"""Clock rates of the tracks, in hertz."""
EVERY, NONE = -1, -2
RATIO = 15 / 16
LONGEST = 5_000.0
"""Milliseconds: a greater difference is no jitter but a timestamp that began anew."""
DIGITS = 6
"""Of a figure in milliseconds; those behind depend on where a capture was cut into chunks."""
UPWARD = 1e-10
"""Halves are rounded up, also where they are a little less by chance."""

FIELDS = [
    ("first_time", np.int64),
    ("first_timestamp", np.int64),
    ("time", np.int64),
    ("timestamp", np.int64),
    ("jitter", np.float64),
    ("total", np.float64),
    ("highest", np.float64),
    ("inherits", np.float64),
    ("count", np.int64),
    ("length", np.int64),
    ("marked", np.bool_),
]
"""What a track of a stream is: time and timestamp of its first and its last packet, the estimate at the last, the sum
and the maximum of what counts of it, how much of an estimate before its first packet that sum would hold, how many
packets counted and how many there were, and whether the first began a talkspurt."""
FADED = 1_024
"""Packets after which an estimate has left no trace."""
_FADING = np.append(RATIO ** np.arange(FADED, dtype=np.float64), 0.0)

Floats = npt.NDArray[np.float64]


def _tracks() -> npt.NDArray[np.int64]:
    """Payload type → its track; `EVERY` for dynamic ones, `NONE` for a rate that has none."""
    tracks = np.full(128, EVERY)
    for payload_type, (_, rate) in STATIC.items():
        tracks[int(payload_type)] = RATES.index(rate) if rate in RATES else NONE
    return tracks


TRACKS = _tracks()


def follow_jitter(batch: Batch, state: npt.NDArray[np.void], rising: Rising) -> Floats:
    """Take a batch into `state`, of shape (streams, tracks); give for each packet the difference on its best track."""
    track = TRACKS[batch.packets.second & 0x7F]
    if (track == track[0]).all() and track[0] >= 0:
        return _followed(batch, state, int(track[0]), rising)
    best = np.full(len(track), np.inf)
    for number in range(len(RATES)):
        on = (track == number) | (track == EVERY)
        if on.all():
            np.minimum(best, _followed(batch, state, number, rising), out=best)
        elif (part := batch.only(on)) is not None:
            best[on] = np.minimum(best[on], _followed(part, state, number, rising))
    best[best == np.inf] = 0.0
    return best


def _followed(batch: Batch, state: npt.NDArray[np.void], track: int, rising: Rising) -> Floats:
    """Follow one track."""
    known = state[batch.which, track]
    time, timestamp = batch.packets.time, batch.packets.timestamp
    new = known["length"] == 0
    begins = batch.starts[new]
    difference = apart(
        time - batch.before(time, known["time"]), timestamp - batch.before(timestamp, known["timestamp"]), RATES[track]
    )
    difference[begins] = 0.0
    jitter = recurred(difference / 16, batch.starts, known["jitter"], RATIO)
    counted = batch.packets.second < MARKER
    counted[begins] = False
    shown = np.where(counted, jitter, 0.0)
    ends = batch.ends
    known["marked"][new] = batch.packets.second[begins] >= MARKER
    if int(known["length"].min()) < FADED:
        place = np.arange(len(jitter)) + batch.spread(known["length"] - batch.starts)
        fading = np.where(counted, _FADING[np.minimum(place, FADED)], 0.0)
        known["inherits"] += np.add.reduceat(fading, batch.starts)
        top = np.where(known["count"] == 0, -1.0, known["highest"])
        rows = np.flatnonzero(counted & (place < HELD) & (jitter > batch.spread(top)))
        if len(rows):
            rising.take(track, batch.slot[rows], place[rows], jitter[rows])
    known["first_time"][new], known["first_timestamp"][new] = time[begins], timestamp[begins]
    known["time"], known["timestamp"], known["jitter"] = time[ends], timestamp[ends], jitter[ends]
    known["total"] += np.add.reduceat(shown, batch.starts)
    known["highest"] = np.maximum(known["highest"], np.maximum.reduceat(shown, batch.starts))
    known["count"] += np.add.reduceat(counted.astype(np.int64), batch.starts)
    known["length"] += batch.counts
    state[batch.which, track] = known
    return difference


def apart(time: npt.NDArray[np.int64], ticks: npt.NDArray[np.int64], rate: float | Floats) -> Floats:
    """Give how many milliseconds further apart, or nearer, packets came than the ticks of their timestamps say."""
    ticks = ((ticks + 0x80000000) & 0xFFFFFFFF) - 0x80000000
    difference: Floats = np.abs(time / 1_000_000 - ticks * (1_000 / rate))
    difference[difference > LONGEST] = 0.0
    return difference


def continue_jitter(
    known: npt.NDArray[np.void], later: npt.NDArray[np.void], rates: npt.NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """Take into tracks what somebody else followed later; give how far apart both are, and what is inherited there.

    Each packet of the later part inherits of the estimate at its beginning, a sixteenth less than the one before.
    """
    new, more = known["length"] == 0, later["length"] > 0
    difference = apart(
        later["first_time"] - known["time"], later["first_timestamp"] - known["timestamp"], rates.astype(np.float64)
    )
    difference[new] = 0.0
    begun = np.where(new | ~more, 0.0, known["jitter"] * RATIO + difference / 16)
    counts = ~later["marked"] & more & ~new
    fading = later["inherits"] + counts
    known["inherits"] += np.where(new, later["inherits"], RATIO ** known["length"] * fading)
    known["total"] += later["total"] + begun * fading
    known["count"] += later["count"] + counts
    known["highest"] = np.maximum(np.maximum(known["highest"], later["highest"]), np.where(counts, begun, 0.0))
    ended = later["jitter"] + begun * RATIO ** np.maximum(later["length"] - 1, 0)
    for name, changed, values in (
        ("jitter", more, ended),
        ("time", more, later["time"]),
        ("timestamp", more, later["timestamp"]),
        ("first_time", new, later["first_time"]),
        ("first_timestamp", new, later["first_timestamp"]),
        ("marked", new, later["marked"]),
    ):
        known[name] = np.where(changed, values, known[name])
    known["length"] += later["length"]
    return difference, begun


def jitters_in(tracks: Iterable[tuple[Any, ...]], rising: Iterable[bytes]) -> Iterator[Jitter]:
    """Yield what is known of a stream at each rate; a track is the values of `FIELDS`."""
    for rate, track, rose in zip(RATES, tracks, rising, strict=True):
        first, first_timestamp, last_time, last, estimate, total, highest, inherits, count, length, marked = track
        if length:
            yield Jitter(
                rate=rate,
                mean=_rounded(total / count) if count else 0.0,
                highest=_rounded(highest),
                last=_rounded(estimate),
                count=count,
                length=length,
                inherits=_rounded(inherits),
                rising=rose,
                marked=marked,
                first_time=first,
                first_timestamp=first_timestamp,
                last_time=last_time,
                last_timestamp=last,
            )


def _rounded(value: float) -> float:
    return round(float(value) + UPWARD, DIGITS)
