"""SIP over WebSocket: the upgrade, then frames, masked or not, whole or in fragments (RFC 6455, RFC 7118)."""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import TYPE_CHECKING

from sipdiag.defect import Defect
from sipdiag.transport.delivery import Datagram

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sipdiag.defect import Defects
    from sipdiag.transport.delivery import StreamData

CONTINUATION, CLOSE = 0, 8
WHOLE = (0x81, 0x82)
"""First byte of a frame with a whole message that is not compressed, text or binary."""
LONGEST = 1 << 20
"""Bytes of a message above which it is given up: no client sends so much in earnest."""
LONGEST_HANDSHAKE = 16_384
MESSAGE = f"a WebSocket message of more than {LONGEST >> 20} MB"
HANDSHAKE = f"a WebSocket handshake of more than {LONGEST_HANDSHAKE} bytes"
GLIMPSE = 256
"""Bytes of a frame that are unmasked to see what it is."""
COMPRESSED = 0x40
FLUSHED = b"\0\0\xff\xff"
"""What a sender leaves off the end of a compressed message (RFC 7692, section 7.2.1)."""

# Sec-WebSocket-Protocol = "Sec-WebSocket-Protocol" ":" 1#token; RFC 7118 section 4.1 registers "sip".
_UPGRADE = re.compile(rb"GET [^\r\n]{1,2048} HTTP/1\.1\r\n")
_PROTOCOL = re.compile(rb"\n[Ss]ec-[Ww]eb[Ss]ocket-[Pp]rotocol:[^\r\n]*\bsip\b", re.IGNORECASE)
_SWITCHED = re.compile(rb"HTTP/1\.1 101[ \r]")


def upgrades(payload: bytes) -> bool:
    """Tell whether a payload asks for a WebSocket that will carry SIP, or grants one."""
    begins = _UPGRADE.match(payload) or _SWITCHED.match(payload)
    return begins is not None and _PROTOCOL.search(payload, 0, LONGEST_HANDSHAKE) is not None


def begins_frame(payload: bytes, recognize: Callable[[bytes], object]) -> bool:
    """Tell whether a payload begins with a frame that begins with signalling."""
    head = _head(payload)
    if head is None or payload[0] not in WHOLE or head[1] > LONGEST:
        return False
    start, length, mask = head
    shown = payload[start : start + min(length, GLIMPSE)]
    return bool(recognize(_unmasked(shown, mask)))


def _head(data: bytes | bytearray) -> tuple[int, int, bytes] | None:
    """Give where the payload of a frame begins, its length, and the mask; None while the header is not complete."""
    if len(data) < 2:
        return None
    length, at = data[1] & 0x7F, 2
    if length > 125:
        width = 2 if length == 126 else 8
        length, at = int.from_bytes(data[2 : 2 + width], "big"), 2 + width
    masked = data[1] & 0x80
    end = at + 4 if masked else at
    return None if len(data) < end else (end, length, bytes(data[at:end]))


def _unmasked(data: bytes, mask: bytes) -> bytes:
    if not mask or not data:
        return data
    size = len(data)
    key = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(data, "big") ^ int.from_bytes(key, "big")).to_bytes(size, "big")


class _State(Enum):
    HANDSHAKE = auto()
    OPEN = auto()
    LOST = auto()
    """Bytes are missing: the next segment that begins with a frame of signalling is waited for."""


