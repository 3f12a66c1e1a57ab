"""Makes large captures of calls with media, always the same, for measuring; they are never kept in the repository.

    python benchmarks/captures.py busy.pcap --calls 700 --packets 2000000

Every call is an INVITE, its 200 with session descriptions, PCMU both ways every 20 ms, and a BYE. One stream in eight
loses packets and one in seven comes with jitter, so that what a reader finds there can be checked as well.
"""

from __future__ import annotations

import argparse
import struct
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

START = 1_772_442_000
"""Seconds since 1970-01-01 UTC when the capture begins."""
INTERVAL = 20_000
"""Microseconds from one packet of a stream to its next."""
SAMPLES = 160
"""Bytes of PCMU in a packet."""
RECORD = 16 + 14 + 20 + 8 + 12 + SAMPLES
"""Bytes of one packet of media in the file, with the record's header."""
SPREAD = 20_000_000
"""Microseconds within which the calls begin."""
SLICE = 100_000
"""Packets made at a time."""
SIP_PORT = 5060
FILE_HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1)

Columns = dict[str, "npt.NDArray[np.int64]"]


def main() -> None:
    """Write the capture that the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("--calls", type=int, default=700)
    parser.add_argument("--packets", type=int, default=2_000_000, help="packets of media in all")
    given = parser.parse_args()
    write_calls(given.path, calls=given.calls, packets=given.packets)


def write_calls(path: Path, *, calls: int = 700, packets: int = 2_000_000) -> None:
    """Write a capture of `calls` calls that have `packets` packets of media in all, as near as that goes."""
    each = max(1, round(packets / (2 * calls)))
    media = _media(calls, each)
    signalling = sorted(message for number in range(calls) for message in messages(number, calls, each))
    times = np.array([time for time, _ in signalling], np.int64)
    before = np.searchsorted(media["time"], times)  # how many packets of media come before each message
    with path.open("wb") as file:
        file.write(FILE_HEADER)
        written = 0
        for place, (time, message) in zip(before.tolist(), signalling, strict=True):
            _write_media(file, media, written, place)
            written = place
            file.write(record(time, message))
        _write_media(file, media, written, len(media["time"]))


def _media(calls: int, each: int) -> Columns:
    """The packets of all streams in the order of time: when, which stream, which packet of it."""
    streams = 2 * calls
    stream = np.repeat(np.arange(streams), each)
    packet = np.tile(np.arange(each), streams)
    begin = (stream // 2) * SPREAD // calls + 2_100_000 + (stream % 2) * 7_000
    late = np.where(stream % 7 == 6, noise(stream, packet) % 30_000, noise(stream, packet) % 500)
    time = begin + packet * INTERVAL + late
    lost = (stream % 8 == 7) & (noise(packet, stream) % 100 < 5) & (packet > 0) & (packet < each - 1)
    order = np.argsort(time[~lost], kind="stable")
    kept = np.flatnonzero(~lost)[order]
    return {"time": time[kept], "stream": stream[kept], "packet": packet[kept]}


def noise(one: npt.NDArray[np.int64], other: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Numbers that look like chance and are the same every time."""
    mixed = (one.astype(np.uint64) * np.uint64(2_654_435_761)) ^ (other.astype(np.uint64) * np.uint64(40_503))
    mixed ^= mixed >> np.uint64(15)
    mixed *= np.uint64(0x2C1B3C6D)
    mixed ^= mixed >> np.uint64(12)
    return (mixed & np.uint64(0x7FFFFFFF)).astype(np.int64)


def _write_media(file: BinaryIO, media: Columns, first: int, stop: int) -> None:
    for begin in range(first, stop, SLICE):
        rows = slice(begin, min(begin + SLICE, stop))
        file.write(_packets(media["time"][rows], media["stream"][rows], media["packet"][rows]).tobytes())


