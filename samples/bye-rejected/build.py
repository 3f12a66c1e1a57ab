"""Alice hangs up, and Bob knows of no such call: his phone had forgotten it."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, PROXY, Dialog, Message, challenge, credentials, forwarded, sdp
from proxied_call import through_proxy
from recording import LADDER, Recording


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    refused(folder / "bye-rejected.pcap", 481)
    refused(folder / "timeout.pcap", 408)
    unheard(folder / "answer-unheard.pcap")
    refused(folder / "refused.pcap", 403)
    wrong_tags(folder / "wrong-tags.pcap")
    challenged(folder / "challenged.pcap")
    recovered(folder / "recovered.pcap")
    silent(folder / "silent.pcap")


def set_up(wire: Recording, call: Dialog) -> Message:
    """Alice calls Bob, who answers after two seconds: the INVITE."""
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, BOB)
    wire.send(call.reply(invite, 180), BOB, ALICE, after=0.12)
    answer = call.reply(invite, 200, body=sdp(BOB))
    wire.send(answer, BOB, ALICE, after=2)
    wire.send(call.ack(answer), ALICE, BOB)
    return invite


def refused(path: Path, code: int) -> None:
    """Bob refuses the BYE with `code`."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name=f"bye-rejected-{code}")
    set_up(wire, call)
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, BOB, after=20)
    wire.send(call.reply(bye, code), BOB, ALICE)
    wire.write()


def unheard(path: Path) -> None:
    """Bob answers every copy of the BYE, but nothing of him reaches the proxy any more, which says 408 in the end."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="bye-rejected-unheard")
    through_proxy(wire, call)
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, PROXY, after=20)
    asked = forwarded(bye, PROXY)
    accepted = call.reply(asked, 200)
    wire.send(asked, PROXY, BOB, after=0.002)
    wire.send(accepted, BOB, PROXY, after=0.01)
    wire.repeat(asked, PROXY, BOB, LADDER)
    wire.repeat(accepted, BOB, PROXY, LADDER)
    wire.send(call.reply(bye, 408, by=PROXY), PROXY, ALICE, after=32)
    wire.write()


def wrong_tags(path: Path) -> None:
    """A server in between gave Alice another tag of Bob's: her BYE is for a dialog that nobody has."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="bye-rejected-wrong-tags")
    set_up(wire, call)
    bye = call.request(ALICE, "BYE")
    bye = bye.changed("To", bye.value("To").partition(";tag=")[0] + ";tag=0000stale0")
    wire.send(bye, ALICE, BOB, after=20)
    wire.send(call.reply(bye, 481), BOB, ALICE)
    wire.write()


def challenged(path: Path) -> None:
    """The server wants credentials for the BYE too; Alice's phone takes the 407 for the end."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name=f"bye-rejected-{path.stem}")
    set_up(wire, call)
    asked = challenge("example.net", "bye-rejected")
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, BOB, after=20)
    wire.send(call.reply(bye, 407, ("Proxy-Authenticate", asked)), BOB, ALICE)
    ping = Dialog(caller=ALICE, callee=BOB, name="bye-rejected-keepalive")
    options = ping.request(ALICE, "OPTIONS")
    wire.send(options, ALICE, BOB, after=30)
    wire.send(ping.reply(options, 200), BOB, ALICE)
    wire.write()


def recovered(path: Path) -> None:
    """Bob's server stumbles over the first BYE and takes the second."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="bye-rejected-recovered")
    set_up(wire, call)
    for code, after in ((500, 20.0), (200, 1.0)):
        bye = call.request(ALICE, "BYE")
        wire.send(bye, ALICE, BOB, after=after)
        wire.send(call.reply(bye, code), BOB, ALICE)
    wire.write()


def silent(path: Path) -> None:
    """Both hang up at once, so each finds the other's dialog gone; and a BYE that was challenged comes again."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="bye-rejected-silent")
    set_up(wire, call)
    ours, theirs = call.request(ALICE, "BYE"), call.request(BOB, "BYE")
    wire.send(ours, ALICE, BOB, after=20)
    wire.send(theirs, BOB, ALICE, after=0.005)
    wire.send(call.reply(theirs, 481), ALICE, BOB)
    wire.send(call.reply(ours, 481), BOB, ALICE, after=0.002)
    call = Dialog(caller=ALICE, callee=BOB, name="bye-rejected-silent-challenged")
    set_up(wire, call)
    asked = challenge("example.net", "bye-rejected")
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, BOB, after=20)
    wire.send(call.reply(bye, 407, ("Proxy-Authenticate", asked)), BOB, ALICE)
    bye = call.request(ALICE, "BYE", ("Proxy-Authorization", credentials(ALICE, "made-up", asked, "BYE", bye.uri)))
    wire.send(bye, ALICE, BOB)
    wire.send(call.reply(bye, 200), BOB, ALICE)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
