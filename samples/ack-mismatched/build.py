"""Alice's phone acknowledges, but with a CSeq number, a tag or a branch that fits no response."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, Dialog, Message, ack_of_failure, challenge, credentials, sdp, token
from recording import LADDER, TIMEOUT, Recording


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    wrong(folder / "ack-mismatched.pcap", "CSeq", "2 ACK")
    wrong(folder / "wrong-tag.pcap", "To", f"{BOB.name_addr};tag={token('a tag of nobody')}")
    wrong_branch(folder / "wrong-branch.pcap")
    accepted(folder / "accepted.pcap")
    silent(folder / "silent.pcap")


def answered(wire: Recording, call: Dialog) -> Message:
    """Alice calls Bob, who answers: the 200."""
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, BOB)
    wire.send(call.reply(invite, 100), BOB, ALICE)
    wire.send(call.reply(invite, 180), BOB, ALICE, after=0.12)
    answer = call.reply(invite, 200, body=sdp(BOB))
    wire.send(answer, BOB, ALICE, after=4)
    return answer


def wrong(path: Path, name: str, value: str) -> None:
    """Every 200 is acknowledged with a wrong header field; Bob hears no ACK in that and gives up."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name=f"ack-mismatched-{name}")
    answer = answered(wire, call)
    ack = call.ack(answer).changed(name, value)
    wire.repeat(answer, BOB, ALICE, LADDER)
    wire.repeat(ack, ALICE, BOB, [0.018, *(time + 0.018 for time in LADDER)])
    bye = call.request(BOB, "BYE")
    wire.send(bye, BOB, ALICE, after=TIMEOUT)
    wire.send(call.reply(bye, 200), ALICE, BOB)
    wire.write()


def wrong_branch(path: Path) -> None:
    """Bob is busy; Alice acknowledges the 486 on a new branch, as if it were a 200, so that he goes on repeating it."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="ack-mismatched-branch")
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, BOB)
    wire.send(call.reply(invite, 100), BOB, ALICE)
    busy = call.reply(invite, 486)
    wire.send(busy, BOB, ALICE, after=0.06)
    ack = ack_of_failure(invite, busy)
    via = ack.value("Via").replace(invite.value("Via").split("branch=")[1].split(";")[0], f"z9hG4bK{token('new')}")
    wire.repeat(busy, BOB, ALICE, LADDER)
    wire.repeat(ack.changed("Via", via), ALICE, BOB, [0.018, *(time + 0.018 for time in LADDER)])
    wire.write()


def accepted(path: Path) -> None:
    """The CSeq number is wrong, and Bob is lenient: he says his 200 once and talks."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="ack-mismatched-accepted")
    answer = answered(wire, call)
    wire.send(call.ack(answer).changed("CSeq", "2 ACK"), ALICE, BOB)
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, BOB, after=20)
    wire.send(call.reply(bye, 200), BOB, ALICE)
    wire.write()


def silent(path: Path) -> None:
    """Three INVITEs, three ACKs with three CSeq numbers, each the right one: a challenge, a call, a change of it."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="ack-mismatched-silent")
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, BOB)
    asked = challenge("example.net", "ack-mismatched-silent")
    refused = call.reply(invite, 407, ("Proxy-Authenticate", asked))
    wire.send(refused, BOB, ALICE)
    wire.send(ack_of_failure(invite, refused), ALICE, BOB)
    allowed = ("Proxy-Authorization", credentials(ALICE, "made-up-4711", asked, "INVITE", BOB.uri))
    for version in (1, 2):
        again = call.request(ALICE, "INVITE", allowed, body=sdp(ALICE, version=version))
        wire.send(again, ALICE, BOB, after=0.02 if version == 1 else 8)
        answer = call.reply(again, 200, body=sdp(BOB, version=version))
        wire.send(answer, BOB, ALICE)
        wire.send(call.ack(answer), ALICE, BOB)
    bye = call.request(ALICE, "BYE", allowed)
    wire.send(bye, ALICE, BOB, after=20)
    wire.send(call.reply(bye, 200), BOB, ALICE)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
