"""Servers that say what would do, and clients that send the same again."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, PBX, Dialog, Message, ack_of_failure, challenge, credentials, sdp
from recording import Recording

Fields = tuple[tuple[str, str], ...]
REALM = challenge("example.net", "condition-ignored")


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    overloaded(folder / "condition-ignored.pcap", pause=10)
    overloaded(folder / "silent.pcap", pause=70)
    insistent(folder / "extension.pcap", "INVITE", (("Require", "gruu"),), 420, ("Unsupported", "gruu"))
    insistent(folder / "session-interval.pcap", "INVITE", (("Session-Expires", "90"),), 422, ("Min-SE", "1800"))
    insistent(folder / "method.pcap", "MESSAGE", (), 405, ("Allow", "INVITE, ACK, CANCEL, OPTIONS, BYE"))
    insistent(
        folder / "interval.pcap", "SUBSCRIBE", (("Event", "dialog"), ("Expires", "30")), 423, ("Min-Expires", "300")
    )
    insistent(
        folder / "event.pcap", "SUBSCRIBE", (("Event", "presence"), ("Expires", "600")), 489, ("Allow-Events", "dialog")
    )
    insistent(folder / "credentials.pcap", "MESSAGE", (), 401, ("WWW-Authenticate", REALM))
    insistent(folder / "media-type.pcap", "MESSAGE", (), 415, ("Accept", "text/plain"), body="<p>Hello</p>")
    insistent(folder / "once.pcap", "MESSAGE", (), 405, ("Allow", "INVITE, ACK, CANCEL, OPTIONS, BYE"), times=2)
    recovered(folder / "recovered.pcap")
    sensible(folder / "sensible.pcap")


def refused(wire: Recording, call: Dialog, request: Message, code: int, *fields: tuple[str, str]) -> None:
    """The PBX turns the request down; Alice acknowledges where it was an INVITE."""
    wire.send(request, ALICE, PBX)
    failure = call.reply(request, code, *fields)
    wire.send(failure, PBX, ALICE)
    if request.method == "INVITE":
        wire.send(ack_of_failure(request, failure), ALICE, PBX)


def overloaded(path: Path, *, pause: float) -> None:
    """The PBX asks to be left alone for a minute; Alice's gateway sends it the next calls all the same, or later."""
    wire = Recording(path=path)
    for number in range(5):
        call = Dialog(caller=ALICE, callee=PBX, name=f"{path.stem}-{number}")
        refused(wire, call, call.request(ALICE, "INVITE", body=sdp(ALICE)), 503, ("Retry-After", "60"))
        wire.wait(pause)
    wire.go_on(60)
    wire.write()


def insistent(
    path: Path, method: str, fields: Fields, code: int, asked: tuple[str, str], *, times: int = 4, body: str = ""
) -> None:
    """The same request again and again, under a new Call-ID each time, and the same refusal."""
    wire = Recording(path=path)
    for number in range(times):
        call = Dialog(caller=ALICE, callee=PBX, name=f"{path.stem}-{number}")
        refused(wire, call, written(call, method, *fields, body=body), code, asked)
        wire.wait(20)
    wire.go_on(60)
    wire.write()


def written(call: Dialog, method: str, *fields: tuple[str, str], body: str = "") -> Message:
    """A request of Alice; a body that is no session description is HTML."""
    request = call.request(ALICE, method, *fields, body=sdp(ALICE) if method == "INVITE" else body)
    if body:
        request = replace(request, fields=(*request.fields, ("Content-Type", "text/html")))
    return request


def recovered(path: Path) -> None:
    """The third try asks for less than the PBX refused, and is accepted."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=PBX, name=path.stem)
    for _ in range(2):
        refused(wire, call, written(call, "MESSAGE", body="<p>Hello</p>"), 415, ("Accept", "text/plain"))
        wire.wait(1)
    plain = written(call, "MESSAGE", body="Hello")
    accepted(wire, call, plain.changed("Content-Type", "text/plain"))
    wire.go_on(60)
    wire.write()


def accepted(wire: Recording, call: Dialog, request: Message) -> None:
    """The PBX takes the request."""
    wire.send(request, ALICE, PBX)
    wire.send(call.reply(request, 200), PBX, ALICE)


def sensible(path: Path) -> None:
    """Refusals that are heeded: credentials, a longer interval, another server; and each new call starts afresh."""
    wire = Recording(path=path)
    for number in range(4):
        text = Dialog(caller=ALICE, callee=PBX, name=f"{path.stem}-text-{number}")
        refused(wire, text, text.request(ALICE, "MESSAGE"), 401, ("WWW-Authenticate", REALM))
        answer = credentials(ALICE, "wonderland", REALM, "MESSAGE", text.callee.uri)
        accepted(wire, text, text.request(ALICE, "MESSAGE", ("Authorization", answer)))
        call = Dialog(caller=ALICE, callee=PBX, name=f"{path.stem}-{number}")
        refused(wire, call, written(call, "INVITE", ("Session-Expires", "90")), 422, ("Min-SE", "1800"))
        talk(wire, call, written(call, "INVITE", ("Session-Expires", "1800"), ("Min-SE", "1800")))
    call = Dialog(caller=ALICE, callee=BOB, name=path.stem)
    invite = written(call, "INVITE")
    wire.send(invite, ALICE, BOB, after=3)
    busy = call.reply(invite, 503, ("Retry-After", "30"))
    wire.send(busy, BOB, ALICE)
    wire.send(ack_of_failure(invite, busy), ALICE, BOB)
    call = Dialog(caller=ALICE, callee=PBX, name=f"{path.stem}-elsewhere")
    talk(wire, call, written(call, "INVITE"))
    wire.go_on(60)
    wire.write()


def talk(wire: Recording, call: Dialog, invite: Message) -> None:
    """A call that is answered, acknowledged and ended."""
    wire.send(invite, ALICE, PBX)
    answer = call.reply(invite, 200, body=sdp(PBX))
    wire.send(answer, PBX, ALICE, after=1)
    wire.send(call.ack(answer), ALICE, PBX)
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, PBX, after=8)
    wire.send(call.reply(bye, 200), PBX, ALICE)


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
