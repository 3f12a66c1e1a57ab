"""Alice lets it ring for nine seconds and hangs up before Bob answers."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, Dialog, ack_of_failure, cancel, sdp
from recording import Recording


def build(folder: Path) -> None:
    """Write call-cancelled.pcap."""
    wire = Recording(path=folder / "call-cancelled.pcap")
    call = Dialog(caller=ALICE, callee=BOB, name="call-cancelled")

    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, BOB)
    wire.send(call.reply(invite, 100), BOB, ALICE)
    wire.send(call.reply(invite, 180), BOB, ALICE, after=0.12)

    stop = cancel(invite)
    wire.send(stop, ALICE, BOB, after=9)
    wire.send(call.reply(stop, 200), BOB, ALICE)
    ended = call.reply(invite, 487)
    wire.send(ended, BOB, ALICE, after=0.003)
    wire.send(ack_of_failure(invite, ended), ALICE, BOB)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
