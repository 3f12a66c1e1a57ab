"""Alice waits fourteen seconds before she hears that it rings: her provider takes that long to say so."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import (
    ALICE,
    BOB,
    PROXY,
    Dialog,
    Message,
    ack_of_failure,
    cancel,
    challenge,
    credentials,
    forwarded,
    returned,
    sdp,
)
from recording import LADDER_OF_INVITE, Recording


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    slow(folder / "setup-slow.pcap")
    lost(folder / "lost.pcap")
    given_up(folder / "given-up.pcap")
    no_ringing(folder / "no-ringing.pcap")
    client(folder / "client.pcap")
    silent(folder / "silent.pcap")


def talk(wire: Recording, call: Dialog, answer: Message) -> None:
    """The ACK, a talk of twenty seconds, the BYE: straight between Alice and Bob."""
    wire.send(call.ack(answer), ALICE, BOB)
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, BOB, after=20)
    wire.send(call.reply(bye, 200), BOB, ALICE)


def slow(path: Path) -> None:
    """The proxy passes the INVITE on at once; it is Bob's side that needs fourteen seconds to ring."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="setup-slow")
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, PROXY)
    wire.send(call.reply(invite, 100, by=PROXY), PROXY, ALICE, after=0.002)
    onward = forwarded(invite, PROXY, to=BOB.contact_uri)
    wire.send(onward, PROXY, BOB, after=0.004)
    wire.send(call.reply(onward, 100), BOB, PROXY, after=0.02)
    ringing = call.reply(onward, 180)
    wire.send(ringing, BOB, PROXY, after=14)
    wire.send(returned(ringing), PROXY, ALICE, after=0.002)
    answer = call.reply(onward, 200, body=sdp(BOB))
    wire.send(answer, BOB, PROXY, after=3)
    wire.send(returned(answer), PROXY, ALICE, after=0.002)
    talk(wire, call, answer)
    wire.write()


def lost(path: Path) -> None:
    """Only the fifth copy of the INVITE gets through, after fifteen seconds."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="setup-slow-lost")
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, BOB)
    wire.repeat(invite, ALICE, BOB, LADDER_OF_INVITE[:5])
    wire.send(call.reply(invite, 180), BOB, ALICE, after=15.6)
    answer = call.reply(invite, 200, body=sdp(BOB))
    wire.send(answer, BOB, ALICE, after=2)
    talk(wire, call, answer)
    wire.write()


def given_up(path: Path) -> None:
    """Alice hears nothing for twenty seconds and hangs up."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="setup-slow-given-up")
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, BOB)
    wire.send(call.reply(invite, 100), BOB, ALICE)
    hung_up = cancel(invite)
    wire.send(hung_up, ALICE, BOB, after=20)
    wire.send(call.reply(hung_up, 200), BOB, ALICE)
    ended = call.reply(invite, 487)
    wire.send(ended, BOB, ALICE)
    wire.send(ack_of_failure(invite, ended), ALICE, BOB)
    wire.write()


def no_ringing(path: Path) -> None:
    """Bob's server never says that it rings, only that he answered: it may have rung all the time."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="setup-slow-no-ringing")
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, BOB)
    wire.send(call.reply(invite, 100), BOB, ALICE)
    answer = call.reply(invite, 200, body=sdp(BOB))
    wire.send(answer, BOB, ALICE, after=18)
    talk(wire, call, answer)
    wire.write()


def client(path: Path) -> None:
    """The proxy asks for a password, and Alice types it in: nobody's network was slow."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="setup-slow-client")
    asked = challenge("example.net", "setup-slow")
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, PROXY)
    refused = call.reply(invite, 407, ("Proxy-Authenticate", asked), by=PROXY)
    wire.send(refused, PROXY, ALICE)
    wire.send(ack_of_failure(invite, refused), ALICE, PROXY)
    proof = credentials(ALICE, "made-up", asked, "INVITE", BOB.uri)
    invite = call.request(ALICE, "INVITE", ("Proxy-Authorization", proof), body=sdp(ALICE))
    wire.send(invite, ALICE, PROXY, after=13)
    onward = forwarded(invite, PROXY, to=BOB.contact_uri)
    wire.send(onward, PROXY, BOB, after=0.004)
    ringing = call.reply(onward, 180)
    wire.send(ringing, BOB, PROXY, after=0.2)
    wire.send(returned(ringing), PROXY, ALICE, after=0.002)
    answer = call.reply(onward, 200, body=sdp(BOB))
    wire.send(answer, BOB, PROXY, after=3)
    wire.send(returned(answer), PROXY, ALICE, after=0.002)
    talk(wire, call, answer)
    wire.write()


def silent(path: Path) -> None:
    """It rings after eight seconds and for half a minute: the network kept to its time, Bob took his."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="setup-slow-silent")
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, BOB)
    wire.send(call.reply(invite, 100), BOB, ALICE)
    wire.send(call.reply(invite, 183, body=sdp(BOB)), BOB, ALICE, after=8)
    answer = call.reply(invite, 200, body=sdp(BOB))
    wire.send(answer, BOB, ALICE, after=32)
    talk(wire, call, answer)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
