"""Connections with SIP on them that end by a reset: in the middle of a request, or after a long silence."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, PBX, Agent, Dialog, Host
from recording import Connection, Recording

HOME, OFFICE = replace(ALICE, transport="TCP"), replace(PBX, transport="TCP")


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    interrupted(folder / "tcp-reset.pcap", recovers=False)
    interrupted(folder / "recovered.pcap", recovers=True)
    idle(folder / "idle.pcap")
    silent(folder / "silent.pcap")


def link(wire: Recording, number: int = 0) -> Connection:
    """A connection of Alice's to the PBX, open."""
    client = Host(address=HOME.address, port=49_190 + number)
    connection = Connection(recording=wire, client=client, server=OFFICE)
    connection.open()
    return connection


def ping(connection: Connection, name: str, *, after: float = 1.0) -> None:
    """OPTIONS, answered."""
    talk = Dialog(caller=HOME, callee=OFFICE, name=name)
    options = talk.request(HOME, "OPTIONS")
    connection.send(connection.client, bytes(options), after=after)
    connection.send(OFFICE, bytes(talk.reply(options, 200)))


def message(sender: Agent, name: str) -> tuple[Dialog, bytes]:
    """A MESSAGE that is to be delivered."""
    talk = Dialog(caller=sender, callee=OFFICE, name=name)
    return talk, bytes(talk.request(sender, "MESSAGE", ("Content-Type", "text/plain"), body="Lunch at noon?"))


def interrupted(path: Path, *, recovers: bool) -> None:
    """The PBX resets the connection while a MESSAGE waits for its response; Alice may send it again."""
    wire = Recording(path=path)
    first = link(wire)
    ping(first, "tcp-reset")
    talk, text = message(HOME, "tcp-reset-message")
    first.send(first.client, text, after=2)
    first.reset(OFFICE, after=3)
    second = link(wire, 1)
    if recovers:
        again = talk.request(HOME, "MESSAGE", ("Content-Type", "text/plain"), body="Lunch at noon?")
        second.send(second.client, bytes(again), after=1)
        second.send(OFFICE, bytes(talk.reply(again, 202)))
    ping(second, "tcp-reset-after", after=40)
    second.close()
    wire.write()


def idle(path: Path) -> None:
    """After ten minutes of silence a firewall resets the connection; nothing was under way."""
    wire = Recording(path=path)
    first = link(wire)
    ping(first, "tcp-idle")
    first.reset(OFFICE, after=600)
    wire.write()


def silent(path: Path) -> None:
    """The connection is closed well; a reset after that only ends the waiting."""
    wire = Recording(path=path)
    first = link(wire)
    ping(first, "tcp-reset-silent")
    first.close()
    first.reset(first.client)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
