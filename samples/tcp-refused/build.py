"""A server that does not listen on TCP, a server that does not answer, and a phone that goes back to UDP."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, PBX, Dialog, Host, ack_of_failure, sdp
from recording import Connection, Recording

CLIENT = 49_190


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    refused(folder / "tcp-refused.pcap", recovers=False)
    refused(folder / "recovered.pcap", recovers=True)
    unanswered(folder / "unanswered.pcap")
    rejected(folder / "rejected.pcap")
    behind_a_server(folder / "calls-broken.pcap")
    silent(folder / "silent.pcap")


def ping(wire: Recording, name: str, *, after: float = 1.0) -> None:
    """OPTIONS over UDP, answered."""
    talk = Dialog(caller=ALICE, callee=PBX, name=name)
    options = talk.request(ALICE, "OPTIONS")
    wire.send(options, ALICE, PBX, after=after)
    wire.send(talk.reply(options, 200), PBX, ALICE)


def link(wire: Recording, number: int, *, port: int = 5060) -> Connection:
    """A connection of Alice's that has not been opened."""
    client, server = Host(address=ALICE.address, port=CLIENT + number), Host(address=PBX.address, port=port)
    return Connection(recording=wire, client=client, server=server)


def refused(path: Path, *, recovers: bool) -> None:
    """Three attempts, each met with RST; then UDP, or nothing more."""
    wire = Recording(path=path)
    ping(wire, "tcp-refused")
    for number in range(3):
        link(wire, number).refuse(after=5)
    if recovers:
        ping(wire, "tcp-refused-again")
    wire.write()


def rejected(path: Path) -> None:
    """A firewall on the way says of each SYN that it lets nothing pass."""
    wire = Recording(path=path)
    ping(wire, "tcp-rejected")
    for number in range(2):
        wire.wait(5)
        link(wire, number).knock()
        wire.refuse(Host(address="203.0.113.254"), 3, 13)
    wire.go_on(5)
    wire.write()


def unanswered(path: Path) -> None:
    """One SYN, said again after 1, 3 and 7 seconds: a firewall drops it."""
    wire = Recording(path=path)
    ping(wire, "tcp-unanswered")
    connection = link(wire, 0)
    for pause in (1, 1, 2, 4):
        wire.wait(pause)
        connection.knock()
    wire.wait(8)
    other = link(wire, 9, port=8080)
    other.knock()
    wire.write()


def behind_a_server(path: Path) -> None:
    """The PBX takes two calls over UDP and cannot reach the carrier over TCP: each caller gets 503."""
    wire = Recording(path=path)
    for number in range(2):
        call = Dialog(caller=ALICE, callee=PBX, name=f"tcp-refused-call-{number}")
        invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
        wire.send(invite, ALICE, PBX, after=5)
        wire.send(call.reply(invite, 100), PBX, ALICE)
        carrier = Host(address="203.0.113.40", port=5060)
        pbx = Host(address=PBX.address, port=CLIENT + number)
        Connection(recording=wire, client=pbx, server=carrier).refuse()
        refusal = call.reply(invite, 503)
        wire.send(refusal, PBX, ALICE)
        wire.send(ack_of_failure(invite, refusal), ALICE, PBX)
    ping(wire, "tcp-refused-last")
    wire.write()


def silent(path: Path) -> None:
    """SIP over TCP works; a web page is refused, and a SYN whose first copy got lost is answered."""
    wire = Recording(path=path)
    link(wire, 0, port=80).refuse()
    good = link(wire, 1)
    good.knock()
    wire.wait(1)
    good.open()
    talk = Dialog(caller=ALICE, callee=PBX, name="tcp-silent")
    options = talk.request(ALICE, "OPTIONS")
    good.send(good.client, bytes(options))
    good.send(good.server, bytes(talk.reply(options, 200)))
    good.close()
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
