"""Messages that state another length than their body has."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, PBX, Dialog, ack_of_failure, sdp
from plain_call import ended, measured
from recording import LADDER, Recording


def build(folder: Path) -> None:
    """Write content-length-wrong.pcap and its variants."""
    refused(folder / "content-length-wrong.pcap")
    ignored(folder / "ignored.pcap")
    answered(folder / "accepted.pcap", off=-20)
    # A keep-alive of two line ends and some padding behind the body are no part of the message.
    answered(folder / "silent.pcap", tail=b"\r\n\r\n\0\0")


def refused(path: Path) -> None:
    """A SIP ALG shortened an address in the body and left the length: the server answers 400."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=PBX, name="content-length-wrong")
    invite = measured(call.request(ALICE, "INVITE", body=sdp(ALICE)), off=4)
    wire.send(invite, ALICE, PBX)
    bad = call.reply(invite, 400)
    wire.send(bad, PBX, ALICE)
    wire.send(ack_of_failure(invite, bad), ALICE, PBX)
    wire.write()


def ignored(path: Path) -> None:
    """The same with a MESSAGE, which the server drops without a word."""
    wire = Recording(path=path)
    ping = Dialog(caller=ALICE, callee=PBX, name="content-length-wrong-ping")
    options = ping.request(ALICE, "OPTIONS")
    wire.send(options, ALICE, PBX)
    wire.send(ping.reply(options, 200), PBX, ALICE)
    text = Dialog(caller=ALICE, callee=PBX, name="content-length-wrong-ignored")
    message = text.request(ALICE, "MESSAGE", ("Content-Type", "text/plain"), body="Lunch at noon?")
    message = measured(message, off=6)
    wire.send(message, ALICE, PBX, after=1)
    wire.repeat(message, ALICE, PBX, LADDER)
    wire.write()


def answered(path: Path, *, off: int = 0, tail: bytes = b"") -> None:
    """A call that works although the INVITE is longer than it says."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name=f"content-length-wrong-{path.stem}")
    invite = measured(call.request(ALICE, "INVITE", body=sdp(ALICE)), off=off, tail=tail)
    wire.send(invite, ALICE, BOB)
    wire.send(call.reply(invite, 180), BOB, ALICE, after=0.1)
    answer = call.reply(invite, 200, body=sdp(BOB))
    wire.send(answer, BOB, ALICE, after=2)
    wire.send(call.ack(answer), ALICE, BOB)
    ended(wire, call)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
