"""Alice's client uses one Call-ID for every call: Bob is busy, then answers, then answers again."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, Dialog, ack_of_failure, sdp, token
from recording import Recording


@dataclass(kw_only=True)
class SameCallId(Dialog):
    """A call with tags of its own under the Call-ID of all calls."""

    @property
    def call_id(self) -> str:
        """The same for every call."""
        return f"{token('call', 'call-id-reused')}@{ALICE.address}"


def build(folder: Path) -> None:
    """Write call-id-reused.pcap."""
    wire = Recording(path=folder / "call-id-reused.pcap")
    first = SameCallId(caller=ALICE, callee=BOB, name="call-id-reused-busy")
    invite = first.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, BOB)
    busy = first.reply(invite, 486)
    wire.send(busy, BOB, ALICE)
    wire.send(ack_of_failure(invite, busy), ALICE, BOB)
    for number, pause in enumerate((20, 6)):
        wire.wait(pause)
        answered(wire, SameCallId(caller=ALICE, callee=BOB, name=f"call-id-reused-{number}"))
    wire.write()


def answered(wire: Recording, call: Dialog) -> None:
    """INVITE, 180, 200, ACK, BYE."""
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, BOB)
    wire.send(call.reply(invite, 180), BOB, ALICE)
    answer = call.reply(invite, 200, body=sdp(BOB))
    wire.send(answer, BOB, ALICE, after=2)
    wire.send(call.ack(answer), ALICE, BOB)
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, BOB, after=9)
    wire.send(call.reply(bye, 200), BOB, ALICE)


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
