"""Requests that are too large for UDP."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, PBX, Dialog, sdp
from plain_call import ended
from recording import LADDER_OF_INVITE, Recording

LONG = tuple((f"X-Account-Detail-{number}", f"{number:02}" * 40) for number in range(12))
"""What makes an INVITE large."""


def build(folder: Path) -> None:
    """Write message-oversized.pcap and silent.pcap."""
    lost(folder / "message-oversized.pcap")
    silent(folder / "silent.pcap")


def lost(path: Path) -> None:
    """OPTIONS are answered; the INVITE, of more than 1500 bytes, never is."""
    wire = Recording(path=path)
    ping = Dialog(caller=ALICE, callee=PBX, name="message-oversized-ping")
    options = ping.request(ALICE, "OPTIONS")
    wire.send(options, ALICE, PBX)
    wire.send(ping.reply(options, 200), PBX, ALICE)
    call = Dialog(caller=ALICE, callee=PBX, name="message-oversized")
    invite = call.request(ALICE, "INVITE", *LONG, body=sdp(ALICE))
    wire.send(invite, ALICE, PBX, after=1)
    wire.repeat(invite, ALICE, PBX, LADDER_OF_INVITE)
    wire.wait(40)
    options = ping.request(ALICE, "OPTIONS")
    wire.send(options, ALICE, PBX)
    wire.send(ping.reply(options, 200), PBX, ALICE)
    wire.write()


def silent(path: Path) -> None:
    """An INVITE as large comes through in one packet."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="message-oversized-silent")
    invite = call.request(ALICE, "INVITE", *LONG[:8], body=sdp(ALICE))
    wire.send(invite, ALICE, BOB)
    wire.send(call.reply(invite, 180), BOB, ALICE, after=0.1)
    answer = call.reply(invite, 200, body=sdp(BOB))
    wire.send(answer, BOB, ALICE, after=2)
    wire.send(call.ack(answer), ALICE, BOB)
    ended(wire, call)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
