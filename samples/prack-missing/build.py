"""A gateway rings reliably (100rel) and waits for a PRACK that does not come."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, PBX, PROXY, Dialog, Message, ack_of_failure, forwarded, returned, sdp
from recording import LADDER, LADDER_OF_INVITE, TIMEOUT, Recording


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    never_sent(folder / "prack-missing.pcap")
    never_sent(folder / "not-offered.pcap", supported="timer")
    never_sent(folder / "repeated.pcap", until=9.0)
    never_sent(folder / "cut-off.pcap", until=1.4)
    never_sent(folder / "given-up.pcap", copies=5)
    one_sided(folder / "one-sided.pcap")
    mismatched(folder / "mismatched.pcap")
    refused(folder / "rejected.pcap")
    refused(folder / "not-accepted.pcap", code=0)
    elsewhere(folder / "sent-elsewhere.pcap")
    swallowed(folder / "swallowed.pcap")
    answered_anyway(folder / "answered-anyway.pcap")
    silent(folder / "silent.pcap")
    overtaken(folder / "overtaken.pcap")


def rung(wire: Recording, call: Dialog, *, supported: str = "100rel") -> tuple[Message, Message]:
    """Alice calls, the gateway sends a 183 with RSeq: the INVITE and the 183."""
    invite = call.request(ALICE, "INVITE", ("Supported", supported), body=sdp(ALICE))
    wire.send(invite, ALICE, PBX)
    wire.send(call.reply(invite, 100), PBX, ALICE)
    progress = call.reply(invite, 183, ("Require", "100rel"), ("RSeq", "4801"), body=sdp(PBX))
    wire.send(progress, PBX, ALICE, after=0.4)
    call.confirmed = progress  # an early dialog: what follows has its To tag and goes to its Contact
    return invite, progress


def given_up(wire: Recording, call: Dialog, invite: Message, *, since: float = TIMEOUT) -> None:
    """The gateway refuses the INVITE, `since` seconds later."""
    failure = call.reply(invite, 504)
    wire.send(failure, PBX, ALICE, after=since)
    wire.send(ack_of_failure(invite, failure), ALICE, PBX)


def prack(call: Dialog, invite: Message, rseq: str = "4801") -> Message:
    """The PRACK for the 183."""
    return call.request(ALICE, "PRACK", ("RAck", f"{rseq} {invite.cseq} INVITE"))


def never_sent(path: Path, *, supported: str = "100rel", until: float = 60.0, copies: int = 6) -> None:
    """The gateway repeats its 183 for 32 s and ends the call with a 504."""
    wire = Recording(path=path, until=until)
    call = Dialog(caller=ALICE, callee=PBX, name=path.stem)
    invite, progress = rung(wire, call, supported=supported)
    wire.repeat(progress, PBX, ALICE, LADDER_OF_INVITE[:copies])
    given_up(wire, call, invite)
    wire.write()


def one_sided(path: Path) -> None:
    """A good call, of which only the gateway's packets were recorded, and only its first moments."""
    wire = Recording(path=path, hears=(PBX,), until=1.2)
    call = Dialog(caller=ALICE, callee=PBX, name=path.stem)
    invite, _ = rung(wire, call)
    confirmed = prack(call, invite)
    wire.send(confirmed, ALICE, PBX)
    wire.send(call.reply(confirmed, 200), PBX, ALICE)
    wire.wait(0.3)
    ping = Dialog(caller=PBX, callee=PROXY, name=f"{path.stem}-keepalive")
    wire.send(ping.request(PBX, "OPTIONS"), PBX, PROXY, after=0.3)
    wire.write()


