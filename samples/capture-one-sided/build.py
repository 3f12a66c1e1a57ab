"""Three good calls and a registration, of which the recorder hears Alice's side only."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, PBX, PROXY, Dialog, Host, challenge, credentials, sdp
from recording import LADDER, Recording


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    good_day(folder / "capture-one-sided.pcap", hears=(ALICE,))
    good_day(folder / "callee.pcap", hears=(BOB,))
    open_questions(folder / "unheard.pcap")
    silent(folder / "silent.pcap")


def call(wire: Recording, name: str) -> None:
    """Alice calls Bob, he answers, she hangs up."""
    talk = Dialog(caller=ALICE, callee=BOB, name=name)
    invite = talk.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, BOB, after=2)
    wire.send(talk.reply(invite, 180), BOB, ALICE, after=0.2)
    answer = talk.reply(invite, 200, body=sdp(BOB))
    wire.send(answer, BOB, ALICE, after=3)
    wire.send(talk.ack(answer), ALICE, BOB)
    bye = talk.request(ALICE, "BYE")
    wire.send(bye, ALICE, BOB, after=20)
    wire.send(talk.reply(bye, 200), BOB, ALICE)


def good_day(path: Path, *, hears: tuple[Host, ...]) -> None:
    """Everything goes well; the mirror port copies one direction."""
    wire = Recording(path=path, hears=hears)
    for number in range(3):
        call(wire, f"capture-one-sided-{number}")
    wire.write()


def open_questions(path: Path) -> None:
    """Alice asks two servers something, and neither is heard: nothing shows whether they answer."""
    wire = Recording(path=path, hears=(ALICE,))
    for server in (PBX, PROXY):
        ping = Dialog(caller=ALICE, callee=server, name=f"unheard-{server.user}")
        wire.send(ping.request(ALICE, "OPTIONS"), ALICE, server, after=1)
    wire.wait(12)
    last = Dialog(caller=ALICE, callee=PBX, name="unheard-last")
    wire.send(last.request(ALICE, "OPTIONS"), ALICE, PBX, after=5)
    wire.write()


def silent(path: Path) -> None:
    """Both directions are there: a registration, and an INVITE that the PBX, up a moment ago, does not answer."""
    wire = Recording(path=path)
    register = Dialog(caller=ALICE, callee=ALICE, name="one-sided-silent", uri="sip:example.com")
    contact = (("Contact", f"<{ALICE.contact_uri}>"), ("Expires", "600"))
    first = register.request(ALICE, "REGISTER", *contact)
    wire.send(first, ALICE, PBX)
    asked = challenge("example.com", "one-sided-silent")
    wire.send(register.reply(first, 401, ("WWW-Authenticate", asked), by=PBX), PBX, ALICE)
    answer = credentials(ALICE, "correct horse", asked, "REGISTER", "sip:example.com")
    second = register.request(ALICE, "REGISTER", *contact, ("Authorization", answer))
    wire.send(second, ALICE, PBX)
    wire.send(register.reply(second, 200, *contact, by=PBX), PBX, ALICE)
    ping = Dialog(caller=ALICE, callee=PBX, name="one-sided-silent-ping")
    options = ping.request(ALICE, "OPTIONS")
    wire.send(options, ALICE, PBX, after=10)
    wire.repeat(options, ALICE, PBX, LADDER[:3])
    wire.wait(8)
    wire.send(ping.reply(options, 200), PBX, ALICE)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
