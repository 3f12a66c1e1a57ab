"""Keys that were pressed, as telephone events tell them (RFC 4733, section 2.3).

Which payload type holds events is agreed on by the sides; a capture may not show it. An event is known by its form as
well: four bytes in a dynamic payload type, a key among them, and the reserved bit clear.
"""

from __future__ import annotations

import numpy as np

from sipdiag.media.batch import Batch, Mask
from sipdiag.media.rtp import HEADER, MARKER, Octets

DIGITS = "0123456789*#ABCD"
"""Events 0 to 15; 16 is a flash of the hook."""
FLASH = 16
DYNAMIC = 96
PAYLOAD = 4
RESERVED = 0x40


def is_event(batch: Batch, data: Octets) -> Mask:
    """Tell which packets of a batch hold a telephone event."""
    packets = batch.packets
    may: Mask = (packets.length == HEADER + PAYLOAD) & ((packets.second & ~np.uint8(MARKER)) >= DYNAMIC)
    may &= (packets.kept == packets.length) & (packets.first == 0x80)
    rows = np.flatnonzero(may)
    if len(rows):
        place = packets.start[rows] + HEADER
        may[rows] = (data[place] <= FLASH) & (data[place + 1] & RESERVED == 0)
    return may


def pressed(batch: Batch, data: Octets, which: Mask) -> list[tuple[int, int, str, int, int]]:
    """Give of the events in a batch, each told once: stream, timestamp, key, frame and time of its first packet."""
    packets = batch.packets
    rows = np.flatnonzero(which)
    together = np.stack([batch.slot[rows], packets.timestamp[rows]])
    _, first = np.unique(together, axis=1, return_index=True)
    return [
        (
            int(batch.slot[row]),
            int(packets.timestamp[row]),
            (DIGITS + "!")[int(data[int(packets.start[row]) + HEADER])],
            int(packets.frame[row]),
            int(packets.time[row]),
        )
        for row in rows[np.sort(first)].tolist()
    ]
