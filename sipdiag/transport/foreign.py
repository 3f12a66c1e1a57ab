"""The slow lane: packets of link layers that this room does not decode, opened one at a time by scapy's dissectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sipdiag.capture import Packets
from sipdiag.defect import Defects
from sipdiag.transport.link import PROVIDER_BACKBONE, RAW, SERVICE_HEADER

if TYPE_CHECKING:
    from sipdiag.transport.columns import Rows

MOST = 20_000
"""Packets of a capture that scapy opens at most: each takes a thousand times as long as one in columns."""
LONGEST = 65_536
"""Bytes of a packet that it is given."""
SHORTEST = 24
"""Bytes of the shortest packet with an IP header and something before it."""
DEEPEST = 32
"""Layers of a packet that are looked at."""
BEYOND = f"packets of link layers that only scapy reads, more than {MOST}"
NESTED = f"layers that scapy finds in a packet, more than {DEEPEST}"
TOO_DEEP = -1
KNOWN = frozenset({144, 274})
"""Link types in which scapy finds IP and this room does not; scapy is not imported for others."""
BY_ETHERTYPE = {
    -PROVIDER_BACKBONE: ("scapy.layers.l2", "Dot1AH"),
    -SERVICE_HEADER: ("scapy.contrib.nsh", "NSH"),
}
"""Link type, which is a negative EtherType → where scapy has it."""

Dissector = Any
"""A class of scapy, which ships no complete types."""


class Foreign:
    """Opens what scapy knows, up to a number of packets."""

    def __init__(self, defects: Defects) -> None:
        self._defects = defects
        self._dissectors: dict[int, Dissector | None] = {}
        self._left = MOST

    def inside(self, packets: Packets, rows: Rows, link: int) -> Packets | None:
        """Give the IP packets in those rows; nothing if scapy does not know the link type."""
        if link not in self._dissectors:
            self._dissectors[link] = _dissector(link)
        dissector = self._dissectors[link]
        if dissector is None:
            return None
        if len(rows) > self._left:
            self._defects.reach(BEYOND, int(packets.frames(rows[self._left :])[0]), len(rows) - self._left)
        rows = rows[: self._left]
        self._left -= len(rows)
        return self._opened(packets, rows, dissector)

    def _opened(self, packets: Packets, rows: Rows, dissector: Dissector) -> Packets:
        found: list[tuple[int, int]] = []
        for number, start, size in zip(
            rows.tolist(), packets.offset[rows].tolist(), packets.captured[rows].tolist(), strict=True
        ):
            if size < SHORTEST:
                continue
            at = _internet(packets.data[start : start + min(size, LONGEST)].tobytes(), dissector)
            if at == TOO_DEEP:
                self._defects.reach(NESTED, int(packets.frames(np.array([number]))[0]))
            elif at is not None:
                found.append((number, at))
        which = np.array([number for number, _ in found], np.int64)
        return packets.inside(which, np.array([at for _, at in found], np.int64), RAW)


def _internet(data: bytes, dissector: Dissector) -> int | None:
    """Say where in the packet the first IP header begins; `TOO_DEEP` where that is not known."""
    from scapy.layers.inet import IP  # noqa: PLC0415 - imported when there is something to dissect
    from scapy.layers.inet6 import IPv6  # noqa: PLC0415

    try:
        layer = dissector(data)
        for _ in range(DEEPEST):
            if isinstance(layer, IP | IPv6):
                # What a layer was made of goes to the end of the packet, padding of its own left aside.
                return data.rfind(layer.original) if layer.original else None
            layer = layer.payload
        found = TOO_DEEP if layer else None
    except Exception:  # noqa: BLE001 - a dissector may fail in any way on bytes that it was not made for
        return None
    return found


def _dissector(link: int) -> Dissector | None:
    """Give scapy's class for a link type."""
    if link not in KNOWN and link not in BY_ETHERTYPE:
        return None
    from importlib import import_module  # noqa: PLC0415

    try:
        import_module("scapy.layers.all")
        conf = import_module("scapy.config").conf
        conf.logLevel = 50  # its warnings on strange packets do not belong into a report
        if link in BY_ETHERTYPE:
            module, name = BY_ETHERTYPE[link]
            return getattr(import_module(module), name)
    except ImportError:
        return None
    return conf.l2types.num2layer.get(link)
