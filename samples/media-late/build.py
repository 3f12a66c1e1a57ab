"""A call whose callee is heard only seconds after the answer."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, Dialog
from recording import Recording
from speaking import Talk, Voice, media_end, offered


def build(folder: Path) -> None:
    """Write media-late.pcap and its twin."""
    # Bob's first packet comes 3.5 s after his 200.
    talk = Talk(path=folder / "media-late.pcap")
    talk.there.speak(talk.wire, 8, at=talk.start + 0.05)
    talk.back.speak(talk.wire, 4.6, at=talk.start + 3.5)
    talk.end(8.1)
    early(folder / "silent.pcap")


def early(path: Path) -> None:
    """Bob is heard before he answers, and 1.5 s after that again: a ring tone, then voice."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name=path.stem)
    invite = call.request(ALICE, "INVITE", body=offered(ALICE))
    wire.send(invite, ALICE, BOB)
    wire.send(call.reply(invite, 183, body=offered(BOB)), BOB, ALICE, after=0.5)
    back = Voice(source=media_end(BOB), destination=media_end(ALICE))
    back.speak(wire, 2, at=wire.clock + 0.02)
    accepted = call.reply(invite, 200, body=offered(BOB))
    wire.send(accepted, BOB, ALICE, after=2.1)
    wire.send(call.ack(accepted), ALICE, BOB)
    Voice(source=media_end(ALICE), destination=media_end(BOB)).speak(wire, 6, at=wire.clock + 0.05)
    Voice(source=media_end(BOB), destination=media_end(ALICE), name="answered").speak(wire, 4.5, at=wire.clock + 1.5)
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, BOB, after=6.1)
    wire.send(call.reply(bye, 200), BOB, ALICE)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
