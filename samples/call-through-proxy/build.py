"""Alice calls Bob through a proxy that stays in the path; recorded at the proxy, so that both hops are seen."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, PROXY, Dialog, forwarded, returned, sdp
from recording import Recording


def build(folder: Path) -> None:
    """Write call-through-proxy.pcap."""
    wire = Recording(path=folder / "call-through-proxy.pcap")
    call = Dialog(caller=ALICE, callee=BOB, name="call-through-proxy")

    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, PROXY)
    wire.send(call.reply(invite, 100, by=PROXY), PROXY, ALICE, after=0.002)
    onward = forwarded(invite, PROXY, to=BOB.contact_uri, record_route=True)
    wire.send(onward, PROXY, BOB, after=0.004)
    ringing = call.reply(onward, 180)
    wire.send(ringing, BOB, PROXY, after=0.15)
    wire.send(returned(ringing), PROXY, ALICE, after=0.002)
    answer = call.reply(onward, 200, body=sdp(BOB))
    wire.send(answer, BOB, PROXY, after=3.7)
    wire.send(returned(answer), PROXY, ALICE, after=0.002)
    ack = call.ack(answer)
    wire.send(ack, ALICE, PROXY)
    wire.send(forwarded(ack, PROXY), PROXY, BOB, after=0.002)

    bye = call.request(BOB, "BYE")
    wire.send(bye, BOB, PROXY, after=31)
    onward = forwarded(bye, PROXY)
    wire.send(onward, PROXY, ALICE, after=0.002)
    gone = call.reply(onward, 200)
    wire.send(gone, ALICE, PROXY)
    wire.send(returned(gone), PROXY, BOB, after=0.002)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
