"""A proxy without Record-Route: the ACK and the BYE go straight to Bob, past the recorder at the proxy."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, PROXY, Dialog, forwarded, returned, sdp
from recording import Recording


def build(folder: Path) -> None:
    """Write call-through-proxy-loose.pcap."""
    wire = Recording(path=folder / "call-through-proxy-loose.pcap")
    call = Dialog(caller=ALICE, callee=BOB, name="call-through-proxy-loose")

    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, PROXY)
    wire.send(call.reply(invite, 100, by=PROXY), PROXY, ALICE, after=0.002)
    onward = forwarded(invite, PROXY, to=BOB.contact_uri)
    wire.send(onward, PROXY, BOB, after=0.004)
    ringing = call.reply(onward, 180)
    wire.send(ringing, BOB, PROXY, after=0.15)
    wire.send(returned(ringing), PROXY, ALICE, after=0.002)
    answer = call.reply(onward, 200, body=sdp(BOB))
    wire.send(answer, BOB, PROXY, after=3.7)
    wire.send(returned(answer), PROXY, ALICE, after=0.002)

    # Alice acknowledges, they talk, she hangs up: none of it passes the proxy. Her phone's keepalives do.
    ping = Dialog(caller=ALICE, callee=PROXY, name="call-through-proxy-loose-keepalive")
    for _ in range(3):
        options = ping.request(ALICE, "OPTIONS")
        wire.send(options, ALICE, PROXY, after=20)
        wire.send(ping.reply(options, 200), PROXY, ALICE, after=0.003)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
