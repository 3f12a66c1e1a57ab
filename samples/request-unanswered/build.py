"""Requests that nobody answers: the server was there a moment ago and says nothing any more."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, PBX, PROXY, Dialog, Host, ack_of_failure, cancel, sdp
from recording import LADDER, LADDER_OF_INVITE, Connection, Recording


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    invite_times_out(folder / "request-unanswered.pcap")
    invite_times_out(folder / "cut-off.pcap", until=1.6)
    invite_times_out(folder / "repeated.pcap", until=9.0)
    invite_times_out(folder / "dead.pcap", since=0.9)
    bye_times_out(folder / "bye.pcap")
    one_sided(folder / "one-sided.pcap")
    over_tcp(folder / "over-tcp.pcap")
    silent(folder / "silent.pcap")


def set_up(wire: Recording, call: Dialog, *, first_copies: int = 1) -> None:
    """Alice calls Bob, he answers, she acknowledges; the first copies of the INVITE may get lost."""
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, BOB)
    for time in LADDER_OF_INVITE[: first_copies - 1]:
        wire.send(invite, ALICE, BOB, after=time)
    wire.send(call.reply(invite, 100), BOB, ALICE)
    wire.send(call.reply(invite, 180), BOB, ALICE, after=0.12)
    answer = call.reply(invite, 200, body=sdp(BOB))
    wire.send(answer, BOB, ALICE, after=2)
    wire.send(call.ack(answer), ALICE, BOB)


def invite_times_out(path: Path, *, since: float = 0.0, until: float = 60.0) -> None:
    """The PBX still answered a keepalive; the INVITE a second later gets no answer, not even a 100."""
    wire = Recording(path=path, since=since, until=until)
    ping = Dialog(caller=ALICE, callee=PBX, name="request-unanswered-keepalive")
    options = ping.request(ALICE, "OPTIONS")
    wire.send(options, ALICE, PBX, after=0)
    wire.send(ping.reply(options, 200), PBX, ALICE)
    call = Dialog(caller=ALICE, callee=PBX, name="request-unanswered")
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, PBX, after=0.982)
    wire.repeat(invite, ALICE, PBX, LADDER_OF_INVITE)
    wire.write()


def bye_times_out(path: Path) -> None:
    """Bob's phone loses its network during the call: Alice's BYE is never answered."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="request-unanswered-bye")
    set_up(wire, call)
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, BOB, after=20)
    wire.repeat(bye, ALICE, BOB, LADDER)
    wire.write()


def one_sided(path: Path) -> None:
    """A good call, recorded where only Alice's packets pass."""
    wire = Recording(path=path, hears=(ALICE,))
    call = Dialog(caller=ALICE, callee=BOB, name="request-unanswered-one-sided")
    set_up(wire, call)
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, BOB, after=20)
    wire.send(call.reply(bye, 200), BOB, ALICE)
    wire.wait(5)
    ping = Dialog(caller=ALICE, callee=PROXY, name="request-unanswered-one-sided-keepalive")
    wire.send(ping.request(ALICE, "OPTIONS"), ALICE, PROXY)
    wire.write()


def over_tcp(path: Path) -> None:
    """Over TCP a request is said once; the server, which answered before, lets this one lie."""
    home, office = replace(ALICE, transport="TCP"), replace(PBX, transport="TCP")
    wire = Recording(path=path)
    link = Connection(recording=wire, client=Host(address=home.address, port=49_190), server=office)
    link.open()
    ping = Dialog(caller=home, callee=office, name="request-unanswered-tcp-keepalive")
    options = ping.request(home, "OPTIONS")
    link.send(link.client, bytes(options))
    link.send(office, bytes(ping.reply(options, 200)))
    text = Dialog(caller=home, callee=office, name="request-unanswered-tcp")
    message = text.request(home, "MESSAGE", ("Content-Type", "text/plain"), body="Lunch at noon?")
    link.send(link.client, bytes(message), after=2)
    options = ping.request(home, "OPTIONS")
    link.send(link.client, bytes(options), after=45)
    link.send(office, bytes(ping.reply(options, 200)))
    link.close()
    wire.write()


def silent(path: Path) -> None:
    """Two INVITEs and a BYE get lost and are said again; the 200 of a CANCEL is lost, but the call it ended is over."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="request-unanswered-silent")
    set_up(wire, call, first_copies=3)
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, BOB, after=20)
    wire.send(bye, ALICE, BOB, after=0.5)
    wire.send(call.reply(bye, 200), BOB, ALICE)

    call = Dialog(caller=ALICE, callee=BOB, name="request-unanswered-silent-cancel")
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, BOB, after=3)
    wire.send(call.reply(invite, 180), BOB, ALICE, after=0.12)
    wire.send(cancel(invite), ALICE, BOB, after=4)
    ended = call.reply(invite, 487)
    wire.send(ended, BOB, ALICE)
    wire.send(ack_of_failure(invite, ended), ALICE, BOB)
    ping = Dialog(caller=ALICE, callee=BOB, name="request-unanswered-silent-keepalive")
    options = ping.request(ALICE, "OPTIONS")
    wire.send(options, ALICE, BOB, after=40)
    wire.send(ping.reply(options, 200), BOB, ALICE)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
