"""A small classic capture, packet by packet: read before NumPy, which columns need, would be loaded.

Only what is whole from its first byte to its last is read here. Of anything else nothing is said: the readers of
columns know every shape, and what is wrong with it.
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterator

import msgspec

from sipdiag.capture.header import FILE_HEADER, MODIFIED, ORDERS, RECORD_HEADER, Header, header
from sipdiag.capture.remote import is_url

STANDARD_INPUT = "-"
MOST = 1 << 20
"""Bytes of a file that is small."""

Record = tuple[int, bytes]
"""Nanoseconds since 1970-01-01 UTC, and a packet."""


class PlainCapture(msgspec.Struct, frozen=True, kw_only=True):
    """What such a file holds."""

    bytes: int
    """Size of the file."""
    link: int
    """LINKTYPE of all packets."""
    packets: list[Record]
    """All of them, none of which the recorder cut."""


def plain_capture(path: str) -> PlainCapture | None:
    """Give what the file at `path` holds, if it is a small classic capture of whole packets; nothing otherwise."""
    data = b"" if path == STANDARD_INPUT or is_url(path) else _small_file(path)
    if len(data) < FILE_HEADER or data[:4] not in ORDERS or data[:4] in MODIFIED:
        return None
    told = header(data)
    packets = [*_records(data, told)]
    whole = FILE_HEADER + sum(RECORD_HEADER + len(packet) for _, packet in packets) == len(data)
    return PlainCapture(bytes=len(data), link=told.link, packets=packets) if whole and packets else None


def _small_file(path: str) -> bytes:
    """Give a file, or nothing of one that is large, or a pipe, or cannot be read."""
    try:
        status = os.stat(path)  # noqa: PTH116  (a name as it was given, and no more imports)
        if not stat.S_ISREG(status.st_mode) or status.st_size > MOST:
            return b""
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123
            return file.read(MOST + 1)
    except (OSError, ValueError):
        return b""


def _records(data: bytes, told: Header) -> Iterator[Record]:
    """Yield the packets up to the first that was cut, or cannot be."""
    head = struct.Struct(told.order + "IIII")
    at = FILE_HEADER
    while at + RECORD_HEADER <= len(data):
        seconds, fraction, captured, original = head.unpack_from(data, at)
        at += RECORD_HEADER + captured
        if captured != original or captured > told.longest or at > len(data):
            return
        yield seconds * 1_000_000_000 + fraction * told.unit, data[at - captured : at]
