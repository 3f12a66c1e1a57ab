"""A PBX that takes seconds to say its first word."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, PBX, PROXY, Dialog, ack_of_failure, forwarded, returned, sdp
from recording import LADDER, LADDER_OF_INVITE, TIMEOUT, Connection, Recording


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    overloaded(folder / "response-slow.pcap", calls=12)
    overloaded(folder / "few.pcap", calls=2)
    texts(folder / "request.pcap")
    over_tcp(folder / "over-tcp.pcap")
    behind_a_proxy(folder / "behind-proxy.pcap")
    silent(folder / "silent.pcap")


def overloaded(path: Path, *, calls: int) -> None:
    """Calls that get their 100 after 2.6 s, when Alice has sent each INVITE three times."""
    wire = Recording(path=path)
    for number in range(calls):
        call = Dialog(caller=ALICE, callee=PBX, name=f"{path.stem}-{number}")
        invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
        wire.send(invite, ALICE, PBX, after=1)
        wire.repeat(invite, ALICE, PBX, LADDER_OF_INVITE[:2])
        wire.send(call.reply(invite, 100), PBX, ALICE, after=2.6)
        answer = call.reply(invite, 200, body=sdp(PBX))
        wire.send(answer, PBX, ALICE, after=0.3)
        wire.send(call.ack(answer), ALICE, PBX)
        bye = call.request(ALICE, "BYE")
        wire.send(bye, ALICE, PBX, after=4)
        wire.send(call.reply(bye, 200), PBX, ALICE)
    wire.write()


def texts(path: Path) -> None:
    """Two texts, one of which the PBX stores for five seconds before it answers."""
    wire = Recording(path=path)
    for number, delay in enumerate((0.02, 5.2)):
        text = Dialog(caller=ALICE, callee=PBX, name=f"{path.stem}-{number}")
        message = text.request(ALICE, "MESSAGE")
        wire.send(message, ALICE, PBX, after=1)
        wire.repeat(message, ALICE, PBX, [time for time in LADDER if time < delay])
        wire.send(text.reply(message, 200), PBX, ALICE, after=delay)
    wire.write()


def over_tcp(path: Path) -> None:
    """Over TCP nothing is repeated: the wait alone shows it."""
    wire = Recording(path=path)
    link = Connection(recording=wire, client=ALICE, server=PBX)
    link.open()
    text = Dialog(caller=ALICE, callee=PBX, name=path.stem)
    message = text.request(ALICE, "MESSAGE")
    message = message.changed("Via", message.value("Via").replace("/UDP", "/TCP"))
    link.send(ALICE, bytes(message))
    link.send(PBX, bytes(text.reply(message, 200)), after=4)
    link.close()
    wire.write()


def behind_a_proxy(path: Path) -> None:
    """The proxy waits for the PBX: the PBX is slow, the proxy is not."""
    wire = Recording(path=path)
    text = Dialog(caller=ALICE, callee=PBX, name=path.stem)
    message = text.request(ALICE, "MESSAGE")
    onward = forwarded(message, PROXY, to=PBX.contact_uri)
    wire.send(message, ALICE, PROXY)
    wire.repeat(message, ALICE, PROXY, LADDER[:2])
    wire.send(onward, PROXY, PBX, after=0.002)
    wire.repeat(onward, PROXY, PBX, LADDER[:2])
    answer = text.reply(onward, 200)
    wire.send(answer, PBX, PROXY, after=3)
    wire.send(returned(answer), PROXY, ALICE, after=0.002)
    wire.write()


def silent(path: Path) -> None:
    """Long waits that are nobody's slowness: two lost copies, a 100 lost at the recorder, a 408 of the proxy."""
    wire = Recording(path=path)
    text = Dialog(caller=ALICE, callee=PBX, name=path.stem)
    message = text.request(ALICE, "MESSAGE")
    wire.send(message, ALICE, PBX)
    wire.repeat(message, ALICE, PBX, LADDER[:3])
    wire.send(text.reply(message, 200), PBX, ALICE, after=3.52)
    call = Dialog(caller=ALICE, callee=PBX, name=f"{path.stem}-call")
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, PBX, after=1)
    busy = call.reply(invite, 486)
    wire.send(busy, PBX, ALICE, after=4)
    wire.send(ack_of_failure(invite, busy), ALICE, PBX)
    text = Dialog(caller=ALICE, callee=PBX, name=f"{path.stem}-proxy")
    message = text.request(ALICE, "MESSAGE")
    wire.send(message, ALICE, PROXY, after=1)
    wire.repeat(message, ALICE, PROXY, LADDER)
    wire.send(text.reply(message, 408, by=PROXY), PROXY, ALICE, after=TIMEOUT - 0.1)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
