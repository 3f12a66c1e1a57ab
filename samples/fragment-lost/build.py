"""A large INVITE in two IP fragments, of which the second does not come by."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scapy.layers.inet import UDP
from scapy.packet import Raw

from conversation import ALICE, PBX, Agent, Dialog, Host, Message, ack_of_failure, sdp
from recording import LADDER_OF_INVITE, Recording

MTU = 1480
"""Bytes of the datagram in the first fragment of an Ethernet frame."""


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    lost(folder / "fragment-lost.pcap")
    arrived(folder / "arrived.pcap")
    silent(folder / "silent.pcap")


def large(call: Dialog) -> Message:
    """An INVITE of about 2,000 bytes."""
    return call.request(ALICE, "INVITE", ("X-Notes", "n" * 1200), body=sdp(ALICE))


def ping(wire: Recording, name: str, *, after: float = 1.0) -> None:
    """OPTIONS, small and answered."""
    talk = Dialog(caller=ALICE, callee=PBX, name=name)
    options = talk.request(ALICE, "OPTIONS")
    wire.send(options, ALICE, PBX, after=after)
    wire.send(talk.reply(options, 200), PBX, ALICE)


def sent_in_fragments(wire: Recording, message: Message, source: Host, destination: Host, *, whole: bool) -> None:
    """The message as two fragments, or as the first of them."""
    datagram = UDP(sport=source.port, dport=destination.port) / Raw(bytes(message))
    wire.fragments(datagram, source, destination, MTU, kept=2 if whole else 1)


def lost(path: Path) -> None:
    """Each copy of the INVITE lacks its second fragment: the PBX never sees it, though it answers a keepalive."""
    wire = Recording(path=path)
    ping(wire, "fragment-lost")
    invite = large(Dialog(caller=ALICE, callee=PBX, name="fragment-lost-call"))
    begun = 0.0
    for time in (0.0, *LADDER_OF_INVITE):
        wire.wait(time - begun)
        begun = time
        sent_in_fragments(wire, invite, ALICE, PBX, whole=False)
    ping(wire, "fragment-lost-after", after=10)
    wire.write()


def refused(wire: Recording, caller: Agent, *, whole: bool) -> None:
    """A large INVITE, to which the PBX says 486."""
    call = Dialog(caller=caller, callee=PBX, name=f"{wire.path.stem}-call")
    invite = large(call)
    wire.wait(1)
    sent_in_fragments(wire, invite, ALICE, PBX, whole=whole)
    busy = call.reply(invite, 486)
    wire.send(busy, PBX, ALICE, after=0.3)
    wire.send(ack_of_failure(invite, busy), ALICE, PBX)


def arrived(path: Path) -> None:
    """The recorder lost the second fragment, the PBX did not: it answers."""
    wire = Recording(path=path)
    refused(wire, replace(ALICE), whole=False)
    ping(wire, "fragment-arrived", after=10)
    wire.write()


def silent(path: Path) -> None:
    """Both fragments are there; and the first fragment of something else, which is no SIP."""
    wire = Recording(path=path)
    refused(wire, ALICE, whole=True)
    other = UDP(sport=4000, dport=4000) / Raw(b"\x80" * 3000)
    wire.fragments(other, ALICE, PBX, MTU, kept=1)
    ping(wire, "fragment-silent", after=10)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
