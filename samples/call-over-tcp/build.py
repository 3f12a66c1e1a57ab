"""A call over TCP, where messages and segments do not keep step: one segment holds two, another a part of one."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, PBX, Dialog, Host, sdp
from recording import Connection, Recording

HOME = replace(ALICE, transport="TCP")
OFFICE = replace(PBX, transport="TCP")


def build(folder: Path) -> None:
    """Write call-over-tcp.pcap."""
    wire = Recording(path=folder / "call-over-tcp.pcap")
    call = Dialog(caller=HOME, callee=OFFICE, name="call-over-tcp")
    link = Connection(recording=wire, client=Host(address=HOME.address, port=49_172), server=OFFICE)
    link.open()

    invite = call.request(HOME, "INVITE", body=sdp(HOME))
    data = bytes(invite)
    link.send(link.client, data[:400])
    link.send(link.client, data[400:], after=0.001)
    trying, ringing = call.reply(invite, 100), call.reply(invite, 180)
    link.send(OFFICE, bytes(trying) + bytes(ringing))
    answer = call.reply(invite, 200, body=sdp(OFFICE))
    data = bytes(answer)
    # The 200 comes in three pieces, cut in the middle of a header field and of the body.
    link.send(OFFICE, data[:120], after=4)
    link.send(OFFICE, data[120:-60], after=0.002)
    link.send(OFFICE, data[-60:], after=0.002)
    link.send(link.client, bytes(call.ack(answer)))

    bye = call.request(HOME, "BYE")
    link.send(link.client, bytes(bye), after=17)
    link.send(OFFICE, bytes(call.reply(bye, 200)))
    link.close()
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