def _packets(
    time: npt.NDArray[np.int64], stream: npt.NDArray[np.int64], packet: npt.NDArray[np.int64]
) -> npt.NDArray[np.uint8]:
    """The records of some packets, a row each."""
    rows = np.zeros((len(time), RECORD), np.uint8)
    call, backward = stream // 2, stream % 2
    size = RECORD - 16
    put(rows, 0, "<u4", START + time // 1_000_000)
    put(rows, 4, "<u4", time % 1_000_000)
    put(rows, 8, "<u4", np.full(len(rows), size))
    put(rows, 12, "<u4", np.full(len(rows), size))
    rows[:, 16:28] = np.frombuffer(bytes.fromhex("020000000002020000000001"), np.uint8)
    put(rows, 28, ">u2", np.full(len(rows), 0x0800))
    put(rows, 30, ">u2", np.full(len(rows), 0x4500))
    put(rows, 32, ">u2", np.full(len(rows), size - 14))
    put(rows, 34, ">u2", packet & 0xFFFF)
    rows[:, 38] = 64
    rows[:, 39] = 17
    near, far = address(192, 0, 2, call), address(198, 51, 100, call)
    put(rows, 42, ">u4", np.where(backward, far, near))
    put(rows, 46, ">u4", np.where(backward, near, far))
    put(rows, 50, ">u2", port(call))
    put(rows, 52, ">u2", port(call))
    put(rows, 54, ">u2", np.full(len(rows), size - 34))
    rows[:, 58] = 0x80
    rows[:, 59] = np.where(packet == 0, 0x80, 0)
    put(rows, 60, ">u2", (packet + 31 * stream) & 0xFFFF)
    put(rows, 62, ">u4", (packet * SAMPLES + 977 * stream) & 0xFFFFFFFF)
    put(rows, 66, ">u4", 0x5EED0000 + stream)
    tone = np.frombuffer(bytes(0xD5 ^ (at * 37 & 0x7F) for at in range(SAMPLES)), np.uint8)
    rows[:, 70:] = tone ^ (packet % 32)[:, None].astype(np.uint8)
    return rows


def put(rows: npt.NDArray[np.uint8], at: int, kind: str, values: npt.NDArray[np.int64]) -> None:
    """Set a field of all rows."""
    column = values.astype(kind)
    rows[:, at : at + column.itemsize] = column.view(np.uint8).reshape(len(rows), column.itemsize)


def address(one: int, two: int, three: int, call: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Give each call an address of a network."""
    return (one << 24 | two << 16 | three << 8) + 1 + call % 250


def port(call: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Give each call a port, so that address and port are its own."""
    return 16_384 + 2 * (call // 250)


def messages(number: int, calls: int, each: int) -> list[tuple[int, bytes]]:
    """What the two sides of one call say, each message with its time and the headers below it."""
    begin = number * SPREAD // calls
    near, far, port = f"192.0.2.{1 + number % 250}", f"198.51.100.{1 + number % 250}", 16_384 + 2 * (number // 250)
    ends = f"From: <sip:alice{number}@example.com>;tag=a{number}\r\nTo: <sip:bob{number}@example.net>"
    known = f"Call-ID: call-{number}@{near}\r\n"
    bye = begin + 2_200_000 + each * INTERVAL

    def message(start: str, cseq: str, tag: str, *, contact: str = "", body: str = "") -> bytes:
        via = f"Via: SIP/2.0/UDP {near}:5060;branch=z9hG4bK{number}{cseq.replace(' ', '')}\r\n"
        to = f"{ends}{tag}\r\n"
        more = f"Contact: <sip:{contact}:5060>\r\n" if contact else ""
        more += "Content-Type: application/sdp\r\n" if body else "Max-Forwards: 70\r\n"
        head = f"{start}\r\n{via}{to}{known}CSeq: {cseq}\r\n{more}Content-Length: {len(body)}\r\n\r\n"
        return (head + body).encode()

    target = f"sip:bob{number}@example.net SIP/2.0"
    tag = f";tag=b{number}"
    there = [
        (begin, message(f"INVITE {target}", "1 INVITE", "", contact=near, body=sdp(near, port))),
        (begin + 2_020_000, message(f"ACK sip:{far}:5060 SIP/2.0", "1 ACK", tag)),
        (bye, message(f"BYE sip:{far}:5060 SIP/2.0", "2 BYE", tag)),
    ]
    back = [
        (begin + 10_000, message("SIP/2.0 100 Trying", "1 INVITE", "")),
        (begin + 100_000, message("SIP/2.0 180 Ringing", "1 INVITE", tag, contact=far)),
        (begin + 2_000_000, message("SIP/2.0 200 OK", "1 INVITE", tag, contact=far, body=sdp(far, port))),
        (bye + 20_000, message("SIP/2.0 200 OK", "2 BYE", tag)),
    ]
    return [
        *((time, datagram(near, far, text)) for time, text in there),
        *((time, datagram(far, near, text)) for time, text in back),
    ]


def sdp(address: str, port: int) -> str:
    """Describe a session of PCMU."""
    lines = ["v=0", f"o=- 1 1 IN IP4 {address}", "s=-", f"c=IN IP4 {address}", "t=0 0"]
    lines += [f"m=audio {port} RTP/AVP 0 101", "a=rtpmap:0 PCMU/8000", "a=rtpmap:101 telephone-event/8000"]
    return "".join(f"{line}\r\n" for line in lines)


def datagram(source: str, destination: str, payload: bytes) -> bytes:
    """Put a message in UDP, IP and Ethernet."""
    addresses = bytes(int(part) for address in (source, destination) for part in address.split("."))
    udp = struct.pack(">HHHH", SIP_PORT, SIP_PORT, 8 + len(payload), 0)
    internet = struct.pack(">BBHHHBBH", 0x45, 0, 28 + len(payload), 0, 0, 64, 17, 0) + addresses
    return bytes.fromhex("020000000002020000000001") + b"\x08\x00" + internet + udp + payload


def record(time: int, frame: bytes) -> bytes:
    """Give the record of a packet."""
    return struct.pack("<IIII", START + time // 1_000_000, time % 1_000_000, len(frame), len(frame)) + frame


if __name__ == "__main__":
    main()
