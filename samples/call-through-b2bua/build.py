"""Alice calls Bob through a B2BUA, which writes a Call-ID of its own on Bob's side; recorded at the B2BUA."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, PROXY, Agent, Dialog, Fields, Message, sdp
from recording import Recording

SBC = replace(PROXY, user="bob", software="Border 6.1")
"""As Alice sees it: the one that answers for Bob."""
OUTSIDE = Agent(
    user="alice", domain="example.net", display="Alice Moreau", address="203.0.113.5", software="Border 6.1"
)
"""As Bob sees it: the one that calls for Alice."""
UUID = "a1b2c3d4e5f60718293a4b5c6d7e8f90"
NIL = "0" * 32


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    asks: Fields = (("Session-ID", f"{UUID};remote={NIL}"),)
    through(folder / "call-through-b2bua.pcap", near=asks, far=asks)
    near = Dialog(caller=ALICE, callee=SBC, name="x-cid.pcap near")
    through(folder / "x-cid.pcap", far=(("X-CID", near.call_id),))
    through(folder / "no-correlation.pcap")
    crowded(folder / "at-once.pcap")


def through(path: Path, *, near: Fields = (), far: Fields = ()) -> None:
    """One call, answered and ended by Alice; `near` and `far` are what the two INVITEs carry besides."""
    wire = Recording(path=path)
    inner = Dialog(caller=ALICE, callee=SBC, name=f"{path.name} near")
    outer = Dialog(caller=OUTSIDE, callee=BOB, name=f"{path.name} far")
    asked = invite(wire, inner, near)
    onward = invite(wire, outer, far)
    answered(wire, outer, onward, inner, asked)
    ended(wire, inner, outer)
    wire.write()


def crowded(path: Path) -> None:
    """Two calls between the same two at the same moment, and nothing that says which legs belong together."""
    wire = Recording(path=path)
    inner = [Dialog(caller=ALICE, callee=SBC, name=f"{path.name} near {number}") for number in (1, 2)]
    outer = [Dialog(caller=OUTSIDE, callee=BOB, name=f"{path.name} far {number}") for number in (1, 2)]
    asked = [invite(wire, each, ()) for each in inner]
    onward = [invite(wire, each, ()) for each in outer]
    for number in (0, 1):
        answered(wire, outer[number], onward[number], inner[number], asked[number])
    for number in (0, 1):
        ended(wire, inner[number], outer[number])
    wire.write()


def invite(wire: Recording, leg: Dialog, fields: Fields) -> Message:
    """The INVITE of one leg, and the 100 for it."""
    request = leg.request(leg.caller, "INVITE", *fields, body=sdp(leg.caller))
    wire.send(request, leg.caller, leg.callee, after=0.003)
    wire.send(leg.reply(request, 100), leg.callee, leg.caller, after=0.002)
    return request


def answered(wire: Recording, outer: Dialog, onward: Message, inner: Dialog, asked: Message) -> None:
    """Bob's phone rings and is answered; the B2BUA says so to Alice under the other Call-ID."""
    wire.send(outer.reply(onward, 180), BOB, OUTSIDE, after=0.12)
    wire.send(inner.reply(asked, 180), SBC, ALICE, after=0.002)
    answer = outer.reply(onward, 200, body=sdp(BOB))
    wire.send(answer, BOB, OUTSIDE, after=2.4)
    wire.send(outer.ack(answer), OUTSIDE, BOB, after=0.002)
    answer = inner.reply(asked, 200, body=sdp(SBC))
    wire.send(answer, SBC, ALICE, after=0.002)
    wire.send(inner.ack(answer), ALICE, SBC)


def ended(wire: Recording, inner: Dialog, outer: Dialog) -> None:
    """Alice hangs up, and the B2BUA does so towards Bob."""
    for leg in (inner, outer):
        bye = leg.request(leg.caller, "BYE")
        wire.send(bye, leg.caller, leg.callee, after=9 if leg is inner else 0.002)
        wire.send(leg.reply(bye, 200), leg.callee, leg.caller)


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
