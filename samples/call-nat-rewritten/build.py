"""Recorded on both sides of a NAT: the same messages, once from Alice's address and once from the NAT's."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, PBX, Dialog, Host, Message, sdp
from recording import Recording

NAT = Host(address="203.0.113.44", port=31_060)
"""Alice as the PBX sees her."""


def build(folder: Path) -> None:
    """Write call-nat-rewritten.pcap."""
    wire = Recording(path=folder / "call-nat-rewritten.pcap")
    call = Dialog(caller=ALICE, callee=PBX, name="call-nat-rewritten")

    def out(message: Message, *, after: float = 0.018) -> None:
        wire.send(message, ALICE, PBX, after=after)
        wire.send(message, NAT, PBX, after=0.0004)

    def back(message: Message, *, after: float = 0.018) -> None:
        # What the PBX says of where the request came from (RFC 3581).
        seen = message.value("Via").replace("rport=5060;received=192.0.2.10", "rport=31060;received=203.0.113.44")
        message = message.changed("Via", seen)
        wire.send(message, PBX, NAT, after=after)
        wire.send(message, PBX, ALICE, after=0.0004)

    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    out(invite)
    back(call.reply(invite, 100))
    back(call.reply(invite, 180), after=0.2)
    answer = call.reply(invite, 200, body=sdp(PBX))
    back(answer, after=4)
    out(call.ack(answer))
    bye = call.request(ALICE, "BYE")
    out(bye, after=16)
    back(call.reply(bye, 200))
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
