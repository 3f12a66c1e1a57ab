"""Calls whose media are as they should be: both ways, with a key, a hold, a pause, early media before a busy tone."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, Dialog, ack_of_failure
from recording import Recording
from speaking import PTIME, RATE, Talk, Voice, media_end, offered


def build(folder: Path) -> None:
    """Write call-with-media.pcap and its variants."""
    plain(folder / "call-with-media.pcap")
    held(folder / "held.pcap")
    busy(folder / "early-media-then-busy.pcap")
    quiet(folder / "silence-suppressed.pcap")


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


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
