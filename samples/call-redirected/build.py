"""The server sends Alice on to where Bob is (302); she follows, and he answers."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, PROXY, Dialog, ack_of_failure, sdp
from recording import Recording


def build(folder: Path) -> None:
    """Write call-redirected.pcap."""
    wire = Recording(path=folder / "call-redirected.pcap")
    call = Dialog(caller=ALICE, callee=BOB, name="call-redirected")

    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, PROXY)
    moved = call.reply(invite, 302, ("Contact", f"<{BOB.contact_uri}>"), by=PROXY)
    # The 302 names Bob's phone, not the server that says so.
    fields = tuple(each for each in moved.fields if each != ("Contact", f"<{PROXY.contact_uri}>"))
    moved = replace(moved, fields=fields)
    wire.send(moved, PROXY, ALICE)
    wire.send(ack_of_failure(invite, moved), ALICE, PROXY)

    call.uri = BOB.contact_uri
    again = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(again, ALICE, BOB)
    wire.send(call.reply(again, 100), BOB, ALICE)
    wire.send(call.reply(again, 180), BOB, ALICE, after=0.12)
    answer = call.reply(again, 200, body=sdp(BOB))
    wire.send(answer, BOB, ALICE, after=2.8)
    wire.send(call.ack(answer), ALICE, BOB)
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, BOB, after=12)
    wire.send(call.reply(bye, 200), BOB, ALICE)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
