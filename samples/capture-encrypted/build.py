"""SIP over TLS that nobody can read without keys, and connections that are read, or carry something else."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, PBX, Dialog
from recording import Recording
from sealing import TLS_1_2, TLS_1_3, alert, client_hello, link, sealed, server_hello, shaken

NAME = "pbx.example.net"


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    unread(folder / "capture-encrypted.pcap")
    begun_before(folder / "begun-before.pcap")
    silent(folder / "silent.pcap")


def unread(path: Path) -> None:
    """Two connections to the PBX, both of them encrypted; nothing else is in the capture."""
    wire = Recording(path=path)
    for number in range(2):
        shaken(link(wire, number), NAME)
        wire.wait(5)
    wire.write()


def begun_before(path: Path) -> None:
    """A trunk that was up long before the recorder was started: its handshake is not there."""
    wire = Recording(path=path)
    trunk = link(wire, 0)
    wire.packets.clear()
    for number in range(3):
        trunk.send(trunk.client, sealed(f"request/{number}", 486), after=4)
        trunk.send(trunk.server, sealed(f"response/{number}", 402))
    wire.write()


def silent(path: Path) -> None:
    """A call's probe in clear, a web page of the PBX, and an attempt that is told of as a failed handshake."""
    wire = Recording(path=path)
    talk = Dialog(caller=ALICE, callee=PBX, name="capture-encrypted")
    options = talk.request(ALICE, "OPTIONS")
    wire.send(options, ALICE, PBX)
    wire.send(talk.reply(options, 200), PBX, ALICE)
    page = link(wire, 1, port=443)
    page.send(page.client, client_hello(NAME, TLS_1_3, protocols=("h2", "http/1.1")))
    page.send(page.server, server_hello(NAME))
    page.send(page.client, sealed("finished/page", 53))
    refused = link(wire, 2)
    refused.send(refused.client, client_hello(NAME, TLS_1_3, TLS_1_2))
    refused.send(refused.server, alert("handshake_failure"))
    refused.close()
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
