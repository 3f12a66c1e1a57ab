"""What fax machines send to each other once a call has turned into a fax: UDPTL that is the same every time (T.38)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scapy.layers.inet import UDP
from scapy.packet import Raw

from conversation import ALICE, BOB, Agent, Host
from speaking import Talk, media_end, offered

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from recording import Recording

PTIME = 0.04
"""Seconds of the page in a packet."""
REPEATED = 2
"""So many packets are sent again with each one behind them."""
PAGE = bytes([0xD0, 0x01, 0xE0, 0x00, 0x0D])
"""What a packet of a page begins with, sent by V.17 at 14,400 bit/s, and how long its data are, less one."""
VOICE = 3
"""Seconds until the fax begins."""


def wanted(agent: Agent) -> str:
    """The description of a session that is a fax, at the port where the voice was."""
    lines = offered(agent, version=2).splitlines()
    kept = [each for each in lines if not each.startswith(("m=", "a="))]
    port = media_end(agent).port
    fax = [f"m=image {port} udptl t38", "a=T38FaxVersion:0", "a=T38MaxBitRate:14400", "a=T38FaxUdpEC:t38UDPRedundancy"]
    return "".join(f"{line}\r\n" for line in [*kept, *fax])


def faxed(path: Path) -> Talk:
    """A call that is answered by a fax machine, which asks for T.38 after three seconds of voice."""
    talk = Talk(path=path)
    talk.there.speak(talk.wire, VOICE, at=talk.start + 0.05)
    talk.back.speak(talk.wire, VOICE, at=talk.start + 0.02)
    talk.reinvite(BOB, wanted(BOB), wanted(ALICE), after=VOICE)
    return talk


@dataclass(frozen=True, kw_only=True)
class Fax:
    """One stream from one machine to the other."""

    source: Host
    destination: Host

    def send(self, wire: Recording, seconds: float, *, at: float, lost: Collection[int] = ()) -> None:
        """Put so many seconds of a page on the wire; packets of `lost` are left out."""
        clock = wire.clock
        for number in range(round(seconds / PTIME)):
            if number in lost:
                continue
            wire.clock = at + number * PTIME
            earlier = [_page(number - more) for more in range(1, min(REPEATED, number) + 1)]
            parts = [_sized(_page(number)), bytes([0, len(earlier)]), *map(_sized, earlier)]
            wire.add(
                self.source,
                self.destination,
                UDP(sport=self.source.port, dport=self.destination.port)
                / Raw(struct.pack(">H", number) + b"".join(parts)),
            )
        wire.clock = clock


def sending(talk: Talk) -> Fax:
    """What the machine that called sends."""
    return Fax(source=media_end(talk.caller), destination=media_end(talk.callee))


def answering(talk: Talk) -> Fax:
    """What the machine that was called sends."""
    return Fax(source=media_end(talk.callee), destination=media_end(talk.caller))


def _page(number: int) -> bytes:
    return PAGE + bytes(number * 7 + at * 29 & 0xFF for at in range(14))


def _sized(part: bytes) -> bytes:
    return bytes([len(part)]) + part
