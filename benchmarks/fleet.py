"""Makes the recordings of a fleet, always the same: three probes of one network, rotated, some of them damaged.

    python benchmarks/fleet.py recordings --captures 500 --calls 3000
    python benchmarks/fleet.py recordings --size 2000000 --calls 1400 --media 900 --damaged 0

Phones call through an SBC, which writes a Call-ID of its own, and a proxy, to a carrier. One probe records the phones,
one the core, one the carrier. Some calls fail, some lack their ACK, some requests come twice; phones register anew, a
scanner tries its luck, the carrier does not answer OPTIONS for a while. Calls cross the boundaries of captures.
"""

from __future__ import annotations

import argparse
import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

START = 1_772_442_000_000_000
"""Microseconds since 1970-01-01 UTC when the recordings begin."""
SECOND = 1_000_000
SPREAD = 10 * 3600 * SECOND
"""The time that the calls are spread over, where there are many; few lie closer."""
PACE = 4 * SECOND
"""Between two calls at most."""
OUTSIDE, INSIDE, PROXY, CARRIER = "198.51.100.10", "198.51.100.11", "198.51.100.20", "203.0.113.7"
SCANNER = "203.0.113.66"
PROBES = {
    "access": {OUTSIDE},
    "core": {(INSIDE, PROXY), (PROXY, INSIDE)},
    "carrier": {CARRIER},
}
CODES = (200,) * 14 + (486, 486, 487, 404, 403, 503, 480)
HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1)
RTP = 12 + 160

Packet = tuple[int, str, str, bytes]
"""Microseconds, from host, to host, the frame."""


@dataclass
class Fleet:
    """Everything that goes over the wire."""

    dice: random.Random
    packets: list[Packet] = field(default_factory=list)
    sent: int = 0

    def say(self, at: int, source: str, destination: str, lines: list[str], body: str = "") -> None:
        """One message over UDP."""
        head = [*lines, f"Content-Length: {len(body)}", "", body]
        self.sent += 1
        payload = "\r\n".join(head).encode()
        self.packets.append((at, source, destination, _frame(source, destination, 5060, payload, self.sent & 0xFFFF)))

    def speak(self, at: int, source: str, destination: str, port: int, count: int) -> None:
        """A stream of PCMU, a packet every 20 ms."""
        ssrc = self.dice.getrandbits(32)
        for number in range(count):
            rtp = struct.pack(">BBHII", 0x80, 0, number & 0xFFFF, number * 160, ssrc) + bytes(
                [0x55 ^ number & 0x7F] * 160
            )
            self.packets.append((at + number * 20_000, source, destination, _frame(source, destination, port, rtp, 0)))


@dataclass
class Leg:
    """One Call-ID between two hosts, or three."""

    call_id: str
    caller: str
    callee: str
    hops: list[str]
    session: str
    tag: str

    def request(self, method: str, number: int, hop: int, *, to_tag: str = "") -> list[str]:
        """The lines of a request as it goes over one hop."""
        vias = [
            f"Via: SIP/2.0/UDP {self.hops[each]}:5060;branch=z9hG4bK{self.tag}{method}{number}h{each}"
            for each in range(hop, -1, -1)
        ]
        return [
            f"{method} sip:{self.callee}@{self.hops[-1]} SIP/2.0",
            *vias,
            "Max-Forwards: 70",
            *self._ends(to_tag),
            f"CSeq: {number} {method}",
            f"Contact: <sip:{self.caller}@{self.hops[0]}:5060>",
            *([f"Session-ID: {self.session};remote={'0' * 32}"] if self.session else []),
        ]

    def response(self, code: int, method: str, number: int, hop: int, *, to_tag: str) -> list[str]:
        """The lines of a response as it goes back over one hop."""
        asked = self.request(method, number, hop)
        vias = [line for line in asked if line.startswith("Via")]
        return [f"SIP/2.0 {code} {REASONS[code]}", *vias, *self._ends(to_tag), f"CSeq: {number} {method}",
                f"Contact: <sip:{self.callee}@{self.hops[-1]}:5060>"]  # fmt: skip

    def _ends(self, to_tag: str) -> list[str]:
        return [
            f"From: <sip:{self.caller}@example.com>;tag={self.tag}",
            f"To: <sip:{self.callee}@example.com>{f';tag={to_tag}' if to_tag else ''}",
            f"Call-ID: {self.call_id}",
        ]


REASONS = {
    100: "Trying", 180: "Ringing", 200: "OK", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
    480: "Temporarily Unavailable", 486: "Busy Here", 487: "Request Terminated", 503: "Service Unavailable",
}  # fmt: skip


