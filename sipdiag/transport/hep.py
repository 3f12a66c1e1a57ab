"""HEP, in which probes and servers send copies of SIP to a HOMER server: versions 1 to 3, over UDP and TCP.

The addresses and the time inside HEP are those of the message; those of the packet around it are of no interest.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from msgspec.structs import replace

from sipdiag.transport.delivery import Datagram

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sipdiag.defect import Defects
    from sipdiag.transport.delivery import StreamData
    from sipdiag.transport.endpoint import Endpoints

MAGIC = b"HEP3"
HEAD = 6
"""The magic and 16 bits of length."""
PROTOCOL, SOURCE4, DESTINATION4, SOURCE6, DESTINATION6, SOURCE_PORT, DESTINATION_PORT = range(2, 9)
SECONDS, MICROSECONDS, KIND, PAYLOAD, PACKED_PAYLOAD = 9, 10, 11, 15, 16
SIP = 1
MOST_CHUNKS = 64
MOST_UNPACKED = 1 << 20
"""Bytes that a compressed payload may have."""
CHUNKS = f"chunks of a HEP packet, more than {MOST_CHUNKS}"
UNPACKED = f"a compressed HEP message of more than {MOST_UNPACKED} bytes"
OLD_LENGTHS = {(1, 2): 16, (1, 10): 40, (2, 2): 28, (2, 10): 52}
"""Version and address family → bytes of the header of HEP before version 3."""
FIRST_BYTES = frozenset({MAGIC[:1], *(bytes([version]) for version, _ in OLD_LENGTHS)})
TRANSPORTS = {6: "tcp", 17: "udp", 132: "sctp"}


def begins_hep(payload: bytes) -> bool:
    """Tell whether a payload is HEP."""
    if payload[:1] not in FIRST_BYTES:
        return False  # as a rule plain SIP
    return payload.startswith(MAGIC) or (
        len(payload) > HEAD and OLD_LENGTHS.get((payload[0], payload[2])) == payload[1]
    )


def inner(outer: Datagram, endpoints: Endpoints, defects: Defects) -> Datagram | None:
    """Give the datagram that was copied; None when it is no SIP, or not complete."""
    if outer.payload.startswith(MAGIC):
        return _third(outer, endpoints, defects)
    return _old(outer, endpoints)


def _third(outer: Datagram, endpoints: Endpoints, defects: Defects) -> Datagram | None:
    chunks, whole = _chunks(outer.payload)
    if not whole:
        defects.reach(CHUNKS, outer.frame)
    payload = chunks.get(PAYLOAD)
    if payload is None and PACKED_PAYLOAD in chunks:
        payload, whole = _unpacked(chunks[PACKED_PAYLOAD])
        if not whole:
            defects.reach(UNPACKED, outer.frame)
    if payload is None or _number(chunks, KIND, SIP) != SIP:
        return None
    source = chunks.get(SOURCE4) or chunks.get(SOURCE6) or bytes(4)
    destination = chunks.get(DESTINATION4) or chunks.get(DESTINATION6) or bytes(4)
    if {len(source), len(destination)} - {4, 16}:
        return None
    return replace(
        outer,
        time=_number(chunks, SECONDS) * 10**9 + _number(chunks, MICROSECONDS) * 1_000 or outer.time,
        source=endpoints[source + chunks.get(SOURCE_PORT, b"").rjust(2, b"\0")[-2:]],
        destination=endpoints[destination + chunks.get(DESTINATION_PORT, b"").rjust(2, b"\0")[-2:]],
        payload=payload,
        ip_id=0,
        transport=TRANSPORTS.get(_number(chunks, PROTOCOL), "udp"),
    )


def _chunks(data: bytes) -> tuple[dict[int, bytes], bool]:
    """Walk vendor, kind, length and value, and tell whether to the end; vendors' own chunks are passed over."""
    chunks: dict[int, bytes] = {}
    at = HEAD
    for _ in range(MOST_CHUNKS):
        if at + HEAD > len(data):
            return chunks, True
        vendor, kind, length = struct.unpack_from(">HHH", data, at)
        if length < HEAD:
            return chunks, True
        if vendor == 0:
            chunks[kind] = data[at + HEAD : at + length]
        at += length
    return chunks, at + HEAD > len(data)


def _number(chunks: dict[int, bytes], kind: int, otherwise: int = 0) -> int:
    value = chunks.get(kind, b"")
    return int.from_bytes(value, "big") if 0 < len(value) <= 4 else otherwise


def _unpacked(data: bytes) -> tuple[bytes | None, bool]:
    """Give a compressed payload, if it is one, and whether that is all of it."""
    from zlib import decompressobj, error  # noqa: PLC0415 - few probes compress

    stream = decompressobj(47)
    try:
        return stream.decompress(data, MOST_UNPACKED), not stream.unconsumed_tail
    except error:
        return None, True


def _old(outer: Datagram, endpoints: Endpoints) -> Datagram | None:
    """Versions 1 and 2: ports and addresses in fixed places, and in 2 the time in the byte order of Intel."""
    data = outer.payload
    version, length, family, protocol = data[:4]
    if len(data) <= length:
        return None
    width = 4 if family == 2 else 16
    source, destination = data[8 : 8 + width], data[8 + width : 8 + 2 * width]
    time = outer.time
    if version == 2:
        seconds, microseconds = struct.unpack_from("<II", data, 8 + 2 * width)
        time = seconds * 10**9 + microseconds * 1_000 or time
    return replace(
        outer,
        time=time,
        source=endpoints[source + data[4:6]],
        destination=endpoints[destination + data[6:8]],
        payload=data[length:],
        ip_id=0,
        transport=TRANSPORTS.get(protocol, "udp"),
    )


class HepStream:
    """HEP packets in one direction of a TCP connection; each says how long it is."""

    def __init__(self, endpoints: Endpoints, defects: Defects) -> None:
        self._endpoints, self._defects = endpoints, defects
        self._held = bytearray()
        self._frames: list[tuple[int, int]] = []
        """Where in what is held the bytes of each frame end, and the frame."""

    @property
    def held(self) -> int:
        """Bytes of memory, about, that wait for the end of a message."""
        return len(self._held) + 100 * len(self._frames)

    def feed(self, data: StreamData) -> Iterator[Datagram]:
        """Take the next bytes; yield what they complete."""
        if data.gap:
            self._drop(len(self._held))
        self._held += data.payload
        self._frames.append((len(self._held), data.frame))
        while True:
            start = self._held.find(MAGIC)
            if start != 0:
                self._drop(start if start > 0 else max(0, len(self._held) - len(MAGIC) + 1))
            length = int.from_bytes(self._held[4:HEAD], "big") if len(self._held) >= HEAD else 0
            if not self._held.startswith(MAGIC) or not length or len(self._held) < length:
                return
            yield from self._whole(bytes(self._held[:length]), data)
            self._drop(max(length, 1))

    def _whole(self, payload: bytes, data: StreamData) -> Iterator[Datagram]:
        first = [frame for end, frame in self._frames if end > 0]
        carriers = tuple(first[: next(n for n, (end, _) in enumerate(self._frames, 1) if end >= len(payload))])
        outer = Datagram(
            frame=data.frame,
            time=data.time,
            source=data.source,
            destination=data.destination,
            payload=payload,
            fragments=carriers if len(carriers) > 1 else (),
        )
        found = inner(outer, self._endpoints, self._defects)
        if found is not None:
            yield found

    def _drop(self, count: int) -> None:
        del self._held[:count]
        self._frames = [(end - count, frame) for end, frame in self._frames if end > count]
