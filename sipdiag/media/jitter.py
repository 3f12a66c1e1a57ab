"""Interarrival jitter (RFC 3550, section 6.4.1), for streams whose clock rate may only be known later.

`J += (|D| - J) / 16`, where `D` is how much further apart two packets arrived than their timestamps say. A timestamp
counts ticks of the codec's clock, which a dynamic payload type leaves open until a session description names the codec:
for those the jitter is followed at each of the usual rates, a *track* a rate. Mean and maximum leave out what begins a
talkspurt, as Wireshark's list of streams does.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from sipdiag.media.batch import Batch
from sipdiag.media.payload import STATIC
from sipdiag.media.recurrence import recurred
from sipdiag.media.rtp import MARKER
from sipdiag.media.stream import Jitter

RATES = (8_000, 16_000, 32_000, 48_000, 90_000)
"""Clock rates of the tracks, in hertz."""
EVERY, NONE = -1, -2
RATIO = 15 / 16
LONGEST = 5_000.0
"""Milliseconds: a greater difference is no jitter but a timestamp that began anew."""

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


def follow_jitter(batch: Batch, state: npt.NDArray[np.void]) -> Floats:
    """Take a batch into `state`, of shape (streams, tracks); give for each packet the estimate on its best track."""
    track = TRACKS[batch.packets.second & 0x7F]
    best = np.full(len(track), np.inf)
    for number in range(len(RATES)):
        on = (track == number) | (track == EVERY)
        if on.all():
            np.minimum(best, _followed(batch, state, number), out=best)
        elif (part := batch.only(on)) is not None:
            best[on] = np.minimum(best[on], _followed(part, state, number))
    best[best == np.inf] = 0.0
    return best


def _followed(batch: Batch, state: npt.NDArray[np.void], track: int) -> Floats:
    """Follow one track."""
    known = state[batch.which, track]
    time, timestamp = batch.packets.time, batch.packets.timestamp
    new = known["length"] == 0
    begins = batch.starts[new]
    apart = (time - batch.before(time, known["time"])) / 1_000_000
    ticks = ((timestamp - batch.before(timestamp, known["timestamp"]) + 0x80000000) & 0xFFFFFFFF) - 0x80000000
    difference = np.abs(apart - ticks * (1_000 / RATES[track]))
    difference[difference > LONGEST] = 0.0
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
    known["first_time"][new], known["first_timestamp"][new] = time[begins], timestamp[begins]
    known["time"], known["timestamp"], known["jitter"] = time[ends], timestamp[ends], jitter[ends]
    known["total"] += np.add.reduceat(shown, batch.starts)
    known["highest"] = np.maximum(known["highest"], np.maximum.reduceat(shown, batch.starts))
    known["count"] += np.add.reduceat(counted.astype(np.int64), batch.starts)
    known["length"] += batch.counts
    state[batch.which, track] = known
    return jitter


def jitters_in(tracks: npt.NDArray[np.void]) -> Iterator[Jitter]:
    """Yield what is known of a stream at each rate."""
    for rate, track in zip(RATES, tracks, strict=True):
        if track["length"]:
            count = int(track["count"])
            yield Jitter(
                rate=rate,
                mean=float(track["total"]) / count if count else 0.0,
                highest=float(track["highest"]),
                last=float(track["jitter"]),
                count=count,
                length=int(track["length"]),
                inherits=float(track["inherits"]),
                marked=bool(track["marked"]),
                first_time=int(track["first_time"]),
                first_timestamp=int(track["first_timestamp"]),
                last_time=int(track["time"]),
                last_timestamp=int(track["timestamp"]),
            )
