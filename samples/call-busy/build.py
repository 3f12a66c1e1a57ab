"""Bob is on the phone: 486, an outcome that people cause and no fault."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, Dialog, ack_of_failure, sdp
from recording import Recording


def build(folder: Path) -> None:
    """Write call-busy.pcap."""
    wire = Recording(path=folder / "call-busy.pcap")
    call = Dialog(caller=ALICE, callee=BOB, name="call-busy")

    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, BOB)
    wire.send(call.reply(invite, 100), BOB, ALICE)
    busy = call.reply(invite, 486)
    wire.send(busy, BOB, ALICE, after=0.06)
    wire.send(ack_of_failure(invite, busy), ALICE, BOB)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
