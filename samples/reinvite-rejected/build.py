"""Alice puts Bob on hold, and his server refuses: the call goes on as it was, and Bob hears everything."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, Dialog, Message, ack_of_failure, challenge, sdp
from recording import Recording

FAX = sdp(ALICE, version=2).partition("m=")[0] + "m=image 16400 udptl t38\r\na=T38FaxVersion:0\r\n"


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    refused(folder / "reinvite-rejected.pcap", 488)
    refused(folder / "dialog-gone.pcap", 481)
    refused(folder / "challenged.pcap", 407)
    refused(folder / "fax-refused.pcap", 488, body=FAX)
    recovered(folder / "recovered.pcap")
    silent(folder / "silent.pcap")


def set_up(wire: Recording, call: Dialog) -> Message:
    """Alice calls Bob, who answers after two seconds: the INVITE."""
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, BOB)
    wire.send(call.reply(invite, 180), BOB, ALICE, after=0.12)
    answer = call.reply(invite, 200, body=sdp(BOB))
    wire.send(answer, BOB, ALICE, after=2)
    wire.send(call.ack(answer), ALICE, BOB)
    return invite


def changed(wire: Recording, call: Dialog, code: int, *, body: str = "", after: float = 8) -> None:
    """Alice's re-INVITE, hold when nothing else is offered, and Bob's final response `code`."""
    change = call.request(ALICE, "INVITE", body=body or sdp(ALICE, direction="sendonly", version=2))
    wire.send(change, ALICE, BOB, after=after)
    if code == 200:
        held = call.reply(change, 200, body=sdp(BOB, direction="recvonly", version=2))
        wire.send(held, BOB, ALICE)
        wire.send(call.ack(held), ALICE, BOB)
        return
    fields = (("Proxy-Authenticate", challenge("example.net", "reinvite")),) if code == 407 else ()
    refusal = call.reply(change, code, *fields)
    wire.send(refusal, BOB, ALICE)
    wire.send(ack_of_failure(change, refusal), ALICE, BOB)


def hung_up(wire: Recording, call: Dialog) -> None:
    """Alice's BYE, and the 200 to it."""
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, BOB, after=12)
    wire.send(call.reply(bye, 200), BOB, ALICE)


def refused(path: Path, code: int, *, body: str = "") -> None:
    """Bob refuses the change with `code`; the call goes on, unless he does not know it any more."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name=f"reinvite-rejected-{path.stem}")
    set_up(wire, call)
    changed(wire, call, code, body=body)
    if code == 481:
        wire.wait(12)
    else:
        hung_up(wire, call)
    wire.write()


def recovered(path: Path) -> None:
    """Bob's server stumbles over the first re-INVITE and takes the second."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="reinvite-rejected-recovered")
    set_up(wire, call)
    changed(wire, call, 500)
    changed(wire, call, 200, after=5)
    hung_up(wire, call)
    wire.write()


def silent(path: Path) -> None:
    """A re-INVITE is challenged and comes again, though this time without the need for credentials."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="reinvite-rejected-silent")
    set_up(wire, call)
    changed(wire, call, 407)
    changed(wire, call, 200, after=0.02)
    hung_up(wire, call)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
