"""Whether the payload of PCMU and PCMA is silence: samples of it are looked at, the same ones however a capture is cut.

A byte is silent where it stands for an amplitude that nobody hears, or where a whole packet holds one value only
(ITU-T G.711; RFC 3551, section 4.5.14).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sipdiag.media.batch import Batch, Mask
from sipdiag.media.rtp import HEADER, Column, Octets, RtpPackets

EVERY = 16
"""One packet in so many, a power of two, is looked at, by its sequence number."""
LOOKED_AT = 16
"""Bytes of it that are looked at, evenly over the packet."""
PCMU, PCMA = 0, 8
G723, G729 = 4, 18
QUIET = {PCMU: (0xFF, 0x7F, 0xFE, 0x7E), PCMA: (0xD5, 0x55, 0xD4, 0x54)}
"""The bytes for amplitudes next to nothing."""

_SILENT = np.zeros((2, 256), np.bool_)
_SILENT[0, list(QUIET[PCMU])] = True
_SILENT[1, list(QUIET[PCMA])] = True


def describes_silence(packets: RtpPackets) -> Mask:
    """Which packets end with a frame that describes silence, after which a sender of G.729 or G.723.1 may send nothing.

    The frames of a voice have 10 bytes, or 20 and 24, those of silence 2 and 4 (RFC 3551, sections 4.5.3 and 4.5.6).
    """
    codec = packets.second & 0x7F
    silence: Mask = (codec == G729) | (codec == G723)
    rows = np.flatnonzero(silence)
    size = packets.length[rows] - HEADER
    silence[rows] = np.where(codec[rows] == G729, size % 10 == 2, size == 4)
    return silence


def silent_packets(batch: Batch, data: Octets) -> tuple[Column, Mask]:
    """Give the rows that were looked at, and which of them are silent."""
    packets = batch.packets
    codec = packets.second & 0x7F
    rows = np.flatnonzero(packets.sequence & (EVERY - 1) == 0)
    kind = codec[rows]
    rows = rows[((kind == PCMU) | (kind == PCMA)) & (packets.first[rows] == 0x80)]
    room = packets.kept[rows] - HEADER
    rows, room = rows[room >= LOOKED_AT], room[room >= LOOKED_AT]
    place = packets.start[rows] + HEADER
    at = place[:, None] + (room[:, None] * np.arange(LOOKED_AT)) // LOOKED_AT
    octets = data[at]
    table: npt.NDArray[np.intp] = (codec[rows] == PCMA).astype(np.intp)
    quiet = _SILENT[table[:, None], octets].all(axis=1) | (octets == octets[:, :1]).all(axis=1)
    return rows, quiet
