"""SCTP: user messages in DATA chunks, whole or in fragments (RFC 9260, RFC 8260; RFC 4168 for SIP)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from sipdiag.capture import byte_rows
from sipdiag.transport.columns import big_endian
from sipdiag.transport.delivery import Datagram
from sipdiag.transport.udp import SHORTEST, begins_with_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    from sipdiag.defect import Defects
    from sipdiag.transport.endpoint import Endpoints
    from sipdiag.transport.fragments import Whole
    from sipdiag.transport.ip import IPPackets

SCTP = 132
HEADER = 12
DATA, INTERLEAVED = 0, 64
DATA_HEADERS = {DATA: 16, INTERLEAVED: 20}
END, BEGIN = 1, 2
LOOKED_AT = DATA_HEADERS[INTERLEAVED] + SHORTEST
MOST_CHUNKS = 512
"""Chunks of a packet that are looked at."""
MOST_OPEN = 1_024
"""Unfinished messages at a time; beyond, the oldest is given up."""
MOST_BYTES = 1 << 17
"""Bytes of one message."""
MOST_PARTS = 256
"""Chunks of one message."""
MOST_SEEN = 65_536
"""Transmission sequence numbers that are remembered, so that retransmissions are recognised."""


UNDER_WAY = f"SCTP messages under way, more than {MOST_OPEN}, or of more than {MOST_PARTS} parts or {MOST_BYTES} bytes"
CHUNKS = f"chunks of an SCTP packet, more than {MOST_CHUNKS}"


class Chunk(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One DATA chunk."""

    frame: int
    time: int
    source: str
    destination: str
    tag: int
    """Verification tag of the association."""
    sequence: int
    """Transmission sequence number."""
    stream: int
    message: int
    """Number of the message that it is a part of, in I-DATA chunks (RFC 8260); -1 in DATA chunks."""
    place: int
    """Its place among the parts of the message: parts have consecutive numbers."""
    flags: int
    payload: bytes
    cut: bool


class Associations:
    """All SCTP associations of a capture, as far as they carry signalling."""

    def __init__(self, recognize: Callable[[bytes], object], endpoints: Endpoints, defects: Defects) -> None:
        self._recognize, self._endpoints, self._defects = recognize, endpoints, defects
        self._open: dict[tuple[str, str, int, int, int], list[Chunk]] = {}
        self._seen: dict[tuple[str, str, int, int], None] = {}

    def take(self, group: IPPackets) -> Iterator[Datagram]:
        """Yield the messages that the packets of a chunk complete."""
        packets = group.select((group.protocol == SCTP) & (group.present() >= HEADER))
        promising, endless = _promising(packets)
        if len(endless):
            self._defects.reach(CHUNKS, int(endless.min()), len(endless))
        packets = packets.select(promising)
        data = packets.packets.data.data
        for frame, time, source, destination, start, length, present in zip(
            packets.packets.frames(packets.row).tolist(),
            packets.packets.time[packets.row].tolist(),
            packets.endpoints(0),
            packets.endpoints(2),
            packets.start().tolist(),
            packets.length().tolist(),
            packets.present().tolist(),
            strict=True,
        ):
            payload = data[start : start + max(0, min(length, present))].tobytes()
            yield from self._messages(payload, frame, time, (source, destination))

    def whole(self, whole: Whole) -> Iterator[Datagram]:
        """Yield the messages of a packet that came in IP fragments."""
        ends = (whole.source + whole.payload[:2], whole.destination + whole.payload[2:4])
        if len(whole.payload) >= HEADER:
            if _is_endless(whole.payload):
                self._defects.reach(CHUNKS, whole.frames[-1])
            yield from self._messages(whole.payload, whole.frames[-1], whole.time, ends)

    def _messages(self, payload: bytes, frame: int, time: int, ends: tuple[bytes, bytes]) -> Iterator[Datagram]:
        for chunk in _chunks(payload, frame, time, self._endpoints[ends[0]], self._endpoints[ends[1]]):
            key = (chunk.source, chunk.destination, chunk.tag, chunk.sequence)
            if key in self._seen:
                continue  # sent again, because no acknowledgment came
            self._seen[key] = None
            if len(self._seen) > MOST_SEEN:
                del self._seen[next(iter(self._seen))]
            parts = self._together(chunk)
            message = b"".join(part.payload for part in parts)
            if parts and self._recognize(message):
                frames = tuple(dict.fromkeys(part.frame for part in parts))
                yield Datagram(
                    frame=frame,
                    time=time,
                    source=chunk.source,
                    destination=chunk.destination,
                    payload=message,
                    transport="sctp",
                    fragments=frames if len(frames) > 1 else (),
                    cut=int(parts[-1].cut),
                )

    def _together(self, chunk: Chunk) -> list[Chunk]:
        """Give the chunks of a message once all are there, in order; nothing before."""
        if chunk.flags & (BEGIN | END) == BEGIN | END:
            return [chunk]
        key = (chunk.source, chunk.destination, chunk.tag, chunk.stream, chunk.message)
        parts = self._open.setdefault(key, [])
        if len(self._open) > MOST_OPEN:
            self._give_up(self._open.pop(next(iter(self._open))), chunk.frame)
        if len(parts) >= MOST_PARTS or sum(len(part.payload) for part in parts) > MOST_BYTES:
            self._give_up(parts, chunk.frame)
            parts.clear()
        parts.append(chunk)
        parts.sort(key=lambda part: part.place)
        following = range(parts[0].place, parts[0].place + len(parts))
        whole = parts[0].flags & BEGIN and parts[-1].flags & END and [part.place for part in parts] == [*following]
        if not whole:
            return []
        return self._open.pop(key)

    def _give_up(self, parts: list[Chunk], frame: int) -> None:
        """Note that parts of a message were dropped, unless they cannot be of SIP."""
        if any(part.flags & BEGIN or part.payload.isascii() for part in parts):
            self._defects.reach(UNDER_WAY, frame)


