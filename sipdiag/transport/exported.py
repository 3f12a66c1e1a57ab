"""Messages that Wireshark exported (LINKTYPE 252, Export PDUs): tags with addresses and ports, then the message.

In this way SIP that was decrypted is handed on without its keys.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np

from sipdiag.transport.delivery import Datagram

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sipdiag.capture import Packets
    from sipdiag.defect import Defects
    from sipdiag.transport.endpoint import Endpoints

EXPORTED = 252
END, SOURCE4, DESTINATION4, SOURCE6, DESTINATION6, PORT_KIND, SOURCE_PORT, DESTINATION_PORT = (
    0,
    20,
    21,
    22,
    23,
    24,
    25,
    26,
)
TRANSPORTS = {1: "sctp", 2: "tcp", 3: "udp"}
MOST_TAGS = 64
TAGS = f"tags before an exported message, more than {MOST_TAGS}"
NO_ADDRESS = bytes(4)


def exported(
    packets: Packets, recognize: Callable[[bytes], object], endpoints: Endpoints, defects: Defects
) -> Iterator[Datagram]:
    """Yield the messages among the packets of a chunk."""
    rows = np.flatnonzero(packets.link == EXPORTED)
    for frame, time, start, size, original in zip(
        packets.frames(rows).tolist(),
        packets.time[rows].tolist(),
        packets.offset[rows].tolist(),
        packets.captured[rows].tolist(),
        packets.original[rows].tolist(),
        strict=True,
    ):
        data = packets.data[start : start + size].tobytes()
        tags, at = _tags(data)
        if at is None:
            defects.reach(TAGS, frame)
            continue
        payload = data[at:]
        if not recognize(payload):
            continue
        source = _address(tags, SOURCE4, SOURCE6) + _port(tags, SOURCE_PORT)
        destination = _address(tags, DESTINATION4, DESTINATION6) + _port(tags, DESTINATION_PORT)
        yield Datagram(
            frame=frame,
            time=time,
            source=endpoints[source],
            destination=endpoints[destination],
            payload=payload,
            transport=TRANSPORTS.get(int.from_bytes(tags.get(PORT_KIND, b""), "big"), "udp"),
            cut=max(0, original - size),
        )


def _tags(data: bytes) -> tuple[dict[int, bytes], int | None]:
    """Give the tags by their numbers, and where the message begins; nothing where there are too many."""
    tags: dict[int, bytes] = {}
    at = 0
    for _ in range(MOST_TAGS):
        if at + 4 > len(data):
            return {}, len(data)
        kind, length = struct.unpack_from(">HH", data, at)
        at += 4 + length
        if kind == END:
            return tags, at
        tags[kind] = data[at - length : at]
    return {}, None


def _address(tags: dict[int, bytes], four: int, six: int) -> bytes:
    address = tags.get(four) or tags.get(six) or NO_ADDRESS
    return address if len(address) in (4, 16) else NO_ADDRESS


def _port(tags: dict[int, bytes], kind: int) -> bytes:
    return tags.get(kind, b"").rjust(2, b"\0")[-2:]
