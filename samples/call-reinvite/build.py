"""Bob puts Alice on hold and comes back, each time with an INVITE inside the dialog."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, Dialog, sdp
from recording import Recording


def build(folder: Path) -> None:
    """Write call-reinvite.pcap."""
    wire = Recording(path=folder / "call-reinvite.pcap")
    call = Dialog(caller=ALICE, callee=BOB, name="call-reinvite")

    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, BOB)
    wire.send(call.reply(invite, 100), BOB, ALICE)
    wire.send(call.reply(invite, 180), BOB, ALICE, after=0.12)
    answer = call.reply(invite, 200, body=sdp(BOB))
    wire.send(answer, BOB, ALICE, after=2)
    wire.send(call.ack(answer), ALICE, BOB)

    for version, wanted, granted in ((2, "sendonly", "recvonly"), (3, "sendrecv", "sendrecv")):
        change = call.request(BOB, "INVITE", body=sdp(BOB, direction=wanted, version=version))
        wire.send(change, BOB, ALICE, after=11)
        wire.send(call.reply(change, 100), ALICE, BOB, after=0.01)
        changed = call.reply(change, 200, body=sdp(ALICE, direction=granted, version=version))
        wire.send(changed, ALICE, BOB, after=0.03)
        wire.send(call.ack(changed), BOB, ALICE)

    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, BOB, after=8)
    wire.send(call.reply(bye, 200), BOB, ALICE)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