def main() -> None:
    """Write the recordings that the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--captures", type=int, default=500)
    parser.add_argument(
        "--size", type=int, default=0, help="bytes of a capture, at which probes rotate: then as many as come of it"
    )
    parser.add_argument("--calls", type=int, default=3000)
    parser.add_argument("--media", type=int, default=0, help="packets of media each way in a call")
    parser.add_argument("--damaged", type=float, default=0.01, help="part of the captures that is damaged")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    write_fleet(
        given.folder, captures=given.captures, size=given.size, calls=given.calls, media=given.media,
        damaged=given.damaged, seed=given.seed,
    )  # fmt: skip


def write_fleet(
    folder: Path, *, captures: int, calls: int, size: int = 0, media: int = 0, damaged: float = 0.01, seed: int = 1
) -> list[Path]:
    """Write so many captures, or such of `size` bytes; gives their paths."""
    fleet = Fleet(random.Random(seed))  # noqa: S311  (the same every time is what is wanted)
    pace = min(PACE, SPREAD // max(calls, 1))
    for number in range(calls):
        _call(fleet, number, number * pace, media)
    _registrations(fleet, calls * pace, phones=max(3, calls // 20))
    _pings(fleet, calls * pace)
    _scan(fleet, calls * pace // 2)
    fleet.packets.sort(key=lambda packet: packet[0])
    folder.mkdir(parents=True, exist_ok=True)
    seen = {probe: [each for each in fleet.packets if _sees(probe, each)] for probe in PROBES}
    total = sum(map(len, seen.values()))
    written = []
    for probe, packets in seen.items():
        share = max(1, round(captures * len(packets) / total))
        for number, part in enumerate(_of_size(packets, size) if size else _parts(packets, share)):
            path = folder / probe / f"{probe}_{number:05}.pcap"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(HEADER + b"".join(map(_record, part)))
            written.append(path)
    for path in fleet.dice.sample(written, round(damaged * len(written))):
        data = path.read_bytes()
        path.write_bytes(data[: len(data) // 2 + 7] if fleet.dice.random() < 0.5 else b"no capture at all\n")
    return written


def _parts(packets: list[Packet], count: int) -> Iterator[list[Packet]]:
    """As many packets in each."""
    size = -(-len(packets) // count)
    return (packets[number * size : (number + 1) * size] for number in range(count))


def _of_size(packets: list[Packet], size: int) -> Iterator[list[Packet]]:
    """Cut before the packet that would not fit any more."""
    part: list[Packet] = []
    octets = len(HEADER)
    for packet in packets:
        octets += 16 + len(packet[3])
        if octets > size and part:
            yield part
            part, octets = [], len(HEADER) + 16 + len(packet[3])
        part.append(packet)
    if part:
        yield part


def _sees(probe: str, packet: Packet) -> bool:
    _, source, destination, _ = packet
    where = PROBES[probe]
    return source in where or destination in where or (source, destination) in where


def _call(fleet: Fleet, number: int, at: int, media: int) -> None:
    """A call through all three: two legs, the second over a proxy."""
    dice = fleet.dice
    at += dice.randrange(200_000)
    phone = f"192.0.2.{1 + number % 200}"
    caller, callee = f"+1202555{number % 10_000:04}", f"+1202555{dice.randrange(100, 200):04}"
    session = f"{dice.getrandbits(128):032x}" if dice.random() < 0.7 else ""
    near = Leg(f"a{number}@{phone}", caller, callee, [phone, OUTSIDE], session, f"n{number}")
    far = Leg(f"b{number}@{INSIDE}", caller, callee, [INSIDE, PROXY, CARRIER], session, f"f{number}")
    code = dice.choice(CODES)
    ring, talk = dice.randrange(SECOND, 6 * SECOND), dice.choice((5, 12, 30, 47, 90)) * SECOND
    port = 20_000 + 2 * (number % 5_000)
    legs = ((near, at), (far, at + 30_000))
    for leg, begin in legs:
        _invite(fleet, leg, begin, again=dice.random() < 0.05, port=port)
        if code != 503 or leg is far:
            _respond(fleet, leg, begin + ring, 180, "INVITE", 1)
        _respond(fleet, leg, begin + ring + SECOND, code, "INVITE", 1, port=port)
        if code == 200 and dice.random() < 0.99:
            _request(fleet, leg, begin + ring + SECOND + 50_000, "ACK", 1)
        elif code != 200:
            for hop in range(len(leg.hops) - 1):
                lines = leg.request("INVITE", 1, hop, to_tag="t")
                lines[0] = lines[0].replace("INVITE", "ACK", 1)
                lines = [line.replace("1 INVITE", "1 ACK") for line in lines]
                fleet.say(begin + ring + SECOND + 60_000 + hop * 1000, leg.hops[hop], leg.hops[hop + 1], lines)
        if code == 200:
            _request(fleet, leg, begin + ring + SECOND + talk, "BYE", 2)
            if dice.random() < 0.97:
                _respond(fleet, leg, begin + ring + SECOND + talk + 20_000, 200, "BYE", 2)
    if code == 200 and media:
        fleet.speak(at + ring + SECOND + 70_000, phone, OUTSIDE, port, media)
        fleet.speak(at + ring + SECOND + 75_000, OUTSIDE, phone, port, media)


def _sdp(host: str, port: int) -> str:
    lines = ["v=0", f"o=- 1 1 IN IP4 {host}", "s=-", f"c=IN IP4 {host}", "t=0 0", f"m=audio {port} RTP/AVP 0", ""]
    return "\r\n".join(lines)


def _invite(fleet: Fleet, leg: Leg, at: int, *, again: bool, port: int) -> None:
    body = _sdp(leg.hops[0], port)
    for hop in range(len(leg.hops) - 1):
        lines = [*leg.request("INVITE", 1, hop), "Content-Type: application/sdp"]
        for wait in (0, 500_000) if again else (0,):
            fleet.say(at + hop * 2_000 + wait, leg.hops[hop], leg.hops[hop + 1], lines, body)
        trying = leg.response(100, "INVITE", 1, hop, to_tag="")
        fleet.say(at + hop * 2_000 + 5_000 + (600_000 if again else 0), leg.hops[hop + 1], leg.hops[hop], trying)


def _request(fleet: Fleet, leg: Leg, at: int, method: str, number: int) -> None:
    for hop in range(len(leg.hops) - 1):
        lines = leg.request(method, number, hop, to_tag="t")
        fleet.say(at + hop * 2_000, leg.hops[hop], leg.hops[hop + 1], lines)


def _respond(  # noqa: PLR0917  (the parts of a response)
    fleet: Fleet, leg: Leg, at: int, code: int, method: str, number: int, port: int = 0
) -> None:
    for hop in range(len(leg.hops) - 2, -1, -1):
        lines = leg.response(code, method, number, hop, to_tag="t")
        body = _sdp(leg.hops[-1], port) if code == 200 and method == "INVITE" else ""
        if body:
            lines.append("Content-Type: application/sdp")
        fleet.say(at + (len(leg.hops) - hop) * 2_000, leg.hops[hop + 1], leg.hops[hop], lines, body)


def _registrations(fleet: Fleet, end: int, phones: int) -> None:
    """Phones that register every few minutes, under a new Call-ID now and then; some have a wrong password."""
    for phone in range(phones):
        host = f"192.0.2.{1 + phone % 200}"
        for number, at in enumerate(range(fleet.dice.randrange(SECOND, 60 * SECOND), max(end, SECOND), 600 * SECOND)):
            leg = Leg(f"r{phone}-{number // 3}@{host}", f"p{phone}", f"p{phone}", [host, OUTSIDE], "", f"r{phone}")
            code = 403 if phone % 17 == 5 else 200
            ask = [*leg.request("REGISTER", number + 1, 0), "Expires: 660"]
            fleet.say(at, host, OUTSIDE, ask)
            fleet.say(
                at + 9_000, OUTSIDE, host, [*leg.response(code, "REGISTER", number + 1, 0, to_tag="r"), "Expires: 660"]
            )


def _pings(fleet: Fleet, end: int) -> None:
    """The proxy asks the carrier whether it is there; in the middle of the time it is not."""
    for number, at in enumerate(range(5 * SECOND, max(end, 6 * SECOND), 30 * SECOND)):
        leg = Leg(f"o{number}@{PROXY}", "ping", "ping", [PROXY, CARRIER], "", f"o{number}")
        fleet.say(at, PROXY, CARRIER, leg.request("OPTIONS", 1, 0))
        if not end * 0.45 < at < end * 0.55:
            fleet.say(at + 10_000, CARRIER, PROXY, leg.response(200, "OPTIONS", 1, 0, to_tag="o"))


def _scan(fleet: Fleet, at: int) -> None:
    """A stranger asks for one extension after the other."""
    for number in range(40):
        leg = Leg(f"s{number}", f"{100 + number}", f"{100 + number}", [SCANNER, OUTSIDE], "", f"s{number}")
        fleet.say(
            at + number * 50_000, SCANNER, OUTSIDE, [*leg.request("REGISTER", 1, 0), "User-Agent: friendly-scanner"]
        )
        fleet.say(at + number * 50_000 + 4_000, OUTSIDE, SCANNER, leg.response(404, "REGISTER", 1, 0, to_tag="s"))


def _frame(source: str, destination: str, port: int, payload: bytes, number: int) -> bytes:
    addresses = bytes(int(part) for address in (source, destination) for part in address.split("."))
    udp = struct.pack(">HHHH", port, port, 8 + len(payload), 0)
    internet = struct.pack(">BBHHHBBH", 0x45, 0, 28 + len(payload), number, 0, 64, 17, 0) + addresses
    return bytes.fromhex("020000000002020000000001") + b"\x08\x00" + internet + udp + payload


def _record(packet: Packet) -> bytes:
    time, frame = START + packet[0], packet[3]
    return struct.pack("<IIII", time // SECOND, time % SECOND, len(frame), len(frame)) + frame


if __name__ == "__main__":
    main()
