"""Keepalives, during which the recorder's clock is set back by forty seconds."""

from __future__ import annotations

import struct
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, PBX, Dialog
from recording import Recording

FILE_HEADER = 24
RECORD_HEADER = 16


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    for name in ("capture-clock-jump", "disordered", "silent"):
        pings(folder / f"{name}.pcap")
    moved(folder / "capture-clock-jump.pcap", lambda record: -40 if record >= 12 else 0)
    moved(folder / "disordered.pcap", lambda record: -12 if record % 4 > 1 else 0)
    moved(folder / "silent.pcap", lambda record: 3600 if record >= 12 else 0)


def pings(path: Path) -> None:
    """Alice asks the PBX every ten seconds whether it is there, and it is."""
    wire = Recording(path=path)
    for number in range(24):
        ping = Dialog(caller=ALICE, callee=PBX, name=f"capture-clock-jump-{number}")
        options = ping.request(ALICE, "OPTIONS")
        wire.send(options, ALICE, PBX, after=10)
        wire.send(ping.reply(options, 200), PBX, ALICE)
    wire.write()


def moved(path: Path, seconds: Callable[[int], int]) -> None:
    """Give the packets other times: `seconds` says by how much for each record, from 0."""
    data, at, number = path.read_bytes(), FILE_HEADER, 0
    parts = [data[:FILE_HEADER]]
    while at < len(data):
        time, length = struct.unpack_from("<I", data, at)[0], struct.unpack_from("<I", data, at + 8)[0]
        end = at + RECORD_HEADER + length
        parts += [struct.pack("<I", time + seconds(number)), data[at + 4 : end]]
        at, number = end, number + 1
    path.write_bytes(b"".join(parts))


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
