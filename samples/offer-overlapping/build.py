"""Offers that are made while another one is open."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, Dialog, Message, sdp
from plain_call import begun, ended
from recording import Recording


def build(folder: Path) -> None:
    """Write offer-overlapping.pcap and its variants."""
    same_side(folder / "offer-overlapping.pcap")
    other_side(folder / "other-side.pcap")
    crossed(folder / "crossed.pcap")
    silent(folder / "silent.pcap")


def ringing(path: Path) -> tuple[Recording, Dialog, Message]:
    """A call with a 180 that was confirmed by PRACK and has no answer yet."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name=f"offer-overlapping-{path.stem}")
    invite = call.request(ALICE, "INVITE", ("Supported", "100rel"), body=sdp(ALICE))
    wire.send(invite, ALICE, BOB)
    alerting = call.reply(invite, 180, ("Require", "100rel"), ("RSeq", "1"))
    wire.send(alerting, BOB, ALICE, after=0.1)
    call.confirmed = alerting
    prack = call.request(ALICE, "PRACK", ("RAck", "1 1 INVITE"))
    wire.send(prack, ALICE, BOB)
    wire.send(call.reply(prack, 200), BOB, ALICE)
    return wire, call, invite


def taken(wire: Recording, call: Dialog, invite: Message) -> None:
    """Bob answers."""
    answer = call.reply(invite, 200, body=sdp(BOB))
    wire.send(answer, BOB, ALICE, after=3)
    call.confirmed = answer
    wire.send(call.ack(answer), ALICE, BOB)
    ended(wire, call)
    wire.write()


def same_side(path: Path) -> None:
    """Alice's phone changes its mind before Bob's phone has answered its first offer."""
    wire, call, invite = ringing(path)
    change = call.request(ALICE, "UPDATE", body=sdp(ALICE, direction="sendonly", version=2))
    wire.send(change, ALICE, BOB, after=1)
    wire.send(call.reply(change, 500, ("Retry-After", "4")), BOB, ALICE)
    taken(wire, call, invite)


def other_side(path: Path) -> None:
    """Bob's phone makes an offer of its own while it owes the answer to Alice's."""
    wire, call, invite = ringing(path)
    change = call.request(BOB, "UPDATE", body=sdp(BOB))
    wire.send(change, BOB, ALICE, after=1)
    wire.send(call.reply(change, 491), ALICE, BOB)
    taken(wire, call, invite)


def crossed(path: Path) -> None:
    """An INVITE for hold and an UPDATE meet on the way."""
    wire, call, _ = begun(path, sdp(ALICE), sdp(BOB))
    hold = call.request(ALICE, "INVITE", body=sdp(ALICE, direction="sendonly", version=2))
    wire.send(hold, ALICE, BOB, after=5)
    change = call.request(BOB, "UPDATE", body=sdp(BOB, version=2))
    wire.send(change, BOB, ALICE, after=0.004)
    wire.send(call.reply(change, 491), ALICE, BOB, after=0.01)
    held = call.reply(hold, 200, body=sdp(BOB, direction="recvonly", version=2))
    wire.send(held, BOB, ALICE, after=0.01)
    wire.send(call.ack(held), ALICE, BOB)
    ended(wire, call)
    wire.write()


def silent(path: Path) -> None:
    """Alice's phone waits for the answer, in a 183 that is confirmed, before it changes its mind."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="offer-overlapping-silent")
    invite = call.request(ALICE, "INVITE", ("Supported", "100rel"), body=sdp(ALICE))
    wire.send(invite, ALICE, BOB)
    progress = call.reply(invite, 183, ("Require", "100rel"), ("RSeq", "1"), body=sdp(BOB))
    wire.send(progress, BOB, ALICE, after=0.1)
    call.confirmed = progress
    prack = call.request(ALICE, "PRACK", ("RAck", "1 1 INVITE"))
    wire.send(prack, ALICE, BOB)
    wire.send(call.reply(prack, 200), BOB, ALICE)
    change = call.request(ALICE, "UPDATE", body=sdp(ALICE, direction="sendonly", version=2))
    wire.send(change, ALICE, BOB, after=1)
    wire.send(call.reply(change, 200, body=sdp(BOB, direction="recvonly", version=2)), BOB, ALICE)
    answer = call.reply(invite, 200)
    wire.send(answer, BOB, ALICE, after=3)
    call.confirmed = answer
    wire.send(call.ack(answer), ALICE, BOB)
    ended(wire, call)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
