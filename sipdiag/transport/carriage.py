"""What may lie between TCP and SIP: nothing, WebSocket frames, or HEP packets; told by the first bytes of a stream."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipdiag.transport.delivery import Datagram, StreamData
from sipdiag.transport.hep import MAGIC, HepStream
from sipdiag.transport.websocket import WebSocketStream, begins_frame, upgrades

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sipdiag.defect import Defects
    from sipdiag.transport.endpoint import Endpoints

MOST_HELD = 128 << 20
"""Bytes that unfinished messages of all streams may take."""
HELD = f"unfinished WebSocket and HEP messages of more than {MOST_HELD >> 20} MB"
HANDSHAKES = (b"GET ", b"HTTP/1.1 101")

Carriage = WebSocketStream | HepStream


def begins_carriage(payload: bytes, recognize: Callable[[bytes], object]) -> bool:
    """Tell whether a segment begins signalling, plain or in WebSocket or HEP."""
    if payload[0] & 0x80:
        return begins_frame(payload, recognize)
    return bool(recognize(payload)) or payload.startswith(MAGIC) or upgrades(payload)


def _may_begin(data: StreamData, text: bytes) -> bool:
    """Tell whether a stream begins with `text`, or its first bytes (its SYN was seen) are the beginning of `text`."""
    return data.payload.startswith(text) or (data.opened and text.startswith(data.payload))


class Carriages:
    """The streams of a capture, each with what lies between TCP and SIP in it."""

    def __init__(self, recognize: Callable[[bytes], object], endpoints: Endpoints, defects: Defects) -> None:
        self._recognize, self._endpoints, self._defects = recognize, endpoints, defects
        self._known: dict[tuple[int, str], Carriage | None] = {}
        self._held = 0
        self._upgraded: set[int] = set()
        """Connections on which one side was seen to use WebSocket."""

    def opened(self, data: StreamData) -> Iterable[Datagram | StreamData]:
        """Give the datagrams that the next bytes of a stream complete, or the bytes themselves."""
        key = (data.connection, data.source)
        if data.end and not data.payload:
            self._forget(key)
        carriage = self._known.get(key)
        if carriage is None:
            if key in self._known or not data.payload:
                return (data,)
            carriage = self._known[key] = self._carriage(data)
            if carriage is None:
                return (data,)
        before = carriage.held
        found = list(carriage.feed(data))
        self._held += carriage.held - before
        while self._held > MOST_HELD:
            self._give_way(data.frame)
        return found

    def _forget(self, key: tuple[int, str]) -> None:
        carriage = self._known.pop(key, None)
        self._held -= 0 if carriage is None else carriage.held

    def _give_way(self, frame: int) -> None:
        """Give up the stream that began first, and note that; it goes on as if it began now."""
        self._defects.reach(HELD, frame)
        self._forget(next(key for key, carriage in self._known.items() if carriage is not None))

    def _carriage(self, data: StreamData) -> Carriage | None:
        if _may_begin(data, MAGIC):
            return HepStream(self._endpoints, self._defects)
        handshake = any(_may_begin(data, each) for each in HANDSHAKES)
        spoken = handshake or begins_frame(data.payload, self._recognize)
        if spoken or data.connection in self._upgraded:
            self._upgraded.add(data.connection)
            return WebSocketStream(self._recognize, self._defects)
        return None
