"""Wi-Fi frames that hold several others: an A-MSDU, each part with addresses and length (IEEE 802.11-2020, 9.3.2.2).

destination 6 · source 6 · length 2 · LLC and SNAP 8 · packet · padding to four bytes, but for the last
"""

from __future__ import annotations

import numpy as np

from sipdiag.capture import Packets, byte_rows
from sipdiag.transport.columns import Rows, big_endian

HEADER = 14
LLC = b"\xaa\xaa\x03"
SHORTEST = HEADER + 8
"""Bytes of a part with LLC and SNAP."""
MOST_PARTS = 256
"""Parts of one frame that are looked at: no frame has room for more that hold a datagram each."""
LOGICAL_LINK = 100
"""The LINKTYPE of packets that begin with LLC and SNAP."""
PARTS = f"frames in one of Wi-Fi (A-MSDU), more than {MOST_PARTS}"


def parts(packets: Packets, rows: Rows) -> tuple[Packets, Rows]:
    """Give the parts of the packets in `rows`, each an A-MSDU, as packets in order; and rows with too many parts."""
    place = np.zeros(len(packets), np.int64)
    """Where in each packet the next part begins."""
    found: list[Rows] = []
    begins: list[Rows] = []
    sizes: list[Rows] = []
    for _ in range(MOST_PARTS):
        rows = rows[packets.captured[rows] - place[rows] >= SHORTEST]
        if not len(rows):
            break
        heads = byte_rows(packets.data, packets.offset[rows] + place[rows], HEADER + len(LLC))
        size = big_endian(heads, 12, 2)
        known = (heads[:, HEADER:] == np.frombuffer(LLC, np.uint8)).all(axis=1)
        found.append(rows[known])
        begins.append(place[rows[known]] + HEADER)
        sizes.append(size[known])
        place[rows] += HEADER + size + 3 & ~3
    beyond = rows[packets.captured[rows] - place[rows] >= SHORTEST]
    row, begin, size = (np.concatenate(some) if some else np.empty(0, np.int64) for some in (found, begins, sizes))
    order = np.lexsort((begin, row))
    row, begin, size = row[order], begin[order], size[order]
    return Packets(
        data=packets.data,
        offset=packets.offset[row] + begin,
        captured=np.minimum(size, packets.captured[row] - begin),
        original=size,
        time=packets.time[row],
        link=np.full(len(row), LOGICAL_LINK, np.int32),
        first_frame=packets.first_frame,
        position=packets.position,
        numbers=packets.frames(row),
    ), beyond
