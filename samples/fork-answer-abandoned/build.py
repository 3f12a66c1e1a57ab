"""Bob and Carol answer the same INVITE; Alice talks to Bob, hangs up, and Carol is left in a call with nobody."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, CAROL, PROXY, Agent, Dialog, forwarded, returned, sdp
from recording import Recording


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    left_open(folder / "fork-answer-abandoned.pcap")
    both_kept(folder / "both-kept.pcap", after=60)
    both_kept(folder / "cut-off.pcap", after=3)
    silent(folder / "silent.pcap")


def answered_twice(wire: Recording, name: str) -> tuple[Dialog, Dialog]:
    """Both answer within ten milliseconds, and Alice acknowledges both: the dialogs with Bob and Carol."""
    call = Dialog(caller=ALICE, callee=BOB, name=name)
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    other = call.fork(CAROL)
    wire.send(invite, ALICE, PROXY)
    to_bob = forwarded(invite, PROXY, to=BOB.contact_uri)
    to_carol = forwarded(invite, PROXY, to=CAROL.contact_uri)
    wire.send(call.reply(invite, 100, by=PROXY), PROXY, ALICE, after=0.002)
    wire.send(to_bob, PROXY, BOB, after=0.003)
    wire.send(to_carol, PROXY, CAROL, after=0.001)
    answer = call.reply(to_bob, 200, body=sdp(BOB))
    wire.send(answer, BOB, PROXY, after=3)
    wire.send(returned(answer), PROXY, ALICE, after=0.002)
    second = other.reply(to_carol, 200, body=sdp(CAROL))
    wire.send(second, CAROL, PROXY, after=0.01)
    wire.send(returned(second), PROXY, ALICE, after=0.002)
    wire.send(call.ack(answer), ALICE, BOB, after=0.006)
    wire.send(other.ack(second), ALICE, CAROL, after=0.001)
    return call, other


def hung_up(wire: Recording, call: Dialog, peer: Agent, *, after: float) -> None:
    """Alice's BYE to `peer`, and the 200 to it."""
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, peer, after=after)
    wire.send(call.reply(bye, 200), peer, ALICE)


def keepalive(wire: Recording, *, after: float) -> None:
    """An OPTIONS and its 200: the recorder still runs."""
    ping = Dialog(caller=ALICE, callee=BOB, name="fork-answer-abandoned-keepalive")
    options = ping.request(ALICE, "OPTIONS")
    wire.send(options, ALICE, BOB, after=after)
    wire.send(ping.reply(options, 200), BOB, ALICE)


def left_open(path: Path) -> None:
    """Alice hangs up with Bob after twenty seconds; nobody tells Carol."""
    wire = Recording(path=path)
    call, _ = answered_twice(wire, "fork-answer-abandoned")
    hung_up(wire, call, BOB, after=20)
    keepalive(wire, after=30)
    wire.write()


def both_kept(path: Path, *, after: float) -> None:
    """Alice ends neither of the two; the recording goes on for so long."""
    wire = Recording(path=path)
    answered_twice(wire, "fork-answer-abandoned-both-kept")
    keepalive(wire, after=after)
    wire.write()


def silent(path: Path) -> None:
    """Alice ends the dialog with Carol at once, as she must, and talks to Bob until the recording ends."""
    wire = Recording(path=path)
    _, other = answered_twice(wire, "fork-answer-abandoned-silent")
    hung_up(wire, other, CAROL, after=0.02)
    keepalive(wire, after=60)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
