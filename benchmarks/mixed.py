"""Makes a capture of an office's line: calls in several codecs among traffic that is none; always the same.

    python benchmarks/mixed.py mixed.pcap --calls 700 --packets 2000000

Eight packets in ten are media in PCMU, G.729, PCMA and a codec of changing size; then there are RTCP, TCP and DNS.
Hardly a record has the length of the one before it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.captures import FILE_HEADER, SPREAD, START, address, messages, noise, port, put, record

if TYPE_CHECKING:
    import numpy.typing as npt

    Column = npt.NDArray[np.int64]

INTERVAL = 20_000
"""Microseconds from one packet of a stream to its next."""
SLICE = 100_000
"""Packets made at a time."""
HEAD = 16 + 14 + 20
"""Bytes of a record before what follows IP."""
BEYOND = 32
"""Bytes behind the IP header that are set; the rest is a pattern."""
MEDIA, RTCP, TCP, DNS = range(4)
CODECS = ((0, 160), (18, 20), (8, 240), (111, 0))
"""Payload type, and bytes of a packet; 0: between 30 and 150."""


def main() -> None:
    """Write the capture that the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("--calls", type=int, default=700)
    parser.add_argument("--packets", type=int, default=2_000_000, help="packets that are no SIP")
    given = parser.parse_args()
    write_mixed(given.path, calls=given.calls, packets=given.packets)


def write_mixed(path: Path, *, calls: int = 700, packets: int = 2_000_000) -> None:
    """Write a capture of `calls` calls among `packets` packets, as near as that goes."""
    each = max(1, round(0.8 * packets / (2 * calls)))
    columns = _columns(calls, each, packets)
    signalling = sorted(message for number in range(calls) for message in messages(number, calls, each))
    before = np.searchsorted(columns["time"], np.array([time for time, _ in signalling], np.int64)).tolist()
    with path.open("wb") as file:
        file.write(FILE_HEADER)
        written = 0
        for place, (time, message) in zip(before, signalling, strict=True):
            _write(file, columns, written, place)
            written = place
            file.write(record(time, message))
        _write(file, columns, written, len(columns["time"]))


def _columns(calls: int, each: int, packets: int) -> dict[str, Column]:
    """Every packet that is no SIP, in the order of time: when, what, of which stream, its number there."""
    streams = 2 * calls
    stream = np.repeat(np.arange(streams), each)
    number = np.tile(np.arange(each), streams)
    time = (stream // 2) * SPREAD // calls + 2_100_000 + (stream % 2) * 7_000 + number * INTERVAL
    others = max(0, packets - len(time))
    extra = np.arange(others)
    kind = np.where(extra % 20 == 0, RTCP, np.where(extra % 20 < 5, DNS, TCP))
    span = int(time.max())
    when = extra * span // max(1, others)
    columns = {
        "time": np.concatenate([time + noise(stream, number) % 3_000, when]),
        "kind": np.concatenate([np.full(len(time), MEDIA), kind]),
        "stream": np.concatenate([stream, noise(extra, extra) % streams]),
        "number": np.concatenate([number, extra]),
    }
    order = np.argsort(columns["time"], kind="stable")
    return {name: column[order] for name, column in columns.items()}


def _write(file: BinaryIO, columns: dict[str, Column], first: int, stop: int) -> None:
    for begin in range(first, stop, SLICE):
        rows = slice(begin, min(begin + SLICE, stop))
        file.write(_packets(**{name: column[rows] for name, column in columns.items()}).tobytes())


def _sizes(kind: Column, stream: Column, number: Column) -> Column:
    """The bytes behind the IP header."""
    chance = noise(stream, number)
    codec = np.array([size for _, size in CODECS])[stream // 2 % len(CODECS)]
    media = 8 + 12 + np.where(codec == 0, 30 + chance % 120, codec)
    segment = 20 + np.where(chance % 3 == 0, 0, np.where(chance % 3 == 1, 1_460, chance % 1_400))
    sizes: Column = np.choose(kind, [media, np.full(len(kind), 8 + 52), segment, 8 + 40 + chance % 200])
    return sizes


def _packets(time: Column, kind: Column, stream: Column, number: Column) -> npt.NDArray[np.uint8]:
    """The records of some packets, one behind the other."""
    size = _sizes(kind, stream, number)
    rows = np.zeros((len(time), HEAD + BEYOND), np.uint8)
    put(rows, 0, "<u4", START + time // 1_000_000)
    put(rows, 4, "<u4", time % 1_000_000)
    put(rows, 8, "<u4", size + HEAD - 16)
    put(rows, 12, "<u4", size + HEAD - 16)
    rows[:, 16:28] = np.frombuffer(bytes.fromhex("020000000002020000000001"), np.uint8)
    put(rows, 28, ">u2", np.full(len(rows), 0x0800))
    put(rows, 30, ">u2", np.full(len(rows), 0x4500))
    put(rows, 32, ">u2", size + 20)
    rows[:, 38] = 64
    rows[:, 39] = np.where(kind == TCP, 6, 17)
    call, backward = stream // 2, stream % 2
    ends = address(192, 0, 2, call), address(198, 51, 100, call)
    put(rows, 42, ">u4", np.where(backward, ends[1], ends[0]))
    put(rows, 46, ">u4", np.where(backward, ends[0], ends[1]))
    _fill(rows[:, HEAD:], size, kind, stream, number)
    begin = np.cumsum(size + HEAD) - (size + HEAD)
    whole = np.resize(np.arange(1, 252, dtype=np.uint8), int((size + HEAD).sum()))
    width = np.minimum(HEAD + BEYOND, HEAD + size)
    inside = np.arange(HEAD + BEYOND) < width[:, None]
    whole[(begin[:, None] + np.arange(HEAD + BEYOND))[inside]] = rows[inside]
    return whole


def _fill(rows: npt.NDArray[np.uint8], size: Column, kind: Column, stream: Column, number: Column) -> None:
    """Set what follows the IP header."""
    call = stream // 2
    of_media = port(call)
    ports = np.choose(kind, [of_media, of_media + 1, np.full(len(kind), 443), np.full(len(kind), 53)])
    put(rows, 0, ">u2", np.where(kind >= TCP, 40_000 + call, ports))
    put(rows, 2, ">u2", ports)
    put(rows, 4, ">u2", size)  # of UDP; of TCP a part of its sequence number
    types = np.array([kind for kind, _ in CODECS])[call % len(CODECS)]
    rows[:, 8] = np.choose(kind, [0x80, 0x80, 0x12, 0x12])
    rows[:, 9] = np.choose(kind, [types, np.full(len(kind), 200), number & 0xFF, number & 0xFF])
    put(rows, 10, ">u2", np.where(kind == RTCP, 12, number & 0xFFFF))  # of RTCP its words
    put(rows, 12, ">u4", np.where(kind == RTCP, 0x5EED0000 + stream, number * 160 & 0xFFFFFFFF))
    put(rows, 16, ">u4", 0x5EED0000 + stream)
    of_tcp = kind == TCP
    rows[of_tcp, 12:14] = (0x50, 0x10)


if __name__ == "__main__":
    main()
