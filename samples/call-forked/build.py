"""The proxy rings Bob and Carol at once; Carol answers, and the proxy cancels Bob's branch."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, CAROL, PROXY, Dialog, ack_of_failure, cancel, forwarded, returned, sdp
from recording import Recording


def build(folder: Path) -> None:
    """Write call-forked.pcap."""
    wire = Recording(path=folder / "call-forked.pcap")
    call = Dialog(caller=ALICE, callee=CAROL, uri=BOB.uri, name="call-forked")
    other = call.fork(BOB)

    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, PROXY)
    wire.send(call.reply(invite, 100, by=PROXY), PROXY, ALICE, after=0.002)
    to_bob = forwarded(invite, PROXY, to=BOB.contact_uri, record_route=True)
    to_carol = forwarded(invite, PROXY, to=CAROL.contact_uri, record_route=True)
    wire.send(to_bob, PROXY, BOB, after=0.003)
    wire.send(to_carol, PROXY, CAROL, after=0.001)
    for ringing, phone in ((other.reply(to_bob, 180), BOB), (call.reply(to_carol, 180), CAROL)):
        wire.send(ringing, phone, PROXY, after=0.09)
        wire.send(returned(ringing), PROXY, ALICE, after=0.002)

    answer = call.reply(to_carol, 200, body=sdp(CAROL))
    wire.send(answer, CAROL, PROXY, after=5)
    wire.send(returned(answer), PROXY, ALICE, after=0.002)
    stop = cancel(to_bob)
    wire.send(stop, PROXY, BOB, after=0.001)
    wire.send(other.reply(stop, 200), BOB, PROXY)
    ended = other.reply(to_bob, 487)
    wire.send(ended, BOB, PROXY, after=0.002)
    wire.send(ack_of_failure(to_bob, ended), PROXY, BOB, after=0.001)
    ack = call.ack(answer)
    wire.send(ack, ALICE, PROXY)
    wire.send(forwarded(ack, PROXY), PROXY, CAROL, after=0.002)

    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, PROXY, after=18)
    onward = forwarded(bye, PROXY)
    wire.send(onward, PROXY, CAROL, after=0.002)
    gone = call.reply(onward, 200)
    wire.send(gone, CAROL, PROXY)
    wire.send(returned(gone), PROXY, ALICE, after=0.002)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
