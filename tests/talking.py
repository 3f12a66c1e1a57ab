"""A call with its media in a capture: two phones that offer, answer, talk and hang up, beside others."""

from __future__ import annotations

import struct
from typing import NamedTuple

from captured import HEADER
from sipdiag.trace import host, port
from tests.transport.wire import ethernet, ipv4, udp

SECOND = 1_000_000_000
START = 1_772_442_000 * SECOND
ALICE, BOB = "192.0.2.10", "198.51.100.20"
CAROL, DAVE = "192.0.2.11", "198.51.100.21"


class Sent(NamedTuple):
    """One datagram."""

    at: float
    source: str
    destination: str
    payload: bytes


def sdp(address: str, number: int, extra: str = "") -> str:
    """An offer or answer of one audio stream, with DTMF."""
    return (
        f"v=0\r\no=alice 1 1 IN IP4 {address}\r\ns=Call of Alice\r\nc=IN IP4 {address}\r\nt=0 0\r\n"
        f"m=audio {number} RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n{extra}"
    )


def message(start: str, cseq: str, body: str = "", *, call_id: str, to_tag: str = "", fields: str = "") -> bytes:
    """A message between Alice and Bob."""
    kind = "Content-Type: application/sdp\r\n" if body else ""
    tag = f";tag={to_tag}" if to_tag else ""
    return (
        f"{start}\r\nVia: SIP/2.0/UDP {ALICE}:5060;branch=z9hG4bK{cseq.replace(' ', '')}\r\n"
        f'From: "Alice Adams" <sip:+12025550100@example.com>;tag=a1\r\nTo: <sip:+12025550199@example.com>{tag}\r\n'
        f"Call-ID: {call_id}\r\nCSeq: {cseq}\r\n{fields}{kind}Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def rtp(sequence: int, *, kind: int = 0, ssrc: int = 0x1234, payload: bytes = b"\x12" * 160) -> bytes:
    """One packet of speech, or of an event."""
    return struct.pack("!BBHII", 0x80, kind, sequence, sequence * 160, ssrc) + payload


def rtcp(ssrc: int, name: bytes = b"alice@host.example.com") -> bytes:
    """A receiver report without blocks, and the name of the source (RFC 3550, section 6.5)."""
    item = bytes([1, len(name)]) + name + b"\0"
    item += bytes(-len(item) % 4)
    report = struct.pack("!BBHI", 0x80, 201, 1, ssrc)
    return report + struct.pack("!BBHI", 0x81, 202, 1 + len(item) // 4, ssrc) + item


def call(
    call_id: str = "one@192.0.2.10",
    *,
    at: float = 0.0,
    caller: str = ALICE,
    callee: str = BOB,
    packets: int = 50,
    fields: str = "",
    ports: tuple[int, int] = (4000, 5000),
) -> list[Sent]:
    """INVITE to BYE, with a second of speech both ways, a digit, and a report."""
    here, there = f"{caller}:5060", f"{callee}:5060"
    near, far = f"{caller}:{ports[0]}", f"{callee}:{ports[1]}"
    uri = "sip:+12025550199@example.com"
    contact = f"Contact: <sip:bob@{callee}:5060>\r\n{fields}"
    sent = [
        Sent(
            at,
            here,
            there,
            message(f"INVITE {uri} SIP/2.0", "1 INVITE", sdp(caller, ports[0]), call_id=call_id, fields=fields),
        ),
        Sent(at + 0.1, there, here, message("SIP/2.0 180 Ringing", "1 INVITE", call_id=call_id, to_tag="b1")),
        Sent(
            at + 1,
            there,
            here,
            message("SIP/2.0 200 OK", "1 INVITE", sdp(callee, ports[1]), call_id=call_id, to_tag="b1", fields=contact),
        ),
        Sent(at + 1.05, here, there, message(f"ACK sip:bob@{callee} SIP/2.0", "1 ACK", call_id=call_id, to_tag="b1")),
    ]
    for number in range(packets):
        sent.append(Sent(at + 1.1 + number * 0.02, near, far, rtp(number)))
        sent.append(Sent(at + 1.11 + number * 0.02, far, near, rtp(number, ssrc=0x5678, payload=b"\x34" * 160)))
    over = at + 1.2 + packets * 0.02
    event = bytes([7, 0x8A, 3, 32])  # digit 7, the end of it
    sent.append(Sent(over, near, far, rtp(packets, kind=101, payload=event)))
    sent.append(Sent(over, f"{caller}:{ports[0] + 1}", f"{callee}:{ports[1] + 1}", rtcp(0x1234)))
    sent.append(
        Sent(over + 0.5, here, there, message(f"BYE sip:bob@{callee} SIP/2.0", "2 BYE", call_id=call_id, to_tag="b1"))
    )
    sent.append(Sent(over + 0.55, there, here, message("SIP/2.0 200 OK", "2 BYE", call_id=call_id, to_tag="b1")))
    return sent


def recorded(*talks: list[Sent]) -> bytes:
    """All of it in one capture, in the order of time."""
    sent = sorted((each for talk in talks for each in talk), key=lambda each: each.at)
    return HEADER + b"".join(record(each, number) for number, each in enumerate(sent, 1))


def record(sent: Sent, number: int = 0) -> bytes:
    """One datagram as a capture of nanoseconds has it."""
    time = START + round(sent.at * SECOND)
    datagram = udp(sent.payload, source=port(sent.source), destination=port(sent.destination))
    frame = ethernet(ipv4(datagram, source=host(sent.source), destination=host(sent.destination), ident=number))
    return struct.pack("<IIII", time // SECOND, time % SECOND, len(frame), len(frame)) + frame
