"""A good call in a capture that ends within a packet, or that kept the beginning of each packet only."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, Dialog, sdp
from recording import Recording

FILE_HEADER = 24
RECORD_HEADER = 16


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    for name in ("capture-truncated", "snap-length", "silent"):
        call(folder / f"{name}.pcap")
    whole = folder / "capture-truncated.pcap"
    whole.write_bytes(whole.read_bytes()[:-120])
    snapped(folder / "snap-length.pcap", 700)
    snapped(folder / "silent.pcap", 1514)


def call(path: Path) -> None:
    """Alice calls Bob, he answers, she hangs up."""
    wire = Recording(path=path)
    talk = Dialog(caller=ALICE, callee=BOB, name="capture-truncated")
    invite = talk.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, BOB)
    wire.send(talk.reply(invite, 180), BOB, ALICE, after=0.2)
    answer = talk.reply(invite, 200, body=sdp(BOB))
    wire.send(answer, BOB, ALICE, after=3)
    wire.send(talk.ack(answer), ALICE, BOB)
    bye = talk.request(ALICE, "BYE")
    wire.send(bye, ALICE, BOB, after=20)
    wire.send(talk.reply(bye, 200), BOB, ALICE)
    wire.write()


def snapped(path: Path, length: int) -> None:
    """Cut every packet of the capture to `length` bytes, as a recorder with that snap length does."""
    data, at = path.read_bytes(), FILE_HEADER
    parts = [data[:16], struct.pack("<I", length), data[20:FILE_HEADER]]
    while at < len(data):
        seconds, fraction, captured, original = struct.unpack_from("<IIII", data, at)
        packet = data[at + RECORD_HEADER : at + RECORD_HEADER + captured]
        kept = packet[:length]
        parts += [struct.pack("<IIII", seconds, fraction, len(kept), original), kept]
        at += RECORD_HEADER + captured
    path.write_bytes(b"".join(parts))


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
