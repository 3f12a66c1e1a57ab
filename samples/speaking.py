"""What phones say to each other once a call is answered: RTP that is the same every time (RFC 3550, 3551, 4733).

Packets hold 60 ms of a tone, three times what is usual, so that a recording of some seconds stays small.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scapy.layers.inet import UDP
from scapy.packet import Raw

from conversation import ALICE, BOB, Agent, Host, sdp, token
from plain_call import begun

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from recording import Recording

PTIME = 0.06
"""Seconds of voice in a packet."""
RATE = 8_000
WOBBLE = 0.0002
"""Seconds by which packets come a little later or earlier, as on any network."""
PORTS = {"alice": 16_384, "bob": 20_000}
"""Where the phones receive their media."""
PCMU, PCMA, NOISE, EVENT = 0, 8, 13, 101
SILENCE = {PCMU: b"\xff", PCMA: b"\xd5"}
TONE = bytes(0x80 | (at * 37 & 0x3F) for at in range(97))
"""A pattern that is no silence."""


def port_of(agent: Host) -> int:
    """Where the samples' descriptions say that an agent receives."""
    return PORTS.get(getattr(agent, "user", ""), 16_384)


def media_end(agent: Host, port: int = 0) -> Host:
    """The address and port where an agent sends and receives media."""
    return Host(address=agent.address, port=port or port_of(agent))


def offered(agent: Agent, *, direction: str = "sendrecv", version: int = 1, address: str = "", port: int = 0) -> str:
    """The samples' session description with a port of the agent's own, and another address or port if one is given."""
    text = sdp(agent, direction=direction, version=version)
    text = text.replace("m=audio 16384", f"m=audio {port or port_of(agent)}")
    return text.replace(f"c=IN IP4 {agent.address}", f"c=IN IP4 {address}") if address else text


@dataclass(kw_only=True)
class Talk:
    """A call of two phones that was answered at `start`, as far as its ACK."""

    path: Path
    caller: Agent = ALICE
    callee: Agent = BOB
    offer: str = ""
    answer: str = ""

    def __post_init__(self) -> None:
        offer, answer = self.offer or offered(self.caller), self.answer or offered(self.callee)
        self.wire, self.call, _ = begun(self.path, offer, answer, caller=self.caller, callee=self.callee)
        self.start = self.wire.clock

    @property
    def there(self) -> Voice:
        """What the caller says."""
        return Voice(source=media_end(self.caller), destination=media_end(self.callee))

    @property
    def back(self) -> Voice:
        """What the callee says."""
        return Voice(source=media_end(self.callee), destination=media_end(self.caller))

    def reinvite(self, sender: Agent, offer: str, answer: str, *, after: float) -> None:
        """`sender` offers something else, so many seconds after the answer, and it is taken."""
        other = self.callee if sender is self.caller else self.caller
        self.wire.clock = self.start + after
        again = self.call.request(sender, "INVITE", body=offer)
        self.wire.send(again, sender, other)
        taken = self.call.reply(again, 200, body=answer)
        self.wire.send(taken, other, sender)
        self.wire.send(self.call.ack(taken), sender, other)

    def end(self, after: float) -> None:
        """The caller hangs up so many seconds after the answer, and the capture is written."""
        self.wire.clock = self.start + after
        bye = self.call.request(self.caller, "BYE")
        self.wire.send(bye, self.caller, self.callee)
        self.wire.send(self.call.reply(bye, 200), self.callee, self.caller)
        self.wire.write()


@dataclass(frozen=True, kw_only=True)
class Voice:
    """One stream from one end to another."""

    source: Host
    destination: Host
    name: str = "voice"
    payload_type: int = PCMU
    silent: bool = False
    ptime: float = PTIME
    first: int = 0
    """Sequence number of the first packet; 0: one of its own."""
    tail: int = 0
    """Bytes behind the payload: the tag that SRTP puts there."""

    def speak(
        self,
        wire: Recording,
        seconds: float,
        *,
        at: float | None = None,
        begin: int = 0,
        lost: Collection[int] = (),
        late: dict[int, float] | None = None,
    ) -> int:
        """Put so many seconds of voice on the wire from `at` on, else from now, with packet `begin` as the first.

        Packets of `lost` are left out, those in `late` come so many seconds later. Gives the number of the next packet.
        """
        start = wire.clock if at is None else at
        count = round(seconds / self.ptime)
        for number in range(begin, begin + count):
            if number in lost:
                continue
            wait = (number - begin) * self.ptime + number * 7 % 11 * WOBBLE + (late or {}).get(number, 0.0)
            self._send(wire, start + wait, number, self._voice(number), marker=number == 0)
        return begin + count

    def press(self, wire: Recording, key: int, *, at: float, number: int) -> int:
        """Press a key for three packets, the last sent three times (RFC 4733, section 2.5.1.4); gives the next."""
        step = round(self.ptime * RATE)
        for more in range(5):
            end = more >= 2
            payload = struct.pack(">BBH", key, (0x80 if end else 0) | 10, step * min(more + 1, 3))
            packet = replace(self, payload_type=EVENT)
            packet._send(wire, at + more * self.ptime, number + more, payload, marker=not more, timestamp=number * step)  # noqa: SLF001
        return number + 5

    def resume(self, wire: Recording, seconds: float, *, at: float, number: int, ticks: int) -> None:
        """Speak again after a pause in which no packet was sent, with a marker and `ticks` of the clock since then."""
        step = round(self.ptime * RATE)
        for more in range(round(seconds / self.ptime)):
            moment = at + more * self.ptime + more * 7 % 11 * WOBBLE
            voice = self._voice(number + more)
            self._send(wire, moment, number + more, voice, marker=not more, timestamp=ticks + more * step)

    def noise(self, wire: Recording, *, at: float, number: int) -> int:
        """One packet of comfort noise (RFC 3389)."""
        replace(self, payload_type=NOISE)._send(wire, at, number, b"\x40", marker=False)  # noqa: SLF001
        return number + 1

    def _voice(self, number: int) -> bytes:
        size = round(self.ptime * RATE)
        if self.silent:
            return SILENCE[self.payload_type] * size
        begin = number * 13 % len(TONE)
        return (TONE * (size // len(TONE) + 2))[begin : begin + size] + bytes(self.tail)

    def _send(
        self, wire: Recording, at: float, number: int, payload: bytes, *, marker: bool, timestamp: int | None = None
    ) -> None:
        ticks = number * round(self.ptime * RATE) if timestamp is None else timestamp
        seed = int(token("rtp", self.name, self.source.sent_by), 16)
        sequence = (self.first or seed % 30_000) + number
        header = struct.pack(
            ">BBHII",
            0x80,
            self.payload_type | (0x80 if marker else 0),
            sequence & 0xFFFF,
            (seed + ticks) & 0xFFFFFFFF,
            seed >> 8 & 0xFFFFFFFF,
        )
        layer = UDP(sport=self.source.port, dport=self.destination.port) / Raw(header + payload)
        clock, wire.clock = wire.clock, at
        wire.add(self.source, self.destination, layer)
        wire.clock = clock
