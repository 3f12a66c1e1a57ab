"""Behind a NAT, a phone names its inside address in Contact, and what is sent there is lost."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, PROXY, Agent, Dialog, Host, forwarded, returned, sdp
from recording import LADDER, Recording

INSIDE = Host(address="10.0.0.20")
HIDDEN = Agent(
    user="bob",
    display="Bob Tanaka",
    domain="example.net",
    address="198.51.100.20",
    software="Softphone 2.8.0",
    reached_at=INSIDE,
)
HIDDEN_ALICE = Agent(user="alice", display="Alice Moreau", address="192.0.2.10", reached_at=Host(address="192.168.1.7"))


def build(folder: Path) -> None:
    """Write contact-private.pcap and its variants."""
    ack_lost(folder / "contact-private.pcap")
    request_lost(folder / "request-lost.pcap")
    request_failed(folder / "request-failed.pcap")
    unproven(folder / "unproven.pcap")
    silent(folder / "silent.pcap")


def ack_lost(path: Path) -> None:
    """The ACK goes to the inside address; Bob's phone repeats its 200 for 32 s and hangs up."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=HIDDEN, name="contact-private")
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, HIDDEN)
    wire.send(call.reply(invite, 180), HIDDEN, ALICE, after=0.1)
    answer = call.reply(invite, 200, body=sdp(HIDDEN))
    wire.send(answer, HIDDEN, ALICE, after=2)
    wire.repeat(answer, HIDDEN, ALICE, LADDER)
    ack = call.ack(answer)
    wire.repeat(ack, ALICE, INSIDE, [0.02, *(0.02 + time for time in LADDER)])
    wire.wait(32)
    bye = call.request(HIDDEN, "BYE")
    wire.send(bye, HIDDEN, ALICE)
    wire.send(call.reply(bye, 200), ALICE, HIDDEN)
    wire.write()


def request_lost(path: Path) -> None:
    """Bob hangs up, and his BYE goes to Alice's inside address."""
    wire = Recording(path=path)
    call = Dialog(caller=HIDDEN_ALICE, callee=BOB, name="contact-private-request-lost")
    invite = call.request(HIDDEN_ALICE, "INVITE", body=sdp(HIDDEN_ALICE))
    wire.send(invite, HIDDEN_ALICE, BOB)
    wire.send(call.reply(invite, 180), BOB, HIDDEN_ALICE, after=0.1)
    answer = call.reply(invite, 200, body=sdp(BOB))
    wire.send(answer, BOB, HIDDEN_ALICE, after=2)
    wire.send(call.ack(answer), HIDDEN_ALICE, BOB)
    bye = call.request(BOB, "BYE")
    wire.send(bye, BOB, Host(address="192.168.1.7"), after=20)
    wire.repeat(bye, BOB, Host(address="192.168.1.7"), LADDER)
    ping = Dialog(caller=BOB, callee=PROXY, name="contact-private-ping")
    options = ping.request(BOB, "OPTIONS")
    wire.send(options, BOB, PROXY, after=40)
    wire.send(ping.reply(options, 200), PROXY, BOB)
    wire.write()


def request_failed(path: Path) -> None:
    """Bob's BYE goes through a proxy, which cannot reach Alice's inside address either."""
    wire = Recording(path=path)
    call = Dialog(caller=HIDDEN_ALICE, callee=BOB, name="contact-private-request-failed")
    invite = call.request(HIDDEN_ALICE, "INVITE", body=sdp(HIDDEN_ALICE))
    wire.send(invite, HIDDEN_ALICE, PROXY)
    passed = forwarded(invite, PROXY, record_route=True)
    wire.send(passed, PROXY, BOB)
    answer = call.reply(passed, 200, body=sdp(BOB))
    wire.send(answer, BOB, PROXY, after=2)
    wire.send(returned(answer), PROXY, HIDDEN_ALICE)
    ack = call.ack(answer)
    wire.send(ack, HIDDEN_ALICE, PROXY)
    wire.send(forwarded(ack, PROXY), PROXY, BOB)
    bye = call.request(BOB, "BYE")
    wire.send(bye, BOB, PROXY, after=20)
    wire.repeat(bye, BOB, PROXY, LADDER[:-1])
    wire.send(call.reply(bye, 408, by=PROXY), PROXY, BOB, after=31)
    wire.write()


def unproven(path: Path) -> None:
    """The capture ends right after the 200."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=HIDDEN, name="contact-private-unproven")
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, HIDDEN)
    wire.send(call.reply(invite, 100), HIDDEN, ALICE)
    answer = call.reply(invite, 200, body=sdp(HIDDEN))
    wire.send(answer, HIDDEN, ALICE, after=2)
    wire.repeat(answer, HIDDEN, ALICE, LADDER[:1])
    wire.write()


def silent(path: Path) -> None:
    """Both phones name inside addresses, and both send to where messages came from: the call works."""
    wire = Recording(path=path)
    call = Dialog(caller=HIDDEN_ALICE, callee=HIDDEN, name="contact-private-silent")
    invite = call.request(HIDDEN_ALICE, "INVITE", body=sdp(HIDDEN_ALICE))
    wire.send(invite, HIDDEN_ALICE, HIDDEN)
    wire.send(call.reply(invite, 180), HIDDEN, HIDDEN_ALICE, after=0.1)
    answer = call.reply(invite, 200, body=sdp(HIDDEN))
    wire.send(answer, HIDDEN, HIDDEN_ALICE, after=2)
    wire.send(call.ack(answer), HIDDEN_ALICE, HIDDEN)
    bye = call.request(HIDDEN, "BYE")
    wire.send(bye, HIDDEN, HIDDEN_ALICE, after=40)
    wire.send(call.reply(bye, 200), HIDDEN_ALICE, HIDDEN)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
