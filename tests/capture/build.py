"""Builds capture files, field by field, so that a test can say exactly what stands in one."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from sipdiag.capture import open_capture

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from sipdiag.capture import Capture, Packets

SECOND = 1_700_000_000
ETHERNET = 1


def pcap(
    payloads: Iterable[bytes], *, order: str = "<", magic: int = 0xA1B2C3D4, link: int = ETHERNET, snap: int = 262_144
) -> bytes:
    """Build a classic capture; packet `i` comes `i` units after second `SECOND + i`."""
    records = [
        struct.pack(order + "IIII", SECOND + i, i, min(len(payload), snap), len(payload)) + payload[:snap]
        for i, payload in enumerate(payloads)
    ]
    return struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, snap, link) + b"".join(records)


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    """Build a pcapng block; the body is padded."""
    body += bytes(-len(body) % 4)
    length = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", kind) + length + body + length


def section(order: str = "<") -> bytes:
    """Build a section header of unknown section length."""
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def interface(order: str = "<", *, link: int = ETHERNET, snap: int = 0, options: bytes = b"") -> bytes:
    """Build an interface description."""
    return block(1, struct.pack(order + "HHI", link, 0, snap) + options, order)


def option(code: int, value: bytes, order: str = "<") -> bytes:
    """Build an option of a block."""
    return struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)


def enhanced(payload: bytes, ticks: int, order: str = "<", *, number: int = 0, original: int | None = None) -> bytes:
    """Build an enhanced packet block."""
    size = len(payload) if original is None else original
    head = struct.pack(order + "IIIII", number, ticks >> 32, ticks & 0xFFFFFFFF, len(payload), size)
    return block(6, head + payload, order)


def written(folder: Path, data: bytes) -> str:
    """Write a capture file and give its path."""
    path = folder / "test.capture"
    path.write_bytes(data)
    return str(path)


def read(capture: Capture) -> tuple[list[bytes], list[int]]:
    """Read a capture to its end: the bytes and the times of all packets."""
    chunks = list(capture.packets())
    return payloads(chunks), [time for chunk in chunks for time in chunk.time.tolist()]


def payloads(chunks: Sequence[Packets]) -> list[bytes]:
    """Give the bytes of all packets of some chunks."""
    return [
        chunk.data[start : start + size].tobytes()
        for chunk in chunks
        for start, size in zip(chunk.offset.tolist(), chunk.captured.tolist(), strict=True)
    ]


def opened(folder: Path, data: bytes) -> Capture:
    """Write a capture file and open it."""
    return open_capture(written(folder, data))
