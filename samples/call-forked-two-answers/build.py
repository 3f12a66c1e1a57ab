"""Bob and Carol pick up at the same moment: Alice acknowledges both, drops Carol at once and talks to Bob."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, CAROL, PROXY, Dialog, forwarded, returned, sdp
from recording import Recording


def build(folder: Path) -> None:
    """Write call-forked-two-answers.pcap."""
    wire = Recording(path=folder / "call-forked-two-answers.pcap")
    call = Dialog(caller=ALICE, callee=BOB, name="call-forked-two-answers")

    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    other = call.fork(CAROL)
    wire.send(invite, ALICE, PROXY)
    wire.send(call.reply(invite, 100, by=PROXY), PROXY, ALICE, after=0.002)
    to_bob = forwarded(invite, PROXY, to=BOB.contact_uri)
    to_carol = forwarded(invite, PROXY, to=CAROL.contact_uri)
    wire.send(to_bob, PROXY, BOB, after=0.003)
    wire.send(to_carol, PROXY, CAROL, after=0.001)
    first = call.reply(to_bob, 200, body=sdp(BOB))
    wire.send(first, BOB, PROXY, after=3)
    wire.send(returned(first), PROXY, ALICE, after=0.002)
    second = other.reply(to_carol, 200, body=sdp(CAROL))
    wire.send(second, CAROL, PROXY, after=0.003)
    wire.send(returned(second), PROXY, ALICE, after=0.002)
    wire.send(call.ack(first), ALICE, BOB, after=0.01)
    wire.send(other.ack(second), ALICE, CAROL, after=0.005)

    surplus = other.request(ALICE, "BYE")
    wire.send(surplus, ALICE, CAROL, after=0.01)
    wire.send(other.reply(surplus, 200), CAROL, ALICE)
    bye = call.request(BOB, "BYE")
    wire.send(bye, BOB, ALICE, after=26)
    wire.send(call.reply(bye, 200), ALICE, BOB)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
