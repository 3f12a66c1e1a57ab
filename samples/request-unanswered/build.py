"""Requests that nobody answers: the server was there a moment ago and says nothing any more."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, PBX, PROXY, Dialog, Host, ack_of_failure, cancel, sdp
from recording import LADDER, LADDER_OF_INVITE, Connection, Recording

FIREWALL = Host(address="203.0.113.254", port=0)


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
    refused(folder / "port-closed.pcap", PBX, (3, 3))
    refused(folder / "prohibited.pcap", FIREWALL, (3, 13), until=33.0)
    refused(folder / "too-big.pcap", FIREWALL, (3, 4), mtu=576)
    closed_ipv6(folder / "port-closed-ipv6.pcap")
    way_back_missing(folder / "way-back-missing.pcap")
    failed_over(folder / "failed-over.pcap")
    healed(folder / "refused-at-first.pcap")


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


def refused(path: Path, by: Host, error: tuple[int, int], *, mtu: int = 0, until: float = 60.0) -> None:
    """A keepalive was answered; then somebody says by ICMP that the INVITE does not arrive, each time."""
    wire = Recording(path=path, until=until)
    ping = Dialog(caller=ALICE, callee=PBX, name=f"request-unanswered-{path.stem}-keepalive")
    options = ping.request(ALICE, "OPTIONS")
    wire.send(options, ALICE, PBX, after=0)
    wire.send(ping.reply(options, 200), PBX, ALICE)
    call = Dialog(caller=ALICE, callee=PBX, name=f"request-unanswered-{path.stem}")
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, PBX, after=0.982)
    wire.repeat(invite, ALICE, PBX, LADDER_OF_INVITE[:4])
    wire.refuse_each(by, *error, wire.packets[2:], mtu=mtu)
    text = Dialog(caller=BOB, callee=ALICE, name=f"request-unanswered-{path.stem}-other")
    message = text.request(BOB, "MESSAGE", ("Content-Type", "text/plain"), body="Lunch at noon?")
    wire.send(message, BOB, ALICE, after=50)
    wire.send(text.reply(message, 200), ALICE, BOB)
    wire.write()


def closed_ipv6(path: Path) -> None:
    """Nobody listens on the port of the server, which was never heard: a MESSAGE over IPv6."""
    alice, server = replace(ALICE, address="2001:db8:1::10"), replace(PBX, address="2001:db8:2::5")
    wire = Recording(path=path)
    text = Dialog(caller=alice, callee=server, name="request-unanswered-ipv6")
    message = text.request(alice, "MESSAGE", ("Content-Type", "text/plain"), body="Lunch at noon?")
    wire.send(message, alice, server, after=0)
    wire.repeat(message, alice, server, LADDER)
    wire.refuse_each(server, 1, 4, wire.packets)
    wire.write()


def way_back_missing(path: Path) -> None:
    """A good MESSAGE over TCP, of which the recorder sees the client's segments only; over UDP it sees both ways."""
    home, office = replace(ALICE, transport="TCP"), replace(PBX, transport="TCP")
    client, other = Host(address=home.address, port=49_190), replace(PBX, port=5062)
    wire = Recording(path=path, hears=(client, ALICE, other))
    ping = Dialog(caller=ALICE, callee=other, name="request-unanswered-way-back-keepalive")
    options = ping.request(ALICE, "OPTIONS")
    wire.send(options, ALICE, other, after=0)
    wire.send(ping.reply(options, 200), other, ALICE)
    link = Connection(recording=wire, client=client, server=office)
    link.open()
    text = Dialog(caller=home, callee=office, name="request-unanswered-way-back")
    message = text.request(home, "MESSAGE", ("Content-Type", "text/plain"), body="Lunch at noon?")
    link.send(client, bytes(message), after=2)
    link.send(office, bytes(text.reply(message, 200)))
    wire.wait(45)
    link.close()
    wire.write()


def failed_over(path: Path) -> None:
    """The first server is closed, and Alice's phone asks the next one, which answers: a note."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=PBX, name="request-unanswered-failed-over")
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, Host(address="198.51.100.6"), after=0)
    wire.refuse(Host(address="198.51.100.6"), 3, 3)
    again = replace(invite, fields=tuple((name, value.replace("z9hG4bK", "z9hG4bKb")) for name, value in invite.fields))
    wire.send(again, ALICE, PBX, after=0.01)
    wire.send(call.reply(again, 100), PBX, ALICE)
    answer = call.reply(again, 200, body=sdp(PBX))
    wire.send(answer, PBX, ALICE, after=2)
    wire.send(call.ack(answer), ALICE, PBX)
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, PBX, after=20)
    wire.send(call.reply(bye, 200), PBX, ALICE)
    wire.write()


def healed(path: Path) -> None:
    """The first copy meets a closed port, the second a server that has just started: nobody notices."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="request-unanswered-healed")
    set_up(wire, call, first_copies=2)
    wire.refuse_each(BOB, 3, 3, wire.packets[:1])
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, BOB, after=20)
    wire.send(call.reply(bye, 200), BOB, ALICE)
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
