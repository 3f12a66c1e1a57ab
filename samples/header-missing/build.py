"""Messages without a header field that they must have."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, PBX, Dialog, ack_of_failure, sdp
from plain_call import ended, without
from recording import LADDER, Recording


def build(folder: Path) -> None:
    """Write header-missing.pcap and its variants."""
    refused(folder / "header-missing.pcap")
    ignored(folder / "ignored.pcap")
    accepted(folder / "accepted.pcap")
    unusable(folder / "unusable.pcap")
    silent(folder / "silent.pcap")


def refused(path: Path) -> None:
    """A home-made dialler leaves Contact out of its INVITE, and the PBX answers 400."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=PBX, name="header-missing")
    invite = without(call.request(ALICE, "INVITE", body=sdp(ALICE)), "Contact")
    wire.send(invite, ALICE, PBX)
    bad = call.reply(invite, 400)
    wire.send(bad, PBX, ALICE)
    wire.send(ack_of_failure(invite, bad), ALICE, PBX)
    wire.write()


def ignored(path: Path) -> None:
    """A MESSAGE without To is never answered."""
    wire = Recording(path=path)
    ping = Dialog(caller=ALICE, callee=PBX, name="header-missing-ping")
    options = ping.request(ALICE, "OPTIONS")
    wire.send(options, ALICE, PBX)
    wire.send(ping.reply(options, 200), PBX, ALICE)
    text = Dialog(caller=ALICE, callee=PBX, name="header-missing-ignored")
    message = without(text.request(ALICE, "MESSAGE", ("Content-Type", "text/plain"), body="Lunch at noon?"), "To")
    wire.send(message, ALICE, PBX, after=1)
    wire.repeat(message, ALICE, PBX, LADDER)
    wire.write()


def accepted(path: Path) -> None:
    """A NOTIFY without Event is answered all the same."""
    wire = Recording(path=path)
    news = Dialog(caller=PBX, callee=ALICE, name="header-missing-accepted")
    notify = news.request(PBX, "NOTIFY", ("Subscription-State", "active;expires=600"))
    wire.send(notify, PBX, ALICE)
    wire.send(news.reply(notify, 200), ALICE, PBX)
    wire.write()


def unusable(path: Path) -> None:
    """A 407 without a challenge: the client does not know what to answer, and gives up."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=PBX, name="header-missing-unusable")
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, PBX)
    asked = call.reply(invite, 407)
    wire.send(asked, PBX, ALICE)
    wire.send(ack_of_failure(invite, asked), ALICE, PBX)
    wire.write()


def silent(path: Path) -> None:
    """An INVITE without Max-Forwards, as before RFC 3261, and the call works."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="header-missing-silent")
    invite = without(call.request(ALICE, "INVITE", body=sdp(ALICE)), "Max-Forwards")
    wire.send(invite, ALICE, BOB)
    wire.send(call.reply(invite, 180), BOB, ALICE, after=0.1)
    answer = call.reply(invite, 200, body=sdp(BOB))
    wire.send(answer, BOB, ALICE, after=2)
    wire.send(call.ack(answer), ALICE, BOB)
    ended(wire, call)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