class WebSocketStream:
    """One direction of a WebSocket connection; never raises on content."""

    def __init__(self, recognize: Callable[[bytes], object], defects: Defects) -> None:
        self._recognize, self._defects = recognize, defects
        self._state: _State | None = None
        self._held = bytearray()
        self._message = bytearray()
        self._packed = False
        self._inflate: Callable[[bytes, int], bytes] | None = None
        self._frames: list[int] = []
        """Frames that carried bytes of messages that were not yet given out."""

    @property
    def held(self) -> int:
        """Bytes of memory, about, that wait for the end of a message."""
        return len(self._held) + len(self._message) + 32 * len(self._frames)

    def feed(self, data: StreamData) -> Iterator[Datagram]:
        """Take the next bytes; yield the messages that they complete."""
        if data.gap:
            self._note("stream-gap", f"{data.source} → {data.destination}", data)
            self._lose()
        if not data.payload:
            return
        if self._state is None:
            handshake = data.payload[:1] in (b"G", b"H")
            self._state = _State.HANDSHAKE if handshake else _State.OPEN
        if self._state is _State.LOST:
            if not begins_frame(data.payload, self._recognize):
                return
            self._state = _State.OPEN
        self._held += data.payload
        self._frames.append(data.frame)
        if self._state is _State.HANDSHAKE and not self._shaken(data.frame):
            return
        while self._state is _State.OPEN and (frame := self._frame(data)) is not None:
            yield from self._taken(*frame, data)
        if not self._held and not self._message:
            self._frames.clear()

    def _shaken(self, frame: int) -> bool:
        """Pass over the handshake once it is there."""
        end = self._held.find(b"\r\n\r\n", 0, LONGEST_HANDSHAKE)
        if end < 0:
            if len(self._held) > LONGEST_HANDSHAKE:
                self._defects.reach(HANDSHAKE, frame)
                self._state = _State.LOST
                self._held.clear()
            return False
        del self._held[: end + 4]
        self._state = _State.OPEN
        return True

    def _frame(self, data: StreamData) -> tuple[int, bytes] | None:
        """Cut the next frame off what is held: its first byte and its payload."""
        head = _head(self._held)
        if head is None:
            return None
        start, length, mask = head
        if length > LONGEST or len(self._message) > LONGEST:
            self._defects.reach(MESSAGE, data.frame)
            self._lose()
            return None
        if len(self._held) < start + length:
            return None
        first = self._held[0]
        payload = _unmasked(bytes(self._held[start : start + length]), mask)
        del self._held[: start + length]
        return first, payload

    def _taken(self, first: int, payload: bytes, data: StreamData) -> Iterator[Datagram]:
        """Add a frame to the message that it is a part of; control frames may stand between two parts."""
        kind, last = first & 15, first & 0x80
        if kind >= CLOSE:
            return
        if kind != CONTINUATION:
            self._message.clear()
            self._packed = bool(first & COMPRESSED)
        self._message += payload
        if not last:
            return
        message = bytes(self._message)
        self._message.clear()
        if self._packed:
            message = self._unpacked(message, data)
        frames = tuple(dict.fromkeys(self._frames))
        self._frames = [data.frame] if self._held else []
        if self._recognize(message):
            yield Datagram(
                frame=data.frame,
                time=data.time,
                source=data.source,
                destination=data.destination,
                payload=message,
                transport="ws",
                fragments=frames if len(frames) > 1 else (),
            )

    def _unpacked(self, message: bytes, data: StreamData) -> bytes:
        """Decompress a message (RFC 7692); the next one may refer back to its bytes."""
        from zlib import decompressobj, error  # noqa: PLC0415 - few clients compress

        if self._inflate is None:
            self._inflate = decompressobj(-15).decompress
        try:
            unpacked = self._inflate(message + FLUSHED, LONGEST)
        except error:
            self._inflate = None
            self._note("websocket-damaged", "a compressed message needs bytes that are not in the capture", data)
            return b""
        if len(unpacked) == LONGEST:  # the rest of it would come out before the next message
            self._defects.reach(MESSAGE, data.frame)
            self._inflate = None
        return unpacked

    def _lose(self) -> None:
        self._held.clear()
        self._message.clear()
        self._frames.clear()
        self._state = _State.LOST

    def _note(self, kind: str, detail: str, data: StreamData) -> None:
        self._defects.append(Defect(kind=kind, detail=detail, frame=data.frame))
