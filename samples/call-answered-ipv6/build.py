"""Alice calls Bob over IPv6, he answers, and he hangs up."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, Dialog, sdp
from recording import Recording

HOME = replace(ALICE, address="2001:db8:10::a1")
OFFICE = replace(BOB, address="2001:db8:20::b0b")


def build(folder: Path) -> None:
    """Write call-answered-ipv6.pcap."""
    wire = Recording(path=folder / "call-answered-ipv6.pcap")
    call = Dialog(caller=HOME, callee=OFFICE, name="call-answered-ipv6")

    invite = call.request(HOME, "INVITE", body=sdp(HOME))
    wire.send(invite, HOME, OFFICE)
    wire.send(call.reply(invite, 100), OFFICE, HOME)
    wire.send(call.reply(invite, 180), OFFICE, HOME, after=0.12)
    answer = call.reply(invite, 200, body=sdp(OFFICE))
    wire.send(answer, OFFICE, HOME, after=3.1)
    wire.send(call.ack(answer), HOME, OFFICE)

    bye = call.request(OFFICE, "BYE")
    wire.send(bye, OFFICE, HOME, after=14)
    wire.send(call.reply(bye, 200), HOME, OFFICE)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
