"""A router's SIP helper changes the branch in the Via of a response: the client cannot tell what it answers."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, PBX, Dialog, Host
from recording import LADDER, Recording


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    mismatched(folder / "response-unmatched.pcap")
    keepalives(folder / "capture-began.pcap", since=0.01)
    keepalives(folder / "one-sided.pcap", hears=(PBX,))
    unseen(folder / "unseen.pcap")
    silent(folder / "silent.pcap")


def mismatched(path: Path) -> None:
    """Every 200 comes with a branch that Alice never sent, so she repeats her text until it times out."""
    wire = Recording(path=path)
    text = Dialog(caller=ALICE, callee=PBX, name="response-unmatched")
    message = text.request(ALICE, "MESSAGE", ("Content-Type", "text/plain"), body="Lunch at noon?")
    wire.send(message, ALICE, PBX)
    arrived = text.reply(message, 200)
    via = arrived.value("Via").replace("branch=z9hG4bK", "branch=z9hG4bK-alg-")
    garbled = replace(arrived.changed("Via", via), answers=None)
    wire.repeat(message, ALICE, PBX, LADDER)
    wire.repeat(garbled, PBX, ALICE, [0.018, *(time + 0.018 for time in LADDER)])
    wire.write()


def keepalives(path: Path, *, since: float = 0.0, hears: tuple[Host, ...] = ()) -> None:
    """Two keepalives, answered; the recorder began just after the first, or sees the answers only."""
    wire = Recording(path=path, since=since, hears=hears)
    ping = Dialog(caller=ALICE, callee=PBX, name="response-unmatched-keepalive")
    for pause in (0, 30):
        options = ping.request(ALICE, "OPTIONS")
        wire.send(options, ALICE, PBX, after=pause)
        wire.send(ping.reply(options, 200), PBX, ALICE)
    wire.write()


def unseen(path: Path) -> None:
    """After five minutes of keepalives comes a 404 to a call that nobody here made."""
    wire = Recording(path=path)
    ping = Dialog(caller=ALICE, callee=PBX, name="response-unmatched-unseen-keepalive")
    for _ in range(5):
        options = ping.request(ALICE, "OPTIONS")
        wire.send(options, ALICE, PBX, after=60)
        wire.send(ping.reply(options, 200), PBX, ALICE)
    text = Dialog(caller=ALICE, callee=PBX, name="response-unmatched-unseen")
    message = text.request(ALICE, "MESSAGE", ("Content-Type", "text/plain"), body="Lunch at noon?")
    wire.send(text.reply(message, 404), PBX, ALICE, after=5)
    wire.write()


def silent(path: Path) -> None:
    """A PBX with two addresses answers from the other one: the branch says what it answers."""
    other = Host(address="198.51.100.6")
    wire = Recording(path=path)
    ping = Dialog(caller=ALICE, callee=PBX, name="response-unmatched-silent")
    for _ in range(2):
        options = ping.request(ALICE, "OPTIONS")
        wire.send(options, ALICE, PBX, after=30)
        wire.send(ping.reply(options, 200), other, ALICE)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
