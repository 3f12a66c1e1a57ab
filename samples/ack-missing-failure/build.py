"""Bob is busy and says so for 32 seconds, because no ACK of his 486 comes."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, Dialog, Host, Message, ack_of_failure, sdp
from recording import LADDER, Connection, Recording


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    never_acknowledged(folder / "ack-missing-failure.pcap")
    never_acknowledged(folder / "cut-off.pcap", until=1.0)
    never_acknowledged(folder / "repeated.pcap", until=9.0)
    never_acknowledged(folder / "one-sided.pcap", until=9.0, hears=(BOB,))
    over_tcp(folder / "over-tcp.pcap")
    healed(folder / "silent.pcap", seen=True)
    healed(folder / "stopped.pcap", seen=False)


def refused(wire: Recording, call: Dialog) -> tuple[Message, Message]:
    """Alice calls, Bob is busy: the INVITE and the 486."""
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, BOB)
    wire.send(call.reply(invite, 100), BOB, ALICE)
    busy = call.reply(invite, 486)
    wire.send(busy, BOB, ALICE, after=0.06)
    return invite, busy


def never_acknowledged(path: Path, *, until: float = 60.0, hears: tuple[Host, ...] = ()) -> None:
    """No ACK comes by; the recorder may see less than all of it."""
    wire = Recording(path=path, until=until, hears=hears)
    _, busy = refused(wire, Dialog(caller=ALICE, callee=BOB, name="ack-missing-failure"))
    wire.repeat(busy, BOB, ALICE, LADDER)
    wire.write()


def healed(path: Path, *, seen: bool) -> None:
    """The first ACK is lost, the second comes and stops the repeats; the recorder may have dropped that one."""
    wire = Recording(path=path)
    invite, busy = refused(wire, Dialog(caller=ALICE, callee=BOB, name=f"ack-missing-failure-{path.stem}"))
    wire.send(busy, BOB, ALICE, after=0.5)
    wire.wait(0.018)
    if seen:
        wire.send(ack_of_failure(invite, busy), ALICE, BOB, after=0)
    ping = Dialog(caller=ALICE, callee=BOB, name=f"ack-missing-failure-{path.stem}-keepalive")
    options = ping.request(ALICE, "OPTIONS")
    wire.send(options, ALICE, BOB, after=60)
    wire.send(ping.reply(options, 200), BOB, ALICE)
    wire.write()


def over_tcp(path: Path) -> None:
    """Over TCP nothing is repeated, so only the time that passes tells that the ACK is missing."""
    home, office = replace(ALICE, transport="TCP"), replace(BOB, transport="TCP")
    wire = Recording(path=path)
    link = Connection(recording=wire, client=Host(address=home.address, port=49_180), server=office)
    link.open()
    call = Dialog(caller=home, callee=office, name="ack-missing-failure-tcp")
    invite = call.request(home, "INVITE", body=sdp(home))
    link.send(link.client, bytes(invite))
    link.send(office, bytes(call.reply(invite, 486)))
    ping = Dialog(caller=home, callee=office, name="ack-missing-failure-tcp-keepalive")
    options = ping.request(home, "OPTIONS")
    link.send(link.client, bytes(options), after=60)
    link.send(office, bytes(ping.reply(options, 200)))
    link.close()
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
