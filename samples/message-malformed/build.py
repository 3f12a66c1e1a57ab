"""Messages that break the grammar of SIP: refused, ignored, or let pass."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, PBX, Dialog, ack_of_failure, sdp
from plain_call import ended
from recording import LADDER, Recording


def build(folder: Path) -> None:
    """Write message-malformed.pcap and its variants."""
    refused(folder / "message-malformed.pcap")
    ignored(folder / "ignored.pcap")
    accepted(folder / "accepted.pcap", '"Alice Moreau <sip:alice@example.com>')
    # A name without quotes is a list of words, and as good as one with quotes.
    accepted(folder / "silent.pcap", "Alice Moreau <sip:alice@example.com>")


def refused(path: Path) -> None:
    """A PBX writes a name with a comma and no quotes, and the carrier answers 400."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=PBX, name="message-malformed")
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    invite = invite.changed("From", f"Moreau, Alice <sip:alice@example.com>;tag={call.caller_tag}")
    wire.send(invite, ALICE, PBX)
    bad = call.reply(invite, 400)
    wire.send(bad, PBX, ALICE)
    wire.send(ack_of_failure(invite, bad), ALICE, PBX)
    wire.write()


def ignored(path: Path) -> None:
    """The 200 to a MESSAGE has a broken Via, so that the client drops it and repeats its request."""
    wire = Recording(path=path)
    text = Dialog(caller=ALICE, callee=PBX, name="message-malformed-ignored")
    message = text.request(ALICE, "MESSAGE", ("Content-Type", "text/plain"), body="Lunch at noon?")
    wire.send(message, ALICE, PBX)
    answer = text.reply(message, 200)
    answer = answer.changed("To", f"<sip:+12025550123 @example.net>;tag={text.tag_of(PBX)}")
    wire.send(answer, PBX, ALICE)
    wire.repeat(message, ALICE, PBX, LADDER[:4])
    wire.repeat(answer, PBX, ALICE, [time + 0.02 for time in LADDER[:4]])
    wire.write()


def accepted(path: Path, name: str) -> None:
    """A call that works whatever stands in From."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name=f"message-malformed-{path.stem}")
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    invite = invite.changed("From", f"{name};tag={call.caller_tag}")
    wire.send(invite, ALICE, BOB)
    wire.send(call.reply(invite, 180), BOB, ALICE, after=0.1)
    answer = call.reply(invite, 200, body=sdp(BOB))
    wire.send(answer, BOB, ALICE, after=2)
    wire.send(call.ack(answer), ALICE, BOB)
    ended(wire, call)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
