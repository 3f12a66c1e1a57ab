"""The network loses one INVITE and one 200; both are said again, and the call goes well."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, Dialog, sdp
from recording import Recording


def build(folder: Path) -> None:
    """Write call-retransmitted.pcap."""
    wire = Recording(path=folder / "call-retransmitted.pcap")
    call = Dialog(caller=ALICE, callee=BOB, name="call-retransmitted")

    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, BOB)
    wire.send(invite, ALICE, BOB, after=0.5)  # the first was lost behind the recorder
    wire.send(call.reply(invite, 100), BOB, ALICE)
    wire.send(call.reply(invite, 180), BOB, ALICE, after=0.12)
    answer = call.reply(invite, 200, body=sdp(BOB))
    wire.send(answer, BOB, ALICE, after=3)
    wire.send(answer, BOB, ALICE, after=0.5)
    wire.send(call.ack(answer), ALICE, BOB)
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, BOB, after=40)
    wire.send(call.reply(bye, 200), BOB, ALICE)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
