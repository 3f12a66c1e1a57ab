"""Two servers ask each other for signs of life every thirty seconds, and get them."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import PBX, PROXY, Dialog
from recording import Recording


def build(folder: Path) -> None:
    """Write options-keepalive.pcap."""
    wire = Recording(path=folder / "options-keepalive.pcap")
    ping = Dialog(caller=PBX, callee=PROXY, uri=PROXY.contact_uri, name="options-keepalive")
    pong = Dialog(caller=PROXY, callee=PBX, uri=PBX.contact_uri, name="options-keepalive-back")

    for _ in range(3):
        options = ping.request(PBX, "OPTIONS", ("Accept", "application/sdp"))
        wire.send(options, PBX, PROXY, after=20)
        wire.send(ping.reply(options, 200), PROXY, PBX, after=0.004)
        options = pong.request(PROXY, "OPTIONS")
        wire.send(options, PROXY, PBX, after=10)
        wire.send(pong.reply(options, 200), PBX, PROXY, after=0.004)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
