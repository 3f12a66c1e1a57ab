"""Calls over one TCP connection, as a recorder would have written them, and the same recording in several files."""

from __future__ import annotations

import struct
from itertools import pairwise
from typing import TYPE_CHECKING

from captured import HEADER
from sipdiag.analysis import Analysis, analyze
from tests.transport.wire import ACK, ALICE, BOB, FIN, SYN, ethernet, ipv4, tcp

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from random import Random

START, STEP = 1_772_442_000_000_000_000, 20_000_000
HOSTS, PORTS = (ALICE, BOB), (40_000, 5060)
SDP = b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"
DECEPTIVE = b"SIP/2.0 200 OK\r\nVia: x\r\n\r\nSIP/2.0 180 Ringing\r\nTo: y\r\n\r\nfoo"
"""A body that looks like messages to whoever begins to read in it."""
WRAP = 1 << 32


def message(method: str, call_id: str, cseq: int, status: str = "", body: bytes = b"") -> bytes:
    """A request, or a response to one."""
    first = f"SIP/2.0 {status}" if status else f"{method} sip:bob@example.com SIP/2.0"
    tag = ";tag=b" if method in ("ACK", "BYE", "MESSAGE") or (status and not status.startswith("100")) else ""
    lines = [
        first,
        f"Via: SIP/2.0/TCP {ALICE}:40000;branch=z9hG4bK{call_id}{cseq}{method}",
        f"From: <sip:alice@example.com>;tag={call_id}",
        f"To: <sip:bob@example.com>{tag}",
        f"Call-ID: {call_id}",
        f"CSeq: {cseq} {method}",
        f"Contact: <sip:x@{ALICE}:40000;transport=tcp>",
        "Max-Forwards: 70",
        *(["Content-Type: application/sdp" if body == SDP else "Content-Type: message/sipfrag"] if body else []),
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def calls(count: int) -> list[tuple[int, bytes]]:
    """What is said in some calls, each time by whom."""
    said: list[tuple[int, bytes]] = []
    for number in range(count):
        name = f"call{number}"
        said += [
            (0, message("INVITE", name, 1, body=SDP)),
            (1, message("INVITE", name, 1, "100 Trying")),
            (1, message("INVITE", name, 1, "180 Ringing")),
            (1, message("INVITE", name, 1, "200 OK", SDP)),
            (0, message("ACK", name, 1)),
            (0, message("MESSAGE", name, 2, body=DECEPTIVE)),
            (1, message("MESSAGE", name, 2, "200 OK", DECEPTIVE)),
            (0, b"\r\n\r\n"),
            (1, b"\r\n"),
            (0, message("BYE", name, 3)),
            (1, message("BYE", name, 3, "200 OK")),
        ]
    return said


class Connection:
    """Packets of a TCP connection, the client being the first side."""

    def __init__(self, sequences: Sequence[int] = (1_000, WRAP - 700)) -> None:
        self.packets: list[bytes] = []
        self.next = list(sequences)

    def put(self, side: int, payload: bytes = b"", sequence: int | None = None, flags: int = ACK) -> None:
        """One segment."""
        at = self.next[side] if sequence is None else sequence
        ends = {"source": PORTS[side], "destination": PORTS[1 - side]}
        segment = tcp(payload, sequence=at % WRAP, ack=self.next[1 - side] % WRAP, flags=flags, **ends)
        self.packets.append(ethernet(ipv4(segment, protocol=6, source=HOSTS[side], destination=HOSTS[1 - side])))

    def open(self) -> None:
        """Shake hands."""
        self.put(0, flags=SYN)
        self.next[0] += 1
        self.put(1, flags=SYN | ACK)
        self.next[1] += 1
        self.put(0)

    def say(self, side: int, *pieces: bytes) -> None:
        """Send some bytes in sequence."""
        for piece in pieces:
            self.put(side, piece)
            self.next[side] += len(piece)

    def close(self) -> None:
        """End it from both sides."""
        for side in (0, 1):
            self.put(side, flags=FIN | ACK)
            self.next[side] += 1
        self.put(0)


def conversation(random: Random, count: int = 2) -> list[bytes]:
    """Calls in segments of any size, some of them out of order, some sent again."""
    connection = Connection([random.randrange(WRAP), random.choice([WRAP - 500, random.randrange(WRAP)])])
    opened = random.random() < 0.7
    if opened:
        connection.open()
    longest = random.choice([40, 200, 800, 1_500])
    said = calls(count)
    while said:
        side, text = said.pop(0)
        while said and said[0][0] == side and random.random() < 0.5:
            text += said.pop(0)[1]
        places = range(0, len(text) - 1, 2)  # one byte alone may be a keep-alive
        edges = sorted({0, len(text), *random.sample(places, min(len(text) // longest, len(places)))})
        pieces = [(connection.next[side] + begin, text[begin:end]) for begin, end in pairwise(edges)]
        if len(pieces) > 1 and random.random() < 0.3:
            at = random.randrange(len(pieces) - 1)
            pieces[at : at + 2] = pieces[at + 1], pieces[at]
        if random.random() < 0.3:
            pieces.append(pieces[-1])
        for sequence, piece in pieces:
            connection.put(side, piece, sequence)
        connection.next[side] += len(text)
        if random.random() < 0.5:
            connection.put(1 - side)
    if opened and random.random() < 0.5:
        connection.close()
    return connection.packets


def files(folder: Path, packets: Sequence[bytes], cuts: Iterable[int] = ()) -> list[str]:
    """The recording, cut before the packets with these numbers, from 0 on."""
    folder.mkdir(parents=True, exist_ok=True)
    records = [_record(START + STEP * number, packet) for number, packet in enumerate(packets)]
    paths = []
    for number, (begin, end) in enumerate(pairwise([0, *sorted({*cuts} - {0, len(records)}), len(records)])):
        path = folder / f"{number:03}.pcap"
        path.write_bytes(HEADER + b"".join(records[begin:end]))
        paths.append(str(path))
    return paths


def _record(time: int, frame: bytes) -> bytes:
    return struct.pack("<IIII", time // 10**9, time % 10**9, len(frame), len(frame)) + frame


def read(folder: Path, packets: Sequence[bytes], cuts: Iterable[int] = ()) -> Analysis:
    """What such a recording shows."""
    return analyze(files(folder, packets, cuts))


def shown(analysis: Analysis) -> dict[str, object]:
    """All that must not depend on the files: messages, calls and findings, without captures and frames."""
    seen = analysis.correlation
    return {
        "messages": [
            (
                each.sighting.time,
                each.sighting.source,
                each.sighting.destination,
                each.sighting.message.head,
                each.sighting.message.body,
                each.sighting.complete,
                each.repeat.value,
            )
            for each in seen.arrivals
        ],
        "calls": [(each.call_ids, each.state.value, each.ended_by) for each in seen.calls],
        "findings": sorted(
            (each.rule, each.variant, each.severity.value, each.confidence.value, each.time)
            for each in analysis.findings
        ),
    }


def pieces(folder: Path, capture: Path, cuts: Iterable[int]) -> list[str]:
    """A classic capture cut before the records with these numbers, from 0 on."""
    folder.mkdir(parents=True, exist_ok=True)
    data, at, ends = capture.read_bytes(), 24, [24]
    while at < len(data):
        at += 16 + int.from_bytes(data[at + 8 : at + 12], "little")
        ends.append(at)
    paths = []
    for number, (begin, end) in enumerate(pairwise([0, *sorted(cuts), len(ends) - 1])):
        path = folder / f"{number:03}.pcap"
        path.write_bytes(data[:24] + data[ends[begin] : ends[end]])
        paths.append(str(path))
    return paths


def records(capture: Path) -> int:
    """How many records a classic capture has."""
    data, at, count = capture.read_bytes(), 24, 0
    while at < len(data):
        at += 16 + int.from_bytes(data[at + 8 : at + 12], "little")
        count += 1
    return count
