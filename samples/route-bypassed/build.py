"""Alice's phone forgets the Record-Route and sends its BYE straight to Bob, where no firewall lets it in."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dataclasses import replace

from conversation import ALICE, BOB, PROXY, Agent, Dialog, Message, forwarded, returned, sdp
from proxied_call import through_proxy
from recording import LADDER, Recording

OLD_PROXY = "<sip:203.0.113.99:5060;lr>"


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    bypassed(folder / "route-bypassed.pcap", ALICE, answered=False)
    bypassed(folder / "no-route.pcap", ALICE, answered=True)
    bypassed(folder / "callee.pcap", BOB, answered=True)
    bypassed(folder / "other-route.pcap", ALICE, answered=True, route=OLD_PROXY)
    bypassed(folder / "other-route-failed.pcap", ALICE, answered=False, route=OLD_PROXY)
    silent(folder / "silent.pcap")


def routed_by(message: Message, route: str) -> Message:
    """`message` with another Route, or with none."""
    fields = tuple(each for each in message.fields if each[0] != "Route")
    message = replace(message, fields=fields)
    if route:
        at = next(index for index, (name, _) in enumerate(fields) if name == "From")
        message = replace(message, fields=(*fields[:at], ("Route", route), *fields[at:]))
    return message


def bypassed(path: Path, sender: Agent, *, answered: bool, route: str = "") -> None:
    """The BYE of `sender` goes straight to the other side, with `route` as its Route."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name=path.stem)
    through_proxy(wire, call)
    peer = BOB if sender is ALICE else ALICE
    bye = routed_by(call.request(sender, "BYE"), route)
    wire.send(bye, sender, peer, after=20)
    if answered:
        wire.send(call.reply(bye, 200), peer, sender)
    else:
        wire.repeat(bye, sender, peer, LADDER)
    wire.write()


def silent(path: Path) -> None:
    """Bob's BYE follows the route; a second call goes through a proxy that does not want to stay."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="route-bypassed-silent")
    through_proxy(wire, call)
    bye = call.request(BOB, "BYE")
    wire.send(bye, BOB, PROXY, after=20)
    onward = forwarded(bye, PROXY)
    wire.send(onward, PROXY, ALICE, after=0.002)
    gone = call.reply(onward, 200)
    wire.send(gone, ALICE, PROXY)
    wire.send(returned(gone), PROXY, BOB, after=0.002)
    call = Dialog(caller=ALICE, callee=BOB, name="route-bypassed-silent-straight")
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, PROXY, after=3)
    onward = forwarded(invite, PROXY, to=BOB.contact_uri)
    wire.send(onward, PROXY, BOB, after=0.004)
    answer = call.reply(onward, 200, body=sdp(BOB))
    wire.send(answer, BOB, PROXY, after=2)
    wire.send(returned(answer), PROXY, ALICE, after=0.002)
    wire.send(call.ack(answer), ALICE, BOB)
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, BOB, after=9)
    wire.send(call.reply(bye, 200), BOB, ALICE)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
