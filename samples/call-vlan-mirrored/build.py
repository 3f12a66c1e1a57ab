"""A mirror port on a router: every packet once in VLAN 10 and, one hop later, once in VLAN 20."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, Dialog, sdp
from recording import Copy, Recording


def build(folder: Path) -> None:
    """Write call-vlan-mirrored.pcap."""
    wire = Recording(path=folder / "call-vlan-mirrored.pcap", copies=(Copy(vlan=10), Copy(delay=61, vlan=20, hops=1)))
    call = Dialog(caller=ALICE, callee=BOB, name="call-vlan-mirrored")

    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, BOB)
    wire.send(call.reply(invite, 100), BOB, ALICE)
    wire.send(call.reply(invite, 180), BOB, ALICE, after=0.12)
    answer = call.reply(invite, 200, body=sdp(BOB))
    wire.send(answer, BOB, ALICE, after=4)
    wire.send(call.ack(answer), ALICE, BOB)
    bye = call.request(BOB, "BYE")
    wire.send(bye, BOB, ALICE, after=15)
    wire.send(call.reply(bye, 200), ALICE, BOB)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
