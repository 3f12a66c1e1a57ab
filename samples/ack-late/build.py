"""Alice's ACK comes only after Bob has said his 200 several times: something delays or loses packets."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, Dialog, sdp
from recording import LADDER, Copy, Recording


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    acknowledged(folder / "ack-late.pcap", repeats=LADDER[:4], after=7.52)
    acknowledged(folder / "once.pcap", repeats=LADDER[:1], after=0.518)
    acknowledged(folder / "silent.pcap", repeats=(), after=0.47, copies=(Copy(), Copy(delay=31)))


def acknowledged(path: Path, *, repeats: tuple[float, ...], after: float, copies: tuple[Copy, ...] = (Copy(),)) -> None:
    """The ACK comes `after` seconds, when the 200 has been said again at `repeats`."""
    wire = Recording(path=path, copies=copies)
    call = Dialog(caller=ALICE, callee=BOB, name=f"ack-late-{after}")
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, BOB)
    wire.send(call.reply(invite, 100), BOB, ALICE)
    wire.send(call.reply(invite, 180), BOB, ALICE, after=0.12)
    answer = call.reply(invite, 200, body=sdp(BOB))
    wire.send(answer, BOB, ALICE, after=4)
    wire.repeat(answer, BOB, ALICE, repeats)
    wire.send(call.ack(answer), ALICE, BOB, after=after)
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, BOB, after=30)
    wire.send(call.reply(bye, 200), BOB, ALICE)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
