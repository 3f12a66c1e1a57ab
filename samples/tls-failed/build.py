"""Phones and servers that cannot agree on TLS, one that tries an older version, and handshakes that are no matter."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, PBX, PROXY, Dialog
from recording import Recording
from sealing import TLS_1_2, TLS_1_3, alert, client_hello, link, server_hello, shaken

NAME = "pbx.example.net"


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    distrusted(folder / "tls-failed.pcap")
    recovered(folder / "recovered.pcap")
    cut_off(folder / "cut-off.pcap")
    unanswered(folder / "unanswered.pcap")
    silent(folder / "silent.pcap")


def ping(wire: Recording, name: str) -> None:
    """OPTIONS over UDP, answered: both speak SIP."""
    talk = Dialog(caller=ALICE, callee=PBX, name=name)
    options = talk.request(ALICE, "OPTIONS")
    wire.send(options, ALICE, PBX)
    wire.send(talk.reply(options, 200), PBX, ALICE)


def distrusted(path: Path) -> None:
    """Three attempts: each time the phone knows nobody who vouches for the server's certificate."""
    wire = Recording(path=path)
    ping(wire, "tls-failed")
    for number in range(3):
        wire.wait(10)
        connection = link(wire, number)
        connection.send(connection.client, client_hello(NAME, TLS_1_3, TLS_1_2))
        connection.send(connection.server, server_hello(NAME))
        connection.send(connection.client, alert("unknown_ca"))
        connection.close()
    wire.write()


def recovered(path: Path) -> None:
    """The server knows TLS 1.3 only, the phone begins with 1.2, and then offers both."""
    wire = Recording(path=path)
    ping(wire, "tls-recovered")
    first = link(wire, 0)
    first.send(first.client, client_hello(NAME, TLS_1_2))
    first.send(first.server, alert("protocol_version"))
    first.close()
    shaken(link(wire, 1), NAME)
    wire.write()


def cut_off(path: Path) -> None:
    """A firewall resets each connection as soon as it reads the name in the ClientHello."""
    wire = Recording(path=path)
    ping(wire, "tls-cut-off")
    for number in range(2):
        connection = link(wire, number)
        connection.send(connection.client, client_hello(NAME, TLS_1_3, TLS_1_2), after=4)
        connection.reset(connection.server)
    wire.write()


def unanswered(path: Path) -> None:
    """The server takes the ClientHello and says nothing."""
    wire = Recording(path=path)
    ping(wire, "tls-unanswered")
    connection = link(wire, 0)
    connection.send(connection.client, client_hello(NAME, TLS_1_3, TLS_1_2))
    wire.wait(20)
    ping(wire, "tls-unanswered-later")
    wire.write()


def silent(path: Path) -> None:
    """SIP over TLS works; a web page of the PBX is not trusted, nor one elsewhere; the last has only just begun."""
    wire = Recording(path=path)
    ping(wire, "tls-silent")
    shaken(link(wire, 0), NAME)
    for number, (port, server) in enumerate(((443, PBX), (9443, PROXY)), 1):
        page = link(wire, number, port=port, server=server)
        page.send(page.client, client_hello(NAME, TLS_1_3, protocols=("h2", "http/1.1")))
        page.send(page.server, server_hello(NAME))
        page.send(page.client, alert("unknown_ca"))
        page.close()
    last = link(wire, 5)
    last.send(last.client, client_hello(NAME, TLS_1_3, TLS_1_2))
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