def mismatched(path: Path) -> None:
    """Alice confirms a response number that the gateway never sent, and is told so."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=PBX, name=path.stem)
    invite, progress = rung(wire, call)
    wire.repeat(progress, PBX, ALICE, LADDER_OF_INVITE)
    wrong = prack(call, invite, "1")
    wire.send(wrong, ALICE, PBX)
    wire.send(call.reply(wrong, 481), PBX, ALICE)
    given_up(wire, call, invite, since=TIMEOUT - 0.036)
    wire.write()


def refused(path: Path, *, code: int = 481) -> None:
    """The PRACK comes to the gateway, which turns it down or does not hear it."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=PBX, name=path.stem)
    invite, progress = rung(wire, call)
    wire.repeat(progress, PBX, ALICE, LADDER_OF_INVITE)
    confirmed = prack(call, invite)
    wire.send(confirmed, ALICE, PBX)
    if code:
        wire.send(call.reply(confirmed, code), PBX, ALICE)
    else:
        wire.repeat(confirmed, ALICE, PBX, LADDER)
    given_up(wire, call, invite, since=TIMEOUT - 0.036)
    wire.write()


def elsewhere(path: Path) -> None:
    """The Contact of the gateway's 183 names another host, and the PRACK goes there."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=PBX, name=path.stem)
    invite, progress = rung(wire, call)
    wire.repeat(progress, PBX, ALICE, LADDER_OF_INVITE)
    confirmed = prack(call, invite)
    wire.send(confirmed, ALICE, PROXY)
    wire.repeat(confirmed, ALICE, PROXY, LADDER)
    given_up(wire, call, invite, since=TIMEOUT - 0.018)
    wire.write()


def swallowed(path: Path) -> None:
    """Alice's PRACK goes to the proxy, which never sends it on."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=PBX, name=path.stem)
    invite = call.request(ALICE, "INVITE", ("Supported", "100rel"), body=sdp(ALICE))
    wire.send(invite, ALICE, PROXY)
    onward = forwarded(invite, PROXY, to=PBX.contact_uri, record_route=True)
    wire.send(onward, PROXY, PBX)
    progress = call.reply(onward, 183, ("Require", "100rel"), ("RSeq", "4801"), body=sdp(PBX))
    wire.send(progress, PBX, PROXY, after=0.4)
    wire.send(returned(progress), PROXY, ALICE, after=0.001)
    wire.repeat(progress, PBX, PROXY, [time - 0.001 for time in LADDER_OF_INVITE])
    wire.repeat(returned(progress), PROXY, ALICE, LADDER_OF_INVITE)
    call.confirmed = returned(progress)
    confirmed = prack(call, invite)
    wire.send(confirmed, ALICE, PROXY)
    wire.repeat(confirmed, ALICE, PROXY, LADDER)
    failure = call.reply(onward, 504)
    wire.send(failure, PBX, PROXY, after=TIMEOUT)
    wire.send(returned(failure), PROXY, ALICE, after=0.001)
    wire.send(ack_of_failure(onward, failure), PROXY, PBX, after=0.001)
    wire.send(ack_of_failure(invite, failure), ALICE, PROXY)
    wire.write()


def answered_anyway(path: Path) -> None:
    """Somebody picks up while the gateway still waits for its PRACK."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=PBX, name=path.stem)
    invite, progress = rung(wire, call)
    wire.repeat(progress, PBX, ALICE, LADDER_OF_INVITE[:4])
    talk_and_end(wire, call, invite, ringing=9.0)
    wire.write()


def silent(path: Path) -> None:
    """The first copy of the 183 gets lost behind the recorder: said again, confirmed, answered."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=PBX, name=path.stem)
    invite, progress = rung(wire, call)
    wire.send(progress, PBX, ALICE, after=0.5)
    confirmed = prack(call, invite)
    wire.send(confirmed, ALICE, PBX)
    wire.send(call.reply(confirmed, 200), PBX, ALICE)
    talk_and_end(wire, call, invite, ringing=4.0)
    wire.write()


def overtaken(path: Path) -> None:
    """The PRACK was lost at the recorder; the gateway stops asking, and the call is answered."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=PBX, name=path.stem)
    invite, _ = rung(wire, call)
    talk_and_end(wire, call, invite, ringing=5.0)
    wire.write()


def talk_and_end(wire: Recording, call: Dialog, invite: Message, *, ringing: float) -> None:
    """The gateway answers, they talk, Alice hangs up."""
    answer = call.reply(invite, 200)
    wire.send(answer, PBX, ALICE, after=ringing)
    wire.send(call.ack(answer), ALICE, PBX)
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, PBX, after=20)
    wire.send(call.reply(bye, 200), PBX, ALICE)


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
