"""Alice transfers Bob to Carol, who does not exist: his phone tells her 404, and she has to take him back."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, CAROL, Dialog, sdp
from recording import Recording

NOT_FOUND = ("SIP/2.0 100 Trying", "SIP/2.0 404 Not Found")
BUSY = ("SIP/2.0 100 Trying", "SIP/2.0 486 Busy Here")
ANSWERED = ("SIP/2.0 100 Trying", "SIP/2.0 180 Ringing", "SIP/2.0 200 OK")


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    transferred(folder / "transfer-failed.pcap", 202, NOT_FOUND)
    transferred(folder / "busy.pcap", 202, BUSY)
    transferred(folder / "refused.pcap", 403)
    transferred(folder / "no-notify.pcap", 202)
    transferred(folder / "cut-off.pcap", 202, recorded=6)
    silent(folder / "silent.pcap")


def referred(wire: Recording, call: Dialog, code: int, outcomes: tuple[str, ...]) -> None:
    """A call in which Alice refers Bob to Carol; Bob's phone answers `code` and tells the `outcomes`."""
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, BOB)
    wire.send(call.reply(invite, 180), BOB, ALICE, after=0.12)
    answer = call.reply(invite, 200, body=sdp(BOB))
    wire.send(answer, BOB, ALICE, after=2)
    wire.send(call.ack(answer), ALICE, BOB)
    contact = ("Contact", f"<{ALICE.contact_uri}>")
    refer = call.request(ALICE, "REFER", contact, ("Refer-To", f"<{CAROL.uri}>"), ("Referred-By", f"<{ALICE.uri}>"))
    wire.send(refer, ALICE, BOB, after=10)
    wire.send(call.reply(refer, code), BOB, ALICE)
    for number, line in enumerate(outcomes, 1):
        state = "terminated;reason=noresource" if number == len(outcomes) else "active;expires=60"
        fields = (("Event", "refer"), ("Subscription-State", state), ("Content-Type", "message/sipfrag;version=2.0"))
        note = call.request(BOB, "NOTIFY", *fields, body=f"{line}\r\n")
        wire.send(note, BOB, ALICE, after=0.5)
        wire.send(call.reply(note, 200), ALICE, BOB)


def keepalive(wire: Recording, *, after: float) -> None:
    """An OPTIONS and its 200: the recorder still runs."""
    ping = Dialog(caller=ALICE, callee=BOB, name="transfer-failed-keepalive")
    options = ping.request(ALICE, "OPTIONS")
    wire.send(options, ALICE, BOB, after=after)
    wire.send(ping.reply(options, 200), BOB, ALICE)


def transferred(path: Path, code: int, outcomes: tuple[str, ...] = (), *, recorded: float = 45) -> None:
    """The transfer does not work out; the call between Alice and Bob stays up."""
    wire = Recording(path=path)
    referred(wire, Dialog(caller=ALICE, callee=BOB, name=f"transfer-{path.stem}"), code, outcomes)
    keepalive(wire, after=recorded)
    wire.write()


def silent(path: Path) -> None:
    """One transfer succeeds; in a second call Alice hangs up at once and leaves the rest to Bob's phone."""
    wire = Recording(path=path)
    for name, outcomes in (("attended", ANSWERED), ("blind", ())):
        call = Dialog(caller=ALICE, callee=BOB, name=f"transfer-silent-{name}")
        referred(wire, call, 202, outcomes)
        bye = call.request(ALICE, "BYE")
        wire.send(bye, ALICE, BOB)
        wire.send(call.reply(bye, 200), BOB, ALICE)
    keepalive(wire, after=60)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
