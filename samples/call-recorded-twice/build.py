"""`tcpdump -i any` on a bridge: every packet stands in the capture twice, some microseconds apart."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, Dialog, sdp
from recording import Copy, Recording


def build(folder: Path) -> None:
    """Write call-recorded-twice.pcap."""
    wire = Recording(path=folder / "call-recorded-twice.pcap", cooked=True, copies=(Copy(), Copy(delay=23)))
    call = Dialog(caller=ALICE, callee=BOB, name="call-recorded-twice")

    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, BOB)
    wire.send(call.reply(invite, 100), BOB, ALICE)
    wire.send(call.reply(invite, 180), BOB, ALICE, after=0.12)
    answer = call.reply(invite, 200, body=sdp(BOB))
    wire.send(answer, BOB, ALICE, after=4)
    wire.send(call.ack(answer), ALICE, BOB)
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, BOB, after=15)
    wire.send(call.reply(bye, 200), BOB, ALICE)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
