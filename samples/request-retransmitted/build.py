"""Packets get lost between Alice and her PBX: what was lost is sent again and answered in the end."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, PBX, Dialog
from recording import LADDER, Recording


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    lost(folder / "request-retransmitted.pcap", copies=(1, 5, 1, 4, 1, 1, 5, 2, 1, 1, 4, 1))
    lost(folder / "note.pcap", copies=(1, 2, 1, 2, 1, 1, 3, 1, 1, 1, 1, 1))
    lost(folder / "silent.pcap", copies=(1, 2, 1, 1, 1, 1, 3, 1, 1, 1, 1, 1))
    responses_lost(folder / "responses-lost.pcap")
    server_slow(folder / "server-slow.pcap")


def lost(path: Path, *, copies: tuple[int, ...]) -> None:
    """Texts of Alice; the PBX hears the last copy of each only."""
    wire = Recording(path=path)
    for number, count in enumerate(copies):
        text = Dialog(caller=ALICE, callee=PBX, name=f"{path.stem}-{number}")
        message = text.request(ALICE, "MESSAGE")
        wire.send(message, ALICE, PBX, after=5)
        wire.repeat(message, ALICE, PBX, LADDER[: count - 1])
        wire.wait(LADDER[count - 2] if count > 1 else 0)
        wire.send(text.reply(message, 200), PBX, ALICE)
    wire.write()


def responses_lost(path: Path) -> None:
    """Recorded at the PBX, whose first responses never reach Alice."""
    wire = Recording(path=path)
    for number in range(6):
        text = Dialog(caller=ALICE, callee=PBX, name=f"{path.stem}-{number}")
        message = text.request(ALICE, "MESSAGE")
        answer = text.reply(message, 200)
        wire.send(message, ALICE, PBX, after=5)
        wire.send(answer, PBX, ALICE)
        for pause in (0.482, 0.982, 1.982, 3.982)[: 4 if number % 2 else 1]:
            wire.send(message, ALICE, PBX, after=pause)
            wire.send(answer, PBX, ALICE)
    wire.write()


def server_slow(path: Path) -> None:
    """A loaded PBX takes 900 ms: Alice repeats each text once, and nothing is wrong."""
    wire = Recording(path=path)
    for number in range(8):
        text = Dialog(caller=ALICE, callee=PBX, name=f"{path.stem}-{number}")
        message = text.request(ALICE, "MESSAGE")
        answer = text.reply(message, 200)
        wire.send(message, ALICE, PBX, after=5)
        wire.repeat(message, ALICE, PBX, LADDER[:1])
        wire.send(answer, PBX, ALICE, after=0.9)
        wire.send(answer, PBX, ALICE)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
