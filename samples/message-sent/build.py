"""Alice sends Bob a text through the proxy, and he gets it."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, PROXY, Dialog, forwarded, returned
from recording import Recording


def build(folder: Path) -> None:
    """Write message-sent.pcap."""
    wire = Recording(path=folder / "message-sent.pcap")
    text = Dialog(caller=ALICE, callee=BOB, name="message-sent")

    message = text.request(ALICE, "MESSAGE", ("Content-Type", "text/plain"), body="Lunch at noon?")
    wire.send(message, ALICE, PROXY)
    onward = forwarded(message, PROXY, to=BOB.contact_uri)
    wire.send(onward, PROXY, BOB, after=0.003)
    arrived = text.reply(onward, 200)
    wire.send(arrived, BOB, PROXY)
    wire.send(returned(arrived), PROXY, ALICE, after=0.002)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
