"""The recorder dropped the ACK. Bob said his 200 only once, so the ACK reached him; they talked for a minute."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, Agent, Dialog, sdp
from recording import Recording


def build(folder: Path) -> None:
    """Write both captures of the folder."""
    talked(folder / "ack-lost-at-recorder.pcap", ALICE, seconds=60)
    talked(folder / "half-a-minute.pcap", BOB, seconds=33)


def talked(path: Path, by: Agent, *, seconds: float) -> None:
    """A call without its ACK that `by` ends; after 33 seconds a callee that got no ACK would end it too."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name=path.stem)

    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, BOB)
    wire.send(call.reply(invite, 100), BOB, ALICE)
    wire.send(call.reply(invite, 180), BOB, ALICE, after=0.12)
    wire.send(call.reply(invite, 200, body=sdp(BOB)), BOB, ALICE, after=4)
    bye = call.request(by, "BYE")
    peer = BOB if by is ALICE else ALICE
    wire.send(bye, by, peer, after=seconds)
    wire.send(call.reply(bye, 200), peer, by)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
