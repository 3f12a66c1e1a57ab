"""The recorder dropped the ACK. Bob said his 200 only once, so the ACK reached him; they talked for a minute."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, Dialog, sdp
from recording import Recording


def build(folder: Path) -> None:
    """Write ack-lost-at-recorder.pcap."""
    wire = Recording(path=folder / "ack-lost-at-recorder.pcap")
    call = Dialog(caller=ALICE, callee=BOB, name="ack-lost-at-recorder")

    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, BOB)
    wire.send(call.reply(invite, 100), BOB, ALICE)
    wire.send(call.reply(invite, 180), BOB, ALICE, after=0.12)
    wire.send(call.reply(invite, 200, body=sdp(BOB)), BOB, ALICE, after=4)
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, BOB, after=60)
    wire.send(call.reply(bye, 200), BOB, ALICE)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
