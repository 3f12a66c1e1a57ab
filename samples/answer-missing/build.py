"""Offers that are accepted without an answer."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, Dialog, sdp
from plain_call import answered, begun, ended
from recording import Recording


def build(folder: Path) -> None:
    """Write answer-missing.pcap and its variants."""
    # The 200 has no session description, and nothing before it had.
    answered(folder / "answer-missing.pcap", sdp(ALICE), "")
    # The 200 makes the offer, and the ACK does not answer it.
    answered(folder / "offer-in-response.pcap", "", sdp(BOB))
    early(folder / "early.pcap")
    update(folder / "update.pcap")
    silent(folder / "silent.pcap")


def early(path: Path) -> None:
    """The session description stands in a 183 that nobody confirms, and not in the 200."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="answer-missing-early")
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, BOB)
    wire.send(call.reply(invite, 183, body=sdp(BOB)), BOB, ALICE, after=0.1)
    answer = call.reply(invite, 200)
    wire.send(answer, BOB, ALICE, after=2)
    wire.send(call.ack(answer), ALICE, BOB)
    ended(wire, call)
    wire.write()


def update(path: Path) -> None:
    """An UPDATE for hold is accepted without an answer: the session goes on as it was."""
    wire, call, _ = begun(path, sdp(ALICE), sdp(BOB))
    change = call.request(ALICE, "UPDATE", body=sdp(ALICE, direction="sendonly", version=2))
    wire.send(change, ALICE, BOB, after=5)
    wire.send(call.reply(change, 200), BOB, ALICE)
    ended(wire, call)
    wire.write()


def silent(path: Path) -> None:
    """The answer stands in a 183 that is confirmed by PRACK, and need not stand in the 200 again."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="answer-missing-silent")
    invite = call.request(ALICE, "INVITE", ("Supported", "100rel"), body=sdp(ALICE))
    wire.send(invite, ALICE, BOB)
    progress = call.reply(invite, 183, ("Require", "100rel"), ("RSeq", "1"), body=sdp(BOB))
    wire.send(progress, BOB, ALICE, after=0.1)
    call.confirmed = progress
    prack = call.request(ALICE, "PRACK", ("RAck", "1 1 INVITE"))
    wire.send(prack, ALICE, BOB)
    wire.send(call.reply(prack, 200), BOB, ALICE)
    answer = call.reply(invite, 200)
    wire.send(answer, BOB, ALICE, after=2)
    call.confirmed = answer
    wire.send(call.ack(answer), ALICE, BOB)
    ended(wire, call)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
