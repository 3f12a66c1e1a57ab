"""An `Exchange` with RTP: the short way to set a scene for rules on media."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from msgspec.structs import replace

from described import VOICE, call, sdp, with_body
from exchange import Exchange
from sipdiag.findings import Finding, Scene, diagnose
from sipdiag.media import RtpStreams, UdptlStreams
from sipdiag.rules import RULES
from tests.media.spoken import MILLISECOND, Said, columns

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sipdiag.media import Stream

SECOND = 1_000 * MILLISECOND
HERE, THERE = ("192.0.2.10", 4_000), ("203.0.113.20", 6_000)
"""Where the caller and the callee receive."""
OFFER = sdp(VOICE)
ANSWER = sdp("m=audio 6000 RTP/AVP 0 8\na=rtpmap:8 PCMA/8000", address="203.0.113.20")
TONE = bytes(0x80 | (at * 37 & 0x3F) for at in range(160))
INTERVAL = 20

End = tuple[str, int]


def half(host: str) -> int:
    """The lower half of an IPv4 address among 128 bits."""
    return 0xFFFF_0000_0000 | int.from_bytes(socket.inet_aton(host), "big")


def speech(
    source: End,
    destination: End,
    begin: float,
    seconds: float,
    *,
    payload_type: int = 0,
    ssrc: int = 7,
    first: int = 0,
    payload: bytes = TONE,
    lost: Collection[int] = (),
    late: Mapping[int, float] | None = None,
    marked: Collection[int] = (0,),
    ticks: int = 160,
) -> list[Said]:
    """Packets every 20 ms; times are seconds since the first message of the exchange."""
    said = []
    for number in range(round(seconds * 1_000 / INTERVAL)):
        if number not in lost:
            moment = begin + number * INTERVAL / 1_000 + (late or {}).get(number, 0.0)
            second = payload_type | (0x80 if number in marked else 0)
            sequence = (first + number) & 0xFFFF
            head = struct.pack(">BBHII", 0x80, second, sequence, round(begin * 8_000) + ticks * number, ssrc)
            ends = (0, half(source[0]), 0, half(destination[0]), source[1], destination[1])
            said.append(Said(time=round(moment * SECOND), payload=head + payload, ends=ends))
    return said


@dataclass(kw_only=True)
class Talk:
    """A call that is answered after a second, and what is said in it."""

    exchange: Exchange = field(default_factory=Exchange)
    said: list[Said] = field(default_factory=list)

    def say(self, source: End, destination: End, begin: float, seconds: float, **options: object) -> Talk:
        """Some seconds of speech."""
        self.said += speech(source, destination, begin, seconds, **options)  # type: ignore[arg-type]
        return self

    def begin(self, offer: bytes = OFFER, answer: bytes = ANSWER) -> Talk:
        """INVITE, 200 and ACK."""
        call(self.exchange, offer, answer)
        return self

    def hold(self, at: float, offer: str = "a=sendonly", answer: str = "a=recvonly") -> Talk:
        """A re-INVITE of the caller."""
        again = self.exchange.request("INVITE", at, to_tag="callee", cseq=5, branch=f"hold{at}")
        again = with_body(self.exchange, again, sdp(f"{VOICE}\n{offer}"))
        taken = self.exchange.response(200, again, at + 0.1)
        with_body(self.exchange, taken, sdp(f"m=audio 6000 RTP/AVP 0 8\n{answer}", address="203.0.113.20"))
        return self

    def change(
        self,
        at: float,
        offer: bytes = OFFER,
        answer: bytes = ANSWER,
        *,
        method: str = "INVITE",
        status: int = 200,
        source: str = "192.0.2.10:5060",
    ) -> Talk:
        """An offer of the caller inside the call, and what the callee says to it."""
        branch = f"change{at}"
        again = self.exchange.request(method, at, to_tag="callee", cseq=round(at * 10), branch=branch, source=source)
        again = with_body(self.exchange, again, offer)
        with_body(self.exchange, self.exchange.response(status, again, at + 0.1), answer)
        return self

    def end(self, at: float) -> Talk:
        """A BYE of the caller."""
        bye = self.exchange.request("BYE", at, to_tag="callee", cseq=999, branch="bye")
        self.exchange.response(200, bye, at + 0.1)
        return self

    def streams(self) -> list[Stream]:
        """What the packets make, frames counted from 1,001 on."""
        reader, faxes = RtpStreams(), UdptlStreams()
        if self.said:
            told = columns(sorted(self.said, key=lambda each: each.time), 1_001)
            reader.feed(told)
            faxes.feed(told)
        return [*reader.streams(), *faxes.streams()]

    def scene(self) -> Scene:
        """Everything so far."""
        return replace(self.exchange.scene(), streams=self.streams(), with_media=True)

    def findings(self, rule: str) -> list[Finding]:
        """What one rule says."""
        return [each for each in diagnose(self.scene(), RULES) if each.rule == rule]

    def told(self, rule: str) -> list[tuple[str, str, str]]:
        """How it speaks: variant, severity, confidence."""
        return [(each.variant, each.severity.value, each.confidence.value) for each in self.findings(rule)]
