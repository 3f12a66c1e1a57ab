"""Alice and Bob press hold at the same moment; both get 491, and neither tries again."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, Agent, Dialog, Message, ack_of_failure, sdp
from recording import Recording


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    not_retried(folder / "reinvite-glare.pcap", after=20)
    not_retried(folder / "cut-off.pcap", after=1)
    resolved(folder / "resolved.pcap")
    too_early(folder / "too-early.pcap")
    unresolved(folder / "unresolved.pcap")
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


def offered(wire: Recording, call: Dialog, sender: Agent, *, after: float) -> Message:
    """A re-INVITE of `sender` that asks for hold."""
    change = call.request(sender, "INVITE", body=sdp(sender, direction="sendonly", version=2))
    wire.send(change, sender, BOB if sender is ALICE else ALICE, after=after)
    return change


def refused(wire: Recording, call: Dialog, change: Message, sender: Agent, code: int = 491) -> None:
    """The other side's refusal, and its ACK."""
    peer = BOB if sender is ALICE else ALICE
    refusal = call.reply(change, code)
    wire.send(refusal, peer, sender)
    wire.send(ack_of_failure(change, refusal), sender, peer)


def accepted(wire: Recording, call: Dialog, change: Message, sender: Agent) -> None:
    """The other side's 200, and its ACK."""
    peer = BOB if sender is ALICE else ALICE
    held = call.reply(change, 200, body=sdp(peer, direction="recvonly", version=2))
    wire.send(held, peer, sender)
    wire.send(call.ack(held), sender, peer)


def collided(wire: Recording, call: Dialog, *, after: float = 10) -> None:
    """Both re-INVITEs are on their way at once, and each is refused because of the other."""
    ours = offered(wire, call, ALICE, after=after)
    theirs = offered(wire, call, BOB, after=0.004)
    refused(wire, call, ours, ALICE)
    refused(wire, call, theirs, BOB)


def hung_up(wire: Recording, call: Dialog, *, after: float) -> None:
    """Alice's BYE, and the 200 to it."""
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, BOB, after=after)
    wire.send(call.reply(bye, 200), BOB, ALICE)


def not_retried(path: Path, *, after: float) -> None:
    """Nobody tries again; the recording goes on for a while, or ends."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="reinvite-glare")
    set_up(wire, call)
    collided(wire, call)
    ping = Dialog(caller=ALICE, callee=BOB, name="reinvite-glare-keepalive")
    options = ping.request(ALICE, "OPTIONS")
    wire.send(options, ALICE, BOB, after=after)
    wire.send(ping.reply(options, 200), BOB, ALICE)
    wire.write()


def resolved(path: Path) -> None:
    """Bob tries again after 1.1 s, as section 14.1 wants, and succeeds; Alice after 3 s."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="reinvite-glare-resolved")
    set_up(wire, call)
    collided(wire, call)
    accepted(wire, call, offered(wire, call, BOB, after=1.1), BOB)
    accepted(wire, call, offered(wire, call, ALICE, after=1.9), ALICE)
    hung_up(wire, call, after=15)
    wire.write()


def too_early(path: Path) -> None:
    """Both phones try again after 0.3 s, and collide again, and again."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="reinvite-glare-too-early")
    set_up(wire, call)
    collided(wire, call)
    collided(wire, call, after=0.3)
    collided(wire, call, after=0.3)
    hung_up(wire, call, after=15)
    wire.write()


def unresolved(path: Path) -> None:
    """Alice tries again after her time, and Bob's server now refuses for another reason."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="reinvite-glare-unresolved")
    set_up(wire, call)
    theirs = offered(wire, call, BOB, after=10)
    ours = offered(wire, call, ALICE, after=0.004)
    refused(wire, call, ours, ALICE)
    accepted(wire, call, theirs, BOB)
    refused(wire, call, offered(wire, call, ALICE, after=3), ALICE, 500)
    hung_up(wire, call, after=15)
    wire.write()


def silent(path: Path) -> None:
    """Bob puts Alice on hold, and right after that she him: close, but one after the other."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="reinvite-glare-silent")
    set_up(wire, call)
    accepted(wire, call, offered(wire, call, BOB, after=10), BOB)
    accepted(wire, call, offered(wire, call, ALICE, after=0.05), ALICE)
    hung_up(wire, call, after=15)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
