"""An `Exchange`, or messages as raw bytes, as the capture file that a recorder would have written."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from exchange import CALLEE, CALLER, START
from sipdiag.trace import host, port
from tests.transport.wire import ethernet, ipv4, udp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from exchange import Exchange

NANOSECONDS = 0xA1B23C4D
HEADER = struct.pack("<IHHiIII", NANOSECONDS, 2, 4, 0, 0, 262_144, 1)


def capture_of(talk: Exchange) -> bytes:
    """Every message of `talk` in a datagram of its own."""
    sightings = sorted(talk.sightings, key=lambda each: each.time)
    return HEADER + b"".join(
        _record(each.time, each.source, each.destination, (each.message.head + "\r\n\r\n").encode())
        for each in sightings
    )


def capture_of_payloads(payloads: Iterable[bytes], source: str = CALLEE, destination: str = CALLER) -> bytes:
    """Datagrams, a second apart, from one host to another."""
    return HEADER + b"".join(
        _record(START + number * 10**9, source, destination, payload) for number, payload in enumerate(payloads)
    )


def _record(time: int, source: str, destination: str, payload: bytes) -> bytes:
    datagram = udp(payload, source=port(source), destination=port(destination))
    frame = ethernet(ipv4(datagram, source=host(source), destination=host(destination)))
    return struct.pack("<IIII", time // 10**9, time % 10**9, len(frame), len(frame)) + frame
