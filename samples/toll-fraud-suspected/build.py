"""A stranger tries which prefix leads abroad; and a user who redials."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from attacking import PHONE, REGISTRAR, posing
from conversation import Agent, Dialog, ack_of_failure, sdp
from recording import Recording

NUMBER = "12025550142"


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    tried(folder / "toll-fraud-suspected.pcap", found=True)
    tried(folder / "in-vain.pcap", found=False)
    silent(folder / "silent.pcap")


def called(wire: Recording, caller: Agent, number: str, code: int) -> None:
    """One INVITE; a call that is answered lasts a minute."""
    whom = replace(REGISTRAR, user=number)
    talk = Dialog(caller=caller, callee=whom, name=f"{wire.path.name}-{number}-{wire.clock}")
    invite = talk.request(caller, "INVITE", body=sdp(caller))
    wire.send(invite, caller, REGISTRAR, after=2)
    wire.send(talk.reply(invite, 100), REGISTRAR, caller)
    final = talk.reply(invite, code, body=sdp(REGISTRAR) if code == 200 else "")
    wire.send(final, REGISTRAR, caller, after=0.3)
    if code != 200:
        wire.send(ack_of_failure(invite, final), caller, REGISTRAR)
        return
    wire.send(talk.ack(final), caller, REGISTRAR)
    bye = talk.request(caller, "BYE")
    wire.send(bye, caller, REGISTRAR, after=60)
    wire.send(talk.reply(bye, 200), REGISTRAR, caller)


def tried(path: Path, *, found: bool) -> None:
    """One number behind 00, 900, 9011, 0011 and 011; the last may lead out."""
    wire = Recording(path=path)
    stranger = posing("1001")
    for prefix in ("00", "900", "9011", "0011"):
        called(wire, stranger, f"{prefix}{NUMBER}", 404)
    called(wire, stranger, f"011{NUMBER}", 200 if found else 404)
    wire.write()


def silent(path: Path) -> None:
    """A user forgets the prefix, then adds it; other numbers are called in one way each."""
    wire = Recording(path=path)
    called(wire, PHONE, NUMBER, 404)
    called(wire, PHONE, f"0{NUMBER}", 404)
    called(wire, PHONE, f"00{NUMBER}", 200)
    for last in range(3):
        called(wire, PHONE, f"001202555017{last}", 200)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
