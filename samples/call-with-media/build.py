"""Calls whose media are as they should be: both ways, with a key, a hold, a pause, early media before a busy tone."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, Dialog, ack_of_failure
from plain_call import begun
from recording import Recording
from speaking import PTIME, RATE, Voice, media_end, offered

THERE = Voice(source=media_end(ALICE), destination=media_end(BOB))
BACK = Voice(source=media_end(BOB), destination=media_end(ALICE))


def build(folder: Path) -> None:
    """Write call-with-media.pcap and its variants."""
    plain(folder / "call-with-media.pcap")
    held(folder / "held.pcap")
    busy(folder / "early-media-then-busy.pcap")
    quiet(folder / "silence-suppressed.pcap")


def plain(path: Path) -> None:
    """Eight seconds both ways; Alice presses 5."""
    wire, call, _ = begun(path, offered(ALICE), offered(BOB))
    start = wire.clock
    number = THERE.speak(wire, 3, at=start + 0.05)
    number = THERE.press(wire, 5, at=start + 3.05, number=number)
    THERE.speak(wire, 4.7, at=start + 3.35, begin=number)
    BACK.speak(wire, 8, at=start + 0.02)
    wire.clock = start + 8
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, BOB, after=0.1)
    wire.send(call.reply(bye, 200), BOB, ALICE)
    wire.write()


def held(path: Path) -> None:
    """Bob puts Alice on hold with music for six seconds, then talks on: that Alice is silent is right."""
    wire, call, _ = begun(path, offered(ALICE), offered(BOB))
    start = wire.clock
    mine = THERE.speak(wire, 3, at=start + 0.05)
    BACK.speak(wire, 12, at=start + 0.02)
    for direction, answer, at in (("sendonly", "recvonly", 3.0), ("sendrecv", "sendrecv", 9.0)):
        wire.clock = start + at
        again = call.request(BOB, "INVITE", body=offered(BOB, direction=direction, version=round(at)))
        wire.send(again, BOB, ALICE)
        taken = call.reply(again, 200, body=offered(ALICE, direction=answer, version=round(at)))
        wire.send(taken, ALICE, BOB)
        wire.send(call.ack(taken), BOB, ALICE)
    THERE.resume(wire, 3, at=start + 9.1, number=mine, ticks=round(9.05 * RATE))
    wire.clock = start + 12.1
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, BOB)
    wire.send(call.reply(bye, 200), BOB, ALICE)
    wire.write()


def busy(path: Path) -> None:
    """The network plays an announcement, then Bob is busy: media one way, and rightly so."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name=path.stem)
    invite = call.request(ALICE, "INVITE", body=offered(ALICE))
    wire.send(invite, ALICE, BOB)
    wire.send(call.reply(invite, 100), BOB, ALICE)
    wire.send(call.reply(invite, 183, body=offered(BOB)), BOB, ALICE, after=0.5)
    BACK.speak(wire, 6, at=wire.clock + 0.02)
    refusal = call.reply(invite, 486)
    wire.send(refusal, BOB, ALICE, after=6.1)
    wire.send(ack_of_failure(invite, refusal), ALICE, BOB)
    wire.write()


def quiet(path: Path) -> None:
    """Alice says nothing for five seconds: comfort noise once, then no packet, and a marker when she speaks again."""
    wire, call, _ = begun(path, offered(ALICE), offered(BOB))
    start = wire.clock
    number = THERE.speak(wire, 2, at=start + 0.05)
    number = THERE.noise(wire, at=start + 0.05 + number * PTIME, number=number)
    THERE.resume(wire, 2, at=start + 7, number=number, ticks=round(6.95 * RATE))
    BACK.speak(wire, 9, at=start + 0.02)
    wire.clock = start + 9.1
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, BOB)
    wire.send(call.reply(bye, 200), BOB, ALICE)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
