"""Captures of which a part cannot be read, though what was on the wire was good."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dataclasses import replace

from conversation import ALICE, BOB, Dialog, Host, sdp
from recording import Connection, Recording

FILE_HEADER = 24
RECORD_HEADER = 16


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    call(folder / "capture-damaged.pcap")
    records = records_of(folder / "capture-damaged.pcap")
    at = records[4]
    overwritten(folder / "capture-damaged.pcap", at + 8, struct.pack("<I", 0x7F00_0000))
    call(folder / "link-type.pcap")
    overwritten(folder / "link-type.pcap", 20, struct.pack("<I", 147))
    over_tcp(folder / "gap.pcap")
    silent(folder / "silent.pcap")


def call(path: Path) -> None:
    """Alice calls Bob, he answers, she hangs up."""
    wire = Recording(path=path)
    talk = Dialog(caller=ALICE, callee=BOB, name="capture-damaged")
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


def records_of(path: Path) -> list[int]:
    """Where each record header of a capture begins."""
    data, at, found = path.read_bytes(), FILE_HEADER, []
    while at < len(data):
        found.append(at)
        at += RECORD_HEADER + struct.unpack_from("<I", data, at + 8)[0]
    return found


def overwritten(path: Path, at: int, value: bytes) -> None:
    """Put `value` over the bytes at `at`."""
    data = path.read_bytes()
    path.write_bytes(data[:at] + value + data[at + len(value) :])


def pings(wire: Recording, *, lost: bool) -> None:
    """Three OPTIONS over one connection; the recorder may miss the second and its acknowledgement goes by."""
    home, office = replace(ALICE, transport="TCP"), replace(BOB, transport="TCP")
    link = Connection(recording=wire, client=Host(address=home.address, port=49_190), server=office)
    link.open()
    for number in range(3):
        ping = Dialog(caller=home, callee=office, name=f"capture-damaged-{number}")
        options = ping.request(home, "OPTIONS")
        link.send(link.client, bytes(options), after=5)
        if lost and number == 1:
            del wire.packets[-2]  # the segment, not its acknowledgement
        link.send(office, bytes(ping.reply(options, 200)))
    link.close()


def over_tcp(path: Path) -> None:
    """One segment with an OPTIONS is missing, which was acknowledged and answered."""
    wire = Recording(path=path)
    pings(wire, lost=True)
    wire.write()


def silent(path: Path) -> None:
    """The same connection recorded well; and a segment that was sent twice, which is no damage."""
    wire = Recording(path=path)
    pings(wire, lost=False)
    wire.packets.insert(4, wire.packets[3])
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
