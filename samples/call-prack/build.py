"""A gateway rings reliably (100rel): 183 and PRACK, an UPDATE while it rings, 180 and PRACK, the answer."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, PBX, Dialog, sdp
from recording import Recording


def build(folder: Path) -> None:
    """Write call-prack.pcap."""
    wire = Recording(path=folder / "call-prack.pcap")
    call = Dialog(caller=ALICE, callee=PBX, name="call-prack")

    invite = call.request(ALICE, "INVITE", ("Supported", "100rel"), body=sdp(ALICE))
    wire.send(invite, ALICE, PBX)
    wire.send(call.reply(invite, 100), PBX, ALICE)
    progress = call.reply(invite, 183, ("Require", "100rel"), ("RSeq", "4801"), body=sdp(PBX))
    wire.send(progress, PBX, ALICE, after=0.4)
    call.confirmed = progress  # an early dialog: what follows has its To tag and goes to its Contact
    prack = call.request(ALICE, "PRACK", ("RAck", f"4801 {invite.cseq} INVITE"))
    wire.send(prack, ALICE, PBX)
    wire.send(call.reply(prack, 200), PBX, ALICE)

    update = call.request(ALICE, "UPDATE", body=sdp(ALICE, version=2))
    wire.send(update, ALICE, PBX, after=0.2)
    wire.send(call.reply(update, 200, body=sdp(PBX, version=2)), PBX, ALICE)
    ringing = call.reply(invite, 180, ("Require", "100rel"), ("RSeq", "4802"))
    wire.send(ringing, PBX, ALICE, after=0.5)
    prack = call.request(ALICE, "PRACK", ("RAck", f"4802 {invite.cseq} INVITE"))
    wire.send(prack, ALICE, PBX)
    wire.send(call.reply(prack, 200), PBX, ALICE)

    answer = call.reply(invite, 200)
    wire.send(answer, PBX, ALICE, after=5)
    wire.send(call.ack(answer), ALICE, PBX)
    bye = call.request(PBX, "BYE")
    wire.send(bye, PBX, ALICE, after=33)
    wire.send(call.reply(bye, 200), ALICE, PBX)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
