"""Requests that were to be encrypted and went in clear, and some that only look so."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, PBX, PROXY, Dialog, Message, sdp
from recording import Recording

SECURE = "sips:bob@example.net"
OVER_TLS = f"sip:{PBX.user}@{PBX.sent_by};transport=tls"


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    secure_call(folder / "tls-expected.pcap")
    asked_by_parameter(folder / "by-parameter.pcap")
    silent(folder / "silent.pcap")


def secure_call(path: Path) -> None:
    """Alice calls a SIPS URI over UDP, and everything works but the secrecy."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="tls-expected", uri=SECURE)
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, BOB)
    wire.send(call.reply(invite, 180), BOB, ALICE)
    answer = call.reply(invite, 200, body=sdp(BOB))
    wire.send(answer, BOB, ALICE, after=2)
    wire.send(call.ack(answer), ALICE, BOB)
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, BOB, after=9)
    wire.send(call.reply(bye, 200), BOB, ALICE)
    wire.write()


def asked_by_parameter(path: Path) -> None:
    """Two OPTIONS to a URI with transport=tls, over UDP."""
    wire = Recording(path=path)
    for number in range(2):
        ping(wire, f"tls-by-parameter-{number}", OVER_TLS)
    wire.write()


def silent(path: Path) -> None:
    """A Route to a server in clear comes first; a copy of what was sent over TLS says so in its Via."""
    wire = Recording(path=path)
    ping(wire, "tls-routed", OVER_TLS, ("Route", f"<sip:{PROXY.sent_by};lr>"))
    talk = Dialog(caller=ALICE, callee=PBX, name="tls-mirrored", uri="sips:+12025550123@example.net")
    options = talk.request(ALICE, "OPTIONS")
    sent: Message = options.changed("Via", options.value("Via").replace("/UDP", "/TLS"))
    wire.send(sent, ALICE, PBX)
    wire.send(talk.reply(sent, 200), PBX, ALICE)
    wire.write()


def ping(wire: Recording, name: str, uri: str, *fields: tuple[str, str]) -> None:
    """OPTIONS, answered."""
    talk = Dialog(caller=ALICE, callee=PBX, name=name, uri=uri)
    options = talk.request(ALICE, "OPTIONS", *fields)
    wire.send(options, ALICE, PBX, after=1)
    wire.send(talk.reply(options, 200), PBX, ALICE)


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
