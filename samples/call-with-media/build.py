"""Calls whose media are as they should be: both ways, with a key, a hold, a pause, early media before a busy tone."""

from __future__ import annotations

import struct
import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scapy.layers.inet import UDP
from scapy.packet import Raw

from conversation import ALICE, BOB, Dialog, ack_of_failure
from recording import Copy, Recording
from speaking import PTIME, RATE, Talk, Voice, media_end, offered


def build(folder: Path) -> None:
    """Write call-with-media.pcap and its variants."""
    plain(folder / "call-with-media.pcap")
    held(folder / "held.pcap")
    busy(folder / "early-media-then-busy.pcap")
    quiet(folder / "silence-suppressed.pcap")
    twice(folder / "recorded-twice.pcap")
    shared(folder / "shared-port.pcap")
    music(folder / "music-on-hold.pcap")
    begun_before(folder / "begun-before.pcap")


def plain(path: Path) -> None:
    """Eight seconds both ways; Alice presses 5."""
    talk = Talk(path=path)
    number = talk.there.speak(talk.wire, 3, at=talk.start + 0.05)
    number = talk.there.press(talk.wire, 5, at=talk.start + 3.05, number=number)
    talk.there.speak(talk.wire, 4.7, at=talk.start + 3.35, begin=number)
    talk.back.speak(talk.wire, 8, at=talk.start + 0.02)
    talk.end(8.1)


def held(path: Path) -> None:
    """Bob puts Alice on hold with music for six seconds, then talks on: that Alice is silent is right."""
    talk = Talk(path=path)
    mine = talk.there.speak(talk.wire, 3, at=talk.start + 0.05)
    talk.back.speak(talk.wire, 12, at=talk.start + 0.02)
    for direction, answer, at in (("sendonly", "recvonly", 3), ("sendrecv", "sendrecv", 9)):
        offer = offered(BOB, direction=direction, version=at)
        talk.reinvite(BOB, offer, offered(ALICE, direction=answer, version=at), after=at)
    talk.there.resume(talk.wire, 3, at=talk.start + 9.1, number=mine, ticks=round(9.05 * RATE))
    talk.end(12.1)


def busy(path: Path) -> None:
    """The network plays an announcement, then Bob is busy: media one way, and rightly so."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name=path.stem)
    invite = call.request(ALICE, "INVITE", body=offered(ALICE))
    wire.send(invite, ALICE, BOB)
    wire.send(call.reply(invite, 100), BOB, ALICE)
    wire.send(call.reply(invite, 183, body=offered(BOB)), BOB, ALICE, after=0.5)
    Voice(source=media_end(BOB), destination=media_end(ALICE)).speak(wire, 6, at=wire.clock + 0.02)
    refusal = call.reply(invite, 486)
    wire.send(refusal, BOB, ALICE, after=6.1)
    wire.send(ack_of_failure(invite, refusal), ALICE, BOB)
    wire.write()


def quiet(path: Path) -> None:
    """Alice says nothing for five seconds: comfort noise once, then no packet, and a marker when she speaks again."""
    talk = Talk(path=path)
    number = talk.there.speak(talk.wire, 2, at=talk.start + 0.05)
    number = talk.there.noise(talk.wire, at=talk.start + 0.05 + number * PTIME, number=number)
    talk.there.resume(talk.wire, 2, at=talk.start + 7, number=number, ticks=round(6.95 * RATE))
    talk.back.speak(talk.wire, 9, at=talk.start + 0.02)
    talk.end(9.1)


def twice(path: Path) -> None:
    """IPv6, recorded on all interfaces: each packet is there twice."""
    caller, callee = replace(ALICE, address="2001:db8::10"), replace(BOB, address="2001:db8:1::20")
    talk = Talk(path=path, caller=caller, callee=callee)
    talk.there.speak(talk.wire, 3.6, at=talk.start + 0.05)
    talk.back.speak(talk.wire, 3.6, at=talk.start + 0.02)
    talk.wire.cooked, talk.wire.copies = True, (Copy(), Copy(delay=12))
    talk.end(3.7)


def shared(path: Path) -> None:
    """STUN, DTLS, a channel of TURN and RTCP on the port of the media (RFC 7983, RFC 5761)."""
    talk = Talk(path=path)
    talk.there.speak(talk.wire, 4, at=talk.start + 0.05)
    talk.back.speak(talk.wire, 4, at=talk.start + 0.02)
    stun, dtls = struct.pack(">HHI", 1, 0, 0x2112A442) + bytes(12), b"\x16\xfe\xfd" + bytes(9) + b"\x00\x01" + bytes(20)
    turn, rtcp = b"\x40\x00\x00\x10" + bytes(16), struct.pack(">BBHI", 0x80, 201, 1, 7)
    for number, payload in enumerate((stun, dtls, turn, rtcp) * 4):
        talk.wire.clock = talk.start + 0.2 * number
        talk.wire.add(talk.there.source, talk.there.destination, UDP(sport=16_384, dport=20_000) / Raw(payload))
    talk.end(4.1)


def music(path: Path) -> None:
    """Bob holds the call, and a server with an address of its own plays music; then the two talk on."""
    talk = Talk(path=path)
    talk.there.speak(talk.wire, 2.4, at=talk.start + 0.05)
    talk.back.speak(talk.wire, 2.4, at=talk.start + 0.02)
    server = replace(BOB, address="198.51.100.77")
    held = offered(BOB, direction="sendonly", version=2, address=server.address)
    talk.reinvite(BOB, held, offered(ALICE, direction="recvonly", version=2), after=2.4)
    Voice(source=media_end(server, 20_000), destination=media_end(ALICE)).speak(talk.wire, 4.8, at=talk.start + 2.6)
    talk.reinvite(BOB, offered(BOB, version=3), offered(ALICE, version=3), after=7.4)
    for voice in (talk.there, talk.back):
        voice.resume(talk.wire, 2.4, at=talk.start + 7.6, number=40, ticks=round(7.6 * RATE))
    talk.end(10)


def begun_before(path: Path) -> None:
    """The capture begins in the middle of the call: nothing says where media are to go."""
    talk = Talk(path=path)
    talk.there.speak(talk.wire, 4, at=talk.start + 0.05)
    talk.back.speak(talk.wire, 4, at=talk.start + 0.02)
    talk.wire.since = talk.start + 1
    talk.end(4.1)


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