def _promising(packets: IPPackets) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    """Tell which packets have a DATA chunk that begins with text, or goes on with a message begun before.

    The frames of those with more chunks than are looked at come second.
    """
    data = packets.packets.data
    start = packets.start()
    end = start + packets.present()
    at = start + HEADER
    promising = np.zeros(len(packets), np.bool_)
    going = np.flatnonzero(at + 4 <= end)
    for _ in range(MOST_CHUNKS):
        if not len(going):
            break
        heads = byte_rows(data, at[going], LOOKED_AT)
        for kind, size in DATA_HEADERS.items():
            rows = heads[:, 0] == kind
            promising[going] |= rows & ((heads[:, 1] & BEGIN == 0) | begins_with_text(heads, size))
        at[going] += np.maximum(big_endian(heads, 2, 2), 4) + 3 & ~3
        going = going[at[going] + 4 <= end[going]]
    return promising, packets.packets.frames(packets.row[going])


def _is_endless(payload: bytes) -> bool:
    """Tell whether a packet has more chunks than are looked at."""
    at = HEADER
    for _ in range(MOST_CHUNKS):
        if at + 4 > len(payload):
            return False
        at += max(int.from_bytes(payload[at + 2 : at + 4], "big"), 4) + 3 & ~3
    return at + 4 <= len(payload)


def _chunks(payload: bytes, frame: int, time: int, source: str, destination: str) -> Iterator[Chunk]:
    """Walk the chunks of a packet."""
    tag, at = int.from_bytes(payload[4:8], "big"), HEADER
    for _ in range(MOST_CHUNKS):
        if at + 4 > len(payload):
            return
        kind, flags, length = struct.unpack_from(">BBH", payload, at)
        size = DATA_HEADERS.get(kind)
        if size is not None and length > size and at + size <= len(payload):
            sequence, stream = struct.unpack_from(">IH", payload, at + 4)
            message, place = struct.unpack_from(">II", payload, at + 12) if kind == INTERLEAVED else (-1, sequence)
            if kind == INTERLEAVED and flags & BEGIN:
                place = 0  # the first part has the payload protocol in that field, the others their place
            yield Chunk(
                frame=frame,
                time=time,
                source=source,
                destination=destination,
                tag=tag,
                sequence=sequence,
                stream=stream,
                message=message,
                place=place,
                flags=flags,
                payload=payload[at + size : at + length],
                cut=at + length > len(payload),
            )
        at += max(length, 4) + 3 & ~3
